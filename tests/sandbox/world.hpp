#pragma once

#include "tests/fakes/fake_gitlab.hpp"
#include "tests/fakes/fake_slack.hpp"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace countersign::sandbox {

// The demonstration company: who works there, who must agree to an app, which apps there are to ask for.
struct Person {
    std::string id, name, title;
    std::string role;   // "employee", "party", "admin": where the person switcher lists them
    std::string party;  // "" = none
    std::string login;  // of the account in the tracker
};
struct Group {
    std::string id, name;
    std::vector<std::string> members;
};
struct Channel {
    std::string id, name, topic;
    bool bot_is_member;
};

// Which Slack the company has: with the Admin API, or a workspace where Slackbot tells of requests in a
// channel and managers press its buttons.
struct Mode {
    bool workspace = false;
    bool personal = false;       // Slackbot tells each manager alone, not in a channel
    std::string words = "2026";  // Slackbot's: "2019", "2026", "de", "pt"
};
inline constexpr const char* requests_channel = "C0APPREQUESTS";
// Whose token reads the conversation with Slackbot, where it tells each manager alone.
inline constexpr const char* reviewer = "U0MARA";

// The project where vendors are reviewed. Its addresses are shown, and never called: the daemon has the fake
// tracker's as `api_url`.
inline constexpr const char* tracker_name = "vendors";
inline constexpr const char* tracker_url = "https://gitlab.acme.example";
inline constexpr const char* project = "it/vendor-reviews";
inline constexpr const char* issue_template = "app_integrations";
inline constexpr const char* hook_secret = "sandbox-hook-secret";

[[nodiscard]] const std::vector<Person>& people();
[[nodiscard]] const std::vector<Group>& groups();
[[nodiscard]] const std::vector<Channel>& channels();
[[nodiscard]] std::vector<fakes::AppEntry> catalogue();

void fill(fakes::FakeSlack& slack, const Mode& mode);
void fill(fakes::FakeGitlab& gitlab);
[[nodiscard]] std::vector<std::string> parties();
[[nodiscard]] std::string label_of(const std::string& party);  // that signs for it
[[nodiscard]] std::string template_text();                     // of the project

// What the page shows beside Slack's and the tracker's own state: people, commands. It never changes.
[[nodiscard]] nlohmann::json describe(const Mode& mode);

// The daemon's configuration for this company, and its tokens as credential files. Returns the configuration
// file.
std::filesystem::path write_config(const std::filesystem::path& directory, const fakes::FakeSlack& slack,
                                   const fakes::FakeGitlab& gitlab, const Mode& mode,
                                   const std::string& more_sections);
void write_credentials(const std::filesystem::path& directory, const fakes::FakeGitlab& gitlab,
                       const Mode& mode);

// How much faster than Slack's published limits the sandbox runs; both sides must agree on it.
inline constexpr double rate_scale = 20.0;

}  // namespace countersign::sandbox

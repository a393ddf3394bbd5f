#pragma once

#include "tests/fakes/certificates.hpp"
#include "tests/fakes/fake_slack.hpp"
#include "tests/support/child_process.hpp"

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace countersign::tests {

// The people and places of every end-to-end test. Procurement is one user group, the others are people.
namespace office {
inline constexpr const char* employee = "U0EMP";
inline constexpr const char* security = "U0SEC1";
inline constexpr const char* security_two = "U0SEC2";
inline constexpr const char* legal = "U0LEGAL";
inline constexpr const char* procurement = "U0PROC";  // member of S0PROC
inline constexpr const char* it = "U0IT";
inline constexpr const char* admin = "U0ADMIN";
inline constexpr const char* admin_two = "U0ADMIN2";  // member of S0APPMANAGERS
inline constexpr const char* outsider = "U0OUT";
inline constexpr const char* review = "C0APPREVIEW";
inline constexpr const char* alarms = "C0ITALARMS";
inline constexpr const char* general = "C0GENERAL";
inline constexpr const char* issue =
    "https://gitlab.com/gitlab-com/Finance-Division/procurement-team/procurement/-/issues/42";
}  // namespace office

struct DaemonOptions {
    bool admin_token = true;  // absent: workspace driver
    int security_quorum = 1;
    bool auto_apply = false;
    bool require_vendor_issue = true;
    std::string slack_settings = {};  // more lines for [slack]
    std::string policy = {};          // text of a policy file; "": the built-in one
    std::map<std::string, std::string> environment = {};
    fakes::TlsFiles (fakes::TestCa::*certificate)() const = &fakes::TestCa::good;  // Slack's
    bool reviewer_token = false;
    std::string more_sections = {};  // at the end of the file
    fakes::FakeSlackOptions slack = {};
};

// The real binary against a fake Slack over TLS, with a database on disk.
class DaemonFixture {
  public:
    explicit DaemonFixture(DaemonOptions options = {});
    ~DaemonFixture();

    // Starts the daemon and waits for `event=ready`. `failpoint` as in bot/failpoint.hpp; with one the daemon
    // may die before it is ready, so nothing is waited for.
    void start(const std::string& failpoint = "");
    // Starts it and waits for nothing.
    void launch(const std::string& failpoint = "");
    // SIGTERM; the exit code, or nothing when it did not end in time (R74).
    std::optional<int> stop();
    void signal(int number);
    void kill();
    [[nodiscard]] bool runs();
    [[nodiscard]] pid_t pid() const { return process_->pid(); }
    // True when the daemon ended by itself, by SIGKILL from its failpoint.
    bool wait_for_death(std::chrono::milliseconds limit = std::chrono::seconds(20));
    [[nodiscard]] std::string log() const;     // of the present run
    void expect_log(const std::string& text);  // waits for it

    // Replaces text of the configuration file; read at the next start or reload.
    void change_config(const std::string& from, const std::string& to);
    // A file in $CREDENTIALS_DIRECTORY, which comes before the environment.
    void set_secret(const std::string& name, const std::string& value);

    // Another subcommand on the same configuration; `input` is its standard input.
    [[nodiscard]] Finished run_command(std::vector<std::string> arguments, std::string input = "",
                                       const std::string& failpoint = "") const;
    // The same for a test that reads what it prints before it types on.
    [[nodiscard]] std::unique_ptr<ChildProcess> start_command(std::vector<std::string> arguments) const;
    [[nodiscard]] const std::filesystem::path& directory() const { return directory_; }
    [[nodiscard]] std::filesystem::path database() const { return directory_ / "countersign.db"; }

    fakes::FakeSlack& slack() { return *slack_; }

  private:
    void write_config() const;

    DaemonOptions options_;
    fakes::TestCa ca_;
    std::filesystem::path directory_;
    std::unique_ptr<fakes::FakeSlack> slack_;
    std::map<std::string, std::string> environment_;
    std::unique_ptr<ChildProcess> process_;
};

}  // namespace countersign::tests

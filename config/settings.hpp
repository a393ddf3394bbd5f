#pragma once

#include "config/base/ids.hpp"
#include "config/policy.hpp"
#include "config/slackbot_texts.hpp"

#include <chrono>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace countersign::config {

// The configuration file as the rest of the program sees it: complete, checked, defaults filled in.
// Keys and defaults are those of config/countersign.toml, which documents each one.

struct SlackSettings {
    std::string api_url = "https://slack.com/api/";  // ends in '/'
    int connections = 2;                             // 1..10 Socket Mode slots
    std::chrono::minutes reconcile{10};
    double rate_scale = 1.0;  // 1..1000; above 1 only with a loopback api_url; quickens loopback trackers too
    std::filesystem::path ca_file;  // empty: system trust store only
    std::string proxy;              // empty: HTTPS_PROXY / NO_PROXY
};

struct Party {
    std::string name;
    std::vector<std::string> members;  // user ids (U…, W…) and user group ids (S…)
    int quorum = 1;
    std::string tracker_label;
    std::vector<std::int64_t> tracker_approvers;
};

struct ReviewSettings {
    ChannelId channel;
    ChannelId alarm_channel;          // = channel unless set
    std::vector<std::string> admins;  // user ids and user group ids
    bool auto_apply = false;
    bool require_vendor_issue = true;
    std::vector<Party> parties;  // at least one, names unique
};

struct PersonMapping {
    UserId slack;
    std::string tracker;
    std::int64_t account = 0;
};

enum class TrackerKind { gitlab, github };
enum class TrackerPurpose { vendor, it_request, change };
// As the configuration writes it: "vendor", "it-request", "change".
[[nodiscard]] std::string_view to_text(TrackerPurpose purpose);
[[nodiscard]] std::optional<TrackerPurpose> parse_purpose(std::string_view text);

struct Tracker {
    std::string name;
    TrackerKind kind = TrackerKind::gitlab;
    std::string url;      // no trailing '/'; may carry a path (relative root)
    std::string api_url;  // filled from url when absent
    std::vector<std::string> projects;
    std::string template_name = "app_integrations";
    TrackerPurpose purpose = TrackerPurpose::vendor;
    std::chrono::milliseconds poll{std::chrono::minutes(1)};
    std::filesystem::path ca_file;  // N1: trusted at this instance's addresses too, and only there
    bool check_boxes = false;  // ticked boxes of the text sign too, where GitLab tells who ticked them (A14)
};

struct InstalledSettings {
    bool block_delete_while_used = false;  // I6: an authorization that something uses cannot be removed
    int recertify_months = 12;             // M20: how often owners say that an app is still needed; 0: never
    int uninstall_grace_days = 7;          // M18: between the announcement and admin.apps.uninstall
};

struct Settings {
    std::filesystem::path file;  // where it was read from, for messages
    std::string hash;            // SHA-256 of the text, without the policy's
    SlackSettings slack;
    ReviewSettings review;
    std::vector<PersonMapping> people;
    ChannelId slackbot_channel;
    // Built in, and what slackbot_texts.toml beside the configuration file adds.
    SlackbotTexts slackbot_texts = default_slackbot_texts();
    std::vector<Tracker> trackers;
    std::filesystem::path database = "/var/lib/countersign/countersign.db";
    std::chrono::days erase_after{0};  // O18: names and words of requests that ended; 0 = they stay
    std::string http_listen;           // "" = no listener; "127.0.0.1:9464"; port 0 = any
    std::string http_public_url;       // where browsers reach it, for /oauth/callback; "" = they cannot
    InstalledSettings installed;
    std::filesystem::path policy_file;  // empty = built-in default policy
    std::shared_ptr<const Policy> policy = built_in_policy();
};

// One thing that is wrong. Printed as `FILE:LINE: KEY: what is wrong; what is expected`.
struct Problem {
    std::string file;
    int line = 0;  // 0: belongs to no line (a missing section, a secret)
    std::string key;
    std::string text;
};
[[nodiscard]] std::string to_text(const Problem& problem);

// All problems together; nothing is started and nothing written when there is one.
[[nodiscard]] std::expected<Settings, std::vector<Problem>> load_settings(const std::filesystem::path& file);
// The same from text; `file` only names it.
[[nodiscard]] std::expected<Settings, std::vector<Problem>> parse_settings(std::string_view toml,
                                                                           const std::filesystem::path& file);

// The commented example that `countersign init` writes; it parses to a complete configuration.
[[nodiscard]] std::string_view example_settings();

// http:// or https:// on 127.0.0.0/8, ::1 or localhost.
[[nodiscard]] bool is_loopback_url(std::string_view url);

}  // namespace countersign::config

#pragma once

#include "config/base/secret.hpp"
#include "config/settings.hpp"

#include <expected>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace countersign::config {

struct SealingKey {
    std::string id;
    Secret key;  // 32 bytes
};

// Credentials, by role. First found wins: $CREDENTIALS_DIRECTORY/<name in lower case>, <NAME>_FILE, <NAME>.
struct Secrets {
    Secret app_token;                        // SLACK_APP_TOKEN, xapp-…
    std::string app_id;                      // read from the app token (R9): "A…"
    Secret bot_token;                        // SLACK_BOT_TOKEN, xoxb-…
    std::optional<Secret> admin_token;       // SLACK_ADMIN_TOKEN, xoxp-…: present = org driver
    std::optional<Secret> reviewer_token;    // SLACK_REVIEWER_TOKEN, xoxp-…
    std::map<std::string, Secret> trackers;  // by tracker name; a tracker without a token is absent
    std::map<std::string, Secret> webhooks;  // by tracker name; what its webhooks are signed with
    std::vector<SealingKey> sealing_keys;    // COUNTERSIGN_KEY (credential or file only); the first is active
};

// Where secrets come from; tests pass their own.
struct SecretSources {
    std::function<std::optional<std::string>(std::string_view variable)> environment;
};
[[nodiscard]] SecretSources process_environment();

// Problems name the variable, never its value. A token of the wrong kind is a problem.
[[nodiscard]] std::expected<Secrets, std::vector<Problem>> load_secrets(const Settings& settings,
                                                                        const SecretSources& sources);

// COUNTERSIGN_KEY alone, for commands that need no Slack.
[[nodiscard]] std::expected<std::vector<SealingKey>, std::vector<Problem>> load_sealing_keys(
    const SecretSources& sources);

// "procurement-eu" -> "PROCUREMENT_EU_TOKEN"
[[nodiscard]] std::string tracker_token_variable(std::string_view tracker_name);
// "procurement-eu" -> "PROCUREMENT_EU_WEBHOOK_SECRET"
[[nodiscard]] std::string tracker_webhook_variable(std::string_view tracker_name);

}  // namespace countersign::config

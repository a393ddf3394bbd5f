#pragma once

#include "config/base/clock.hpp"
#include "config/base/ids.hpp"
#include "storage/installed.hpp"
#include "storage/records.hpp"

#include <nlohmann/json_fwd.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace countersign::handlers::review {

// Something that Slack saw happen to an app in a workspace: an event, or an entry of the integration log.
struct InstallEvidence {
    enum class What { installed, updated, removed };
    What what = What::installed;
    AppId app;
    TeamId team;
    std::string app_name;
    std::string by;      // user id; "" = Slack does not say
    std::string scopes;  // separated by spaces; "" = Slack does not say
    std::string source;  // "event", "integration_logs", "file"
    Timestamp at;
};

// An entry of team.integrationLogs; nothing where it is about a decision or a kind of change that says
// nothing of what is installed. What has no app id (legacy integrations) is kept as "service:ID".
[[nodiscard]] std::optional<InstallEvidence> read_integration_log(const nlohmann::json& log,
                                                                  const TeamId& team,
                                                                  std::string_view source);

// It is the installation of what this request asked for: of all its scopes where Slack tells them, else after
// the approval. An older version of the app may be installed long since.
[[nodiscard]] bool installs(const InstallEvidence& evidence, const storage::AppRequest& request);
// "chat:write users:read" or "chat:write,users:read", as Slack's log names them: without token types.
[[nodiscard]] std::vector<storage::Scope> scopes_named(std::string_view names);

// The entry with this evidence taken in; what people wrote into it stays. Older evidence than what is known
// changes nothing but what was not known at all, so that pages may come in any order.
[[nodiscard]] storage::InventoryEntry with_evidence(std::optional<storage::InventoryEntry> known,
                                                    const InstallEvidence& evidence, Timestamp now);

}  // namespace countersign::handlers::review

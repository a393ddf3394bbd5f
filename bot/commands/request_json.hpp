#pragma once

#include "storage/database.hpp"
#include "storage/records.hpp"

#include <nlohmann/json_fwd.hpp>

namespace countersign::bot::commands {

// The few facts of a list's row.
[[nodiscard]] nlohmann::ordered_json brief(const storage::AppRequest& request);
// Everything that is known: scopes, votes, vendor issue, decisions, audit entries.
[[nodiscard]] nlohmann::ordered_json full(const storage::Database& database,
                                          const storage::AppRequest& request);
[[nodiscard]] nlohmann::ordered_json to_json(const storage::AuditEntry& entry);

}  // namespace countersign::bot::commands

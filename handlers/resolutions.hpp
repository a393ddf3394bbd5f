#pragma once

#include "handlers/context.hpp"
#include "handlers/outcome.hpp"
#include "storage/records.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// What Slack lists as approved or restricted against what we believe (O5, M11). The first list of a workspace
// is taken as it is; after that, what changes without us is a decision made outside.
namespace countersign::handlers {

[[nodiscard]] Outcome resolution_listed(const nlohmann::json& entry, const std::string& status,
                                        const TeamId& team, const Context& context);
// Slack's word on an app, here or for the whole organisation: "approved", "restricted", or "" where it had a
// decision and has none any more. Nothing: its lists never named the app, so ours is the best that is known.
[[nodiscard]] std::optional<std::string> slack_says(const AppId& app, const TeamId& team,
                                                    const Context& context);

// It is in no list any more.
[[nodiscard]] Outcome resolution_cleared(const storage::AppResolution& known, const Context& context);

// Name of the fact (meta) that a list was read to its end once: from then on what is new in it is news.
[[nodiscard]] std::string resolutions_known(const TeamId& team, std::string_view status);

// For sums of sets; the same in every run.
[[nodiscard]] std::uint64_t hash_of_id(std::string_view id);

}  // namespace countersign::handlers

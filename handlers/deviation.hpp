#pragma once

#include "handlers/context.hpp"
#include "handlers/outcome.hpp"
#include "handlers/settle.hpp"

namespace countersign::handlers {

// An approval in Slack's own screens that not every party agreed to, or without the admins that the policy
// asks for: people must hear of it (domain.md §8.4). Nothing when all agree.
[[nodiscard]] Outcome deviation(const Case& item, const Context& context);

// Slack resolves an app, and with it every request for it: our own decision of this kind on another request
// that asked for as much, made while this one waited. What follows from it was not decided outside.
[[nodiscard]] std::optional<storage::Decision> decided_with(const storage::AppRequest& request,
                                                            storage::DecisionKind kind,
                                                            const Context& context);
// In such a decision's evidence: the other request.
inline constexpr std::string_view decided_with_key = "decided_with";
// In the evidence of our own approval that Slack carried out when it did not rest on what was agreed any
// more: why the admins were asked to look at it again.
inline constexpr std::string_view look_again_key = "look_again";
// In the evidence of a decision that was looked at again: the admin who kept it, whatever the parties say
// now.
inline constexpr std::string_view kept_by_key = "kept_by";

}  // namespace countersign::handlers

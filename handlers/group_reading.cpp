#include "handlers/group_reading.hpp"

#include "handlers/effects.hpp"
#include "handlers/review/members.hpp"
#include "handlers/review/policy.hpp"

#include <algorithm>

namespace countersign::handlers {

Outcome read_groups(const Context& context) {
    Outcome outcome;
    auto groups = review::configured_groups(context.settings.review);
    for (auto& group : review::policy_groups(*context.settings.policy)) {
        if (std::ranges::find(groups, group) == groups.end()) groups.push_back(std::move(group));
    }
    if (groups.empty()) return outcome;
    for (const auto& group : groups) {
        outcome.effects.push_back(read_user_group(group, std::to_string(to_millis(context.now)), "{}"));
    }
    const auto half = std::chrono::duration_cast<std::chrono::seconds>(context.settings.slack.reconcile) / 2;
    outcome.changes.emplace_back(storage::SetTimer{
        {"groups", context.now + std::max(half, std::chrono::seconds(30)), R"({"kind":"groups"})"}});
    return outcome;
}

}  // namespace countersign::handlers

#include "handlers/effects.hpp"
#include "handlers/handlers.hpp"
#include "handlers/review/members.hpp"
#include "handlers/review/payload_fields.hpp"

#include <nlohmann/json.hpp>

namespace countersign::handlers {

// Slack's events carry differences, or a list that may be cut: the group is read again as a whole.
Outcome group_changed(const Event& event, const Context& context) {
    const auto& inner = review::field(event.payload, "event");
    auto group = review::text_field(inner, "subteam_id");
    if (group.empty()) group = review::text_field(review::field(inner, "subteam"), "id");
    Outcome outcome;
    const auto groups = review::configured_groups(context.settings.review);
    if (std::ranges::find(groups, group) == groups.end()) return outcome;
    outcome.effects.push_back(read_user_group(group, event.name, "{}"));
    outcome.audit.push_back({"slack", "group.changed", group, "{}"});
    return outcome;
}

}  // namespace countersign::handlers

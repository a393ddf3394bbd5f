#include "handlers/deadlines.hpp"
#include "handlers/group_reading.hpp"
#include "handlers/handlers.hpp"
#include "handlers/membership.hpp"

namespace countersign::handlers {

// What waits goes by the new settings from now on, and not only when something happens to it.
Outcome reloaded(const Event& /*event*/, const Context& context) {
    auto outcome = read_groups(context);
    outcome.merge(plan_deadlines_anew(context));
    outcome.changes.push_back(look_over_members("settings", {}, context));
    return outcome;
}

}  // namespace countersign::handlers

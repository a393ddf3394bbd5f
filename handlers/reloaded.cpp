#include "handlers/deadlines.hpp"
#include "handlers/group_reading.hpp"
#include "handlers/handlers.hpp"
#include "handlers/membership.hpp"
#include "handlers/redrawing.hpp"
#include "handlers/slackbot.hpp"
#include "handlers/sweep.hpp"

namespace countersign::handlers {

// What waits goes by the new settings from now on, and not only when something happens to it.
Outcome reloaded(const Event& /*event*/, const Context& context) {
    auto outcome = read_groups(context);
    outcome.merge(plan_deadlines_anew(context));
    outcome.merge(judge_anew(context));
    outcome.changes.push_back(look_over_members("settings", {}, context));
    // Of a token that has come with them; what goes on already begins its next round in its own time.
    if (!context.view.timer("sweep")) outcome.merge(begin_sweep_anew(context));
    if (!context.view.timer("slackbot_poll")) outcome.merge(begin_slackbot_poll_anew(context));
    return outcome;
}

}  // namespace countersign::handlers

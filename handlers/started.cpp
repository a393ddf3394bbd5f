#include "handlers/channel_posts.hpp"
#include "handlers/deadlines.hpp"
#include "handlers/deliveries.hpp"
#include "handlers/departures.hpp"
#include "handlers/expiry.hpp"
#include "handlers/group_reading.hpp"
#include "handlers/handlers.hpp"
#include "handlers/identity.hpp"
#include "handlers/inquiry.hpp"
#include "handlers/inventory_canvas.hpp"
#include "handlers/issue_polling.hpp"
#include "handlers/membership.hpp"
#include "handlers/recertifying.hpp"
#include "handlers/slackbot.hpp"
#include "handlers/sweep.hpp"

namespace countersign::handlers {

Outcome started(const Event& event, const Context& context) {
    auto outcome = ask_identity(event, context);
    outcome.merge(read_groups(context));
    outcome.merge(plan_deadlines_anew(context));
    outcome.changes.push_back(look_over_members("settings", {}, context));
    outcome.merge(repost_missing_cards(context));
    if (context.capabilities.admin) {
        outcome.merge(resume_decisions(context));
        outcome.merge(begin_sweep_anew(context));
    }
    outcome.merge(begin_slackbot_poll_anew(context));
    outcome.merge(look_at_expiry(context));
    outcome.merge(schedule_digest(context));
    outcome.merge(schedule_recertifying(context));
    outcome.merge(schedule_departures(context));
    outcome.merge(begin_polling(context));
    outcome.merge(begin_mirror(context));
    return outcome;
}

}  // namespace countersign::handlers

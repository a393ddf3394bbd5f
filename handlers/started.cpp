#include "handlers/channel_posts.hpp"
#include "handlers/deadlines.hpp"
#include "handlers/deliveries.hpp"
#include "handlers/departures.hpp"
#include "handlers/expiry.hpp"
#include "handlers/group_reading.hpp"
#include "handlers/guarded.hpp"
#include "handlers/handlers.hpp"
#include "handlers/identity.hpp"
#include "handlers/inquiry.hpp"
#include "handlers/inventory_canvas.hpp"
#include "handlers/issue_polling.hpp"
#include "handlers/membership.hpp"
#include "handlers/recertifying.hpp"
#include "handlers/redrawing.hpp"
#include "handlers/slackbot.hpp"
#include "handlers/sweep.hpp"

#include <fmt/format.h>

#include <array>

namespace countersign::handlers {

namespace {

struct Part {
    const char* what;
    Outcome (*begin)(const Context&);
};

constexpr std::array parts{
    Part{"reading user groups", read_groups},
    Part{"deadlines", plan_deadlines_anew},
    Part{"judging what waits", judge_anew},
    Part{"missing cards", repost_missing_cards},
    Part{"decisions under way",
         [](const Context& context) {
             return context.capabilities.admin ? resume_decisions(context) : Outcome();
         }},
    Part{"the sweep", begin_sweep_anew},
    Part{"reading Slackbot", begin_slackbot_poll_anew},
    Part{"stored authorizations", look_at_expiry},
    Part{"the channel's digest", schedule_digest},
    Part{"recertifying", schedule_recertifying},
    Part{"departures", schedule_departures},
    Part{"polling trackers", begin_polling},
    Part{"the inventory's canvas", begin_mirror},
};

}  // namespace

// What comes here once begins everything that is done again and again: no part may keep the others from it.
Outcome started(const Event& event, const Context& context) {
    auto outcome = ask_identity(event, context);
    outcome.changes.push_back(look_over_members("settings", {}, context));
    for (const auto& part : parts)
        outcome.merge(guarded(fmt::format("at the start, {}", part.what), context,
                              [&] { return part.begin(context); }));
    return outcome;
}

}  // namespace countersign::handlers

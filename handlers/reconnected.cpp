#include "handlers/handlers.hpp"
#include "handlers/slackbot.hpp"
#include "handlers/sweep.hpp"

namespace countersign::handlers {

// Slack repeats an event a few times only; what was missed is in its lists (O5).
Outcome reconnected(const Event& /*event*/, const Context& context) {
    // Anew: what a sweep under way has read already may be what changed.
    auto outcome = begin_sweep_anew(context);
    outcome.merge(begin_slackbot_poll(context));
    outcome.merge(read_routed_channel(context));
    return outcome;
}

}  // namespace countersign::handlers

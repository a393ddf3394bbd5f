#pragma once

#include "handlers/context.hpp"
#include "handlers/effect_answer.hpp"
#include "handlers/event.hpp"
#include "handlers/outcome.hpp"

// Who we are in Slack: our own user, and the organisation whose requests for "everywhere" we may decide.
namespace countersign::handlers {

[[nodiscard]] Outcome ask_identity(const Event& started, const Context& context);
// Kept under the meta keys `bot_user` and `enterprise`, which the next start knows from the beginning.
[[nodiscard]] Outcome identity_told(const EffectAnswer& answer, const Context& context);

}  // namespace countersign::handlers

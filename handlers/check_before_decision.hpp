#pragma once

#include "handlers/context.hpp"
#include "handlers/effect_answer.hpp"
#include "handlers/outcome.hpp"

// The vendor issue is read once more before anything is approved on it, and what it says then decides (A18).
namespace countersign::handlers {

// The answer to the reading before Slack's approve (purposes::issue_check).
[[nodiscard]] Outcome issue_checked(const EffectAnswer& answer, const Context& context);

// The answer to the reading before people are sent to Slack's own button (purposes::issue_hand_over).
[[nodiscard]] Outcome hand_over_checked(const EffectAnswer& answer, const Context& context);

}  // namespace countersign::handlers

#pragma once

#include "handlers/context.hpp"
#include "handlers/effect_answer.hpp"
#include "handlers/outcome.hpp"
#include "handlers/views/texts.hpp"

// Who people are, as far as it changes what they read. Slack is asked in the background, at most once a
// person and day; until it has answered they read English.
namespace countersign::handlers {

[[nodiscard]] views::Language language_of(const UserId& user, const Context& context);

// Asks Slack about somebody who is unknown, or was read longer ago than that.
[[nodiscard]] Outcome meet(const UserId& user, const Context& context,
                           std::chrono::seconds good_for = std::chrono::hours(24));
[[nodiscard]] Outcome person_told(const EffectAnswer& answer, const Context& context);

}  // namespace countersign::handlers

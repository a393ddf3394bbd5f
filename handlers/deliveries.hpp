#pragma once

#include "handlers/context.hpp"
#include "handlers/effect_answer.hpp"
#include "handlers/outcome.hpp"

// What happens when a message or a form did not get where it should: another way to the same person, or an
// alarm.
namespace countersign::handlers {

[[nodiscard]] Outcome card_posted(const EffectAnswer& answer, const Context& context);
[[nodiscard]] Outcome card_updated(const EffectAnswer& answer, const Context& context);
[[nodiscard]] Outcome notice_sent(const EffectAnswer& answer, const Context& context);
[[nodiscard]] Outcome answer_shown(const EffectAnswer& answer, const Context& context);
[[nodiscard]] Outcome alarm_raised(const EffectAnswer& answer, const Context& context);
[[nodiscard]] Outcome form_opened(const EffectAnswer& answer, const Context& context);

// At start: open requests whose card never got to the review channel.
[[nodiscard]] Outcome repost_missing_cards(const Context& context);

}  // namespace countersign::handlers

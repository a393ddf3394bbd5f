#pragma once

#include "handlers/context.hpp"
#include "handlers/effect_answer.hpp"
#include "handlers/event.hpp"
#include "handlers/outcome.hpp"
#include "handlers/press.hpp"

// The Home tab (P11, R23): drawn when a person opens it, when they press something on it, and, for those who
// looked at it lately, a moment after something of theirs changed. Nobody who never opened it is ever drawn
// one. Always drawn as a whole from the state at that moment and published in the order of drawing, so the
// last one is the truth.
namespace countersign::handlers {

[[nodiscard]] Outcome home_pressed(const Press& press, const Context& context);  // its own buttons
[[nodiscard]] Outcome home_due(const Event& timer, const Context& context);
[[nodiscard]] Outcome home_published(const EffectAnswer& answer, const Context& context);

// What must be drawn anew because of this outcome.
[[nodiscard]] Outcome refresh_homes(const Outcome& done, const Context& context);
// At once, for the person who pressed a button on their own Home tab.
[[nodiscard]] Outcome refresh_home_now(const UserId& user, const Context& context);

}  // namespace countersign::handlers

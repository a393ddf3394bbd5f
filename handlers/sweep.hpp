#pragma once

#include "handlers/context.hpp"
#include "handlers/effect_answer.hpp"
#include "handlers/event.hpp"
#include "handlers/outcome.hpp"

// Slack's lists against ours: what was asked while we were away, and what was decided or cancelled elsewhere.
namespace countersign::handlers {

// Asks for the workspaces, and sets the timer for the next sweep. Org driver only. A sweep under way goes on
// instead.
[[nodiscard]] Outcome begin_sweep(const Context& context);
// The same at the program's start: what an earlier run had half read is out of date, so it begins anew.
[[nodiscard]] Outcome begin_sweep_anew(const Context& context);
[[nodiscard]] Outcome teams_listed(const EffectAnswer& answer, const Context& context);
[[nodiscard]] Outcome sweep_page(const EffectAnswer& answer, const Context& context);
// One entry of Slack's list that is new to us, or not what we know (a timer's event).
[[nodiscard]] Outcome listed(const Event& event, const Context& context);

}  // namespace countersign::handlers

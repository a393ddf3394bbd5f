#pragma once

#include "handlers/context.hpp"
#include "handlers/event.hpp"
#include "handlers/outcome.hpp"
#include "handlers/settle.hpp"

// Reminders, escalation and the end of waiting (P12, P13). Nothing here ever votes (invariant 7).
namespace countersign::handlers {

// The first step after the request came into its present state; none any more where the state waits for
// nobody. Called once per change of state.
[[nodiscard]] storage::Change next_deadline(const storage::AppRequest& request, Timestamp done,
                                            const Context& context);

// Timers of kind "deadline" and "condition".
[[nodiscard]] Outcome deadline_due(const Event& event, const Context& context);
[[nodiscard]] Outcome condition_due(const Event& event, const Context& context);
// P3: looks at a condition again on the day after its last.
[[nodiscard]] storage::Change watch_condition(const storage::Vote& vote, const Context& context);

}  // namespace countersign::handlers

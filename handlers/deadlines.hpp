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

// In review for longer than the policy lets it wait without a word; never where it reminds nobody.
[[nodiscard]] bool is_overdue(const storage::AppRequest& request, const Context& context);

// At start and after a reload: where the policy's text has changed, what is still to come of a waiting is set
// anew. What the new deadlines would have ended already ends now; reminders that lie behind are not made up
// for. An approval's steps (an app that nobody installs) go by the new policy from their next one on.
[[nodiscard]] Outcome plan_deadlines_anew(const Context& context);

// Timers of kind "deadline" and "condition".
[[nodiscard]] Outcome deadline_due(const Event& event, const Context& context);
[[nodiscard]] Outcome condition_due(const Event& event, const Context& context);
// P3: looks at a condition again on the day after its last.
[[nodiscard]] storage::Change watch_condition(const storage::Vote& vote, const Context& context);

}  // namespace countersign::handlers

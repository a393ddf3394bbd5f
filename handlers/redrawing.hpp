#pragma once

#include "handlers/context.hpp"
#include "handlers/event.hpp"
#include "handlers/outcome.hpp"

// Requests to which nothing has happened, and whose card or state may be out of date all the same: their
// tracker cannot be read any more, or again; the settings are others; a vote counts again.
namespace countersign::handlers {

// The earliest `at`: what is drawn or read again bears the moment in its key, and one that was done in this
// moment already may have seen less.
[[nodiscard]] Timestamp next_moment(const Context& context);

// It is worked out anew at `at`; what is under way is anyhow when it has landed.
void redraw_at(const storage::AppRequest& request, Timestamp at, Outcome& outcome);
// The same, and its vendor issue is read again: who may sign is others now.
void judge_at(const storage::AppRequest& request, Timestamp at, Outcome& outcome);
// Timer of kind "redraw".
[[nodiscard]] Outcome redraw_due(const Event& event, const Context& context);

// At the start and after a reload: where the settings or the policy are not those of the last time,
// everything that waits is worked out anew, one after the other.
[[nodiscard]] Outcome judge_anew(const Context& context);

}  // namespace countersign::handlers

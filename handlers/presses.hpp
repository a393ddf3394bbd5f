#pragma once

#include "handlers/context.hpp"
#include "handlers/outcome.hpp"
#include "handlers/press.hpp"
#include "handlers/settle.hpp"

// What people set off. A press that waited for a user group comes in here again.
namespace countersign::handlers {

// Approve, Reject, Need info, Details on the card
[[nodiscard]] Outcome vote_pressed(const Press& press, const Context& context);
// Approve app, Restrict app, Reopen, Done, and what is offered where a decision is in doubt
[[nodiscard]] Outcome admin_pressed(const Press& press, const Context& context);
// Link vendor issue, Create vendor issue, Answer, Withdraw
[[nodiscard]] Outcome requester_pressed(const Press& press, const Context& context);
[[nodiscard]] Outcome form_submitted(const Press& press, const Context& context);
[[nodiscard]] Outcome app_request_typed(const Press& press, const Context& context);

// Approve app with a reason or with limits, from its form.
[[nodiscard]] Outcome approval_submitted(const Press& press, Case item, const Context& context);

// Whichever of them it is. A button that nobody knows is answered and marked as not recognised.
[[nodiscard]] Outcome decide_press(const Press& press, const Context& context);

// Opens a form. Whoever pressed hears of it when Slack refuses (the trigger lives three seconds).
[[nodiscard]] Outcome open_form(const Press& press, const std::string& view);

}  // namespace countersign::handlers

#pragma once

#include "handlers/context.hpp"
#include "handlers/outcome.hpp"

// Somebody has left the workspace. Slack would tell at once (`user_change`), but of every changed profile
// and status too, which in a large workspace alone uses up the 30,000 events an hour that an app is sent. So
// the manifest does not ask for it, and those who matter are looked at daily.
namespace countersign::handlers {

// At start, and every day: reads whoever owns something installed, waits for a request, or votes for
// somebody.
[[nodiscard]] Outcome schedule_departures(const Context& context);
[[nodiscard]] Outcome look_for_departures(const Context& context);

// I14, M19: told to the admins once, with all that needs another owner.
[[nodiscard]] Outcome person_left(const UserId& person, const Context& context);

// P10: whoever they were to vote for is told once and may name somebody else.
[[nodiscard]] Outcome delegate_left(const UserId& person, const Context& context);

}  // namespace countersign::handlers

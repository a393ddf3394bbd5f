#pragma once

#include "handlers/context.hpp"
#include "handlers/outcome.hpp"

// Somebody has left the workspace. Slack would tell at once (`user_change`), but of every changed profile
// and status too, which in a large workspace alone uses up the 30,000 events an hour that an app is sent. So
// the manifest does not ask for it, and those who matter are looked at daily.
namespace countersign::handlers {

// At start, and every day: reads whoever owns something installed, waits for a request, votes for a party
// that names them, or in somebody's place.
[[nodiscard]] Outcome schedule_departures(const Context& context);
[[nodiscard]] Outcome look_for_departures(const Context& context);

// All that follows: what they owned is told to the admins once (I14, M19), their requests pass on or end,
// nobody votes in their place or they in anybody's (P10), and what they have claimed goes back to the party.
[[nodiscard]] Outcome has_left(const UserId& person, const Context& context);

}  // namespace countersign::handlers

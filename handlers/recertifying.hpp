#pragma once

#include "handlers/context.hpp"
#include "handlers/outcome.hpp"
#include "handlers/press.hpp"

// M20: owners say once a year that an app is still needed. Silence escalates, and never removes anything.
// What was imported on day one is asked about in waves (M28).
namespace countersign::handlers {

// Once a day.
[[nodiscard]] Outcome recertify_due(const Context& context);
// At start: the next day's look.
[[nodiscard]] Outcome schedule_recertifying(const Context& context);
// Still needed, Not needed.
[[nodiscard]] bool is_care_button(std::string_view action);
[[nodiscard]] Outcome care_pressed(const Press& press, const Context& context);

}  // namespace countersign::handlers

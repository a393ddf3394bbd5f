#pragma once

#include "handlers/context.hpp"
#include "handlers/outcome.hpp"

namespace countersign::handlers {

// Reads every configured user group, and sets the timer that keeps the readings fresh: presses then need not
// wait.
[[nodiscard]] Outcome read_groups(const Context& context);

}  // namespace countersign::handlers

#pragma once

#include "handlers/context.hpp"
#include "handlers/event.hpp"
#include "handlers/outcome.hpp"

namespace countersign::handlers {

// I13: once a day every stored authorization is looked at: what ends in 30, 14, 7 or 1 days is told once
// each, and what has ended needs a new token.
[[nodiscard]] Outcome look_at_expiry(const Context& context);

}  // namespace countersign::handlers

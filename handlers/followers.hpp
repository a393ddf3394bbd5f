#pragma once

#include "handlers/context.hpp"
#include "handlers/outcome.hpp"

namespace countersign::handlers {

// Whoever joined somebody else's request hears how it ended, once (R8, R10).
[[nodiscard]] Outcome tell_followers(const Outcome& done, const Context& context);

}  // namespace countersign::handlers

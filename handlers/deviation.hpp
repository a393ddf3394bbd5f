#pragma once

#include "handlers/context.hpp"
#include "handlers/outcome.hpp"
#include "handlers/settle.hpp"

namespace countersign::handlers {

// An approval in Slack's own screens that not every party agreed to: people must hear of it (domain.md §8.4).
// Nothing when all agree.
[[nodiscard]] Outcome deviation(const Case& item, const Context& context);

}  // namespace countersign::handlers

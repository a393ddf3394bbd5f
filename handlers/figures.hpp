#pragma once

#include "handlers/context.hpp"

#include <string>

namespace countersign::handlers {

// M26: median time per party, open requests by age, refusals by reason, over the newest requests.
[[nodiscard]] std::string figures(const Context& context);

}  // namespace countersign::handlers

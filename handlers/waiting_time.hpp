#pragma once

#include "handlers/context.hpp"
#include "handlers/views/texts.hpp"

#include <string>

namespace countersign::handlers {

// How long approvals took lately (R21): the median of the newest, or that it is not known with fewer than
// five.
[[nodiscard]] std::string waiting_time(views::Language language, const Context& context);

}  // namespace countersign::handlers

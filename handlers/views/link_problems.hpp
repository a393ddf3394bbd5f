#pragma once

#include "handlers/review/vendor_link.hpp"
#include "handlers/views/texts.hpp"

#include <string>

namespace countersign::handlers::views {

// Why a link was refused, each with its own sentence (L3, L5, L8, L9).
[[nodiscard]] std::string explain(review::LinkProblem problem, Language language);

}  // namespace countersign::handlers::views

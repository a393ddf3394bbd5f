#pragma once

#include "handlers/context.hpp"
#include "handlers/views/texts.hpp"
#include "storage/records.hpp"

#include <string>

namespace countersign::handlers {

// How long approvals took lately (R21): the median of the newest, or that it is not known with fewer than
// five. With a request, of those that asked for as risky scopes.
[[nodiscard]] std::string waiting_time(views::Language language, const Context& context);
[[nodiscard]] std::string waiting_time(const storage::AppRequest& request, views::Language language,
                                       const Context& context);

}  // namespace countersign::handlers

#pragma once

#include "handlers/context.hpp"
#include "handlers/views/texts.hpp"
#include "storage/records.hpp"

#include <string>

namespace countersign::handlers {

// R7: apps that are approved already and were asked for with the same words; "" when there is none. Slack's
// last word on each counts, and how old it is, is said.
[[nodiscard]] std::string similar_apps(const storage::AppRequest& request, views::Language language,
                                       const Context& context);

}  // namespace countersign::handlers

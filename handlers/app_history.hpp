#pragma once

#include "handlers/context.hpp"
#include "handlers/views/texts.hpp"
#include "storage/records.hpp"

#include <string>
#include <vector>

namespace countersign::handlers {

// P20: what was decided before about this app in all workspaces, and about other apps of its publisher; what
// Slack's own lists say, or that they cannot be read. A line each, mrkdwn.
[[nodiscard]] std::vector<std::string> app_history(const storage::AppRequest& request,
                                                   views::Language language, const Context& context);

}  // namespace countersign::handlers

#pragma once

#include "config/settings.hpp"
#include "handlers/views/texts.hpp"
#include "storage/records.hpp"

#include <string>

namespace countersign::handlers {

// Where a person makes a new vendor issue: a line of mrkdwn with a link for each project of each vendor
// tracker, template and title filled in.
[[nodiscard]] std::string new_issue_pages(const storage::AppRequest& request, views::Language language,
                                          const config::Settings& settings);

// Links to the forms for a new issue in the trackers of one purpose; "" when none is configured.
[[nodiscard]] std::string new_issue_links(std::string_view title, config::TrackerPurpose purpose,
                                          const config::Settings& settings);

}  // namespace countersign::handlers

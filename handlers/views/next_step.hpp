#pragma once

#include "handlers/views/request_card.hpp"

#include <string>

namespace countersign::handlers::views {

// What has to happen next and who does it, in one sentence, for the reviewers.
[[nodiscard]] std::string next_step(const CardInput& input);

// "by <@U0ADMIN> on …: reason"; "" while nothing is decided.
[[nodiscard]] std::string decision_line(const storage::AppRequest& request,
                                        Language language = Language::english);

}  // namespace countersign::handlers::views

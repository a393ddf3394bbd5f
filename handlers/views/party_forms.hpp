#pragma once

#include "storage/records.hpp"

#include <string>
#include <string_view>

namespace countersign::handlers::views {

// P3: what has to happen, and by which day.
[[nodiscard]] std::string conditional_form(const storage::AppRequest& request, std::string_view party);
// P23: who approves types the app's name.
[[nodiscard]] std::string confirm_form(const storage::AppRequest& request, std::string_view party);
// P24: a comment becomes a vote; `request` as read in the comment, or "".
[[nodiscard]] std::string comment_form(std::string_view request, std::string_view comment);
// A decision that needs a reason: keep, clear, approve in a blackout. `callback` says which.
[[nodiscard]] std::string reason_form(const storage::AppRequest& request, std::string_view callback,
                                      std::string_view title, std::string_view explanation);
// M4: optional scopes that are not approved.
[[nodiscard]] std::string limits_form(const storage::AppRequest& request);

}  // namespace countersign::handlers::views

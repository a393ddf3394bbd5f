#pragma once

#include "handlers/views/texts.hpp"
#include "storage/records.hpp"

#include <string>
#include <string_view>

namespace countersign::handlers::views {

// P3: what has to happen, and by which day.
[[nodiscard]] std::string conditional_form(const storage::AppRequest& request, std::string_view party,
                                           Language language);
// P23: who approves types the app's name.
[[nodiscard]] std::string confirm_form(const storage::AppRequest& request, std::string_view party,
                                       Language language);
// P24: a comment becomes a vote; `request` as read in the comment, or "".
[[nodiscard]] std::string comment_form(std::string_view request, std::string_view comment, Language language);
// A decision that needs a reason: keep, clear, approve in a blackout. `callback` says which.
[[nodiscard]] std::string reason_form(const storage::AppRequest& request, std::string_view callback,
                                      const Text<>& title, std::string_view explanation, Language language);
// M4, M5, M6, R16: scopes, people, domains and days of an approval with limits.
[[nodiscard]] std::string limits_form(const storage::AppRequest& request, Language language);

}  // namespace countersign::handlers::views

#pragma once

#include "handlers/views/texts.hpp"
#include "storage/records.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace countersign::handlers::views {

// Modal views as JSON text. Titles and labels are those of design.md §7 ("Request an app", "Reject" …).
[[nodiscard]] std::string request_form(std::string_view app_prefill = {}, Language = Language::english);
[[nodiscard]] std::string reject_form(const storage::AppRequest& request, std::string_view party,
                                      Language = Language::english);
[[nodiscard]] std::string restrict_form(const storage::AppRequest& request, Language = Language::english);
[[nodiscard]] std::string need_info_form(const storage::AppRequest& request, std::string_view party,
                                         Language = Language::english);
[[nodiscard]] std::string answer_form(const storage::AppRequest& request, Language = Language::english);
[[nodiscard]] std::string link_form(const storage::AppRequest& request, Language = Language::english);
// For `link` without an id and several open requests: the form with a choice (ids::field_request); no
// private_metadata.
[[nodiscard]] std::string link_form(const std::vector<storage::AppRequest>& choices,
                                    Language = Language::english);

// Takes the request form's place where something else than a request is the way.
[[nodiscard]] std::string notice_view(const Text<>& title, std::string_view mrkdwn, Language language);
// Looks an app up; the answer takes the form's place.
[[nodiscard]] std::string find_form(std::string_view app_prefill = {}, Language = Language::english);
[[nodiscard]] std::string found_view(std::string_view mrkdwn, Language = Language::english);

// `{"response_action":"errors","errors":{block:text}}`
[[nodiscard]] std::string form_errors(const std::map<std::string, std::string>& errors);

}  // namespace countersign::handlers::views

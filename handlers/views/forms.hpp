#pragma once

#include "storage/records.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace countersign::handlers::views {

// Modal views as JSON text. Titles and labels are those of design.md §7 ("Request an app", "Reject" …).
[[nodiscard]] std::string request_form(std::string_view app_prefill = {});
[[nodiscard]] std::string reject_form(const storage::AppRequest& request, std::string_view party);
[[nodiscard]] std::string restrict_form(const storage::AppRequest& request);
[[nodiscard]] std::string need_info_form(const storage::AppRequest& request, std::string_view party);
[[nodiscard]] std::string answer_form(const storage::AppRequest& request);
[[nodiscard]] std::string link_form(const storage::AppRequest& request);
// For `link` without an id and several open requests: the form with a choice (ids::field_request); no
// private_metadata.
[[nodiscard]] std::string link_form(const std::vector<storage::AppRequest>& choices);

// `{"response_action":"errors","errors":{block:text}}`
[[nodiscard]] std::string form_errors(const std::map<std::string, std::string>& errors);

}  // namespace countersign::handlers::views

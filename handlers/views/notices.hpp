#pragma once

#include "config/settings.hpp"
#include "handlers/review/party_status.hpp"
#include "handlers/views/message.hpp"
#include "handlers/views/texts.hpp"
#include "storage/records.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace countersign::handlers::views {

// Messages to the requester, each with what happened, why, and the next step. `why` is our own sentence
// (mrkdwn); every other text here and below may come from outside and is made inert.
[[nodiscard]] Message issue_wanted(const storage::AppRequest&, std::string_view why,
                                   Language = Language::english);  // Link / Create vendor issue, Withdraw
[[nodiscard]] Message request_received(const storage::AppRequest&, Language = Language::english,
                                       std::string_view why_held = {});  // with issue: in review; Withdraw
[[nodiscard]] Message question_asked(const storage::AppRequest&,
                                     Language = Language::english);  // button Answer, Withdraw
[[nodiscard]] Message issue_linked(const storage::AppRequest&, const storage::VendorIssue&,
                                   Language = Language::english);
// Approved (with what it is limited to), restricted, denied, withdrawn, outside.
[[nodiscard]] Message decision_notice(const storage::AppRequest&, Language = Language::english,
                                      std::string_view approval_limits = {});
// One person's requests, newest first: `/app-request list` and `status`. A list is cut into pages from 1 on.
inline constexpr std::size_t list_page = 20;
[[nodiscard]] Message request_list(const std::vector<storage::AppRequest>&, Language = Language::english,
                                   std::size_t page = 1);
[[nodiscard]] Message request_status(const storage::AppRequest&, const std::vector<review::PartyStatus>&,
                                     const std::optional<storage::VendorIssue>&, Language = Language::english,
                                     std::string_view wait = {});
[[nodiscard]] Message app_request_help(std::string_view problem = {}, Language = Language::english);
[[nodiscard]] Message installed_apps_help(std::string_view problem = {}, Language = Language::english);

// Lines that only the person who pressed sees.
[[nodiscard]] Message line(std::string_view mrkdwn);
// To the alarm channel: what is wrong, what to do, and the raw content in a code block where there is some.
[[nodiscard]] Message alarm_notice(std::string_view what, std::string_view advice, std::string_view raw = {});
// To admins who have no admin token: exactly what to press in Slack (workspace driver).
[[nodiscard]] Message manual_steps(const storage::AppRequest&, storage::DecisionKind,
                                   Language = Language::english);

}  // namespace countersign::handlers::views

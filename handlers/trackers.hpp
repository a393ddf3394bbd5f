#pragma once

#include "handlers/context.hpp"
#include "handlers/review/issue_verdict.hpp"
#include "storage/evidence.hpp"
#include "storage/records.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <string_view>
#include <vector>

// The things to do in a tracker, as named constructors: the one place that knows the tracker client's
// methods and arguments. All are for trackers with a token alone.
namespace countersign::handlers {

namespace purposes {
inline constexpr std::string_view issue = "issue";              // an issue was read
inline constexpr std::string_view issue_check = "issue_check";  // the same, before Slack's approve (A18)
inline constexpr std::string_view issue_hand_over = "issue_hand_over";  // before people press in Slack
inline constexpr std::string_view issues_changed = "issues_changed";
inline constexpr std::string_view tracker_account = "tracker_account";  // who we are there
inline constexpr std::string_view issue_note = "issue_note";            // the status note
inline constexpr std::string_view issue_labels = "issue_labels";
inline constexpr std::string_view issue_template = "issue_template";
inline constexpr std::string_view issue_created = "issue_created";
}  // namespace purposes

[[nodiscard]] const config::Tracker* find_tracker(std::string_view name, const config::Settings& settings);
// Configured, and its token is here.
[[nodiscard]] bool has_token(std::string_view tracker, const Context& context);
// What was signed there is evidence, and has to be read once more before anything is approved (A18): there is
// a token, or the issue was read when there was one, or an integration should bring one. An authorization
// that breaks, or is paused, must not make an approval easier.
[[nodiscard]] bool must_be_read(const storage::VendorIssue& issue, const Context& context);
[[nodiscard]] std::string_view kind_word(config::TrackerKind kind);  // "GitLab", "GitHub"
[[nodiscard]] storage::IssueKey key_of(const storage::VendorIssue& issue);
[[nodiscard]] std::string to_text(const storage::IssueKey& issue);  // "procurement:group/project#12"

// `round` (a time, or what else makes it another reading) ends the key.
[[nodiscard]] storage::Effect read_issue(const storage::IssueKey& issue, std::string_view round,
                                         std::string_view etag = {});
[[nodiscard]] storage::Effect check_issue(const storage::AppRequest& request, const storage::IssueKey& issue);
// The same before the admins are sent to Slack's own button; `round` tells one question from the next.
[[nodiscard]] storage::Effect check_before_hand_over(const storage::AppRequest& request,
                                                     const storage::IssueKey& issue, std::string_view round);
[[nodiscard]] storage::Effect ask_changed_issues(std::string_view tracker, std::string_view project,
                                                 const std::vector<std::int64_t>& iids, Timestamp since,
                                                 std::string_view round);
// `mark`: of the token that it is asked with (tracker_account.hpp); comes back with the answer.
[[nodiscard]] storage::Effect ask_tracker_account(std::string_view tracker, std::string_view mark,
                                                  std::string_view round);
// The one note of ours that carries `marker`; notes about one request leave in their order.
[[nodiscard]] storage::Effect put_note(const storage::AppRequest& request, const storage::IssueKey& issue,
                                       std::string_view marker, const std::string& body, bool internal);
[[nodiscard]] storage::Effect set_issue_labels(const storage::AppRequest& request,
                                               const storage::IssueKey& issue,
                                               const std::vector<std::string>& add,
                                               const std::vector<std::string>& remove);

// The two steps to a new issue, for a person who waits. `cause` makes the key; `wish`, a JSON object, comes
// back with the answer.
[[nodiscard]] storage::Effect read_template(const config::Tracker& tracker, std::string_view cause,
                                            const nlohmann::json& wish);
struct NewIssue {
    std::string tracker, project;
    std::string title, description;  // inert
    std::string marker;              // in the description: by it an earlier attempt is found (G6)
};
[[nodiscard]] storage::Effect create_issue(const NewIssue& issue, std::string_view cause,
                                           const nlohmann::json& wish);

}  // namespace countersign::handlers

#pragma once

#include "handlers/context.hpp"
#include "handlers/review/issue_verdict.hpp"
#include "handlers/settle.hpp"
#include "handlers/views/texts.hpp"

#include <string>
#include <string_view>

// How a request's vendor issue stands, as it was last read. Without a token for its tracker nothing is known
// of it, and a link is all that is asked for.
namespace countersign::handlers {

// A tracker's answer that says something about the issue itself, not about the tracker or the way to it.
[[nodiscard]] bool is_about_issue(std::string_view error);

// What is wrong with the issue and what to do about it; "" when it can carry the approval.
[[nodiscard]] std::string issue_problem(const Case& item, const Context& context,
                                        views::Language language = views::Language::english);
// Why it cannot be read at the moment; "" when it can (S8).
[[nodiscard]] std::string issue_trouble(const Case& item, const Context& context);
// Linked, and nothing is wrong with it that only people can mend.
[[nodiscard]] bool issue_stands(const Case& item);
// Everything that an approval rests on is there (invariant 1).
[[nodiscard]] bool may_be_approved(const Case& item);

// Who an account is in Slack; an account nobody is mapped to stands for itself: "procurement:4711".
[[nodiscard]] UserId person_of(std::string_view tracker, std::int64_t account, const Context& context);

// What to ask of the facts about this request's issue.
[[nodiscard]] review::IssueQuestion question_for(const storage::AppRequest& request,
                                                 const storage::VendorIssue& issue,
                                                 const std::optional<storage::TrackerIssue>& known,
                                                 const Context& context);

}  // namespace countersign::handlers

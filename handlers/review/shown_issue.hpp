#pragma once

#include "handlers/review/issue_page.hpp"

#include <expected>
#include <string_view>

namespace countersign::handlers::review {

// The two addresses in which the query names the issue; the only case in which it may (L6).
// GitLab's list with an open drawer: `show=` is base64 of a JSON object with `full_path` and `iid`, at most 2
// KiB.
[[nodiscard]] std::expected<IssuePlace, LinkProblem> shown_gitlab_issue(std::string_view query);
// GitHub's project board with an open side panel: `issue=owner|repo|12`.
[[nodiscard]] std::expected<IssuePlace, LinkProblem> shown_github_issue(std::string_view query);

}  // namespace countersign::handlers::review

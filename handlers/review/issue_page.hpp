#pragma once

#include "handlers/review/vendor_link.hpp"

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace countersign::handlers::review {

// Project and number, as far as a path (or the decoded `show`/`issue` form) tells them; not yet checked
// against the allow-list.
struct IssuePlace {
    std::string project;
    std::int64_t iid = 0;
};

// A path below the tracker's root, as written, and the query (trackers.md §1.1 and §2.1).
[[nodiscard]] std::expected<IssuePlace, LinkProblem> gitlab_issue(std::string_view path,
                                                                  std::string_view query);
[[nodiscard]] std::expected<IssuePlace, LinkProblem> github_issue(std::string_view path,
                                                                  std::string_view query);
// A path below the tracker's API root: `/projects/group%2Fproject/issues/12`, `/repos/owner/repo/issues/12`.
[[nodiscard]] std::expected<IssuePlace, LinkProblem> gitlab_api_issue(std::string_view path);
[[nodiscard]] std::expected<IssuePlace, LinkProblem> github_api_issue(std::string_view path);
// `group/sub/project#12`; not_a_link for anything of another form.
[[nodiscard]] std::expected<IssuePlace, LinkProblem> shorthand_issue(std::string_view text);

// 1 to 2,147,483,647, digits only, no leading zero.
[[nodiscard]] std::expected<std::int64_t, LinkProblem> issue_number(std::string_view digits);
// At least two parts by the rules of the tracker's kind.
[[nodiscard]] bool is_project_path(std::string_view project, config::TrackerKind kind);

}  // namespace countersign::handlers::review

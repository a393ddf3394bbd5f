#pragma once

#include "config/settings.hpp"

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace countersign::handlers::review {

struct IssueLink {
    std::string tracker;  // configured name
    std::string project;  // full path
    std::int64_t iid = 0;
    std::string url;  // canonical, built from the configuration (L1, L6)
    auto operator<=>(const IssueLink&) const = default;
};

// Why a link was refused, each with its own sentence (L3, L5, L8, L9; trackers.md §1.1, §2.1).
enum class LinkProblem {
    not_a_link,
    not_https,
    has_user_info,
    unknown_tracker,
    project_not_allowed,
    is_form,
    is_merge_request,
    is_epic,
    is_other_page,
    bad_path,
    bad_number,
    too_long,
    ambiguous,
    bad_characters,
};

// Only trackers whose purpose is `vendor` count: an IT request is no vendor issue.
// One link or shorthand, exactly as pasted (Slack's wire form is undone first, L2). No network, linear time
// (L7, L11).
[[nodiscard]] std::expected<IssueLink, LinkProblem> parse_issue_link(
    std::string_view text, const std::vector<config::Tracker>& trackers);

// All candidates in a free text (L10). `link` is set when exactly one approvable issue remains.
struct LinkSearch {
    std::vector<IssueLink> found;       // distinct
    std::vector<LinkProblem> problems;  // of things that looked like links to a tracker, in order
};
[[nodiscard]] LinkSearch find_issue_links(std::string_view text,
                                          const std::vector<config::Tracker>& trackers);

}  // namespace countersign::handlers::review

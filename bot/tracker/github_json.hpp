#pragma once

#include "storage/issue_facts.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// GitHub's answers in our words (trackers.md §2.2). Pure; all of them throw Malformed (json.hpp).
namespace countersign::tracker {

struct GithubRepository {
    std::int64_t id = 0;
    std::string path;
    bool has_issues = true;
};
[[nodiscard]] GithubRepository github_repository(std::string_view json);

// Everything but `url`, `project_id`, the lists of events and comments, and `read_at`.
[[nodiscard]] storage::IssueFacts github_issue(std::string_view json);
// Labels put on and taken off, closing and reopening; whatever else happened is passed over.
void add_github_events(std::string_view page, storage::IssueFacts& facts);
void add_github_comments(std::string_view page, std::vector<storage::IssueComment>& comments);

struct GithubListed {
    std::int64_t number = 0;
    storage::TrackerAccount author;
    Timestamp updated_at;
    std::string body;
};
void add_github_issues(std::string_view page, std::vector<GithubListed>& issues);

[[nodiscard]] storage::TrackerAccount github_account(std::string_view json);
// The file of the contents API.
[[nodiscard]] std::string github_file(std::string_view json);
// The same, without the front matter of an issue template.
[[nodiscard]] std::string github_template(std::string_view json);
[[nodiscard]] std::int64_t github_comment_id(std::string_view json);

}  // namespace countersign::tracker

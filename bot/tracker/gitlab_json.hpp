#pragma once

#include "storage/issue_facts.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// GitLab's answers in our words (trackers.md §1.2, §1.3). Pure; all of them throw Malformed (json.hpp).
namespace countersign::tracker {

struct GitlabProject {
    std::int64_t id = 0;
    std::string path;
    bool issues_enabled = true;
};
[[nodiscard]] GitlabProject gitlab_project(std::string_view json);

// Everything but `url`, the lists of events and comments, and `read_at`.
[[nodiscard]] storage::IssueFacts gitlab_issue(std::string_view json);
// The same out of a list of at most one.
[[nodiscard]] std::optional<storage::IssueFacts> listed_gitlab_issue(std::string_view page);
void add_gitlab_label_events(std::string_view page, std::vector<storage::LabelEvent>& events);
void add_gitlab_state_events(std::string_view page, std::vector<storage::StateEvent>& events);
void add_gitlab_notes(std::string_view page, std::vector<storage::IssueComment>& comments);

struct GitlabListed {
    std::int64_t iid = 0;
    std::int64_t author = 0;
    Timestamp updated_at;
    std::string description;
};
void add_gitlab_issues(std::string_view page, std::vector<GitlabListed>& issues);

[[nodiscard]] storage::TrackerAccount gitlab_account(std::string_view json);
void add_label_names(std::string_view page, std::vector<std::string>& names);  // GitHub's have the same shape
[[nodiscard]] std::string gitlab_template(std::string_view json);

struct GitlabToken {
    std::vector<std::string> scopes;
    std::string expires_at;
};
[[nodiscard]] GitlabToken gitlab_token(std::string_view json);
[[nodiscard]] std::string gitlab_version(std::string_view json);

struct WrittenNote {
    std::int64_t id = 0;
    bool commanded = false;  // a line of it was run as a quick action (G8)
};
[[nodiscard]] WrittenNote gitlab_note(std::string_view json);

}  // namespace countersign::tracker

#pragma once

#include "config/base/clock.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What a tracker said about one issue at one moment, in the same words for GitLab and GitHub. The evidence:
// the verdict is a pure function of it, and it is stored as it was judged (trackers.md A17).
namespace countersign::storage {

// Known by number only: logins and names can be changed and registered again (trackers.md §3.5).
struct TrackerAccount {
    std::int64_t id = 0;  // 0: deleted, or the tracker did not say
    std::string login;    // to be shown, never compared
    bool bot = false;
    bool active = true;  // false: blocked or deactivated (A9)
    auto operator<=>(const TrackerAccount&) const = default;
};

struct IssueLabel {
    std::int64_t id = 0;  // GitLab pins labels by it; GitHub's events carry names alone
    std::string name;
    auto operator<=>(const IssueLabel&) const = default;
};

// Somebody put a label on the issue, or took it off.
struct LabelEvent {
    std::int64_t id = 0;
    bool added = false;
    std::optional<std::int64_t> label;  // nullopt: GitHub, or the label is gone (A7)
    std::string label_name;             // on GitLab the label's present name
    std::optional<TrackerAccount> actor;
    Timestamp at;
    auto operator<=>(const LabelEvent&) const = default;
};

// Closed or opened again.
struct StateEvent {
    std::int64_t id = 0;
    std::string state;  // "closed" or "opened"
    std::optional<TrackerAccount> actor;
    Timestamp at;
    auto operator<=>(const StateEvent&) const = default;
};

struct IssueComment {
    std::int64_t id = 0;
    std::string body;
    std::optional<TrackerAccount> author;
    Timestamp created_at;
    Timestamp updated_at;
    bool system = false;    // written by the tracker itself (GitLab)
    bool internal = false;  // for members of the project alone
    auto operator<=>(const IssueComment&) const = default;
};

struct IssueFacts {
    std::int64_t project_id = 0;
    std::string project;  // its path now, which a rename or a transfer changes (L8, G1)
    std::int64_t iid = 0;
    std::int64_t id = 0;
    std::string url;  // canonical, built from the configuration
    std::string title;
    std::string description;
    bool open = true;
    std::string state_reason;  // GitHub: completed, not_planned, duplicate, reopened; else ""
    std::string type;          // "issue", "incident", "task" …; GitHub: "issue"
    bool pull_request = false;
    bool confidential = false;
    std::optional<std::int64_t> moved_to;  // GitLab's global id of the issue that took its place (G2)
    bool duplicate = false;
    std::optional<TrackerAccount> author;
    Timestamp created_at;
    Timestamp updated_at;
    std::vector<IssueLabel> labels;
    std::vector<LabelEvent> label_events;  // by id
    std::vector<StateEvent> state_events;  // by id
    std::vector<IssueComment> comments;    // by id
    // The tracker's clock when it answered; A12 judges by it, not by ours.
    Timestamp read_at;
    auto operator<=>(const IssueFacts&) const = default;
};

// JSON with a member for each field, times in milliseconds since the epoch.
[[nodiscard]] std::string to_json(const IssueFacts& facts);
// nullopt: not what to_json writes.
[[nodiscard]] std::optional<IssueFacts> parse_issue_facts(std::string_view json);

}  // namespace countersign::storage

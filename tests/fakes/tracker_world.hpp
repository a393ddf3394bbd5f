#pragma once

#include "tests/fakes/fake_slack.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace countersign::fakes {

using TrackerTime = std::chrono::sys_time<std::chrono::milliseconds>;

struct TrackerPerson {
    std::int64_t id = 0;
    std::string login, name;
    bool active = true, bot = false;
};
struct TrackerLabel {
    std::int64_t id = 0;
    std::string name;
};
struct TrackerNote {
    std::int64_t id = 0;
    std::int64_t author = 0;
    std::string body;
    TrackerTime created, updated;
    bool system = false, internal = false;
    bool hidden = false;  // the bot's account may not read it: left out after paging, as GitLab does
};
struct TrackerLabelEvent {
    std::int64_t id = 0;
    std::int64_t actor = 0;
    std::int64_t label = 0;
    std::string name;  // at that time, which GitHub keeps
    bool added = false;
    TrackerTime at;
};
struct TrackerStateEvent {
    std::int64_t id = 0;
    std::int64_t actor = 0;
    std::string state;  // "closed", "reopened"
    TrackerTime at;
};
struct TrackerIssue {
    std::int64_t id = 0, iid = 0;
    std::string title, description;
    std::int64_t author = 0;
    bool open = true;
    std::string state_reason;  // GitHub
    std::string type = "issue";
    bool confidential = false;
    bool pull_request = false;
    bool deleted = false;
    std::optional<std::int64_t> moved_to;  // the global id of the issue that took its place
    bool duplicate = false;
    std::vector<std::int64_t> labels;
    std::vector<TrackerNote> notes;
    std::vector<TrackerLabelEvent> label_events;
    std::vector<TrackerStateEvent> state_events;
    TrackerTime created, updated;
};
struct TrackerProject {
    std::int64_t id = 0;
    std::string path;
    bool issues_enabled = true;
    bool readable = true;  // false: the bot's account is no member
    std::vector<TrackerLabel> labels;
    std::map<std::string, std::string> templates;  // by name
    std::map<std::int64_t, int> members;           // account -> access level (10 guest, 20 reporter …)
    std::map<std::int64_t, TrackerIssue> issues;   // by iid
    std::int64_t next_iid = 1;
};

// Where an issue is, for what tests do to it.
struct IssueRef {
    std::string project;
    std::int64_t iid = 0;
};

// What both trackers keep, and the acts of people in it. Throws std::out_of_range for what does not exist:
// then the test is wrong.
struct TrackerWorld {
    std::map<std::int64_t, TrackerPerson> people;
    std::map<std::int64_t, TrackerProject> projects;
    std::map<std::string, std::int64_t> old_paths;  // of renamed projects
    std::map<std::string, IssueRef> transfers;      // "project#iid" -> where GitHub redirects to
    std::int64_t bot = 0;                           // the account of the token
    std::int64_t next_id = 1001;
    std::chrono::milliseconds clock_ahead{0};
    std::vector<std::string> commands;  // quick actions that texts would have run (G8)

    [[nodiscard]] TrackerTime now() const;
    std::int64_t new_id() { return next_id++; }
    [[nodiscard]] TrackerPerson& person(const std::string& login);
    [[nodiscard]] TrackerProject* find_project(const std::string& path);
    [[nodiscard]] TrackerProject& project(const std::string& path);
    [[nodiscard]] TrackerIssue& issue(const IssueRef& ref);
    [[nodiscard]] TrackerLabel* find_label(TrackerProject& project, const std::string& name);
    [[nodiscard]] const TrackerLabel* label(const TrackerProject& project, std::int64_t id) const;

    TrackerIssue& open_issue(TrackerProject& project, std::int64_t author, const std::string& title,
                             const std::string& description, const std::vector<std::string>& labels);
    // False: nothing changed.
    bool put_label(TrackerIssue& issue, const TrackerLabel& label, std::int64_t actor);
    bool take_label(TrackerIssue& issue, const TrackerLabel& label, std::int64_t actor);
    TrackerNote& add_note(TrackerIssue& issue, std::int64_t author, const std::string& body,
                          bool system = false);
    // The first box of this text that stands the other way, with GitLab's note about it.
    void mark_item(TrackerIssue& issue, std::int64_t actor, const std::string& item, bool done);
    void set_state(TrackerIssue& issue, bool open, std::int64_t actor, const std::string& reason = "");
};

// "2026-11-22T08:17:44.123Z", or without the fraction as GitHub writes it.
[[nodiscard]] std::string tracker_time(TrackerTime when, bool millis);
[[nodiscard]] std::string http_date(TrackerTime when);

}  // namespace countersign::fakes

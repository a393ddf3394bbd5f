#include "tests/fakes/tracker_world.hpp"

#include <fmt/chrono.h>

#include <algorithm>
#include <ctime>
#include <stdexcept>

namespace countersign::fakes {

TrackerTime TrackerWorld::now() const {
    return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now()) +
           clock_ahead;
}

TrackerPerson& TrackerWorld::person(const std::string& login) {
    for (auto& [id, each] : people)
        if (each.login == login) return each;
    throw std::out_of_range("no such account: " + login);
}

TrackerProject* TrackerWorld::find_project(const std::string& path) {
    for (auto& [id, each] : projects)
        if (each.path == path) return &each;
    return nullptr;
}

TrackerProject& TrackerWorld::project(const std::string& path) {
    if (auto* found = find_project(path)) return *found;
    throw std::out_of_range("no such project: " + path);
}

TrackerIssue& TrackerWorld::issue(const IssueRef& ref) {
    return project(ref.project).issues.at(ref.iid);
}

TrackerLabel* TrackerWorld::find_label(TrackerProject& project, const std::string& name) {
    const auto found = std::ranges::find(project.labels, name, &TrackerLabel::name);
    return found == project.labels.end() ? nullptr : &*found;
}

const TrackerLabel* TrackerWorld::label(const TrackerProject& project, std::int64_t id) const {
    const auto found = std::ranges::find(project.labels, id, &TrackerLabel::id);
    return found == project.labels.end() ? nullptr : &*found;
}

TrackerIssue& TrackerWorld::open_issue(TrackerProject& project, std::int64_t author, const std::string& title,
                                       const std::string& description,
                                       const std::vector<std::string>& labels) {
    TrackerIssue issue;
    issue.id = new_id();
    issue.iid = project.next_iid++;
    issue.title = title;
    issue.description = description;
    issue.author = author;
    issue.created = issue.updated = now();
    auto& kept = project.issues[issue.iid] = std::move(issue);
    for (const auto& name : labels)
        if (const auto* known = find_label(project, name)) put_label(kept, *known, author);
    return kept;
}

bool TrackerWorld::put_label(TrackerIssue& issue, const TrackerLabel& label, std::int64_t actor) {
    if (std::ranges::find(issue.labels, label.id) != issue.labels.end()) return false;
    issue.labels.push_back(label.id);
    issue.updated = now();
    issue.label_events.push_back({new_id(), actor, label.id, label.name, true, now()});
    return true;
}

bool TrackerWorld::take_label(TrackerIssue& issue, const TrackerLabel& label, std::int64_t actor) {
    if (std::erase(issue.labels, label.id) == 0) return false;
    issue.updated = now();
    issue.label_events.push_back({new_id(), actor, label.id, label.name, false, now()});
    return true;
}

TrackerNote& TrackerWorld::add_note(TrackerIssue& issue, std::int64_t author, const std::string& body,
                                    bool system) {
    const auto at = now();
    // A system note does not touch the issue's time (trackers.md §1.5).
    if (!system) issue.updated = at;
    return issue.notes.emplace_back(TrackerNote{
        .id = new_id(), .author = author, .body = body, .created = at, .updated = at, .system = system});
}

void TrackerWorld::mark_item(TrackerIssue& issue, std::int64_t actor, const std::string& item, bool done) {
    const auto wanted = (done ? "[ ] " : "[x] ") + item;
    auto at = issue.description.find(wanted);
    const auto ends = [&](std::size_t end) {
        return end == issue.description.size() || issue.description[end] == '\n';
    };
    while (at != std::string::npos && !ends(at + wanted.size()))
        at = issue.description.find(wanted, at + 1);
    if (at == std::string::npos) throw std::out_of_range("no such box: " + wanted);
    issue.description[at + 1] = done ? 'x' : ' ';
    issue.updated = now();
    add_note(issue, actor,
             fmt::format("marked the checklist item **{}** as {}", item, done ? "completed" : "incomplete"),
             true);
}

void TrackerWorld::set_state(TrackerIssue& issue, bool open, std::int64_t actor, const std::string& reason) {
    if (issue.open == open) return;
    issue.open = open;
    issue.state_reason = open ? "reopened" : reason;
    issue.updated = now();
    issue.state_events.push_back({new_id(), actor, open ? "reopened" : "closed", now()});
}

std::string tracker_time(TrackerTime when, bool millis) {
    const auto whole = std::chrono::floor<std::chrono::seconds>(when);
    const auto text =
        fmt::format("{:%Y-%m-%dT%H:%M:%S}", fmt::gmtime(std::chrono::system_clock::to_time_t(whole)));
    return millis ? fmt::format("{}.{:03}Z", text, (when - whole).count()) : text + "Z";
}

std::string http_date(TrackerTime when) {
    return fmt::format("{:%a, %d %b %Y %H:%M:%S} GMT",
                       fmt::gmtime(std::chrono::system_clock::to_time_t(when)));
}

}  // namespace countersign::fakes

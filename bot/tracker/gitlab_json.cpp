#include "bot/tracker/gitlab_json.hpp"

#include "bot/tracker/json.hpp"
#include "config/base/text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace countersign::tracker {
namespace {

using nlohmann::json;
using storage::TrackerAccount;

// The bot users of access tokens are called project_12_bot, group_7_bot_1f2e… (trackers.md §1.7).
bool bot_login(std::string_view login) {
    for (const std::string_view kind : {"project_", "group_"}) {
        if (!login.starts_with(kind)) continue;
        const auto rest = login.substr(kind.size());
        const auto digits = std::min(rest.find_first_not_of("0123456789"), rest.size());
        if (digits > 0 && rest.substr(digits).starts_with("_bot")) return true;
    }
    return false;
}

TrackerAccount account(const json& user) {
    TrackerAccount known;
    known.id = integer_at(user, "id");
    known.login = text_at(user, "username");
    known.bot = optional_flag(user, "bot") || bot_login(known.login);
    // Absent on old versions; any other state than active is one in which nobody can sign (A9).
    const auto state = optional_text(user, "state");
    known.active = state.empty() || state == "active";
    return known;
}

// Null: the account was deleted (A7).
std::optional<TrackerAccount> account_at(const json& object, const char* name) {
    if (is_absent(object, name)) return std::nullopt;
    return account(object_at(object, name));
}

std::string project_of(const json& issue) {
    // "group/project#12"
    const auto full = text_at(object_at(issue, "references"), "full");
    return full.substr(0, full.find('#'));
}

storage::IssueFacts issue_in(const json& object) {
    storage::IssueFacts facts;
    facts.project_id = integer_at(object, "project_id");
    facts.project = project_of(object);
    facts.iid = integer_at(object, "iid");
    facts.id = integer_at(object, "id");
    facts.title = text_at(object, "title");
    facts.description = optional_text(object, "description");
    const auto state = text_at(object, "state");
    if (state != "opened" && state != "closed") throw Malformed("a state that nobody knows");
    facts.open = state == "opened";
    const auto type = optional_text(object, "issue_type");
    facts.type = text::lower(type.empty() ? optional_text(object, "type") : type);
    if (facts.type.empty()) facts.type = "issue";  // before types there were issues alone
    facts.confidential = optional_flag(object, "confidential");
    facts.moved_to = optional_integer(object, "moved_to_id");
    if (!is_absent(object, "_links"))
        facts.duplicate = !optional_text(object_at(object, "_links"), "closed_as_duplicate_of").empty();
    facts.author = account_at(object, "author");
    facts.created_at = time_at(object, "created_at");
    facts.updated_at = time_at(object, "updated_at");
    for (const json& label : array_at(object, "labels")) {
        // Names alone come from where details cannot be asked for; no id, no pinned label (A6).
        if (label.is_string())
            facts.labels.push_back({0, label.get<std::string>()});
        else
            facts.labels.push_back({integer_at(label, "id"), text_at(label, "name")});
    }
    return facts;
}

}  // namespace

GitlabProject gitlab_project(std::string_view text) {
    const json object = read_object(text);
    GitlabProject project{integer_at(object, "id"), text_at(object, "path_with_namespace"),
                          optional_flag(object, "issues_enabled", true)};
    if (optional_text(object, "issues_access_level") == "disabled") project.issues_enabled = false;
    return project;
}

storage::IssueFacts gitlab_issue(std::string_view text) {
    return issue_in(read_object(text));
}

std::optional<storage::IssueFacts> listed_gitlab_issue(std::string_view page) {
    const json list = read_list(page);
    if (list.empty()) return std::nullopt;
    if (list.size() > 1) throw Malformed("one issue was asked for");
    return issue_in(list.front());
}

void add_gitlab_label_events(std::string_view page, std::vector<storage::LabelEvent>& events) {
    for (const json& object : read_list(page)) {
        storage::LabelEvent event;
        event.id = integer_at(object, "id");
        const auto action = text_at(object, "action");
        if (action != "add" && action != "remove") throw Malformed("a label event that nobody knows");
        event.added = action == "add";
        if (!is_absent(object, "label")) {  // null: the label was deleted (A7)
            const json& label = object_at(object, "label");
            event.label = integer_at(label, "id");
            event.label_name = text_at(label, "name");
        }
        event.actor = account_at(object, "user");
        event.at = time_at(object, "created_at");
        events.push_back(std::move(event));
    }
}

void add_gitlab_state_events(std::string_view page, std::vector<storage::StateEvent>& events) {
    for (const json& object : read_list(page)) {
        const auto state = text_at(object, "state");
        storage::StateEvent event;
        event.id = integer_at(object, "id");
        event.state = state == "reopened" ? "opened" : state;
        event.actor = account_at(object, "user");
        event.at = time_at(object, "created_at");
        events.push_back(std::move(event));
    }
}

void add_gitlab_notes(std::string_view page, std::vector<storage::IssueComment>& comments) {
    for (const json& object : read_list(page)) {
        storage::IssueComment comment;
        comment.id = integer_at(object, "id");
        comment.body = optional_text(object, "body");
        comment.author = account_at(object, "author");
        comment.created_at = time_at(object, "created_at");
        comment.updated_at = time_at(object, "updated_at");
        comment.system = optional_flag(object, "system");
        comment.internal = optional_flag(object, "internal") || optional_flag(object, "confidential");
        comments.push_back(std::move(comment));
    }
}

void add_gitlab_issues(std::string_view page, std::vector<GitlabListed>& issues) {
    for (const json& object : read_list(page)) {
        const auto author = account_at(object, "author");
        issues.push_back({integer_at(object, "iid"), author ? author->id : 0, time_at(object, "updated_at"),
                          optional_text(object, "description")});
    }
}

TrackerAccount gitlab_account(std::string_view text) {
    return account(read_object(text));
}

void add_label_names(std::string_view page, std::vector<std::string>& names) {
    for (const json& object : read_list(page))
        names.push_back(text_at(object, "name"));
}

std::string gitlab_template(std::string_view text) {
    return text_at(read_object(text), "content");
}

GitlabToken gitlab_token(std::string_view text) {
    const json object = read_object(text);
    return {texts_at(object, "scopes"), optional_text(object, "expires_at")};
}

std::string gitlab_version(std::string_view text) {
    return text_at(read_object(text), "version");
}

WrittenNote gitlab_note(std::string_view text) {
    const json object = read_object(text);
    WrittenNote note{integer_at(object, "id"), false};
    const auto changes = object.find("commands_changes");
    note.commanded = changes != object.end() && changes->is_object() && !changes->empty();
    return note;
}

}  // namespace countersign::tracker

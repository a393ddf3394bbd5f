#include "tests/fakes/fake_gitlab.hpp"

#include "tests/fakes/slack_wire.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <sstream>

namespace countersign::fakes {
namespace {

std::int64_t number(const std::string& text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size() ? value : 0;
}

// GitLab's list of commands that work on issues.
constexpr std::array<std::string_view, 44> quick_actions{"add_child",
                                                         "add_contacts",
                                                         "add_email",
                                                         "add_parent",
                                                         "assign",
                                                         "award",
                                                         "blocked_by",
                                                         "blocks",
                                                         "clear_weight",
                                                         "clone",
                                                         "close",
                                                         "confidential",
                                                         "convert_to_ticket",
                                                         "copy_metadata",
                                                         "create_merge_request",
                                                         "done",
                                                         "due",
                                                         "duplicate",
                                                         "epic",
                                                         "estimate",
                                                         "health_status",
                                                         "iteration",
                                                         "label",
                                                         "link",
                                                         "lock",
                                                         "milestone",
                                                         "move",
                                                         "promote",
                                                         "promote_to_incident",
                                                         "publish",
                                                         "reassign",
                                                         "relabel",
                                                         "relate",
                                                         "remove_due_date",
                                                         "remove_milestone",
                                                         "reopen",
                                                         "react",
                                                         "severity",
                                                         "spend",
                                                         "subscribe",
                                                         "title",
                                                         "todo",
                                                         "unassign",
                                                         "unlabel"};

std::vector<std::string> comma_list(const Json& value) {
    std::vector<std::string> names;
    if (value.is_array()) {
        for (const auto& each : value)
            names.push_back(each);
        return names;
    }
    std::istringstream text(value.is_string() ? value.get<std::string>() : "");
    for (std::string name; std::getline(text, name, ',');)
        if (!name.empty()) names.push_back(name);
    return names;
}

}  // namespace

FakeGitlab::FakeGitlab(FakeTrackerOptions options) : FakeTracker(std::move(options)) {
    start();
}

FakeGitlab::~FakeGitlab() {
    stop();
}

std::string FakeGitlab::api_path() const {
    return options_.root + "/api/v4";
}

std::string FakeGitlab::api_url() const {
    return base() + api_path();
}

std::string FakeGitlab::issue_url(const IssueRef& issue) const {
    return fmt::format("{}/{}/-/issues/{}", url(), issue.project, issue.iid);
}

void FakeGitlab::set_token_facts(std::vector<std::string> scopes, const std::string& expires_at) {
    scopes_ = std::move(scopes);
    expires_at_ = expires_at;
}

void FakeGitlab::after_move(const IssueRef&, const IssueRef&) {}  // the old issue stays, with moved_to_id

HttpReply FakeGitlab::refuse_rate(std::chrono::seconds wait) {
    HttpReply reply;
    reply.status = 429;
    reply.content_type = "text/plain";
    reply.body = "Retry later\n";
    reply.headers["Retry-After"] = std::to_string(wait.count());
    reply.headers["RateLimit-Limit"] = std::to_string(options_.requests_per_minute);
    reply.headers["RateLimit-Remaining"] = "0";
    reply.headers["RateLimit-Reset"] = std::to_string(
        std::chrono::duration_cast<std::chrono::seconds>((world_.now() + wait).time_since_epoch()).count());
    return reply;
}

Json FakeGitlab::user(std::int64_t id) const {
    const auto found = world_.people.find(id);
    if (found == world_.people.end()) return nullptr;
    const auto& person = found->second;
    return {{"id", person.id},
            {"username", person.login},
            {"name", person.name},
            {"state", person.active ? "active" : "blocked"},
            {"locked", false},
            {"avatar_url", nullptr},
            {"web_url", url() + "/" + person.login}};
}

Json FakeGitlab::project_json(const TrackerProject& project) const {
    const auto name = project.path.substr(project.path.rfind('/') + 1);
    return {{"id", project.id},
            {"name", name},
            {"path", name},
            {"path_with_namespace", project.path},
            {"name_with_namespace", project.path},
            {"web_url", url() + "/" + project.path},
            {"default_branch", "main"},
            {"visibility", "private"},
            {"issues_enabled", project.issues_enabled},
            {"issues_access_level", project.issues_enabled ? "enabled" : "disabled"},
            {"permissions", {{"project_access", {{"access_level", 20}}}, {"group_access", nullptr}}}};
}

Json FakeGitlab::issue_json(const TrackerProject& project, const TrackerIssue& issue, bool details) const {
    Json labels = Json::array();
    for (const auto id : issue.labels) {
        const auto* known = world_.label(project, id);
        if (known == nullptr) continue;
        if (details)
            labels.push_back({{"id", id},
                              {"name", known->name},
                              {"color", "#428bca"},
                              {"description", nullptr},
                              {"description_html", ""},
                              {"text_color", "#ffffff"}});
        else
            labels.push_back(known->name);
    }
    const auto closed = std::ranges::find(issue.state_events, "closed", &TrackerStateEvent::state);
    return {{"id", issue.id},
            {"iid", issue.iid},
            {"project_id", project.id},
            {"title", issue.title},
            {"description", issue.description},
            {"state", issue.open ? "opened" : "closed"},
            {"created_at", tracker_time(issue.created, true)},
            {"updated_at", tracker_time(issue.updated, true)},
            {"closed_at", issue.open || closed == issue.state_events.end()
                              ? Json(nullptr)
                              : Json(tracker_time(closed->at, true))},
            {"closed_by", nullptr},
            {"labels", labels},
            {"milestone", nullptr},
            {"assignees", Json::array()},
            {"author", user(issue.author)},
            {"type", issue.type == "issue"  ? "ISSUE"
                     : issue.type == "task" ? "TASK"
                                            : "INCIDENT"},
            {"assignee", nullptr},
            {"user_notes_count", issue.notes.size()},
            {"upvotes", 0},
            {"downvotes", 0},
            {"due_date", nullptr},
            {"confidential", issue.confidential},
            {"discussion_locked", nullptr},
            {"issue_type", issue.type},
            {"web_url", issue_url({project.path, issue.iid})},
            {"task_completion_status", {{"count", 0}, {"completed_count", 0}}},
            {"references",
             {{"short", fmt::format("#{}", issue.iid)},
              {"relative", fmt::format("#{}", issue.iid)},
              {"full", fmt::format("{}#{}", project.path, issue.iid)}}},
            {"moved_to_id", issue.moved_to ? Json(*issue.moved_to) : Json(nullptr)},
            {"_links",
             {{"self", fmt::format("{}/projects/{}/issues/{}", api_url(), project.id, issue.iid)},
              {"closed_as_duplicate_of",
               issue.duplicate ? Json(api_url() + "/projects/1/issues/1") : Json(nullptr)}}}};
}

Json FakeGitlab::note_json(const TrackerIssue& issue, const TrackerNote& note) const {
    return {{"id", note.id},
            {"type", nullptr},
            {"body", note.body},
            {"author", user(note.author)},
            {"created_at", tracker_time(note.created, true)},
            {"updated_at", tracker_time(note.updated, true)},
            {"system", note.system},
            {"noteable_id", issue.id},
            {"noteable_type", "Issue"},
            {"noteable_iid", issue.iid},
            {"resolvable", false},
            {"confidential", note.internal},
            {"internal", note.internal},
            {"commands_changes", Json::object()}};
}

// Outside of code and quotes a line that begins with a command is run and not kept.
std::string FakeGitlab::run_commands(const std::string& text, Json& changes) {
    std::istringstream lines(text);
    std::string kept;
    bool code = false;
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("```")) code = !code;
        const auto begin = line.find_first_not_of(" \t");
        bool command = false;
        if (!code && begin != line.npos && begin < 4 && line[begin] == '/') {
            const auto name = lower(line.substr(begin + 1, line.find_first_of(" \r", begin) - begin - 1));
            command = std::ranges::find(quick_actions, std::string_view(name)) != quick_actions.end();
        }
        if (command) {
            world_.commands.push_back(line);
            changes["ran"] = line;
        } else {
            kept += (kept.empty() ? "" : "\n") + line;
        }
    }
    return kept;
}

HttpReply FakeGitlab::answer(const HttpQuery& query, const std::string& path) {
    const auto header = [&](const char* name) {
        const auto found = query.headers.find(name);
        return found == query.headers.end() ? std::string() : found->second;
    };
    // That header finds personal tokens alone, whoever sends it.
    const auto own = header("private-token");
    const bool known = own.empty() ? header("authorization") == "Bearer " + options_.token
                                   : own == options_.token && own.starts_with("glpat-");
    if (!known) return json(401, {{"message", "401 Unauthorized"}});
    const auto parts = path_parts(path);
    if (parts.empty()) return json(404, {{"error", "404 Not Found"}});
    if (path == "/user") {
        auto me = user(world_.bot);
        me["bot"] = true;
        return json(200, me);
    }
    if (path == "/version") return json(200, {{"version", "17.9.2-ee"}, {"revision", "abcdef"}});
    if (path == "/personal_access_tokens/self")
        return json(200, {{"id", 5},
                          {"name", "countersign"},
                          {"revoked", false},
                          {"created_at", "2026-10-01T00:00:00.000Z"},
                          {"scopes", scopes_},
                          {"user_id", world_.bot},
                          {"last_used_at", nullptr},
                          {"active", true},
                          {"expires_at", expires_at_.empty() ? Json(nullptr) : Json(expires_at_)}});
    if (parts[0] == "users") {
        std::vector<Json> found;
        for (const auto& [id, person] : world_.people) {
            if (parts.size() == 2 && number(parts[1]) == id) return json(200, user(id));
            const auto wanted = query.query.find("username");
            if (wanted == query.query.end() || wanted->second == person.login) found.push_back(user(id));
        }
        return parts.size() == 2 ? json(404, {{"message", "404 User Not Found"}}) : page(query, path, found);
    }
    if (parts[0] != "projects" || parts.size() < 2) return json(404, {{"error", "404 Not Found"}});
    auto* project = world_.find_project(parts[1]);
    if (project == nullptr) {
        const auto by_id = world_.projects.find(number(parts[1]));
        if (by_id != world_.projects.end()) project = &by_id->second;
    }
    if (const auto old = world_.old_paths.find(parts[1]);
        project == nullptr && old != world_.old_paths.end()) {
        // G1: to the number.
        HttpReply reply = json(query.method == "GET" ? 301 : 307, {{"message", "moved"}});
        const auto rest = path.find('/', std::string_view("/projects/").size());
        reply.headers["Location"] = fmt::format("{}/projects/{}{}", api_url(), old->second,
                                                rest == path.npos ? "" : path.substr(rest));
        return reply;
    }
    if (project == nullptr || !project->readable) return json(404, {{"message", "404 Project Not Found"}});
    return of_project(query, path, *project, parts);
}

HttpReply FakeGitlab::of_project(const HttpQuery& query, const std::string& path, TrackerProject& project,
                                 const std::vector<std::string>& parts) {
    if (parts.size() == 2) return json(200, project_json(project));
    const auto& what = parts[2];
    if (what == "labels") {
        if (query.method == "POST") {
            const auto name = Json::parse(query.body, nullptr, false).value("name", "");
            project.labels.emplace_back(world_.new_id(), name);
            return json(201, {{"id", project.labels.back().id}, {"name", name}});
        }
        std::vector<Json> all;
        for (const auto& label : project.labels)
            all.push_back({{"id", label.id},
                           {"name", label.name},
                           {"color", "#428bca"},
                           {"description", nullptr},
                           {"text_color", "#ffffff"},
                           {"priority", nullptr},
                           {"is_project_label", true}});
        return page(query, path, all);
    }
    if (what == "members") {
        std::vector<Json> all;
        for (const auto& [id, level] : project.members) {
            auto member = user(id);
            member["access_level"] = level;
            all.push_back(member);
        }
        return page(query, path, all);
    }
    if (what == "templates" && parts.size() >= 4 && parts[3] == "issues") {
        if (parts.size() == 4) {
            std::vector<Json> all;
            for (const auto& [name, content] : project.templates)
                all.push_back({{"key", name}, {"name", name}});
            return page(query, path, all);
        }
        const auto found = project.templates.find(parts[4]);
        if (found == project.templates.end()) return json(404, {{"message", "404 Template Not Found"}});
        return json(200, {{"name", found->first}, {"content", found->second}});
    }
    if (what != "issues") return json(404, {{"error", "404 Not Found"}});
    if (!project.issues_enabled) return json(403, {{"message", "403 Forbidden"}});
    const Json args = query.body.empty() ? Json::object() : Json::parse(query.body, nullptr, false);
    if (parts.size() == 3) {
        if (query.method == "POST") return create_issue(args, project);
        return list_issues(query, path, project);
    }
    const auto found = project.issues.find(number(parts[3]));
    const bool hidden = found == project.issues.end() || found->second.deleted ||
                        (found->second.confidential && project.members[world_.bot] < 20);
    if (hidden) return json(404, {{"message", "404 Issue Not Found"}});
    return of_issue(query, path, project, found->second, parts);
}

HttpReply FakeGitlab::list_issues(const HttpQuery& query, const std::string& path,
                                  const TrackerProject& project) {
    const auto value = [&](const char* name) {
        const auto found = query.query.find(name);
        return found == query.query.end() ? std::string() : found->second;
    };
    std::vector<const TrackerIssue*> found;
    const auto iids = all_values(query.raw_query, "iids[]");
    for (const auto& [iid, issue] : project.issues) {
        if (issue.deleted || (issue.confidential && project.members.at(world_.bot) < 20)) continue;
        if (!iids.empty() && std::ranges::find(iids, std::to_string(iid)) == iids.end()) continue;
        if (!value("author_id").empty() && number(value("author_id")) != issue.author) continue;
        if (value("state") == "opened" && !issue.open) continue;
        if (value("state") == "closed" && issue.open) continue;
        if (!value("updated_after").empty() && tracker_time(issue.updated, true) < value("updated_after"))
            continue;
        if (!value("search").empty() && !issue.title.contains(value("search")) &&
            !issue.description.contains(value("search")))
            continue;
        found.push_back(&issue);
    }
    const bool by_update = value("order_by") == "updated_at";
    const auto time = [by_update](const TrackerIssue* issue) {
        return std::pair(by_update ? issue->updated : issue->created, issue->id);
    };
    if (value("sort") == "asc")
        std::ranges::sort(found, {}, time);
    else
        std::ranges::sort(found, std::ranges::greater{}, time);
    std::vector<Json> all;
    for (const auto* issue : found)
        all.push_back(issue_json(project, *issue, value("with_labels_details") == "true"));
    return page(query, path, all);
}

void FakeGitlab::set_labels(TrackerProject& project, TrackerIssue& issue, const Json& names, bool replace) {
    const auto wanted = comma_list(names);
    if (replace) {
        for (const auto id : std::vector(issue.labels)) {
            const auto* known = world_.label(project, id);
            if (known != nullptr && std::ranges::find(wanted, known->name) == wanted.end())
                world_.take_label(issue, *known, world_.bot);
        }
    }
    for (const auto& name : wanted) {
        if (world_.find_label(project, name) == nullptr) {
            // As GitLab does; a client that sends names of users would fill the project with them (G7).
            violation("an unknown label was created: " + name);
            project.labels.emplace_back(world_.new_id(), name);
        }
        world_.put_label(issue, *world_.find_label(project, name), world_.bot);
    }
}

HttpReply FakeGitlab::create_issue(const Json& args, TrackerProject& project) {
    if (!args.is_object()) return json(400, {{"error", "body is invalid"}});
    const auto title = args.value("title", "");
    if (title.empty()) return json(400, {{"error", "title is missing, title is empty"}});
    if (title.size() > 255)
        return json(400, {{"message", {{"title", {"is too long (maximum is 255 characters)"}}}}});
    Json changes = Json::object();
    const auto description = run_commands(args.value("description", ""), changes);
    auto& issue = world_.open_issue(project, world_.bot, title, description, {});
    issue.confidential = args.value("confidential", false);
    if (args.contains("labels")) set_labels(project, issue, args["labels"], false);
    return json(201, issue_json(project, issue));
}

HttpReply FakeGitlab::change_issue(const Json& args, TrackerProject& project, TrackerIssue& issue) {
    if (!args.is_object()) return json(400, {{"error", "body is invalid"}});
    if (args.contains("title")) issue.title = args["title"];
    if (args.contains("description")) {
        Json changes = Json::object();
        issue.description = run_commands(args["description"], changes);
        world_.add_note(issue, world_.bot, "changed the description", true);
    }
    if (args.contains("confidential")) issue.confidential = args["confidential"];
    if (args.contains("labels")) set_labels(project, issue, args["labels"], true);
    if (args.contains("add_labels")) set_labels(project, issue, args["add_labels"], false);
    if (args.contains("remove_labels")) {
        for (const auto& name : comma_list(args["remove_labels"]))
            if (const auto* known = world_.find_label(project, name))
                world_.take_label(issue, *known, world_.bot);
    }
    const auto state = args.value("state_event", "");
    if (!state.empty()) world_.set_state(issue, state == "reopen", world_.bot);
    issue.updated = world_.now();
    return json(200, issue_json(project, issue));
}

HttpReply FakeGitlab::of_issue(const HttpQuery& query, const std::string& path, TrackerProject& project,
                               TrackerIssue& issue, const std::vector<std::string>& parts) {
    const Json args = query.body.empty() ? Json::object() : Json::parse(query.body, nullptr, false);
    if (parts.size() == 4) {
        if (query.method == "PUT") return change_issue(args, project, issue);
        if (query.method == "DELETE") return json(403, {{"message", "403 Forbidden"}});
        return json(200, issue_json(project, issue));
    }
    const auto& what = parts[4];
    if (what == "notes") return of_notes(query, path, issue, parts);
    std::vector<Json> all;
    if (what == "resource_label_events") {
        for (const auto& event : issue.label_events) {
            const auto* known = world_.label(project, event.label);
            all.push_back({{"id", event.id},
                           {"user", user(event.actor)},
                           {"created_at", tracker_time(event.at, true)},
                           {"resource_type", "Issue"},
                           {"resource_id", issue.id},
                           // The label as it is called now; null once it is deleted (trackers.md §1.3).
                           {"label", known == nullptr ? Json(nullptr)
                                                      : Json{{"id", known->id},
                                                             {"name", known->name},
                                                             {"color", "#34495E"},
                                                             {"description", ""}}},
                           {"action", event.added ? "add" : "remove"}});
        }
        return page(query, path, all);
    }
    if (what == "resource_state_events") {
        for (const auto& event : issue.state_events)
            all.push_back({{"id", event.id},
                           {"user", user(event.actor)},
                           {"created_at", tracker_time(event.at, true)},
                           {"resource_type", "Issue"},
                           {"resource_id", issue.id},
                           {"state", event.state}});
        return page(query, path, all);
    }
    return json(404, {{"error", "404 Not Found"}});
}

HttpReply FakeGitlab::of_notes(const HttpQuery& query, const std::string& path, TrackerIssue& issue,
                               const std::vector<std::string>& parts) {
    const Json args = query.body.empty() ? Json::object() : Json::parse(query.body, nullptr, false);
    if (parts.size() == 5 && query.method == "POST") {
        const auto body = args.is_object() ? args.value("body", "") : "";
        if (body.empty()) return json(400, {{"error", "body is missing"}});
        Json changes = Json::object();
        const auto kept = run_commands(body, changes);
        if (kept.find_first_not_of(" \t\r\n") == kept.npos)
            return json(202, {{"commands_changes", changes}, {"summary", {"Applied."}}});
        auto& note = world_.add_note(issue, world_.bot, kept);
        note.internal = args.value("internal", false) || args.value("confidential", false);
        auto answer = note_json(issue, note);
        answer["commands_changes"] = changes;
        return json(201, answer);
    }
    if (parts.size() == 5) {
        const auto sort = query.query.find("sort");
        const bool oldest_first = sort != query.query.end() && sort->second == "asc";
        const auto count = issue.notes.size();
        return page(query, path, count, [&](std::size_t at) {
            const auto& note = issue.notes[oldest_first ? at : count - 1 - at];
            return note.hidden ? Json(nullptr) : note_json(issue, note);
        });
    }
    const auto id = number(parts[5]);
    const auto note = std::ranges::find(issue.notes, id, &TrackerNote::id);
    if (note == issue.notes.end()) return json(404, {{"message", "404 Note Not Found"}});
    if (query.method == "PUT") {
        if (note->author != world_.bot) return json(403, {{"message", "403 Forbidden"}});
        Json changes = Json::object();
        note->body = run_commands(args.value("body", ""), changes);
        note->updated = world_.now();
        auto answer = note_json(issue, *note);
        answer["commands_changes"] = changes;
        return json(200, answer);
    }
    if (query.method == "DELETE") {
        issue.notes.erase(note);
        return json(204, nullptr);
    }
    return json(200, note_json(issue, *note));
}

}  // namespace countersign::fakes

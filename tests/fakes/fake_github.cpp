#include "tests/fakes/fake_github.hpp"

#include "config/base/text.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <charconv>
#include <sstream>

namespace countersign::fakes {
namespace {

std::int64_t number(const std::string& text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size() ? value : 0;
}

std::string value_of(const HttpQuery& query, const char* name) {
    const auto found = query.query.find(name);
    return found == query.query.end() ? "" : found->second;
}

// With line breaks, as GitHub sends it.
std::string to_base64(const std::string& text) {
    std::string out(4 * (text.size() / 3 + 1) + 1, '\0');
    const int size =
        EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                        reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
    out.resize(static_cast<std::size_t>(size));
    for (std::size_t at = 60; at < out.size(); at += 61)
        out.insert(at, "\n");
    return out + "\n";
}

}  // namespace

FakeGithub::FakeGithub(FakeTrackerOptions options, Kind kind) : FakeTracker(std::move(options)), kind_(kind) {
    start();
}

FakeGithub::~FakeGithub() {
    stop();
}

std::string FakeGithub::api_path() const {
    return kind_ == Kind::enterprise ? options_.root + "/api/v3" : "";
}

std::string FakeGithub::api_url() const {
    return base() + api_path();
}

std::string FakeGithub::issue_url(const IssueRef& issue) const {
    return fmt::format("{}/{}/issues/{}", url(), issue.project, issue.iid);
}

void FakeGithub::no_push_access(bool on) {
    push_access_ = !on;
}

void FakeGithub::after_move(const IssueRef& from, const IssueRef& to) {
    world_.transfers[fmt::format("{}#{}", from.project, from.iid)] = to;
}

HttpReply FakeGithub::refuse_rate(std::chrono::seconds wait) {
    auto reply = json(403, {{"message", "API rate limit exceeded for user ID 1."}});
    reply.headers["X-RateLimit-Limit"] = std::to_string(options_.requests_per_minute);
    reply.headers["X-RateLimit-Remaining"] = "0";
    reply.headers["X-RateLimit-Reset"] = std::to_string(
        std::chrono::duration_cast<std::chrono::seconds>((world_.now() + wait).time_since_epoch()).count());
    return reply;
}

// What GitHub describes as always there, whoever reads it (trackers.md T5).
Json FakeGithub::user(std::int64_t id) const {
    const auto found = world_.people.find(id);
    if (found == world_.people.end()) return nullptr;
    const auto& person = found->second;
    const auto address = api_url() + "/users/" + person.login;
    return {{"login", person.login},
            {"id", person.id},
            {"node_id", fmt::format("U_{}", id)},
            {"avatar_url", url() + "/avatars/u/" + std::to_string(id)},
            {"gravatar_id", ""},
            {"url", address},
            {"html_url", url() + "/" + person.login},
            {"followers_url", address + "/followers"},
            {"following_url", address + "/following{/other_user}"},
            {"gists_url", address + "/gists{/gist_id}"},
            {"starred_url", address + "/starred{/owner}{/repo}"},
            {"subscriptions_url", address + "/subscriptions"},
            {"organizations_url", address + "/orgs"},
            {"repos_url", address + "/repos"},
            {"events_url", address + "/events{/privacy}"},
            {"received_events_url", address + "/received_events"},
            {"type", person.bot ? "Bot" : "User"},
            {"site_admin", false}};
}

Json FakeGithub::own_user() const {
    auto object = user(world_.bot);
    for (const auto* unsaid : {"name", "company", "location", "email", "hireable", "bio"})
        object[unsaid] = nullptr;
    object["blog"] = "";
    for (const auto* none : {"public_repos", "public_gists", "followers", "following"})
        object[none] = 0;
    object["created_at"] = object["updated_at"] = tracker_time(world_.now(), false);
    return object;
}

Json FakeGithub::label_json(const TrackerLabel& label) const {
    return {{"id", label.id},        {"node_id", fmt::format("LA_{}", label.id)},
            {"name", label.name},    {"url", api_url() + "/labels/" + label.name},
            {"color", "0e8a16"},     {"default", false},
            {"description", nullptr}};
}

Json FakeGithub::repository_json(const TrackerProject& repository) const {
    const auto address = api_url() + "/repos/" + repository.path;
    const auto page = url() + "/" + repository.path;
    Json object{{"id", repository.id},
                {"node_id", fmt::format("R_{}", repository.id)},
                {"name", repository.path.substr(repository.path.find('/') + 1)},
                {"full_name", repository.path},
                {"owner", user(world_.bot)},
                {"private", true},
                {"has_issues", repository.issues_enabled},
                {"html_url", page},
                {"url", address},
                {"clone_url", page + ".git"},
                {"git_url", page + ".git"},
                {"ssh_url", page + ".git"},
                {"svn_url", page},
                {"default_branch", "main"}};
    for (const auto* part :
         {"archive",  "assignees",   "blobs",         "branches",     "collaborators", "comments",
          "commits",  "compare",     "contents",      "contributors", "deployments",   "downloads",
          "events",   "forks",       "git_commits",   "git_refs",     "git_tags",      "hooks",
          "issues",   "keys",        "issue_comment", "issue_events", "labels",        "languages",
          "merges",   "milestones",  "notifications", "pulls",        "releases",      "stargazers",
          "statuses", "subscribers", "subscription",  "tags",         "teams",         "trees"})
        object[std::string(part) + "_url"] = address + "/" + part;
    for (const auto* no :
         {"fork", "has_projects", "has_wiki", "has_pages", "has_discussions", "archived", "disabled"})
        object[no] = false;
    for (const auto* none :
         {"forks", "forks_count", "open_issues", "open_issues_count", "size", "stargazers_count", "watchers",
          "watchers_count", "network_count", "subscribers_count"})
        object[none] = 0;
    for (const auto* unsaid : {"description", "homepage", "language", "mirror_url", "license"})
        object[unsaid] = nullptr;
    object["pushed_at"] = object["created_at"] = object["updated_at"] = tracker_time(world_.now(), false);
    return object;
}

Json FakeGithub::issue_json(const TrackerProject& repository, const TrackerIssue& issue) const {
    const auto address = fmt::format("{}/repos/{}", api_url(), repository.path);
    Json labels = Json::array();
    for (const auto id : issue.labels)
        if (const auto* known = world_.label(repository, id)) labels.push_back(label_json(*known));
    Json object{{"id", issue.id},
                {"node_id", fmt::format("I_{}", issue.id)},
                {"number", issue.iid},
                {"title", issue.title},
                {"body", issue.description.empty() ? Json(nullptr) : Json(issue.description)},
                {"state", issue.open ? "open" : "closed"},
                {"state_reason", issue.state_reason.empty() ? Json(nullptr) : Json(issue.state_reason)},
                {"user", user(issue.author)},
                {"labels", labels},
                {"assignee", nullptr},
                {"assignees", Json::array()},
                {"milestone", nullptr},
                {"locked", false},
                {"comments", issue.notes.size()},
                {"created_at", tracker_time(issue.created, false)},
                {"updated_at", tracker_time(issue.updated, false)},
                {"closed_at", nullptr},
                {"author_association", "MEMBER"},
                {"performed_via_github_app", nullptr},
                {"url", fmt::format("{}/issues/{}", address, issue.iid)},
                {"html_url", issue_url({repository.path, issue.iid})},
                {"repository_url", address},
                {"labels_url", fmt::format("{}/issues/{}/labels{{/name}}", address, issue.iid)},
                {"comments_url", fmt::format("{}/issues/{}/comments", address, issue.iid)},
                {"events_url", fmt::format("{}/issues/{}/events", address, issue.iid)}};
    if (issue.pull_request) object["pull_request"] = {{"url", address + "/pulls/1"}};
    return object;
}

Json FakeGithub::comment_json(const TrackerProject& repository, const TrackerIssue& issue,
                              const TrackerNote& note) const {
    const auto address = fmt::format("{}/repos/{}", api_url(), repository.path);
    return {{"id", note.id},
            {"node_id", fmt::format("IC_{}", note.id)},
            {"body", note.body},
            {"user", user(note.author)},
            {"created_at", tracker_time(note.created, false)},
            {"updated_at", tracker_time(note.updated, false)},
            {"author_association", "MEMBER"},
            {"performed_via_github_app", nullptr},
            {"url", fmt::format("{}/issues/comments/{}", address, note.id)},
            {"html_url", issue_url({repository.path, issue.iid}) + "#issuecomment"},
            {"issue_url", fmt::format("{}/issues/{}", address, issue.iid)}};
}

HttpReply FakeGithub::answer(const HttpQuery& query, const std::string& path) {
    const auto header = [&](const char* name) {
        const auto found = query.headers.find(name);
        return found == query.headers.end() ? std::string() : found->second;
    };
    const auto version = header("x-github-api-version");
    if (!version.empty() && version != "2022-11-28" && version != "2026-03-10")
        return json(400, {{"message", "Version \"" + version + "\" is not a supported API version."}});
    if (header("accept").empty()) violation("no Accept");
    if (header("authorization") != "Bearer " + options_.token)
        return json(401, {{"message", "Bad credentials"}});
    auto reply = perform(query, path);
    reply.headers["X-GitHub-Media-Type"] = "github.v3; format=json";
    reply.headers["X-RateLimit-Limit"] = "5000";
    reply.headers["X-RateLimit-Remaining"] = "4999";
    reply.headers["X-OAuth-Scopes"] = "repo, read:org";
    if (kind_ == Kind::enterprise) reply.headers["X-GitHub-Enterprise-Version"] = "3.19.0";
    if (query.method != "GET" || reply.status != 200) return reply;
    // H4: a weak etag over the content; links and the like do not change without it.
    const auto etag = "W/\"" + text::sha256_hex(reply.body).substr(0, 40) + "\"";
    reply.headers["ETag"] = etag;
    if (header("if-none-match") == etag) {
        reply.status = 304;
        reply.body.clear();
    }
    return reply;
}

HttpReply FakeGithub::perform(const HttpQuery& query, const std::string& path) {
    const auto parts = path_parts(path);
    const auto missing = json(404, {{"message", "Not Found"}, {"status", "404"}});
    if (parts.empty()) return missing;
    if (path == "/user") return json(200, own_user());
    if (parts[0] == "repositories" && parts.size() > 1) {
        const auto found = world_.projects.find(number(parts[1]));
        if (found == world_.projects.end() || !found->second.readable) return missing;
        std::vector<std::string> as_named{"repos", "", ""};
        as_named.insert(as_named.end(), parts.begin() + 2, parts.end());
        return of_repository(query, path, found->second, as_named);
    }
    if (parts[0] != "repos" || parts.size() < 3) return missing;
    const auto name = parts[1] + "/" + parts[2];
    auto* repository = world_.find_project(name);
    if (const auto old = world_.old_paths.find(name);
        repository == nullptr && old != world_.old_paths.end()) {
        auto reply = json(query.method == "GET" ? 301 : 307, {{"message", "Moved Permanently"}});
        const auto rest =
            path.substr(std::min(path.size(), std::string_view("/repos/").size() + name.size()));
        reply.headers["Location"] = fmt::format("{}/repositories/{}{}", api_url(), old->second, rest);
        return reply;
    }
    if (repository == nullptr || !repository->readable) return missing;
    return of_repository(query, path, *repository, parts);
}

HttpReply FakeGithub::of_repository(const HttpQuery& query, const std::string& path,
                                    TrackerProject& repository, const std::vector<std::string>& parts) {
    if (parts.size() == 3) return json(200, repository_json(repository));
    if (parts[3] == "contents") return contents(repository, parts);
    if (parts[3] == "labels") {
        std::vector<Json> all;
        for (const auto& label : repository.labels)
            all.push_back(label_json(label));
        return page(query, path, all);
    }
    if (parts[3] == "issues") return of_issues(query, path, repository, parts);
    return json(404, {{"message", "Not Found"}});
}

HttpReply FakeGithub::contents(const TrackerProject& repository,
                               const std::vector<std::string>& parts) const {
    const bool in_folder = parts.size() == 7 && parts[4] == ".github" && parts[5] == "ISSUE_TEMPLATE";
    for (const auto& [name, content] : repository.templates) {
        const auto file_name = name.ends_with(".yml") ? name : name + ".md";
        if (!in_folder || parts[6] != file_name) continue;
        const auto file = ".github/ISSUE_TEMPLATE/" + file_name;
        const auto address = fmt::format("{}/repos/{}/contents/{}", api_url(), repository.path, file);
        return json(200, {{"type", "file"},
                          {"name", file_name},
                          {"path", file},
                          {"sha", text::sha256_hex(content).substr(0, 40)},
                          {"url", address},
                          {"git_url", address},
                          {"html_url", address},
                          {"download_url", address},
                          {"_links", {{"self", address}, {"git", address}, {"html", address}}},
                          {"encoding", "base64"},
                          {"size", content.size()},
                          {"content", to_base64(content)}});
    }
    return json(404, {{"message", "Not Found"}});
}

HttpReply FakeGithub::of_issues(const HttpQuery& query, const std::string& path, TrackerProject& repository,
                                const std::vector<std::string>& parts) {
    if (!repository.issues_enabled) return json(410, {{"message", "Issues are disabled for this repo"}});
    if (parts.size() == 4) {
        if (query.method == "POST") return create_issue(Json::parse(query.body, nullptr, false), repository);
        return list_issues(query, path, repository);
    }
    if (parts[4] == "comments" && parts.size() == 6) return of_comment(query, repository, number(parts[5]));
    const auto moved = world_.transfers.find(fmt::format("{}#{}", repository.path, parts[4]));
    if (moved != world_.transfers.end()) {
        auto& target = world_.project(moved->second.project);
        if (!target.readable) return json(404, {{"message", "Not Found"}});
        auto reply = json(query.method == "GET" ? 301 : 307, {{"message", "Moved Permanently"}});
        reply.headers["Location"] =
            fmt::format("{}/repositories/{}/issues/{}", api_url(), target.id, moved->second.iid);
        return reply;
    }
    const auto found = repository.issues.find(number(parts[4]));
    if (found == repository.issues.end()) return json(404, {{"message", "Not Found"}});
    if (found->second.deleted) return json(410, {{"message", "This issue was deleted"}});
    return of_issue(query, path, repository, found->second, parts);
}

HttpReply FakeGithub::list_issues(const HttpQuery& query, const std::string& path,
                                  const TrackerProject& repository) {
    std::vector<const TrackerIssue*> found;
    const auto state = value_of(query, "state");
    const auto since = value_of(query, "since");
    const auto creator = value_of(query, "creator");
    for (const auto& [iid, issue] : repository.issues) {
        if (issue.deleted || world_.transfers.contains(fmt::format("{}#{}", repository.path, iid))) continue;
        if (state != "all" && issue.open != (state != "closed")) continue;
        // "2026-11-22T08:17:44.000Z" and "2026-11-22T08:17:44Z" are one time.
        if (!since.empty() && tracker_time(issue.updated, false).substr(0, 19) < since.substr(0, 19))
            continue;
        if (!creator.empty() && world_.people.at(issue.author).login != creator) continue;
        found.push_back(&issue);
    }
    const bool by_update = value_of(query, "sort") == "updated";
    std::ranges::sort(found, std::ranges::greater{}, [by_update](const TrackerIssue* issue) {
        return std::pair(by_update ? issue->updated : issue->created, issue->id);
    });
    if (value_of(query, "direction") == "asc") std::ranges::reverse(found);
    return page(query, path, found.size(),
                [&](std::size_t at) { return issue_json(repository, *found[at]); });
}

HttpReply FakeGithub::create_issue(const Json& args, TrackerProject& repository) {
    if (!args.is_object()) return json(400, {{"message", "Problems parsing JSON"}});
    const auto title = args.value("title", "");
    if (title.empty()) return json(422, {{"message", "Validation Failed"}});
    auto& issue = world_.open_issue(repository, world_.bot, title, args.value("body", ""), {});
    for (const auto& name : args.value("labels", Json::array())) {
        if (!push_access_) break;
        if (world_.find_label(repository, name) == nullptr) {
            violation("an unknown label was created: " + name.get<std::string>());
            repository.labels.emplace_back(world_.new_id(), name);
        }
        world_.put_label(issue, *world_.find_label(repository, name), world_.bot);
    }
    return json(201, issue_json(repository, issue));
}

HttpReply FakeGithub::of_comment(const HttpQuery& query, TrackerProject& repository, std::int64_t id) {
    for (auto& [iid, issue] : repository.issues) {
        const auto note = std::ranges::find(issue.notes, id, &TrackerNote::id);
        if (note == issue.notes.end()) continue;
        if (query.method == "PATCH") {
            note->body = Json::parse(query.body, nullptr, false).value("body", "");
            note->updated = issue.updated = world_.now();
        }
        return json(200, comment_json(repository, issue, *note));
    }
    return json(404, {{"message", "Not Found"}});
}

HttpReply FakeGithub::of_labels(const HttpQuery& query, TrackerProject& repository, TrackerIssue& issue,
                                const std::vector<std::string>& parts) {
    if (query.method == "POST") {
        for (const auto& name : Json::parse(query.body, nullptr, false).value("labels", Json::array())) {
            if (world_.find_label(repository, name) == nullptr) {
                violation("an unknown label was created: " + name.get<std::string>());
                repository.labels.emplace_back(world_.new_id(), name);
            }
            world_.put_label(issue, *world_.find_label(repository, name), world_.bot);
        }
    } else if (query.method == "DELETE" && parts.size() == 7) {
        const auto* known = world_.find_label(repository, parts[6]);
        if (known == nullptr || !world_.take_label(issue, *known, world_.bot))
            return json(404, {{"message", "Label does not exist"}});
    }
    Json all = Json::array();
    for (const auto id : issue.labels)
        if (const auto* known = world_.label(repository, id)) all.push_back(label_json(*known));
    return json(200, all);
}

HttpReply FakeGithub::of_issue(const HttpQuery& query, const std::string& path, TrackerProject& repository,
                               TrackerIssue& issue, const std::vector<std::string>& parts) {
    if (parts.size() == 5) return json(200, issue_json(repository, issue));
    if (parts[5] == "labels") return of_labels(query, repository, issue, parts);
    if (parts[5] == "comments" && query.method == "POST") {
        const auto args = Json::parse(query.body, nullptr, false);
        if (!args.is_object() || args.value("body", "").empty())
            return json(422, {{"message", "Validation Failed"}});
        return json(201, comment_json(repository, issue, world_.add_note(issue, world_.bot, args["body"])));
    }
    if (parts[5] == "comments") {
        std::vector<Json> all;
        for (const auto& note : issue.notes)
            if (!note.system) all.push_back(comment_json(repository, issue, note));
        return page(query, path, all);
    }
    if (parts[5] != "events") return json(404, {{"message", "Not Found"}});
    std::vector<std::pair<std::int64_t, Json>> events;
    const auto add = [&](std::int64_t id, std::int64_t actor, const std::string& kind,
                         TrackerTime at) -> Json& {
        return events
            .emplace_back(
                id, Json{{"id", id},
                         {"node_id", fmt::format("E_{}", id)},
                         {"url", fmt::format("{}/repos/{}/issues/events/{}", api_url(), repository.path, id)},
                         {"actor", user(actor)},
                         {"event", kind},
                         {"commit_id", nullptr},
                         {"commit_url", nullptr},
                         {"created_at", tracker_time(at, false)},
                         {"performed_via_github_app", nullptr}})
            .second;
    };
    for (const auto& event : issue.label_events)
        // No id, and the name as it was (trackers.md §2.2).
        add(event.id, event.actor, event.added ? "labeled" : "unlabeled", event.at)["label"] = {
            {"name", event.name}, {"color", "0e8a16"}};
    for (const auto& event : issue.state_events)
        add(event.id, event.actor, event.state, event.at);
    add(issue.id + 1'000'000, issue.author, "mentioned", issue.created);
    std::ranges::sort(events, {}, [](const auto& each) { return each.first; });
    return page(query, path, events.size(), [&](std::size_t at) { return events[at].second; });
}

}  // namespace countersign::fakes

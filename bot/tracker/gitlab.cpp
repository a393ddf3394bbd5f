// Reading from GitLab; writing is in gitlab_writes.cpp.
#include "bot/tracker/gitlab.hpp"

#include "bot/net/url.hpp"
#include "bot/tracker/gitlab_json.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace countersign::tracker {

GitlabClient::GitlabClient(net::HttpClient& http, const config::Tracker& tracker, Secret token)
    : wire_(http, tracker, std::move(token)), projects_(tracker) {}

// G1: the path once, the number from then on. A path that has changed leads on by a redirect.
net::Awaitable<Expected<Project>> GitlabClient::resolve(std::string path) {
    if (!projects_.allowed(path)) co_return trouble("project_not_found", "a project that is not configured");
    if (const auto known = projects_.known(path)) co_return *known;
    const auto reply = co_await wire_.get("/projects/" + net::percent_encoded(path));
    if (!reply) {
        auto failed = reply.error();
        if (failed.code == "not_found" || failed.code == "moved") failed.code = "project_not_found";
        co_return std::unexpected(std::move(failed));
    }
    const auto found = gitlab_project(reply->body);
    const auto allowed = projects_.allowed(found.path);
    if (!allowed) {
        auto moved = trouble("issue_moved", "its project has another path now");
        moved.error().project = found.path;
        co_return moved;
    }
    const Project project{found.id, *allowed, found.issues_enabled};
    projects_.remember(path, project);
    co_return project;
}

net::Awaitable<Expected<std::string>> GitlabClient::issue_path(std::string project, std::int64_t iid) {
    const auto known = co_await resolve(std::move(project));
    if (!known) co_return std::unexpected(known.error());
    co_return fmt::format("/projects/{}/issues/{}", known->id, iid);
}

// A list of one: only there the labels come with their ids, which pin them (A6). What is not in the list is
// asked for by itself, for the reason.
net::Awaitable<Expected<storage::IssueFacts>> GitlabClient::read_body(Project project, std::int64_t iid) {
    auto listed = co_await wire_.get(fmt::format(
        "/projects/{}/issues?iids%5B%5D={}&scope=all&state=all&with_labels_details=true&per_page=2",
        project.id, iid));
    if (!listed) co_return std::unexpected(listed.error());
    auto read_at = listed->date;
    auto facts = listed_gitlab_issue(listed->body);
    if (!facts) {
        const auto single = co_await wire_.get(fmt::format("/projects/{}/issues/{}", project.id, iid));
        if (!single) co_return std::unexpected(single.error());
        facts = gitlab_issue(single->body);
        read_at = single->date;
    }
    facts->read_at = read_at;
    const auto allowed = projects_.allowed(facts->project);  // L8
    if (!allowed) {
        auto moved = trouble("issue_moved", "it says that it belongs to another project");
        moved.error().project = facts->project;
        co_return moved;
    }
    facts->project = *allowed;
    facts->url = projects_.issue_url(*allowed, facts->iid);
    co_return *facts;
}

net::Awaitable<Expected<void>> GitlabClient::read_history(const std::string& path,
                                                          storage::IssueFacts& facts) {
    const auto labels = co_await wire_.list(path + "/resource_label_events?per_page=100");
    if (!labels) co_return std::unexpected(labels.error());
    const auto states = co_await wire_.list(path + "/resource_state_events?per_page=100");
    if (!states) co_return std::unexpected(states.error());
    const auto notes = co_await wire_.list(path + "/notes?sort=asc&order_by=created_at&per_page=100");
    if (!notes) co_return std::unexpected(notes.error());
    for (const Reply& page : *labels)
        add_gitlab_label_events(page.body, facts.label_events);
    for (const Reply& page : *states)
        add_gitlab_state_events(page.body, facts.state_events);
    for (const Reply& page : *notes)
        add_gitlab_notes(page.body, facts.comments);
    std::ranges::sort(facts.label_events, {}, &storage::LabelEvent::id);
    std::ranges::sort(facts.state_events, {}, &storage::StateEvent::id);
    std::ranges::sort(facts.comments, {}, &storage::IssueComment::id);
    // An event that came between two reads is not from the future (A12).
    facts.read_at = std::max(facts.read_at, notes->back().date);
    co_return Expected<void>();
}

net::Awaitable<Expected<storage::IssueFacts>> GitlabClient::read_whole(std::string project,
                                                                       std::int64_t iid) {
    const auto known = co_await resolve(project);
    if (!known) co_return std::unexpected(known.error());
    auto facts = co_await read_body(*known, iid);
    if (!facts) co_return facts;
    const auto path = fmt::format("/projects/{}/issues/{}", known->id, iid);
    const auto read = co_await read_history(path, *facts);
    if (!read) co_return std::unexpected(read.error());
    co_return facts;
}

net::Awaitable<Expected<IssueRead>> GitlabClient::read_issue(std::string project, std::int64_t iid,
                                                             std::string) {
    const bool cached = projects_.known(project).has_value();
    auto facts = co_await read_whole(project, iid);
    // The number may be that of a project that was made anew under its path (G1).
    if (!facts && facts.error().code == "not_found" && cached) {
        projects_.forget(project);
        facts = co_await read_whole(project, iid);
    }
    if (!facts) co_return std::unexpected(facts.error());
    co_return IssueRead{*std::move(facts), ""};
}

net::Awaitable<Expected<ChangedIssues>> GitlabClient::changed_issues(std::string project,
                                                                     std::vector<std::int64_t> iids,
                                                                     std::optional<Timestamp> since) {
    const auto known = co_await resolve(std::move(project));
    if (!known) co_return std::unexpected(known.error());
    auto path = fmt::format(
        "/projects/{}/issues?scope=all&state=all&order_by=updated_at&sort=asc&per_page=100", known->id);
    for (const auto iid : iids)
        path += fmt::format("&iids%5B%5D={}", iid);
    if (since) path += "&updated_after=" + net::percent_encoded(to_rfc3339(*since));
    const auto pages = co_await wire_.list(path);
    if (!pages) co_return std::unexpected(pages.error());
    std::vector<GitlabListed> listed;
    for (const Reply& page : *pages)
        add_gitlab_issues(page.body, listed);
    ChangedIssues changed{{}, pages->front().date};
    for (const auto& issue : listed)
        if (std::ranges::find(iids, issue.iid) != iids.end())
            changed.issues.push_back({issue.iid, issue.updated_at});
    co_return changed;
}

net::Awaitable<Expected<std::string>> GitlabClient::read_template(std::string project, std::string name) {
    const auto known = co_await resolve(std::move(project));
    if (!known) co_return std::unexpected(known.error());
    const auto reply = co_await wire_.get(
        fmt::format("/projects/{}/templates/issues/{}", known->id, net::percent_encoded(name)));
    if (!reply) {
        auto failed = reply.error();
        if (failed.code == "not_found") failed.code = "template_not_found";
        co_return std::unexpected(std::move(failed));
    }
    co_return gitlab_template(reply->body);
}

net::Awaitable<Expected<storage::TrackerAccount>> GitlabClient::myself() {
    if (me_) co_return *me_;
    const auto reply = co_await wire_.get("/user");
    if (!reply) co_return std::unexpected(reply.error());
    me_ = gitlab_account(reply->body);
    co_return *me_;
}

net::Awaitable<Expected<WhoAmI>> GitlabClient::whoami() {
    me_.reset();
    const auto account = co_await myself();
    if (!account) co_return std::unexpected(account.error());
    WhoAmI who{account->id, account->login, {}, "", ""};
    // Not every version and kind of token can tell these; what cannot be told is no trouble (N11).
    if (const auto token = co_await wire_.get("/personal_access_tokens/self")) {
        auto read = gitlab_token(token->body);
        who.scopes = std::move(read.scopes);
        who.expires_at = std::move(read.expires_at);
    }
    if (const auto version = co_await wire_.get("/version")) who.version = gitlab_version(version->body);
    co_return who;
}

}  // namespace countersign::tracker

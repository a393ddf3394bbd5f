// Reading from GitHub; writing is in github_writes.cpp.
#include "bot/tracker/github.hpp"

#include "bot/net/url.hpp"
#include "bot/tracker/github_json.hpp"
#include "bot/tracker/issue_form.hpp"
#include "bot/tracker/json.hpp"
#include "config/base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace countersign::tracker {
namespace {

constexpr std::array<std::string_view, 3> parts{"", "/events?per_page=100", "/comments?per_page=100"};

// The three etags as one text. A list of several pages has none: its last page may change alone.
std::string joined_etags(const Reply& issue, const std::vector<Reply>& events,
                         const std::vector<Reply>& comments) {
    if (events.size() != 1 || comments.size() != 1) return "";
    const std::array<std::string, 3> all{std::string(issue.head.header("etag")),
                                         std::string(events.front().head.header("etag")),
                                         std::string(comments.front().head.header("etag"))};
    for (const auto& each : all)
        if (each.empty() || each.find(' ') != std::string::npos) return "";
    return text::joined(all, " ");
}

bool is_form(std::string_view file) {
    return file.ends_with(".yml") || file.ends_with(".yaml");
}

// A name that says which file it means is that file; else it is the Markdown template, or the form, so
// called.
std::vector<std::string> template_files(const std::string& name) {
    if (is_form(name) || name.ends_with(".md")) return {name};
    return {name + ".md", name + ".yml"};
}

Expected<std::string> template_text(std::string_view file, std::string_view answer) {
    if (!is_form(file)) return github_template(answer);
    const auto yaml = github_file(answer);
    try {
        return rendered_form(yaml);
    } catch (const Malformed& wrong) {
        return trouble("template_unreadable", fmt::format("{}: {}", file, wrong.what()));
    }
}

}  // namespace

GithubClient::GithubClient(net::HttpClient& http, const config::Tracker& tracker, Secret token)
    : wire_(http, tracker, std::move(token)), projects_(tracker) {}

// A renamed repository leads on by a redirect; a write would be refused there.
net::Awaitable<Expected<Project>> GithubClient::resolve(std::string path) {
    const auto configured = projects_.allowed(path);
    if (!configured) co_return trouble("project_not_found", "a project that is not configured");
    if (const auto known = projects_.known(path)) co_return *known;
    const auto reply = co_await wire_.get("/repos/" + *configured);
    if (!reply) {
        auto failed = reply.error();
        if (failed.code == "not_found" || failed.code == "moved") failed.code = "project_not_found";
        co_return std::unexpected(std::move(failed));
    }
    const auto found = github_repository(reply->body);
    const auto allowed = projects_.allowed(found.path);
    if (!allowed) {
        auto moved = trouble("issue_moved", "its repository has another name now");
        moved.error().project = found.path;
        co_return moved;
    }
    const Project project{found.id, *allowed, found.has_issues};
    projects_.remember(path, project);
    co_return project;
}

net::Awaitable<Expected<std::string>> GithubClient::repository_path(std::string project) {
    const auto known = co_await resolve(std::move(project));
    if (!known) co_return std::unexpected(known.error());
    co_return "/repos/" + known->path;
}

net::Awaitable<Expected<bool>> GithubClient::unchanged(const std::string& path, std::string etags) {
    const auto words = text::words(etags);
    if (words.size() != parts.size()) co_return false;
    for (std::size_t at = 0; at < parts.size(); ++at) {
        const auto reply = co_await wire_.get(path + std::string(parts.at(at)), words[at]);
        if (!reply) co_return std::unexpected(reply.error());
        if (reply->status != 304) co_return false;
    }
    co_return true;
}

net::Awaitable<Expected<IssueRead>> GithubClient::read_whole(const std::string& path) {
    const auto issue = co_await wire_.get(path);
    if (!issue) co_return std::unexpected(issue.error());
    auto facts = github_issue(issue->body);
    const auto allowed = projects_.allowed(facts.project);  // L8, H1
    if (!allowed) {
        auto moved = trouble("issue_moved", "it says that it belongs to another repository");
        moved.error().project = facts.project;
        co_return moved;
    }
    const auto project = co_await resolve(*allowed);
    if (!project) co_return std::unexpected(project.error());
    facts.project_id = project->id;
    facts.project = project->path;
    facts.url = projects_.issue_url(facts.project, facts.iid);
    // A transferred issue has another number and path from here on.
    const auto now_at = fmt::format("/repos/{}/issues/{}", facts.project, facts.iid);
    const auto events = co_await wire_.list(now_at + std::string(parts[1]));
    if (!events) co_return std::unexpected(events.error());
    const auto comments = co_await wire_.list(now_at + std::string(parts[2]));
    if (!comments) co_return std::unexpected(comments.error());
    for (const Reply& page : *events)
        add_github_events(page.body, facts);
    for (const Reply& page : *comments)
        add_github_comments(page.body, facts.comments);
    std::ranges::sort(facts.label_events, {}, &storage::LabelEvent::id);
    std::ranges::sort(facts.state_events, {}, &storage::StateEvent::id);
    std::ranges::sort(facts.comments, {}, &storage::IssueComment::id);
    // An event that came between two reads is not from the future (A12).
    facts.read_at = std::max(issue->date, comments->back().date);
    co_return IssueRead{std::move(facts), joined_etags(*issue, *events, *comments)};
}

net::Awaitable<Expected<IssueRead>> GithubClient::read_issue(std::string project, std::int64_t iid,
                                                             std::string since_etag) {
    const auto configured = projects_.allowed(project);
    if (!configured) co_return trouble("project_not_found", "a project that is not configured");
    const auto path = fmt::format("/repos/{}/issues/{}", *configured, iid);
    if (!since_etag.empty()) {
        const auto same = co_await unchanged(path, since_etag);
        if (!same) co_return std::unexpected(same.error());
        if (*same) co_return IssueRead{std::nullopt, since_etag};
    }
    co_return co_await read_whole(path);
}

net::Awaitable<Expected<ChangedIssues>> GithubClient::changed_issues(std::string project,
                                                                     std::vector<std::int64_t> iids,
                                                                     std::optional<Timestamp> since) {
    const auto repository = co_await repository_path(std::move(project));
    if (!repository) co_return std::unexpected(repository.error());
    auto path = *repository + "/issues?state=all&sort=updated&direction=desc&per_page=100";
    // Whole seconds, as GitHub compares them; one more, so that nothing falls between two looks.
    if (since)
        path += "&since=" + net::percent_encoded(to_rfc3339(std::chrono::floor<std::chrono::seconds>(*since) -
                                                            std::chrono::seconds(1)));
    const auto pages = co_await wire_.list(path);
    if (!pages) co_return std::unexpected(pages.error());
    std::vector<GithubListed> listed;
    for (const Reply& page : *pages)
        add_github_issues(page.body, listed);
    ChangedIssues changed{{}, pages->front().date};
    for (const auto& issue : listed)
        if (std::ranges::find(iids, issue.number) != iids.end())
            changed.issues.push_back({issue.number, issue.updated_at});
    co_return changed;
}

// In the repository, then where its owner keeps the templates of all (trackers.md §2.3).
net::Awaitable<Expected<std::string>> GithubClient::read_template(std::string project, std::string name) {
    const auto known = co_await resolve(std::move(project));
    if (!known) co_return std::unexpected(known.error());
    const auto owner = known->path.substr(0, known->path.find('/'));
    const std::array<std::string, 2> repositories{known->path, owner + "/.github"};
    const auto files = template_files(name);
    for (const auto& repository : repositories) {
        for (const auto& file : files) {
            const auto reply = co_await wire_.get(fmt::format("/repos/{}/contents/.github/ISSUE_TEMPLATE/{}",
                                                              repository, net::percent_encoded(file)));
            if (reply) co_return template_text(file, reply->body);
            if (reply.error().code != "not_found") co_return std::unexpected(reply.error());
        }
    }
    co_return trouble("template_not_found");
}

net::Awaitable<Expected<storage::TrackerAccount>> GithubClient::myself() {
    if (me_) co_return *me_;
    const auto reply = co_await wire_.get("/user");
    if (!reply) co_return std::unexpected(reply.error());
    me_ = github_account(reply->body);
    co_return *me_;
}

net::Awaitable<Expected<WhoAmI>> GithubClient::whoami() {
    const auto reply = co_await wire_.get("/user");
    if (!reply) co_return std::unexpected(reply.error());
    me_ = github_account(reply->body);
    WhoAmI who{me_->id, me_->login, {}, "", ""};
    std::string scopes(reply->head.header("x-oauth-scopes"));
    std::ranges::replace(scopes, ',', ' ');
    who.scopes = text::words(scopes);
    who.expires_at = std::string(reply->head.header("github-authentication-token-expiration").substr(0, 10));
    who.version = std::string(reply->head.header("x-github-enterprise-version"));
    co_return who;
}

}  // namespace countersign::tracker

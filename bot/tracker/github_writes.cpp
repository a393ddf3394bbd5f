// Writing to GitHub: each so that repeating it does no more (S1, S7, G6).
#include "bot/net/url.hpp"
#include "bot/tracker/github.hpp"
#include "bot/tracker/github_json.hpp"
#include "bot/tracker/gitlab_json.hpp"
#include "bot/tracker/labels.hpp"
#include "bot/tracker/writing.hpp"
#include "config/base/text.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace countersign::tracker {
namespace {

using nlohmann::json;

// How many of the bot's newest issues are looked through for one that an earlier attempt made.
constexpr int search_pages = 5;

// The labels that GitHub did not put on: it drops them in silence without the right to (H5).
std::vector<std::string> missing_of(const std::vector<std::string>& wanted,
                                    const std::vector<storage::IssueLabel>& there) {
    std::vector<std::string> missing;
    for (const auto& name : wanted) {
        const bool found = std::ranges::any_of(there, [&](const storage::IssueLabel& label) {
            return text::lower(label.name) == text::lower(name);
        });
        if (!found) missing.push_back(name);
    }
    return missing;
}

}  // namespace

net::Awaitable<Expected<std::vector<std::string>>> GithubClient::label_names(const std::string& repository) {
    const auto pages = co_await wire_.list(repository + "/labels?per_page=100");
    if (!pages) co_return std::unexpected(pages.error());
    std::vector<std::string> names;
    for (const Reply& page : *pages)
        add_label_names(page.body, names);
    co_return names;
}

net::Awaitable<Expected<std::vector<std::string>>> GithubClient::labels(std::string project) {
    const auto repository = co_await repository_path(std::move(project));
    if (!repository) co_return std::unexpected(repository.error());
    co_return co_await label_names(*repository);
}

net::Awaitable<Expected<std::vector<storage::IssueComment>>> GithubClient::comments_of(
    const std::string& path) {
    const auto pages = co_await wire_.list(path + "/comments?per_page=100");
    if (!pages) co_return std::unexpected(pages.error());
    std::vector<storage::IssueComment> comments;
    for (const Reply& page : *pages)
        add_github_comments(page.body, comments);
    std::ranges::sort(comments, {}, &storage::IssueComment::id);
    co_return comments;
}

// By author and marker: anybody can write the marker into an issue of their own. By the list, since the
// search lags behind.
net::Awaitable<Expected<std::optional<std::int64_t>>> GithubClient::find_issue(const std::string& repository,
                                                                               const NewIssue& wanted) {
    const auto me = co_await myself();
    if (!me) co_return std::unexpected(me.error());
    std::optional<std::int64_t> found;
    const int most = wanted.maybe_sent ? search_pages : 1;
    for (int page = 1; page <= most && !found; ++page) {
        const auto reply = co_await wire_.get(
            fmt::format("{}/issues?creator={}&state=all&sort=created&direction=desc&per_page=30&page={}",
                        repository, net::percent_encoded(me->login), page));
        if (!reply) co_return std::unexpected(reply.error());
        std::vector<GithubListed> listed;
        add_github_issues(reply->body, listed);
        for (const auto& issue : listed)
            if (issue.author.id == me->id && issue.body.contains(wanted.marker)) found = issue.number;
        if (next_link(reply->head.header("link")).empty()) break;
    }
    co_return found;
}

net::Awaitable<Expected<CreatedIssue>> GithubClient::create_issue(NewIssue issue) {
    const auto project = co_await resolve(issue.project);
    if (!project) co_return std::unexpected(project.error());
    if (!project->issues_enabled) {
        projects_.forget(issue.project);  // somebody may enable them
        co_return trouble("issues_disabled");
    }
    const auto repository = "/repos/" + project->path;
    const auto existing = co_await find_issue(repository, issue);
    if (!existing) co_return std::unexpected(existing.error());
    CreatedIssue created;
    created.project = project->path;
    created.existing = existing->has_value();
    if (created.existing) {
        created.iid = **existing;
    } else {
        json body{{"title", issue.title}, {"body", issue.description}};
        if (!issue.labels.empty()) {
            const auto names = co_await label_names(repository);
            if (!names) co_return std::unexpected(names.error());
            body["labels"] = split_labels(issue.labels, *names, LetterCase::ignored).known;
        }
        const auto reply = co_await wire_.write("POST", repository + "/issues", text_of(body));
        if (!reply) {
            auto failed = reply.error();
            if (failed.code == "not_found") failed.code = "project_not_found";
            if (failed.code == "gone") failed.code = "issues_disabled";
            if (failed.code == "conflict") projects_.forget(issue.project);
            co_return std::unexpected(std::move(failed));
        }
        const auto made = after_write(*reply, github_issue);
        if (!made) co_return std::unexpected(made.error());
        created.iid = made->iid;
    }
    created.url = projects_.issue_url(project->path, created.iid);
    const auto there = co_await wire_.get(fmt::format("{}/issues/{}", repository, created.iid));
    if (!there) co_return std::unexpected(there.error());
    created.dropped_labels = missing_of(issue.labels, github_issue(there->body).labels);
    co_return created;
}

net::Awaitable<Expected<PutNote>> GithubClient::put_note(StatusNote note) {
    const auto repository = co_await repository_path(note.project);
    if (!repository) co_return std::unexpected(repository.error());
    const auto me = co_await myself();
    if (!me) co_return std::unexpected(me.error());
    const auto path = fmt::format("{}/issues/{}", *repository, note.iid);
    const auto comments = co_await comments_of(path);
    if (!comments) co_return std::unexpected(comments.error());
    const auto* own = own_note(*comments, me->id, note.marker);
    if (own != nullptr && own->body == note.body) co_return PutNote{own->id, false};

    const std::string method = own == nullptr ? "POST" : "PATCH";
    const auto address =
        own == nullptr ? path + "/comments" : fmt::format("{}/issues/comments/{}", *repository, own->id);
    const auto reply = co_await wire_.write(method, address, text_of(json{{"body", note.body}}));
    if (!reply) {
        if (reply.error().code == "conflict") projects_.forget(note.project);
        co_return std::unexpected(reply.error());
    }
    const auto id = after_write(*reply, github_comment_id);
    if (!id) co_return std::unexpected(id.error());
    co_return PutNote{*id, own == nullptr};
}

net::Awaitable<Expected<std::vector<std::string>>> GithubClient::set_labels(LabelChange change) {
    const auto repository = co_await repository_path(change.project);
    if (!repository) co_return std::unexpected(repository.error());
    const auto names = co_await label_names(*repository);
    if (!names) co_return std::unexpected(names.error());
    auto add = split_labels(change.add, *names, LetterCase::ignored);
    auto remove = split_labels(change.remove, *names, LetterCase::ignored);
    const auto path = fmt::format("{}/issues/{}/labels", *repository, change.iid);
    if (!add.known.empty()) {
        const auto reply = co_await wire_.write("POST", path, text_of(json{{"labels", add.known}}));
        if (!reply) {
            if (reply.error().code == "conflict") projects_.forget(change.project);
            co_return std::unexpected(reply.error());
        }
    }
    for (const auto& name : remove.known) {
        const auto reply = co_await wire_.write("DELETE", path + "/" + net::percent_encoded(name), "");
        // 404: it was not on the issue, which is what is wanted.
        if (!reply && reply.error().code != "not_found") {
            if (reply.error().code == "conflict") projects_.forget(change.project);
            co_return std::unexpected(reply.error());
        }
    }
    add.unknown.insert(add.unknown.end(), remove.unknown.begin(), remove.unknown.end());
    co_return add.unknown;
}

}  // namespace countersign::tracker

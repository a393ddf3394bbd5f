// Writing to GitLab: each so that repeating it does no more (S1, S7, G6).
#include "bot/tracker/gitlab.hpp"
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
constexpr std::size_t search_pages = 5;

}  // namespace

net::Awaitable<Expected<std::vector<std::string>>> GitlabClient::label_names(std::int64_t project) {
    const auto pages = co_await wire_.list(fmt::format("/projects/{}/labels?per_page=100", project));
    if (!pages) co_return std::unexpected(pages.error());
    std::vector<std::string> names;
    for (const Reply& page : *pages)
        add_label_names(page.body, names);
    co_return names;
}

net::Awaitable<Expected<std::vector<std::string>>> GitlabClient::labels(std::string project) {
    const auto known = co_await resolve(std::move(project));
    if (!known) co_return std::unexpected(known.error());
    co_return co_await label_names(known->id);
}

// By author and marker: anybody can write the marker into an issue of their own.
net::Awaitable<Expected<std::optional<std::int64_t>>> GitlabClient::find_issue(std::int64_t project,
                                                                               const NewIssue& wanted) {
    const auto me = co_await myself();
    if (!me) co_return std::unexpected(me.error());
    std::optional<std::int64_t> found;
    const std::size_t most = wanted.maybe_sent ? search_pages : 1;
    for (std::size_t page = 1; page <= most && !found; ++page) {
        const auto reply = co_await wire_.get(
            fmt::format("/projects/{}/issues?author_id={}&scope=all&state=all&order_by=created_at&sort=desc"
                        "&per_page=20&page={}",
                        project, me->id, page));
        if (!reply) co_return std::unexpected(reply.error());
        std::vector<GitlabListed> listed;
        add_gitlab_issues(reply->body, listed);
        for (const auto& issue : listed)
            if (issue.author == me->id && issue.description.contains(wanted.marker)) found = issue.iid;
        if (reply->head.header("x-next-page").empty() && reply->head.header("link").empty()) break;
    }
    co_return found;
}

net::Awaitable<Expected<CreatedIssue>> GitlabClient::create_issue(NewIssue issue) {
    const auto project = co_await resolve(issue.project);
    if (!project) co_return std::unexpected(project.error());
    if (!project->issues_enabled) {
        projects_.forget(issue.project);  // somebody may enable them
        co_return trouble("issues_disabled");
    }
    auto existing = co_await find_issue(project->id, issue);
    if (!existing) co_return std::unexpected(existing.error());
    CreatedIssue created;
    created.project = project->path;
    created.existing = existing->has_value();
    if (created.existing) {
        created.iid = **existing;
    } else {
        KnownLabels labels;
        if (!issue.labels.empty()) {
            const auto names = co_await label_names(project->id);
            if (!names) co_return std::unexpected(names.error());
            labels = split_labels(issue.labels, *names, LetterCase::matters);
        }
        const json body{{"title", issue.title},
                        {"description", issue.description},
                        {"confidential", issue.confidential},
                        {"labels", text::joined(labels.known, ",")}};
        const auto reply =
            co_await wire_.write("POST", fmt::format("/projects/{}/issues", project->id), text_of(body));
        if (!reply) {
            auto failed = reply.error();
            if (failed.code == "not_found") failed.code = "project_not_found";
            if (failed.code == "gone") failed.code = "issues_disabled";
            co_return std::unexpected(std::move(failed));
        }
        const auto made = after_write(*reply, gitlab_issue);
        if (!made) co_return std::unexpected(made.error());
        created.iid = made->iid;
    }
    created.url = projects_.issue_url(project->path, created.iid);
    // Read back: what is there counts, not what was sent (G6, H5).
    const auto there = co_await read_body(*project, created.iid);
    if (!there) co_return std::unexpected(there.error());
    for (const auto& name : issue.labels)
        if (std::ranges::find(there->labels, name, &storage::IssueLabel::name) == there->labels.end())
            created.dropped_labels.push_back(name);
    co_return created;
}

net::Awaitable<Expected<PutNote>> GitlabClient::put_note(StatusNote note) {
    const auto path = co_await issue_path(note.project, note.iid);
    if (!path) co_return std::unexpected(path.error());
    const auto me = co_await myself();
    if (!me) co_return std::unexpected(me.error());
    const auto pages = co_await wire_.list(*path + "/notes?sort=asc&order_by=created_at&per_page=100");
    if (!pages) co_return std::unexpected(pages.error());
    std::vector<storage::IssueComment> notes;
    for (const Reply& page : *pages)
        add_gitlab_notes(page.body, notes);
    std::ranges::sort(notes, {}, &storage::IssueComment::id);
    const auto* own = own_note(notes, me->id, note.marker);
    if (own != nullptr && own->body == note.body) co_return PutNote{own->id, false};

    json body{{"body", note.body}};
    if (own == nullptr && note.internal) body["internal"] = true;
    const std::string method = own == nullptr ? "POST" : "PUT";
    const auto address = *path + (own == nullptr ? "/notes" : fmt::format("/notes/{}", own->id));
    const auto reply = co_await wire_.write(method, address, text_of(body));
    if (!reply) co_return std::unexpected(reply.error());
    // Nothing but commands: they were run, and there is no note (G8).
    if (reply->status == 202) co_return trouble("quick_action_run");
    const auto written = after_write(*reply, gitlab_note);
    if (!written) co_return std::unexpected(written.error());
    if (written->commanded) co_return trouble("quick_action_run");
    co_return PutNote{written->id, own == nullptr};
}

net::Awaitable<Expected<std::vector<std::string>>> GitlabClient::set_labels(LabelChange change) {
    const auto project = co_await resolve(change.project);
    if (!project) co_return std::unexpected(project.error());
    const auto names = co_await label_names(project->id);
    if (!names) co_return std::unexpected(names.error());
    auto add = split_labels(change.add, *names, LetterCase::matters);
    auto remove = split_labels(change.remove, *names, LetterCase::matters);
    json body = json::object();
    if (!add.known.empty()) body["add_labels"] = text::joined(add.known, ",");
    if (!remove.known.empty()) body["remove_labels"] = text::joined(remove.known, ",");
    if (!body.empty()) {
        const auto reply = co_await wire_.write(
            "PUT", fmt::format("/projects/{}/issues/{}", project->id, change.iid), text_of(body));
        if (!reply) co_return std::unexpected(reply.error());
    }
    add.unknown.insert(add.unknown.end(), remove.unknown.begin(), remove.unknown.end());
    co_return add.unknown;
}

}  // namespace countersign::tracker

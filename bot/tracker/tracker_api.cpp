#include "bot/tracker/tracker_api.hpp"

#include "bot/tracker/github.hpp"
#include "bot/tracker/gitlab.hpp"
#include "bot/tracker/json.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <utility>

namespace countersign::tracker {
namespace {

using nlohmann::json;

using Done = Expected<json>;

std::vector<std::string> optional_texts(const json& args, const char* name) {
    return is_absent(args, name) ? std::vector<std::string>() : texts_at(args, name);
}

std::vector<std::int64_t> numbers_at(const json& args, const char* name) {
    std::vector<std::int64_t> numbers;
    for (const json& item : array_at(args, name)) {
        if (!item.is_number_integer()) throw Malformed("a number was expected");
        numbers.push_back(item.get<std::int64_t>());
    }
    return numbers;
}

net::Awaitable<Done> read_issue(Client& client, const json& args) {
    const auto read = co_await client.read_issue(text_at(args, "project"), integer_at(args, "iid"),
                                                 optional_text(args, "since_etag"));
    if (!read) co_return std::unexpected(read.error());
    if (!read->facts) co_return json{{"unchanged", true}};
    co_return json{{"facts", json::parse(storage::to_json(*read->facts))}, {"etag", read->etag}};
}

net::Awaitable<Done> changed_issues(Client& client, const json& args) {
    const auto since = optional_integer(args, "since").value_or(0);
    const auto changed =
        co_await client.changed_issues(text_at(args, "project"), numbers_at(args, "iids"),
                                       since == 0 ? std::nullopt : std::optional(from_millis(since)));
    if (!changed) co_return std::unexpected(changed.error());
    json issues = json::array();
    for (const auto& issue : changed->issues)
        issues.push_back({{"iid", issue.iid}, {"updated_at", to_millis(issue.updated_at)}});
    co_return json{{"issues", std::move(issues)}, {"read_at", to_millis(changed->read_at)}};
}

net::Awaitable<Done> read_template(Client& client, const json& args) {
    const auto content = co_await client.read_template(text_at(args, "project"), text_at(args, "name"));
    if (!content) co_return std::unexpected(content.error());
    co_return json{{"content", *content}};
}

net::Awaitable<Done> create_issue(Client& client, const json& args, bool maybe_sent) {
    NewIssue issue;
    issue.project = text_at(args, "project");
    issue.title = text_at(args, "title");
    issue.description = text_at(args, "description");
    issue.labels = optional_texts(args, "labels");
    issue.confidential = optional_flag(args, "confidential");
    issue.marker = text_at(args, "marker");
    issue.maybe_sent = maybe_sent;
    // Without it the issue could not be found again, and would be made twice (G6).
    if (issue.marker.empty() || !issue.description.contains(issue.marker))
        throw Malformed("the description has no marker");
    const auto created = co_await client.create_issue(std::move(issue));
    if (!created) co_return std::unexpected(created.error());
    co_return json{{"iid", created->iid},
                   {"url", created->url},
                   {"project", created->project},
                   {"dropped_labels", created->dropped_labels},
                   {"existing", created->existing}};
}

net::Awaitable<Done> put_note(Client& client, const json& args) {
    StatusNote note{text_at(args, "project"), integer_at(args, "iid"), text_at(args, "marker"),
                    text_at(args, "body"), optional_flag(args, "internal")};
    if (note.marker.empty() || !note.body.contains(note.marker)) throw Malformed("the body has no marker");
    const auto put = co_await client.put_note(std::move(note));
    if (!put) co_return std::unexpected(put.error());
    co_return json{{"note", put->id}, {"created", put->created}};
}

net::Awaitable<Done> set_labels(Client& client, const json& args) {
    const auto dropped =
        co_await client.set_labels({text_at(args, "project"), integer_at(args, "iid"),
                                    optional_texts(args, "add"), optional_texts(args, "remove")});
    if (!dropped) co_return std::unexpected(dropped.error());
    co_return json{{"dropped", *dropped}};
}

net::Awaitable<Done> labels(Client& client, const json& args) {
    const auto names = co_await client.labels(text_at(args, "project"));
    if (!names) co_return std::unexpected(names.error());
    co_return json{{"labels", *names}};
}

net::Awaitable<Done> whoami(Client& client) {
    const auto who = co_await client.whoami();
    if (!who) co_return std::unexpected(who.error());
    co_return json{{"account", {{"id", who->id}, {"login", who->login}}},
                   {"scopes", who->scopes},
                   {"expires_at", who->expires_at},
                   {"version", who->version}};
}

net::Awaitable<Done> called(Client& client, const storage::Effect& effect, const json& args) {
    const auto& method = effect.method;
    if (method == "tracker.read_issue") co_return co_await read_issue(client, args);
    if (method == "tracker.changed_issues") co_return co_await changed_issues(client, args);
    if (method == "tracker.read_template") co_return co_await read_template(client, args);
    if (method == "tracker.create_issue") co_return co_await create_issue(client, args, effect.maybe_sent);
    if (method == "tracker.put_note") co_return co_await put_note(client, args);
    if (method == "tracker.set_labels") co_return co_await set_labels(client, args);
    if (method == "tracker.labels") co_return co_await labels(client, args);
    if (method == "tracker.whoami") co_return co_await whoami(client);
    co_return trouble("rejected", "no such method: " + method);
}

// What only the flows need to tell apart, in the words of the table.
std::string told_code(std::string code, std::string_view method) {
    const bool of_project =
        method == "tracker.changed_issues" || method == "tracker.labels" || method == "tracker.whoami";
    if (code == "not_found") return of_project ? "project_not_found" : "issue_not_found";
    if (code == "gone") return of_project ? "issues_disabled" : "issue_gone";
    if (code == "moved") return of_project ? "project_not_found" : "issue_moved";
    if (code == "too_many_pages") return "too_large";
    return code;
}

net::ApiAnswer answer_of(Trouble failed, const storage::Effect& effect, const std::string& tracker) {
    net::ApiAnswer answer;
    answer.error = told_code(std::move(failed.code), effect.method);
    answer.meaning = meaning_of(answer.error, effect.attempts);
    answer.detail = std::move(failed.detail);
    answer.retry_after = failed.retry_after;
    answer.advice = std::string(advice_for(answer.error));
    if (answer.error == "no_token" || answer.error == "unauthorized")
        answer.advice = fmt::format("{} The token of \"{}\" is {}.", answer.advice, tracker,
                                    config::tracker_token_variable(tracker));
    answer.body = failed.project.empty() ? "{}"
                                         : json{{"project", failed.project}}.dump(
                                               -1, ' ', false, json::error_handler_t::replace);
    return answer;
}

}  // namespace

TrackerApi::TrackerApi(net::HttpClient& http, const config::Settings& settings, TokenSource tokens)
    : http_(&http), tokens_(std::move(tokens)) {
    for (const auto& tracker : settings.trackers)
        trackers_.emplace(tracker.name, Entry{tracker, Secret(), nullptr});
}

TrackerApi::TrackerApi(net::HttpClient& http, const config::Settings& settings,
                       const config::Secrets& secrets)
    : TrackerApi(http, settings, [trackers = secrets.trackers](std::string_view name) {
          const auto found = trackers.find(std::string(name));
          return found == trackers.end() ? std::nullopt : std::optional(found->second);
      }) {}

std::shared_ptr<Client> TrackerApi::client_of(Entry& entry) {
    const auto token = tokens_(entry.tracker.name);
    if (!token) {
        entry.client.reset();
    } else if (!entry.client || !entry.token.same_as(*token)) {
        entry.token = *token;
        if (entry.tracker.kind == config::TrackerKind::gitlab)
            entry.client = std::make_shared<GitlabClient>(*http_, entry.tracker, *token);
        else
            entry.client = std::make_shared<GithubClient>(*http_, entry.tracker, *token);
    }
    return entry.client;
}

net::Awaitable<net::ApiAnswer> TrackerApi::perform(storage::Effect effect) {
    const json args = json::parse(effect.args, nullptr, false);
    std::string name;
    Done done = trouble("unknown_tracker");
    std::shared_ptr<Client> client;
    try {
        name = text_at(args, "tracker");
        const auto entry = trackers_.find(name);
        if (entry != trackers_.end()) {
            client = client_of(entry->second);
            done = trouble("no_token");
            if (client != nullptr) done = co_await called(*client, effect, args);
        }
    } catch (const Malformed& wrong) {
        done = trouble("malformed", wrong.what());
    }
    net::ApiAnswer answer;
    if (done)
        answer.body = done->dump(-1, ' ', false, json::error_handler_t::replace);
    else
        answer = answer_of(std::move(done.error()), effect, name);
    if (client != nullptr) {
        const auto rest = client->take_rest();
        if (rest && !answer.retry_after) answer.retry_after = rest;
    }
    co_return answer;
}

bool looked_up_before_repeat(std::string_view method) {
    return method == "tracker.create_issue" || method == "tracker.put_note";
}

int cost_of(std::string_view method) {
    if (method == "tracker.read_issue") return 4;
    if (method == "tracker.whoami") return 3;
    return 1;
}

}  // namespace countersign::tracker

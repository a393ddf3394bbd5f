#include "bot/instance.hpp"

#include "bot/net/url.hpp"
#include "config/base/text.hpp"
#include "config/base/time_zone.hpp"
#include "config/url.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <vector>

namespace countersign::bot {
namespace {

using net::HttpRequest;
using net::HttpResponse;
using nlohmann::json;
using storage::AuthorizationKind;

constexpr std::chrono::seconds limit{10};
constexpr std::size_t max_token = 4096;

std::string without_slash(std::string_view url) {
    while (url.ends_with('/'))
        url.remove_suffix(1);
    return std::string(url);
}

Result<Instance> slack_instance(std::string_view url, const config::Settings& settings) {
    const auto api = without_slash(settings.slack.api_url);
    const auto given = without_slash(url);
    const auto own = without_slash(api.substr(0, api.ends_with("/api") ? api.size() - 4 : api.size()));
    if (given.empty() || given == own || given == api) return Instance{AuthorizationKind::slack, own, api};
    const auto host = text::lower(given);
    if (host == "https://slack.com" || (host.starts_with("https://") && host.ends_with(".slack.com") &&
                                        host.find('/', 8) == std::string::npos))
        return Instance{AuthorizationKind::slack, own, api};
    return fail(Errc::invalid_argument, "is no address of Slack; expected https://slack.com, or none");
}

std::string text_at(const json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

std::string number_at(const json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_number_integer() ? std::to_string(found->get<std::int64_t>())
                                                               : "";
}

// "2027-01-31", "2027-01-31 10:00:00 UTC": the moment it is over for certain.
std::optional<Timestamp> day_in(std::string_view text) {
    const auto day = time_zone::parse_date(text.substr(0, 10));
    return day ? std::optional<Timestamp>(std::chrono::sys_days(*day)) : std::nullopt;
}

// N5: an answer is JSON of the expected shape, or a failure that says what came instead.
Result<json> object_in(const Result<HttpResponse>& response, std::string_view server) {
    if (!response) return std::unexpected(response.error());
    const auto status = response->status;
    if (status == 401) return fail(Errc::unauthorised, fmt::format("{} refuses the token", server));
    if (status == 403) return fail(Errc::forbidden, fmt::format("{} does not let the token do this", server));
    if (status == 404) return fail(Errc::not_found, fmt::format("{} has no such page", server));
    if (status == 429)
        return fail(Errc::rate_limited, fmt::format("{} wants to be asked less often", server));
    if (status >= 500)
        return fail(Errc::unavailable, fmt::format("{} has trouble (HTTP {})", server, status));
    if (status != 200)
        return fail(Errc::malformed,
                    fmt::format("{} answers HTTP {}; is the URL that of its API?", server, status));
    auto body = json::parse(response->body, nullptr, false);
    if (body.is_object()) return body;
    return fail(Errc::malformed, fmt::format("{} does not answer in JSON; is the URL right?", server));
}

HttpRequest request(const Instance& instance, const Secret& token, std::string method,
                    std::string_view path) {
    HttpRequest made;
    made.method = std::move(method);
    made.url = instance.api_url + std::string(path);
    made.limit = limit;
    made.headers = {{"Accept", "application/json"},
                    {"User-Agent", "countersign"},
                    {"Authorization", "Bearer " + token.reveal()}};
    return made;
}

bool has_one_of(const std::string& scopes, std::initializer_list<std::string_view> wanted) {
    const auto all = text::words(scopes);
    return std::ranges::any_of(
        wanted, [&](std::string_view one) { return std::ranges::find(all, one) != all.end(); });
}

// O8: what a token may do beside what is needed is said; `expected` holds what comes with that.
void note_more_scopes(Account& account, std::initializer_list<std::string_view> expected) {
    std::vector<std::string> more;
    for (const auto& scope : text::words(account.scopes))
        if (std::ranges::find(expected, scope) == expected.end()) more.push_back(scope);
    if (!more.empty() && account.warning.empty())
        account.warning = "it may do more than is needed: " + text::shortened(text::joined(more, " "), 200);
}

std::string scopes_in(const json& list) {
    std::string scopes;
    if (!list.is_array()) return scopes;
    for (const auto& scope : list)
        if (scope.is_string()) scopes += (scopes.empty() ? "" : " ") + scope.get<std::string>();
    return scopes;
}

// Of personal, group and project tokens the one page tells, of what an application was granted the other.
// Without either scopes and end stay unknown.
net::Awaitable<Result<json>> about_gitlab_token(net::HttpClient& http, const Instance& instance,
                                                const Secret& token) {
    auto self = object_in(co_await http.send(request(instance, token, "GET", "/personal_access_tokens/self")),
                          instance.url);
    if (self) co_return self;
    auto question = request(instance, token, "GET", "");
    question.url = instance.url + "/oauth/token/info";
    auto info = object_in(co_await http.send(std::move(question)), instance.url);
    if (info && !info->contains("scopes") && info->contains("scope")) (*info)["scopes"] = (*info)["scope"];
    co_return info;
}

net::Awaitable<Result<Account>> ask_gitlab(net::HttpClient& http, const Instance& instance,
                                           const Secret& token) {
    const auto user = object_in(co_await http.send(request(instance, token, "GET", "/user")), instance.url);
    if (!user) co_return std::unexpected(user.error());
    Account account{.name = text_at(*user, "username"),
                    .id = number_at(*user, "id"),
                    .workspace = {},
                    .scopes = {},
                    .expires_at = {},
                    .warning = {}};
    if (account.name.empty() || account.id.empty())
        co_return fail(Errc::malformed,
                       instance.url + " does not say whose token it is; is the URL that of a GitLab?");
    const auto self = co_await about_gitlab_token(http, instance, token);
    if (!self) co_return account;
    if (const auto scopes = self->find("scopes"); scopes != self->end() && scopes->is_array()) {
        account.scopes = scopes_in(*scopes);
        if (!has_one_of(account.scopes, {"api", "read_api"}))
            co_return fail(Errc::forbidden, "the token has no scope api or read_api; make one that has");
        if (!has_one_of(account.scopes, {"api"})) account.warning = "it can only read (read_api)";
        note_more_scopes(account, {"api", "read_api", "read_user", "openid", "profile", "email"});
    }
    account.expires_at = day_in(text_at(*self, "expires_at"));
    co_return account;
}

net::Awaitable<Result<Account>> ask_github(net::HttpClient& http, const Instance& instance,
                                           const Secret& token) {
    const auto response = co_await http.send(request(instance, token, "GET", "/user"));
    const auto user = object_in(response, instance.url);
    if (!user) co_return std::unexpected(user.error());
    Account account{.name = text_at(*user, "login"),
                    .id = number_at(*user, "id"),
                    .workspace = {},
                    .scopes = {},
                    .expires_at = day_in(response->header("github-authentication-token-expiration")),
                    .warning = {}};
    if (account.name.empty() || account.id.empty())
        co_return fail(Errc::malformed,
                       instance.url + " does not say whose token it is; is the URL that of a GitHub?");
    // Only classic tokens have scopes; fine-grained ones have rights that GitHub does not tell.
    std::string listed(response->header("x-oauth-scopes"));
    std::ranges::replace(listed, ',', ' ');
    account.scopes = text::joined(text::words(listed), " ");
    if (!account.scopes.empty() && !has_one_of(account.scopes, {"repo", "public_repo"}))
        co_return fail(Errc::forbidden, "the token has no scope repo; make one that has");
    note_more_scopes(account, {"repo", "public_repo", "read:user", "user:email"});
    co_return account;
}

net::Awaitable<Result<Account>> ask_slack(net::HttpClient& http, const Instance& instance,
                                          const Secret& token) {
    auto question = request(instance, token, "POST", "/auth.test");
    question.headers.emplace_back("Content-Type", "application/x-www-form-urlencoded");
    const auto response = co_await http.send(std::move(question));
    const auto answer = object_in(response, instance.url);
    if (!answer) co_return std::unexpected(answer.error());
    if (const auto ok = answer->find("ok"); ok == answer->end() || *ok != true) {
        const auto error = text_at(*answer, "error");
        if (error == "internal_error" || error == "service_unavailable" || error == "fatal_error")
            co_return fail(Errc::unavailable, "Slack has trouble (" + error + ")");
        co_return fail(Errc::unauthorised, fmt::format("Slack refuses the token ({})", error));
    }
    Account account{.name = text_at(*answer, "user"),
                    .id = text_at(*answer, "user_id"),
                    .workspace = text_at(*answer, "team"),
                    .scopes = {},
                    .expires_at = {},
                    .warning = {}};
    std::string listed(response->header("x-oauth-scopes"));
    std::ranges::replace(listed, ',', ' ');
    account.scopes = text::joined(text::words(listed), " ");
    if (!account.scopes.empty() && !has_one_of(account.scopes, {"chat:write"}))
        co_return fail(Errc::forbidden,
                       "the token has no scope chat:write; add it and install the app again");
    note_more_scopes(account, {"chat:write", "channels:read", "channels:history", "identify"});
    co_return account;
}

}  // namespace

Result<Instance> instance_of(AuthorizationKind kind, std::string_view url, const config::Settings& settings) {
    if (kind == AuthorizationKind::slack) return slack_instance(url, settings);
    const auto given = without_slash(url);
    if (const auto wrong = config::base_url_problem(given); !wrong.empty())
        return fail(Errc::invalid_argument, wrong);
    const auto tracker_kind =
        kind == AuthorizationKind::gitlab ? config::TrackerKind::gitlab : config::TrackerKind::github;
    for (const auto& tracker : settings.trackers) {
        if (tracker.kind == tracker_kind && text::lower(tracker.url) == text::lower(given))
            return Instance{kind, tracker.url, tracker.api_url};
    }
    return Instance{kind, given, config::default_api_url(tracker_kind, given)};
}

Result<void> plausible_token(AuthorizationKind kind, const Secret& token) {
    const auto& value = token.reveal();
    if (value.empty()) return fail(Errc::invalid_argument, "is empty; expected the token");
    if (value.size() > max_token) return fail(Errc::invalid_argument, "is longer than any token (4 KiB)");
    if (!std::ranges::all_of(value, [](char c) { return c > ' ' && c < 0x7F; }))
        return fail(Errc::invalid_argument, "holds white space or other characters that no token has");
    const bool slack = value.starts_with("xox");
    if (value.starts_with("xapp-"))
        return fail(Errc::invalid_argument, "is an app-level token (xapp-), which calls no methods");
    if (kind == AuthorizationKind::slack) {
        if (value.starts_with("xoxb-") || value.starts_with("xoxp-")) return {};
        return fail(Errc::invalid_argument, "is no bot or user token of Slack (xoxb-, xoxp-)");
    }
    constexpr std::array<std::string_view, 6> of_github{"ghp_", "gho_", "ghu_",
                                                        "ghs_", "ghr_", "github_pat_"};
    const bool github =
        std::ranges::any_of(of_github, [&](auto prefix) { return value.starts_with(prefix); });
    const bool gitlab =
        value.starts_with("glpat-") || value.starts_with("gloas-") || value.starts_with("gldt-");
    if (slack || (kind == AuthorizationKind::gitlab && github) ||
        (kind == AuthorizationKind::github && gitlab))
        return fail(Errc::invalid_argument, fmt::format("is a token of {}; expected one of {}",
                                                        slack    ? "Slack"
                                                        : github ? "GitHub"
                                                                 : "GitLab",
                                                        to_text(kind)));
    return {};
}

net::Awaitable<Result<Account>> who_am_i(net::HttpClient& http, Instance instance, Secret token) {
    switch (instance.kind) {
        case AuthorizationKind::gitlab:
            co_return co_await ask_gitlab(http, instance, token);
        case AuthorizationKind::github:
            co_return co_await ask_github(http, instance, token);
        case AuthorizationKind::slack:
            break;
    }
    co_return co_await ask_slack(http, instance, token);
}

net::Awaitable<Result<void>> may_read(net::HttpClient& http, Instance instance, Secret token,
                                      std::string project) {
    const auto path = instance.kind == AuthorizationKind::gitlab
                          ? "/projects/" + net::percent_encoded(project)
                          : "/repos/" + project;
    const auto answer = object_in(co_await http.send(request(instance, token, "GET", path)), instance.url);
    if (!answer) co_return std::unexpected(answer.error());
    co_return Result<void>();
}

bool says_token_is_dead(std::string_view slack_error) {
    constexpr std::array<std::string_view, 5> words{"token_revoked", "token_expired", "account_inactive",
                                                    "invalid_auth", "not_authed"};
    return std::ranges::find(words, slack_error) != words.end();
}

net::Awaitable<Result<void>> revoke(net::HttpClient& http, Instance instance, Secret token) {
    if (instance.kind == AuthorizationKind::github)
        co_return fail(Errc::not_found, "GitHub takes a token back only on its own pages: revoke it there");
    auto question = instance.kind == AuthorizationKind::gitlab
                        ? request(instance, token, "DELETE", "/personal_access_tokens/self")
                        : request(instance, token, "POST", "/auth.revoke");
    const auto response = co_await http.send(std::move(question));
    if (response && response->status == 204) co_return Result<void>();
    auto answer = object_in(response, instance.url);
    if (!answer) co_return std::unexpected(answer.error());
    if (instance.kind == AuthorizationKind::slack) {
        if (const auto done = answer->find("revoked"); done != answer->end() && *done == true)
            co_return Result<void>();
        if (says_token_is_dead(text_at(*answer, "error")))
            co_return fail(Errc::unauthorised, "Slack does not know the token any more");
    }
    co_return fail(Errc::malformed, instance.url + " does not confirm it: revoke it there");
}

}  // namespace countersign::bot

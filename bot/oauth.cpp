#include "bot/oauth.hpp"

#include "bot/net/url.hpp"
#include "config/base/base64.hpp"
#include "config/base/text.hpp"
#include "storage/aead.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace countersign::bot {
namespace {

using storage::AuthorizationKind;

std::string base64url(std::string_view bytes) {
    auto text = base64::encoded(bytes);
    std::ranges::replace(text, '+', '-');
    std::ranges::replace(text, '/', '_');
    while (text.ends_with('='))
        text.pop_back();
    return text;
}

std::string from_hex(std::string_view hex) {
    std::string bytes;
    for (std::size_t at = 0; at + 1 < hex.size(); at += 2) {
        unsigned value = 0;
        std::from_chars(hex.data() + at, hex.data() + at + 2, value, 16);
        bytes += static_cast<char>(value);
    }
    return bytes;
}

std::string authorize_page(const Instance& instance) {
    switch (instance.kind) {
        case AuthorizationKind::gitlab:
            return instance.url + "/oauth/authorize";
        case AuthorizationKind::github:
            return instance.url + "/login/oauth/authorize";
        case AuthorizationKind::slack:
            break;
    }
    return instance.url + "/oauth/v2/authorize";
}

// O15: only the instance that the grant was begun at is ever asked.
std::string token_page(const Instance& instance) {
    switch (instance.kind) {
        case AuthorizationKind::gitlab:
            return instance.url + "/oauth/token";
        case AuthorizationKind::github:
            return instance.url + "/login/oauth/access_token";
        case AuthorizationKind::slack:
            break;
    }
    return instance.api_url + "/oauth.v2.access";
}

// Least scopes for what integrations do.
std::string_view wanted_scopes(AuthorizationKind kind) {
    switch (kind) {
        case AuthorizationKind::gitlab:
            return "api";
        case AuthorizationKind::github:
            return "repo";
        case AuthorizationKind::slack:
            break;
    }
    return "chat:write,channels:read,channels:history";
}

net::HttpRequest question(const Instance& instance, const OauthClient& client, TokenMembers fields) {
    fields["client_id"] = client.id;
    if (client.secret && instance.kind != AuthorizationKind::slack)
        fields["client_secret"] = client.secret->reveal();
    auto request = token_question(token_page(instance), fields);
    if (client.secret && instance.kind == AuthorizationKind::slack)  // what Slack prefers
        request.headers.emplace_back("Authorization",
                                     "Basic " + base64::encoded(client.id + ":" + client.secret->reveal()));
    return request;
}

std::vector<std::string> values_of(std::string_view query, std::string_view wanted) {
    std::vector<std::string> values;
    while (!query.empty()) {
        const auto pair = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(pair.size() + 1, query.size()));
        const auto equals = std::min(pair.find('='), pair.size());
        if (percent_decoded(pair.substr(0, equals)) == wanted)
            values.push_back(percent_decoded(pair.substr(std::min(equals + 1, pair.size()))));
    }
    return values;
}

// What says that the refresh token is dead, in the words of the three servers.
bool says_dead(const std::string& error) {
    constexpr std::array<std::string_view, 6> words{"invalid_grant",         "bad_refresh_token",
                                                    "invalid_refresh_token", "token_expired",
                                                    "token_revoked",         "refresh_token_expired"};
    return std::ranges::find(words, error) != words.end();
}

}  // namespace

std::string challenge_of(const Secret& verifier) {
    return base64url(from_hex(text::sha256_hex(verifier.reveal())));
}

Pkce make_pkce() {
    Secret verifier(base64url(storage::random_bytes(32)));
    auto challenge = challenge_of(verifier);
    return {std::move(verifier), std::move(challenge)};
}

Secret make_state() {
    return Secret(base64url(storage::random_bytes(32)));
}

std::string new_uuid() {
    auto bytes = storage::random_bytes(16);
    bytes[6] = static_cast<char>((static_cast<unsigned char>(bytes[6]) & 0x0FU) | 0x40U);
    bytes[8] = static_cast<char>((static_cast<unsigned char>(bytes[8]) & 0x3FU) | 0x80U);
    std::string out;
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        if (at == 4 || at == 6 || at == 8 || at == 10) out += '-';
        out += fmt::format("{:02x}", static_cast<unsigned char>(bytes[at]));
    }
    return out;
}

std::string authorize_url(const Instance& instance, const std::string& client_id,
                          const std::string& redirect_url, const Secret& state,
                          const std::string& challenge) {
    const auto value = [](std::string_view text) { return net::percent_encoded(text); };
    return fmt::format(
        "{}?response_type=code&client_id={}&redirect_uri={}&scope={}&state={}&code_challenge={}"
        "&code_challenge_method=S256",
        authorize_page(instance), value(client_id), value(redirect_url), value(wanted_scopes(instance.kind)),
        value(state.reveal()), challenge);
}

std::optional<Secret> state_of_query(std::string_view query) {
    const auto values = values_of(query, "state");
    if (values.size() != 1 || !is_printable_token(values.front())) return std::nullopt;
    return Secret(values.front());
}

Result<void> check_issuer(std::string_view query, std::string_view promised) {
    if (promised.empty()) return {};
    const auto named = values_of(query.substr(0, query.find('#')), "iss");
    if (named.size() == 1 && named.front() == promised) return {};
    return fail(Errc::invalid_argument, fmt::format("the answer does not come from {}", promised));
}

Result<Redirected> read_redirected_query(std::string_view query) {
    if (const auto errors = values_of(query, "error"); !errors.empty())
        return std::unexpected(token_refusal(errors.front()));
    auto codes = values_of(query, "code");
    auto state = state_of_query(query);
    if (codes.size() != 1 || !is_printable_token(codes.front()) || !state)
        return fail(Errc::invalid_argument, "the address does not hold one code and one state");
    return Redirected{Secret(std::move(codes.front())), std::move(*state)};
}

Result<Redirected> read_redirected(std::string_view address, std::string_view redirect_url) {
    address = text::trimmed(address);
    address = address.substr(0, address.find('#'));
    const auto mark = address.find('?');
    if (mark == std::string_view::npos || address.substr(0, mark) != redirect_url)
        return fail(Errc::invalid_argument,
                    fmt::format("this is not the address that {} was to lead to", redirect_url));
    return read_redirected_query(address.substr(mark + 1));
}

net::Awaitable<Result<GrantedToken>> exchange_code(net::HttpClient& http, Instance instance,
                                                   OauthClient client, Secret code, Secret verifier,
                                                   std::string redirect_url) {
    const auto response = co_await http.send(question(instance, client,
                                                      {{"grant_type", "authorization_code"},
                                                       {"code", code.reveal()},
                                                       {"code_verifier", verifier.reveal()},
                                                       {"redirect_uri", redirect_url}}));
    if (!response) co_return std::unexpected(response.error());
    if (response->status == 429 || response->status >= 500)
        co_return fail(Errc::unavailable,
                       fmt::format("{} has trouble (HTTP {})", instance.url, response->status));
    co_return read_granted_token(response->body, instance.kind);
}

net::Awaitable<Result<GrantedToken>> renew_token(net::HttpClient& http, Instance instance, OauthClient client,
                                                 Secret refresh_token) {
    const auto response = co_await http.send(question(
        instance, client, {{"grant_type", "refresh_token"}, {"refresh_token", refresh_token.reveal()}}));
    if (!response) co_return std::unexpected(response.error());
    if (response->status == 429 || response->status >= 500)
        co_return fail(Errc::unavailable,
                       fmt::format("{} has trouble (HTTP {})", instance.url, response->status));
    const auto error = member(token_members(response->body), "error");
    if (says_dead(error))
        co_return fail(Errc::unauthorised, fmt::format("{} does not renew it any more", instance.url));
    auto granted = read_granted_token(response->body, instance.kind);
    if (granted) co_return granted;
    // An unknown client, a page of a proxy: nothing that says the token is dead (O13).
    co_return fail(Errc::unavailable,
                   fmt::format("{} did not renew it: {}", instance.url, granted.error().text));
}

net::Awaitable<Result<void>> revoke_granted(net::HttpClient& http, Instance instance, OauthClient client,
                                            Secret token) {
    if (instance.kind == AuthorizationKind::slack) co_return co_await revoke(http, instance, token);
    net::HttpRequest request;
    if (instance.kind == AuthorizationKind::gitlab) {
        TokenMembers fields{{"client_id", client.id}, {"token", token.reveal()}};
        if (client.secret) fields["client_secret"] = client.secret->reveal();
        request = token_question(instance.url + "/oauth/revoke", fields);
    } else {
        if (!client.secret)
            co_return fail(Errc::not_found,
                           "GitHub takes a token back only with the application's secret: revoke it there");
        request = token_question(
            instance.api_url + "/applications/" + net::percent_encoded(client.id) + "/token", {});
        request.method = "DELETE";
        request.headers.back().second = "application/json";
        request.headers.emplace_back("Authorization",
                                     "Basic " + base64::encoded(client.id + ":" + client.secret->reveal()));
        request.body = R"({"access_token":")" + token.reveal() + "\"}";
    }
    const auto response = co_await http.send(std::move(request));
    if (!response) co_return std::unexpected(response.error());
    if (response->status == 200 || response->status == 204) co_return Result<void>();
    // GitHub says so of a token that it does not know any more; GitLab confirms that, too.
    const bool unknown = response->status == 404 || response->status == 422;
    if (instance.kind == AuthorizationKind::github && unknown)
        co_return fail(Errc::unauthorised, fmt::format("{} does not know the token any more", instance.url));
    co_return fail(Errc::malformed, fmt::format("{} does not confirm it (HTTP {}): revoke it there",
                                                instance.url, response->status));
}

net::Awaitable<Result<void>> take_back(net::HttpClient& http, Instance instance, OauthClient client,
                                       Secret token) {
    if (client.id.empty()) co_return co_await revoke(http, instance, std::move(token));
    co_return co_await revoke_granted(http, instance, std::move(client), std::move(token));
}

}  // namespace countersign::bot

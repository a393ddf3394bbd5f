#include "bot/token_answer.hpp"

#include "bot/net/url.hpp"
#include "config/base/text.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>

namespace countersign::bot {
namespace {

using nlohmann::json;

constexpr std::chrono::seconds limit{15};
constexpr std::size_t longest_token = 4096;
// What is reckoned with a server's number must not overflow.
constexpr std::chrono::seconds longest_time = std::chrono::days(3'650);

}  // namespace

std::string percent_decoded(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size(); ++at) {
        unsigned value = 0;
        const auto hex = text.substr(at + 1, 2);
        if (text[at] == '+') {
            out += ' ';
        } else if (text[at] == '%' && hex.size() == 2 &&
                   std::from_chars(hex.data(), hex.data() + hex.size(), value, 16).ptr == hex.data() + 2) {
            out += static_cast<char>(value);
            at += 2;
        } else {
            out += text[at];
        }
    }
    return out;
}

TokenMembers token_members(std::string_view body) {
    TokenMembers out;
    const auto parsed = json::parse(body, nullptr, false);
    if (parsed.is_object()) {
        for (const auto& [name, value] : parsed.items()) {
            if (value.is_string()) out[name] = value.get<std::string>();
            if (value.is_number_integer()) out[name] = std::to_string(value.get<std::int64_t>());
        }
        return out;
    }
    if (!parsed.is_discarded() || body.contains('<')) return out;  // another JSON, or a page
    while (!body.empty()) {
        const auto pair = body.substr(0, body.find('&'));
        body.remove_prefix(std::min(pair.size() + 1, body.size()));
        const auto equals = pair.find('=');
        if (equals != std::string_view::npos)
            out[percent_decoded(pair.substr(0, equals))] = percent_decoded(pair.substr(equals + 1));
    }
    return out;
}

std::string member(const TokenMembers& all, const char* name) {
    const auto found = all.find(name);
    return found == all.end() ? "" : found->second;
}

std::optional<std::chrono::seconds> seconds_in(const TokenMembers& all, const char* name) {
    const auto text = member(all, name);
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || error != std::errc() || end != text.data() + text.size() || value < 0)
        return std::nullopt;
    return std::min(std::chrono::seconds(value), longest_time);
}

bool is_printable_token(std::string_view token) {
    return !token.empty() && token.size() <= longest_token &&
           std::ranges::all_of(token, [](char c) { return c > ' ' && c < 0x7F; });
}

Failure token_refusal(const std::string& error) {
    if (error == "access_denied") return {Errc::forbidden, "the authorization was denied there"};
    if (error == "expired_token" || error == "token_expired")
        return {Errc::timeout, "the code was not entered in time; start again"};
    if (error == "device_flow_disabled" || error == "unauthorized_client" ||
        error == "unsupported_grant_type")
        return {Errc::not_found, "the device grant is switched off there: use --token-stdin"};
    if (error == "invalid_grant" || error == "invalid_code" || error == "code_already_used" ||
        error == "bad_verification_code")
        return {Errc::unauthorised, "the code is not valid any more; start again"};
    if (error == "incorrect_client_credentials" || error == "invalid_client" ||
        error == "bad_client_secret" || error == "invalid_client_id")
        return {Errc::unauthorised, "the server does not know this client id, or its secret is another one"};
    return {Errc::malformed,
            fmt::format("the server refuses ({})", text::shortened(text::cleaned(error), 60))};
}

net::HttpRequest token_question(const std::string& url, const TokenMembers& fields) {
    net::HttpRequest request;
    request.url = url;
    request.limit = limit;
    request.headers = {{"Accept", "application/json"},
                       {"User-Agent", "countersign"},
                       {"Content-Type", "application/x-www-form-urlencoded"}};
    for (const auto& [name, value] : fields)
        request.body += (request.body.empty() ? "" : "&") + name + "=" + net::percent_encoded(value);
    return request;
}

Result<GrantedToken> read_granted_token(std::string_view body, storage::AuthorizationKind kind) {
    const auto all = token_members(body);
    if (const auto error = member(all, "error"); !error.empty()) return std::unexpected(token_refusal(error));
    const auto token = member(all, "access_token");
    const auto type = text::lower(member(all, "token_type"));
    const bool of_slack = kind == storage::AuthorizationKind::slack && (type == "bot" || type == "user");
    if ((type != "bearer" && !of_slack) || !is_printable_token(token))
        return fail(Errc::malformed, "the server's answer holds no bearer token");
    auto scopes = text::cleaned(member(all, "scope"));
    std::ranges::replace(scopes, ',', ' ');
    GrantedToken granted{.token = Secret(token),
                         .refresh_token = std::nullopt,
                         .lives = seconds_in(all, "expires_in"),
                         .scopes = text::shortened(scopes, 2'000)};
    if (const auto refresh = member(all, "refresh_token"); is_printable_token(refresh))
        granted.refresh_token = Secret(refresh);
    return granted;
}

}  // namespace countersign::bot

#include "bot/device_grant.hpp"

#include "bot/net/url.hpp"
#include "config/base/text.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <map>

namespace countersign::bot {
namespace {

using nlohmann::json;
using storage::AuthorizationKind;

constexpr std::chrono::seconds limit{15}, slow_down{5}, longest_interval{300}, longest_life{1'800};
constexpr std::size_t longest_token = 4096;

std::string percent_encoded(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (std::isalnum(byte) != 0 || std::string_view("-._~").contains(c))
            out += c;
        else
            out += fmt::format("%{:02X}", byte);
    }
    return out;
}

std::string percent_decoded(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size(); ++at) {
        unsigned value = 0;
        const auto hex = text.substr(at + 1, 2);
        if (text[at] == '+') {
            out += ' ';
        } else if (text[at] == '%' && hex.size() == 2 &&
                   std::from_chars(hex.data(), hex.data() + 2, value, 16).ptr == hex.data() + 2) {
            out += static_cast<char>(value);
            at += 2;
        } else {
            out += text[at];
        }
    }
    return out;
}

// Texts and numbers of an answer by name.
std::map<std::string, std::string> members(std::string_view body) {
    std::map<std::string, std::string> out;
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

std::string member(const std::map<std::string, std::string>& all, const char* name) {
    const auto found = all.find(name);
    return found == all.end() ? "" : found->second;
}

std::optional<std::chrono::seconds> seconds_in(const std::map<std::string, std::string>& all,
                                               const char* name) {
    const auto text = member(all, name);
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || error != std::errc() || end != text.data() + text.size() || value < 0)
        return std::nullopt;
    return std::chrono::seconds(value);
}

bool same_origin(std::string_view one, std::string_view other) {
    const auto left = net::parse_url(one), right = net::parse_url(other);
    return left && right && left->scheme == right->scheme && left->host == right->host &&
           left->port == right->port;
}

bool printable(std::string_view token) {
    return !token.empty() && token.size() <= longest_token &&
           std::ranges::all_of(token, [](char c) { return c > ' ' && c < 0x7F; });
}

// What an error word means for a person; the server's own text is not repeated.
Failure refusal(const std::string& error) {
    if (error == "access_denied") return {Errc::forbidden, "the authorization was denied there"};
    if (error == "expired_token" || error == "token_expired")
        return {Errc::timeout, "the code was not entered in time; start again"};
    if (error == "device_flow_disabled" || error == "unauthorized_client" ||
        error == "unsupported_grant_type")
        return {Errc::not_found, "the device grant is switched off there: use --token-stdin"};
    if (error == "incorrect_client_credentials" || error == "invalid_client")
        return {Errc::unauthorised, "the server does not know this --client-id"};
    return {Errc::malformed,
            fmt::format("the server refuses ({})", text::shortened(text::cleaned(error), 60))};
}

net::HttpRequest form(const std::string& url, const std::map<std::string, std::string>& fields) {
    net::HttpRequest request;
    request.url = url;
    request.limit = limit;
    request.headers = {{"Accept", "application/json"},
                       {"User-Agent", "countersign"},
                       {"Content-Type", "application/x-www-form-urlencoded"}};
    for (const auto& [name, value] : fields)
        request.body += (request.body.empty() ? "" : "&") + name + "=" + percent_encoded(value);
    return request;
}

}  // namespace

Result<DeviceCode> read_device_code(const net::HttpResponse& response, const Instance& instance) {
    const auto all = members(response.body);
    if (const auto error = member(all, "error"); !error.empty()) return std::unexpected(refusal(error));
    if (response.status == 404)
        return fail(Errc::not_found, instance.url + " has no device grant: use --token-stdin");
    const auto device_code = member(all, "device_code");
    DeviceCode code{
        .device_code = Secret(device_code),
        .user_code = text::shortened(text::cleaned(member(all, "user_code")), 40),
        .verification_uri = member(all, "verification_uri"),
        .interval = std::min(seconds_in(all, "interval").value_or(std::chrono::seconds(5)), longest_interval),
        .lives = std::min(seconds_in(all, "expires_in").value_or(std::chrono::seconds(300)), longest_life)};
    if (response.status != 200 || !printable(device_code) || code.user_code.empty())
        return fail(Errc::malformed, instance.url + " does not answer as a device grant does");
    if (!same_origin(code.verification_uri, instance.url))
        return fail(Errc::malformed,
                    instance.url + " wants the code to be entered on another server; it is not shown");
    return code;
}

Result<GrantedToken> read_granted_token(std::string_view body) {
    const auto all = members(body);
    if (const auto error = member(all, "error"); !error.empty()) return std::unexpected(refusal(error));
    const auto token = member(all, "access_token");
    if (text::lower(member(all, "token_type")) != "bearer" || !printable(token))
        return fail(Errc::malformed, "the server's answer holds no bearer token");
    GrantedToken granted{.token = Secret(token),
                         .refresh_token = std::nullopt,
                         .lives = seconds_in(all, "expires_in"),
                         .scopes = text::shortened(text::cleaned(member(all, "scope")), 2'000)};
    if (const auto refresh = member(all, "refresh_token"); printable(refresh))
        granted.refresh_token = Secret(refresh);
    return granted;
}

std::optional<Result<GrantedToken>> DevicePoll::answered(const Result<net::HttpResponse>& response,
                                                         SteadyTime now) {
    if (now >= end_) return fail(Errc::timeout, "the code was not entered in time; start again");
    if (!response) {
        // RFC 8628 §3.5: a connection that timed out doubles the interval.
        interval_ = std::min(interval_ * 2, longest_interval);
        return std::nullopt;
    }
    const auto all = members(response->body);
    const auto error = member(all, "error");
    if (error == "authorization_pending") return std::nullopt;
    if (error == "slow_down") {
        interval_ =
            std::max(interval_ + slow_down, seconds_in(all, "interval").value_or(std::chrono::seconds(0)));
        return std::nullopt;
    }
    if (error.empty() && response->status >= 500) return std::nullopt;
    return read_granted_token(response->body);
}

net::Awaitable<Result<DeviceCode>> begin_device_grant(net::HttpClient& http, Instance instance,
                                                      std::string client_id) {
    const bool gitlab = instance.kind == AuthorizationKind::gitlab;
    const auto* path = gitlab ? "/oauth/authorize_device" : "/login/device/code";
    const auto response = co_await http.send(
        form(instance.url + path, {{"client_id", client_id}, {"scope", gitlab ? "api" : "repo"}}));
    if (!response) co_return std::unexpected(response.error());
    co_return read_device_code(*response, instance);
}

net::Awaitable<Result<GrantedToken>> await_device_grant(net::HttpClient& http, Instance instance,
                                                        std::string client_id, DeviceCode code) {
    const auto* path =
        instance.kind == AuthorizationKind::gitlab ? "/oauth/token" : "/login/oauth/access_token";
    const auto fields =
        std::map<std::string, std::string>{{"client_id", client_id},
                                           {"device_code", code.device_code.reveal()},
                                           {"grant_type", "urn:ietf:params:oauth:grant-type:device_code"}};
    DevicePoll poll(code.interval, code.lives, system_clock().steady());
    net::asio::steady_timer timer(co_await net::asio::this_coro::executor);
    while (true) {
        timer.expires_after(poll.interval());
        (void)co_await timer.async_wait(net::as_value);
        const auto response = co_await http.send(form(instance.url + path, fields));
        if (auto done = poll.answered(response, system_clock().steady())) co_return std::move(*done);
    }
}

}  // namespace countersign::bot

#include "bot/device_grant.hpp"

#include "bot/net/url.hpp"
#include "bot/token_answer.hpp"
#include "config/base/text.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <map>

namespace countersign::bot {
namespace {

using storage::AuthorizationKind;

constexpr std::chrono::seconds slow_down{5}, longest_interval{300}, longest_life{1'800};

bool same_origin(std::string_view one, std::string_view other) {
    const auto left = net::parse_url(one), right = net::parse_url(other);
    return left && right && left->scheme == right->scheme && left->host == right->host &&
           left->port == right->port;
}

}  // namespace

Result<DeviceCode> read_device_code(const net::HttpResponse& response, const Instance& instance) {
    const auto all = token_members(response.body);
    if (const auto error = member(all, "error"); !error.empty()) return std::unexpected(token_refusal(error));
    if (response.status == 404)
        return fail(Errc::not_found, instance.url + " has no device grant: use --token-stdin");
    const auto device_code = member(all, "device_code");
    DeviceCode code{
        .device_code = Secret(device_code),
        .user_code = text::shortened(text::cleaned(member(all, "user_code")), 40),
        .verification_uri = member(all, "verification_uri"),
        .interval = std::min(seconds_in(all, "interval").value_or(std::chrono::seconds(5)), longest_interval),
        .lives = std::min(seconds_in(all, "expires_in").value_or(std::chrono::seconds(300)), longest_life)};
    if (response.status != 200 || !is_printable_token(device_code) || code.user_code.empty())
        return fail(Errc::malformed, instance.url + " does not answer as a device grant does");
    if (!same_origin(code.verification_uri, instance.url))
        return fail(Errc::malformed,
                    instance.url + " wants the code to be entered on another server; it is not shown");
    return code;
}

std::optional<Result<GrantedToken>> DevicePoll::answered(const Result<net::HttpResponse>& response,
                                                         SteadyTime now) {
    if (!response) {
        // RFC 8628 §3.5: a connection that timed out doubles the interval.
        interval_ = std::min(interval_ * 2, longest_interval);
        return go_on(now);
    }
    const auto all = token_members(response->body);
    const auto error = member(all, "error");
    if (error == "authorization_pending") return go_on(now);
    if (error == "slow_down") {
        const auto asked = seconds_in(all, "interval").value_or(std::chrono::seconds(0));
        interval_ = std::min(std::max(interval_ + slow_down, asked), longest_interval);
        return go_on(now);
    }
    if (error.empty() && response->status >= 500) return go_on(now);
    return read_granted_token(response->body);  // also at the last moment: it is valid now
}

std::optional<Result<GrantedToken>> DevicePoll::go_on(SteadyTime now) const {
    if (now < end_) return std::nullopt;
    return fail(Errc::timeout, "the code was not entered in time; start again");
}

net::Awaitable<Result<DeviceCode>> begin_device_grant(net::HttpClient& http, Instance instance,
                                                      std::string client_id) {
    const bool gitlab = instance.kind == AuthorizationKind::gitlab;
    const auto* path = gitlab ? "/oauth/authorize_device" : "/login/device/code";
    const auto response = co_await http.send(
        token_question(instance.url + path, {{"client_id", client_id}, {"scope", gitlab ? "api" : "repo"}}));
    if (!response) co_return std::unexpected(response.error());
    co_return read_device_code(*response, instance);
}

net::Awaitable<Result<net::HttpResponse>> poll_device_grant(net::HttpClient& http, Instance instance,
                                                            std::string client_id, Secret device_code) {
    const auto* path =
        instance.kind == AuthorizationKind::gitlab ? "/oauth/token" : "/login/oauth/access_token";
    co_return co_await http.send(token_question(
        instance.url + path, {{"client_id", client_id},
                              {"device_code", device_code.reveal()},
                              {"grant_type", "urn:ietf:params:oauth:grant-type:device_code"}}));
}

net::Awaitable<Result<GrantedToken>> await_device_grant(net::HttpClient& http, Instance instance,
                                                        std::string client_id, DeviceCode code) {
    DevicePoll poll(code.interval, code.lives, system_clock().steady());
    net::asio::steady_timer timer(co_await net::asio::this_coro::executor);
    while (true) {
        timer.expires_after(poll.interval());
        (void)co_await timer.async_wait(net::as_value);
        const auto response = co_await poll_device_grant(http, instance, client_id, code.device_code);
        if (auto done = poll.answered(response, system_clock().steady())) co_return std::move(*done);
    }
}

}  // namespace countersign::bot

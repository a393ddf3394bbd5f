// T3: our OAuth client against a server that others wrote, mapped to GitLab's paths.
#include "bot/device_grant.hpp"
#include "bot/net/url.hpp"
#include "bot/oauth.hpp"
#include "tests/support/child_process.hpp"
#include "tests/support/paths.hpp"
#include "tests/support/run_coro.hpp"

#include <doctest/doctest.h>

using namespace countersign;
using namespace countersign::bot;

namespace {

constexpr const char* redirect = "http://127.0.0.1:1/oauth/callback";

struct Provider {
    Provider()
        : process(NODE_PROGRAM,
                  {.arguments = {(tests::data_directory().parent_path() / "clients/oidc.mjs").string()},
                   .environment = {{"PATH", "/usr/bin:/bin"}},
                   .directory = {},
                   .types_more = true}) {
        REQUIRE_MESSAGE(process.wait_for("listening ", std::chrono::seconds(60)), process.errors());
        REQUIRE(process.wait_until([](const std::string& out, const std::string&) {
            return out.contains("listening ") && out.ends_with('\n');
        }));
        instance = {storage::AuthorizationKind::gitlab, word_behind("listening "), {}};
        instance.api_url = instance.url + "/api/v4";
        auto tls = net::TlsContext::make({});
        REQUIRE(tls);
        http = net::make_http_client(io.get_executor(), *tls, {});
    }
    [[nodiscard]] std::string word_behind(const std::string& mark) const {
        const auto output = process.output();
        const auto at = output.find(mark) + mark.size();
        return output.substr(at, output.find('\n', at) - at);
    }
    template <class T>
    Result<T> wait(net::Awaitable<Result<T>> work) {
        return tests::run(io, std::move(work));
    }
    // What a person's browser does with an address; where it ends up.
    std::string visit(const std::string& address) {
        net::HttpRequest request;
        request.method = "GET";
        request.url = word_behind("control ") + "/?url=" + net::percent_encoded(address);
        request.limit = std::chrono::seconds(30);
        const auto answer = wait(http->send(std::move(request)));
        REQUIRE(answer);
        REQUIRE_MESSAGE(answer->status == 200, answer->body);
        return answer->body;
    }

    tests::ChildProcess process;
    Instance instance;
    net::asio::io_context io{1};
    std::unique_ptr<net::HttpClient> http;
};

}  // namespace

TEST_CASE("T3, O1: the device grant works on oidc-provider, which names no interval") {
    Provider op;
    CHECK_FALSE(op.wait(begin_device_grant(*op.http, op.instance, "unknown")));
    const auto code = op.wait(begin_device_grant(*op.http, op.instance, "public1"));
    REQUIRE_MESSAGE(code, code.error().text);
    CHECK(code->interval == std::chrono::seconds(5));
    DevicePoll poll(code->interval, code->lives, system_clock().steady());
    const auto ask = [&] {
        return poll.answered(op.wait(poll_device_grant(*op.http, op.instance, "public1", code->device_code)),
                             system_clock().steady());
    };
    CHECK_FALSE(ask());
    CHECK(op.visit(code->verification_uri + "?user_code=" + code->user_code).empty());
    const auto granted = ask();
    REQUIRE(granted);
    REQUIRE_MESSAGE(*granted, (*granted).error().text);
    CHECK((*granted)->refresh_token);
    CHECK((*granted)->lives == std::chrono::seconds(3600));
    CHECK((*granted)->scopes == "api");
    const auto again = ask();
    REQUIRE(again);
    CHECK_FALSE(*again);
}

TEST_CASE("T3, O10, O11: a refresh token is good once, used again it takes the newer ones with it") {
    Provider op;
    const OauthClient client{"app1", Secret("app1-secret")};
    const auto pkce = make_pkce();
    const auto state = make_state();
    const auto address = op.visit(authorize_url(op.instance, client.id, redirect, state, pkce.challenge));
    auto redirected = read_redirected(address, redirect);
    REQUIRE_MESSAGE(redirected, redirected.error().text);
    CHECK(redirected->state.same_as(state));
    const auto exchange = [&](const Secret& verifier) {
        return op.wait(exchange_code(*op.http, op.instance, client, redirected->code, verifier, redirect));
    };
    CHECK_FALSE(exchange(make_pkce().verifier));  // O7: another verifier
    redirected = read_redirected(
        op.visit(authorize_url(op.instance, client.id, redirect, state, pkce.challenge)), redirect);
    REQUIRE(redirected);
    const auto first = exchange(pkce.verifier);
    REQUIRE_MESSAGE(first, first.error().text);
    REQUIRE(first->refresh_token);
    const auto renew = [&](const Secret& token) {
        return op.wait(renew_token(*op.http, op.instance, client, token));
    };
    const auto second = renew(*first->refresh_token);
    REQUIRE_MESSAGE(second, second.error().text);
    CHECK_FALSE(second->token.same_as(first->token));
    REQUIRE(second->refresh_token);
    CHECK_FALSE(second->refresh_token->same_as(*first->refresh_token));
    const auto third = renew(*second->refresh_token);
    REQUIRE(third);
    const auto reused = renew(*first->refresh_token);
    REQUIRE_FALSE(reused);
    CHECK(reused.error().code == Errc::unauthorised);
    const auto family = renew(*third->refresh_token);
    REQUIRE_FALSE(family);
    CHECK(family.error().code == Errc::unauthorised);
    // A wrong secret says nothing of the token (O13).
    const auto wrong =
        op.wait(renew_token(*op.http, op.instance, {"app1", Secret("another")}, *third->refresh_token));
    REQUIRE_FALSE(wrong);
    CHECK(wrong.error().code == Errc::unavailable);
}

TEST_CASE("T3, O14: what was granted is taken back") {
    Provider op;
    const OauthClient client{"app1", Secret("app1-secret")};
    const auto pkce = make_pkce();
    const auto redirected = read_redirected(
        op.visit(authorize_url(op.instance, client.id, redirect, make_state(), pkce.challenge)), redirect);
    REQUIRE(redirected);
    const auto granted =
        op.wait(exchange_code(*op.http, op.instance, client, redirected->code, pkce.verifier, redirect));
    REQUIRE(granted);
    CHECK(op.wait(revoke_granted(*op.http, op.instance, client, granted->token)));
    CHECK_FALSE(op.wait(revoke_granted(*op.http, op.instance, {"app1", Secret("another")}, granted->token)));
}

// The parts of bot/net that need no socket: URLs, NO_PROXY, backoff, pacing.
#include "bot/net/backoff.hpp"
#include "bot/net/proxy.hpp"
#include "bot/net/rate_limit.hpp"
#include "bot/net/url.hpp"

#include <doctest/doctest.h>

#include <cstdlib>

using namespace countersign;
using namespace std::chrono_literals;

TEST_CASE("a URL is taken apart") {
    const auto url = net::parse_url("wss://WSS-primary.slack.com/link/?ticket=a-b&app_id=1");
    REQUIRE(url);
    CHECK(url->scheme == "wss");
    CHECK(url->secure());
    CHECK(url->host == "wss-primary.slack.com");
    CHECK(url->port == 443);
    CHECK(url->target == "/link/?ticket=a-b&app_id=1");
    CHECK(url->endpoint() == "wss-primary.slack.com:443");
    CHECK(url->authority() == "wss-primary.slack.com");

    const auto v6 = net::parse_url("http://[::1]:8080");
    REQUIRE(v6);
    CHECK(v6->host == "::1");
    CHECK(v6->target == "/");
    CHECK(v6->authority() == "[::1]:8080");
    CHECK(net::parse_url("ws://localhost")->port == 80);
}

TEST_CASE("N12 R3: a URL that is refused is not quoted, whatever is wrong with it") {
    for (const char* bad :
         {"", "/relative", "ftp://slack.com/", "https://", "https://slack.com@evil.example/",
          "https://user:pw@slack.com/", "https://slack.com/#SECRET", "https://slack.com:0/",
          "https://slack.com:70000/", "https://sl%61ck.com%00.evil/", "https://slack.com/ x\r\nHost: y",
          "https://sl ack.com/"}) {
        CAPTURE(bad);
        const auto url = net::parse_url(bad);
        REQUIRE(!url);
        CHECK(url.error().code == Errc::invalid_argument);
        CHECK(!url.error().text.contains("SECRET"));
        CHECK(!url.error().text.contains("slack"));
    }
}

TEST_CASE("R60: NO_PROXY covers hosts, subdomains, addresses, networks and ports") {
    struct Row {
        const char* rules;
        const char* host;
        std::uint16_t port;
        bool bypass;
    };
    const Row rows[] = {
        {"", "slack.com", 443, false},
        {"*", "slack.com", 443, true},
        {"slack.com", "slack.com", 443, true},
        {"slack.com", "wss-primary.slack.com", 443, true},
        {"slack.com", "notslack.com", 443, false},
        {".slack.com", "wss-primary.slack.com", 443, true},
        {".slack.com", "slack.com", 443, false},
        {"*.slack.com", "wss.slack.com", 443, true},
        {"example.org, SLACK.com ", "slack.com", 443, true},
        {"slack.com:8443", "slack.com", 443, false},
        {"slack.com:443", "slack.com", 443, true},
        {"127.0.0.0/8", "127.3.2.1", 80, true},
        {"127.0.0.0/8", "128.0.0.1", 80, false},
        {"10.0.0.0/33", "10.0.0.1", 80, false},
        {"10.0.0.0/0", "192.168.0.1", 80, true},
        {"fd00::/8", "fd12::1", 443, true},
        {"::1", "::1", 443, true},
        {"[::1]:443", "::1", 443, true},
        {"[::1]:80", "::1", 443, false},
        {"10.0.0.0/8", "slack.com", 443, false},
        {",,", "slack.com", 443, false},
    };
    for (const Row& row : rows) {
        CAPTURE(row.rules);
        CAPTURE(row.host);
        CHECK(net::bypasses_proxy(row.rules, row.host, row.port) == row.bypass);
    }
}

TEST_CASE("R60: a proxy setting with user and password becomes Basic credentials") {
    net::Route route;
    route.proxy = "http://al%20ice:p%40ss@proxy.corp:3128";
    const auto target = net::parse_url("https://slack.com/");
    const auto proxy = net::proxy_for(route, *target);
    REQUIRE(proxy);
    REQUIRE(proxy->has_value());
    CHECK((*proxy)->endpoint() == "proxy.corp:3128");
    CHECK((*proxy)->authorization == "Basic YWwgaWNlOnBAc3M=");  // "al ice:p@ss"

    route.proxy = "proxy.corp:8080";
    CHECK((*net::proxy_for(route, *target))->endpoint() == "proxy.corp:8080");
    route.no_proxy = "slack.com";
    CHECK(!net::proxy_for(route, *target)->has_value());
    route.no_proxy = "";
    for (const char* wrong :
         {"https://user:SECRET@proxy:1", "socks5://proxy:1", "http://", "http://pro xy:SECRET"}) {
        route.proxy = wrong;
        const auto refused = net::proxy_for(route, *target);
        REQUIRE(!refused);
        CHECK(!refused.error().text.contains("SECRET"));
    }
}

TEST_CASE("R60: the environment's proxy spares loopback, the configured one is for everything") {
    ::setenv("HTTPS_PROXY", "http://environment:1", 1);
    ::setenv("NO_PROXY", "intern.example", 1);
    const net::Route from_environment = net::route_from_environment("");
    const net::Route configured = net::route_from_environment("http://configured:2");
    ::unsetenv("HTTPS_PROXY");
    ::unsetenv("NO_PROXY");
    const auto used = [](const net::Route& route, const char* url) {
        const auto proxy = net::proxy_for(route, *net::parse_url(url));
        return proxy && *proxy ? (*proxy)->endpoint() : std::string("direct");
    };
    CHECK(used(from_environment, "https://slack.com/") == "environment:1");
    CHECK(used(from_environment, "https://a.intern.example/") == "direct");
    CHECK(used(from_environment, "http://localhost:8080/") == "direct");
    CHECK(used(from_environment, "http://127.0.0.1:8080/") == "direct");
    CHECK(used(from_environment, "http://[::1]:8080/") == "direct");
    CHECK(used(configured, "http://127.0.0.1:8080/") == "configured:2");
    CHECK(used(net::route_from_environment(""), "https://slack.com/") == "direct");
}

TEST_CASE("R14: backoff is full jitter over a step that doubles from 1 s to 30 s") {
    net::Backoff backoff(42);
    for (const auto step : {1s, 2s, 4s, 8s, 16s, 30s, 30s, 30s}) {
        const auto delay = backoff.next();
        CHECK(delay >= 0s);
        CHECK(delay <= step);
    }
    // Spread over the whole step, and not the same for two processes.
    int short_ones = 0;
    int equal = 0;
    net::Backoff other(43);
    for (int i = 0; i < 8; ++i)
        (void)other.next();
    for (int i = 0; i < 1000; ++i) {
        const auto delay = backoff.next();
        short_ones += delay < 15s ? 1 : 0;
        equal += delay == other.next() ? 1 : 0;
        REQUIRE(delay <= 30s);
    }
    CHECK(short_ones > 400);
    CHECK(short_ones < 600);
    CHECK(equal < 10);
}

TEST_CASE("R14: a thousand failures later the step is still 30 s") {
    net::Backoff backoff(1);
    for (int i = 0; i < 1000; ++i)
        CHECK(backoff.next() <= 30s);
}

TEST_CASE("R38 R14: after a stable life the first retry is at once, then backoff starts anew") {
    net::Backoff backoff(7);
    for (int i = 0; i < 10; ++i)
        (void)backoff.next();
    CHECK(backoff.after_loss(60s) == 0ms);
    CHECK(backoff.next() <= 1s);
    CHECK(backoff.next() <= 2s);
}

TEST_CASE("R14: hello alone does not reset, a connection that dies young counts as a failure") {
    net::Backoff backoff(7);
    std::chrono::milliseconds longest{0};
    for (int i = 0; i < 60; ++i)
        longest = std::max(longest, backoff.after_loss(59'999ms));
    CHECK(longest > 16s);  // would stay within 1 s if each had reset it
}

TEST_CASE(
    "R32: too_many_websockets waits 10 s at least, doubles to 2 min, and opens at most 10 times in 10 min") {
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        net::Backoff backoff(seed, net::Backoff::too_many_websockets());
        CHECK(backoff.next() >= 10s);
        CHECK(backoff.next() >= 20s);
        net::Backoff again(seed, net::Backoff::too_many_websockets());
        int opens = 1;
        for (std::chrono::milliseconds at = again.next(); at < 10min; at += again.next())
            ++opens;
        CHECK(opens <= 10);
        for (int i = 0; i < 20; ++i)
            CHECK(again.next() <= 150s);
    }
}

namespace {

constexpr SteadyTime start{1h};

net::Pace pace_of(std::string_view bucket) {
    if (bucket.starts_with("chat.postMessage:")) return {60, 1};
    return net::tier(bucket == "tier1" ? 1 : bucket == "tier2" ? 20 : bucket == "tier4" ? 100 : 50);
}

// When `count` calls leave, each as early as allowed.
std::vector<SteadyTime> departures(net::RateLimits& limits, std::string_view bucket, int count) {
    std::vector<SteadyTime> times;
    SteadyTime now = start;
    for (int i = 0; i < count; ++i) {
        now = limits.earliest(bucket, now);
        limits.take(bucket, now);
        times.push_back(now);
    }
    return times;
}

}  // namespace

TEST_CASE("a message a second and channel, and no channel waits for another") {
    net::RateLimits limits(pace_of);
    CHECK(limits.earliest("chat.postMessage:C1", start) == start);
    limits.take("chat.postMessage:C1", start);
    CHECK(limits.earliest("chat.postMessage:C1", start) >= start + 1s);
    CHECK(limits.earliest("chat.postMessage:C1", start) <= start + 1050ms);
    CHECK(limits.earliest("chat.postMessage:C2", start) == start);
    CHECK(limits.earliest("chat.postMessage:C1", start + 5s) == start + 5s);
}

TEST_CASE("500 messages to one channel leave within 1.1 times what Slack allows") {
    net::RateLimits limits(pace_of);
    const auto times = departures(limits, "chat.postMessage:C1", 500);
    CHECK(times.back() - start <= 499s * 1.1);
    for (std::size_t i = 1; i < times.size(); ++i)
        REQUIRE(times[i] - times[i - 1] >= 1s);
}

TEST_CASE("no minute ever sees more calls than the tier, the burst included") {
    for (const auto& [bucket, per_minute] :
         {std::pair("tier1", 1), {"tier2", 20}, {"tier3", 50}, {"tier4", 100}}) {
        CAPTURE(bucket);
        net::RateLimits limits(pace_of);
        const auto count = static_cast<std::size_t>(per_minute);
        const auto times = departures(limits, bucket, 5 * per_minute + 1);
        for (std::size_t i = 0; i + count < times.size(); ++i)
            REQUIRE(times[i + count] - times[i] >= 60s);
        CHECK(times.back() - start <= 300s * 1.15);
    }
}

TEST_CASE("a burst is there after a rest, and only after a rest") {
    net::RateLimits limits(pace_of);
    const auto times = departures(limits, "tier4", 9);
    CHECK(times[7] == start);
    CHECK(times[8] > start);
    SteadyTime later = start + 10min;
    for (int i = 0; i < 8; ++i) {
        CHECK(limits.earliest("tier4", later) == later);
        limits.take("tier4", later);
    }
    CHECK(limits.earliest("tier4", later) > later);
}

TEST_CASE("Retry-After rests the whole method, and only that") {
    net::RateLimits limits(pace_of);
    limits.block("chat.postMessage:C1", start + 30s);
    CHECK(limits.earliest("chat.postMessage:C1", start) == start + 30s);
    CHECK(limits.earliest("chat.postMessage:C2", start) == start + 30s);
    CHECK(limits.earliest("chat.update", start) == start);
    limits.block("chat.postMessage", start + 10s);  // a shorter one does not cut the longer one short
    CHECK(limits.earliest("chat.postMessage:C2", start) == start + 30s);
    CHECK(limits.earliest("chat.postMessage:C2", start + 31s) == start + 31s);
}

TEST_CASE("rate_scale makes everything faster, and never slower") {
    net::RateLimits fast(pace_of, 1000);
    const auto times = departures(fast, "chat.postMessage:C1", 101);
    CHECK(times.back() - start <= 110ms);
    CHECK(times.back() - start >= 100ms);
    net::RateLimits nonsense(pace_of, 0.001);
    CHECK(departures(nonsense, "chat.postMessage:C1", 2).back() - start <= 1050ms);
}

TEST_CASE("rested buckets are forgotten and the busy ones kept") {
    net::RateLimits limits(pace_of);
    limits.take("tier1", start);
    for (int i = 0; i < 1000; ++i)
        limits.take("chat.postMessage:D" + std::to_string(i), start + 10s);
    CHECK(limits.earliest("tier1", start + 10s) > start + 59s);
    CHECK(limits.earliest("chat.postMessage:D0", start + 10s) > start + 10s);
}

#include "bot/slack/open_budget.hpp"
#include "bot/slack/socket_url.hpp"
#include "bot/slack/summary_log.hpp"

#include <doctest/doctest.h>

namespace countersign::slack {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view slack_api = "https://slack.com/api/";

bool accepted(std::string_view url, std::string_view api = slack_api, bool plain = false) {
    return check_socket_url(url, api, plain).has_value();
}

TEST_CASE("R4: with Slack's API only Slack's hosts, and only encrypted") {
    CHECK(accepted("wss://wss-primary.slack.com/link/?ticket=t&app_id=a"));
    CHECK(accepted("wss://WSS-Backup.Slack.COM/link/"));
    CHECK(accepted("wss://wss-primary.slack-gov.com/link/", "https://slack-gov.com/api/"));
    CHECK(accepted("wss://slack.com/"));
    for (const char* url :
         {"ws://wss-primary.slack.com/", "https://wss-primary.slack.com/", "wss://evilslack.com/",
          "wss://slack.com.evil.org/", "wss://slack.com@evil.org/", "wss://user:pw@wss-primary.slack.com/",
          "wss://evil.org/?slack.com", "wss://evil.org#.slack.com", "wss://127.0.0.1/", "wss:///link",
          "wss-primary.slack.com", "", "wss://xn--slck-5na.com/", "wss://evil.org\\.slack.com/"}) {
        CAPTURE(url);
        CHECK_FALSE(accepted(url));
        CHECK_FALSE(accepted(url, slack_api, true));
    }
}

TEST_CASE("R4: with another API its very host, plain only where that API is plain") {
    constexpr std::string_view local = "http://localhost:8080/api/";
    CHECK(accepted("ws://localhost:9000/link", local, true));
    CHECK(accepted("wss://localhost:9000/link", local, true));
    CHECK_FALSE(accepted("ws://localhost:9000/link", local, false));
    CHECK_FALSE(accepted("ws://127.0.0.1:9000/link", local, true));
    CHECK_FALSE(accepted("wss://wss-primary.slack.com/link", local, true));
    CHECK_FALSE(accepted("wss://a.slack.example/", "https://slack.example/api/"));
    CHECK(accepted("wss://[::1]:1/", "http://[::1]:2/api/", true));
}

TEST_CASE("R3: the refusal names the host, never the ticket") {
    const auto refused = check_socket_url("wss://evil.org/link?ticket=topsecret", slack_api, false);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().text.find("evil.org") != std::string::npos);
    CHECK(refused.error().text.find("topsecret") == std::string::npos);
}

TEST_CASE("R16: three at once, then one each twelve seconds") {
    OpenBudget budget([] { return 0.0; });
    SteadyTime now{1h};
    for (int call = 0; call < 3; ++call)
        CHECK_FALSE(budget.take(now));
    const auto again = budget.take(now);
    REQUIRE(again);
    CHECK(*again - now >= 12s);
    CHECK(*again - now <= 12s + 10ms);
    CHECK_FALSE(budget.take(*again));
    CHECK(budget.take(*again));
    CHECK_FALSE(budget.take(now + 1h));
}

TEST_CASE("the pace makes the budget refill faster, for tests") {
    OpenBudget budget([] { return 0.0; }, 100);
    SteadyTime now{1h};
    for (int call = 0; call < 3; ++call)
        CHECK_FALSE(budget.take(now));
    CHECK(*budget.take(now) - now <= 125ms);
}

TEST_CASE("R32: ten seconds, doubling to two minutes, one call at a time, until stable") {
    OpenBudget budget([] { return 0.0; });
    SteadyTime now{1h};
    long expected = 10;
    for (int round = 0; round < 6; ++round) {
        const SteadyTime again = budget.too_many(now);
        CHECK((again - now) / 1s == expected);
        expected = std::min(expected * 2, 120L);
        now = again;
        CHECK_FALSE(budget.take(now));
        CHECK(budget.take(now));  // the other slot has to wait
    }
    budget.stable();
    now += 5min;
    CHECK_FALSE(budget.take(now));
    CHECK_FALSE(budget.take(now));
}

TEST_CASE("R68: a cause at once, then one line a minute with the number left out") {
    SummaryLog log;
    SteadyTime now{1h};
    CHECK(log.note("dns", now) == 0);
    for (int second = 1; second < 60; ++second)
        CHECK_FALSE(log.note("dns", now + second * 1s));
    CHECK(log.note("tls", now + 30s) == 0);
    CHECK(log.note("dns", now + 60s) == 59);
    CHECK_FALSE(log.note("dns", now + 61s));
    // Foreign text in causes does not fill the memory.
    int written = 0;
    for (int cause = 0; cause < 10'000; ++cause)
        written += log.note(std::to_string(cause), now).has_value() ? 1 : 0;
    CHECK(written <= 200);
}

}  // namespace
}  // namespace countersign::slack

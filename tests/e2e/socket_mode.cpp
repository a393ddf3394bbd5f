// What Slack's side of Socket Mode may do to a daemon, on real sockets and in real time. Each fault by itself
// is tried in tests/unit (sockets_, slack_, net_); here it is seen what the whole program makes of it.
#include "tests/fakes/proxy.hpp"
#include "tests/fakes/raw_client.hpp"
#include "tests/support/review_story.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <csignal>

using namespace countersign::tests;
namespace fakes = countersign::fakes;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

std::size_t occurrences(const std::string& text, const std::string& what) {
    std::size_t count = 0;
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1))
        ++count;
    return count;
}

DaemonOptions with_settings(const std::string& more) {
    DaemonOptions options;
    options.slack_settings = more;
    return options;
}

DaemonOptions with_pages(int connections) {
    return with_settings("connections = " + std::to_string(connections) +
                         "\n\n[http]\nlisten = \"127.0.0.1:0\"");
}

// The whole answer of one of the status pages.
std::string page(ReviewStory& story, const std::string& path) {
    const std::string log = story.fixture.log();
    const auto at = log.find("event=http_listening port=");
    REQUIRE(at != std::string::npos);
    const auto port = std::stoi(log.substr(at + std::string("event=http_listening port=").size()));
    fakes::RawClient client(static_cast<std::uint16_t>(port));
    client.write("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    return client.read_until("never said");
}

// The review goes on as if nothing had been.
void expect_service(ReviewStory& story) {
    story.ask(office::issue);
    story.expect_card("In review");
    CHECK(story.fixture.stop() == 0);
}

std::size_t opens(ReviewStory& story) {
    return story.slack.calls("apps.connections.open").size();
}

}  // namespace

TEST_CASE("socket mode: each refused upgrade is told and tried again with a new ticket (R8, R12)") {
    ReviewStory story(with_settings("connections = 1"));
    story.slack.upgrade_status({503, 409});
    story.fixture.start();
    CHECK(story.fixture.log().find("HTTP 503") != std::string::npos);
    CHECK(story.fixture.log().find("HTTP 409") != std::string::npos);
    CHECK(opens(story) == 3);
    CHECK(story.slack.connections_ever() == 1);
    expect_service(story);
}

TEST_CASE("socket mode: not ready before hello, and a connection without one is given up (R7)") {
    ReviewStory story(with_settings("connections = 1"));
    story.slack.withhold_hello(true);
    story.fixture.launch();
    story.wait([&] { return story.slack.connections_ever() == 1; }, "the first connection");
    story.wait([&] { return story.slack.connections_ever() == 2; }, "the second, ten seconds later");
    CHECK(story.fixture.log().find("event=ready") == std::string::npos);
    CHECK(story.fixture.log().find("no hello") != std::string::npos);
    story.slack.withhold_hello(false);
    story.fixture.expect_log("event=ready");
    expect_service(story);
}

TEST_CASE("socket mode: switched off for the app: told, not hammered, and a reload tries again (R36, R70)") {
    ReviewStory story(with_pages(1));
    story.fixture.start();
    const auto opened = opens(story);
    story.slack.disconnect("link_disabled");
    story.expect_alarm("Socket Mode is switched off");
    story.wait([&] { return story.slack.connections() == 0; }, "the connection to go");
    CHECK(page(story, "/readyz").find("503") != std::string::npos);
    CHECK(page(story, "/readyz").find("Socket Mode disabled for this app") != std::string::npos);
    CHECK(page(story, "/healthz").find("200") != std::string::npos);
    CHECK(opens(story) == opened);
    story.fixture.signal(SIGHUP);
    story.fixture.expect_log("event=reloaded");
    CHECK(page(story, "/readyz").find("200") != std::string::npos);
    expect_service(story);
}

TEST_CASE("socket mode: too many connections: an alarm, ten seconds of peace, then service (R32)") {
    ReviewStory story(with_settings("connections = 1"));
    story.slack.ghosts(10);
    story.fixture.launch();
    story.expect_alarm("more than 10 connections");
    story.slack.ghosts(0);
    story.fixture.expect_log("event=ready");
    const auto calls = story.slack.calls("apps.connections.open");
    REQUIRE(calls.size() == 2);
    CHECK(calls[1].at - calls[0].at >= seconds(10));
    expect_service(story);
}

TEST_CASE("socket mode: a half-open connection is found out and replaced, and nothing is lost (R23, R24)") {
    DaemonOptions options = with_pages(1);
    options.slack.ack_deadline = seconds(2);
    options.slack.redelivery = std::vector<milliseconds>(200, milliseconds(250));
    ReviewStory story(options);
    story.fixture.start();
    story.slack.half_open(true);
    story.slack.request_app(office::employee, "A0MIRO", office::issue);
    story.fixture.expect_log("cause=silent");
    CHECK(page(story, "/readyz").find("503") != std::string::npos);
    CHECK(page(story, "/metrics").find("cause=\"silent\"") != std::string::npos);
    story.slack.half_open(false);
    story.expect_card("In review");
    CHECK(story.slack.message_count(office::review) == 1);
    CHECK(story.fixture.stop() == 0);
}

TEST_CASE("socket mode: an outage is a few lines, and the end of it is noticed (R13, R29, R68)") {
    DaemonOptions options;
    options.slack.redelivery = std::vector<milliseconds>(400, milliseconds(250));
    ReviewStory story(options);
    story.fixture.start();
    story.wait([&] { return story.slack.connections() == 2; }, "both connections");
    story.slack.set_fault("outage", true);
    story.slack.abort_connections();
    story.slack.request_app(office::employee, "A0MIRO", office::issue);
    story.fixture.expect_log("event=socket_failed");
    story.wait([&] { return story.slack.undeliverable() > 8; }, "two seconds of outage");
    story.slack.set_fault("outage", false);
    story.expect_card("In review");
    story.wait([&] { return story.slack.connections() == 2; }, "both connections again");
    CHECK(occurrences(story.fixture.log(), "event=socket_failed") <= 8);
    CHECK(story.slack.message_count(office::review) == 1);
    CHECK(story.fixture.stop() == 0);
}

TEST_CASE("socket mode: an address that is not Slack's is refused and told, its ticket is not (R3, R4)") {
    ReviewStory story(with_settings("connections = 1"));
    story.slack.script(
        "apps.connections.open",
        {{"answer", {{"url", "wss://wss-primary.slack.com.evil.example/link/?ticket=s3cr3t"}}}});
    story.fixture.start();
    story.expect_alarm("evil.example");
    CHECK(story.fixture.log().find("s3cr3t") == std::string::npos);
    for (const auto& message : story.slack.messages(office::alarms))
        CHECK(message.text.find("s3cr3t") == std::string::npos);
    CHECK(opens(story) == 2);
    expect_service(story);
}

TEST_CASE("socket mode: API and WebSocket go through the proxy, whose password stays secret (R60)") {
    const fakes::FakeProxy proxy({.status = 200, .user = "alice", .password = "open-sesame"});
    ReviewStory story(with_settings("connections = 1\nproxy = \"" + proxy.url() + "\""));
    story.fixture.start();
    expect_service(story);
    const auto requests = proxy.requests();
    CHECK(requests.size() >= 2);
    for (const auto& request : requests)
        CHECK(request.starts_with("CONNECT localhost:" + std::to_string(story.slack.port())));
    CHECK(story.fixture.log().find("sesame") == std::string::npos);
    story.expect_good_manners();
}

TEST_CASE("socket mode: a proxy that refuses is named, tried again, and never left aside (R60)") {
    const fakes::FakeProxy proxy({.status = 403, .user = "", .password = ""});
    ReviewStory story(with_settings("connections = 1\nproxy = \"" + proxy.url() + "\""));
    story.fixture.launch();
    story.fixture.expect_log("HTTP 403");
    story.wait([&] { return proxy.requests().size() >= 2; }, "another attempt");
    CHECK(story.fixture.log().find(proxy.endpoint()) != std::string::npos);
    CHECK(story.slack.calls().empty());
    CHECK(story.fixture.stop() == 0);
}

TEST_CASE("socket mode: no bad certificate is believed, and the reason is told (R61)") {
    using Certificate = fakes::TlsFiles (fakes::TestCa::*)() const;
    for (const Certificate bad : {&fakes::TestCa::expired, &fakes::TestCa::not_yet_valid,
                                  &fakes::TestCa::wrong_host, &fakes::TestCa::self_signed}) {
        DaemonOptions options = with_settings("connections = 1");
        options.certificate = bad;
        ReviewStory story(options);
        story.fixture.launch();
        story.fixture.expect_log("certificate");
        story.wait([&] { return occurrences(story.fixture.log(), "event=") >= 2; }, "another attempt");
        CHECK(story.fixture.log().find("event=ready") == std::string::npos);
        CHECK(story.slack.calls().empty());  // no byte of a request, so no token
        CHECK(story.fixture.stop() == 0);
    }
}

TEST_CASE("socket mode: strange messages end nothing, and what can be acknowledged is (R52, R53, R54, R55)") {
    ReviewStory story(with_settings("connections = 1"));
    story.fixture.start();
    for (const char* noise :
         {"", "null", "[]", "17", "\"hello\"", "{}", "{\"type\":null}", "not json", "{\"type\":\"hello\""})
        story.slack.send_raw(noise);
    story.slack.send_raw(std::string(100'000, '['));
    const auto acks = story.slack.ack_count();
    story.slack.send_envelope("of_tomorrow", {{"a", 1}});
    story.slack.send_envelope("events_api", nullptr);
    story.slack.send_envelope("events_api", {{"type", "app_rate_limited"}, {"minute_rate_limited", 1}});
    story.wait([&] { return story.slack.ack_count() == acks + 3; }, "three acks");
    CHECK(story.slack.connections_ever() == 1);
    story.expect_alarm("of_tomorrow");
    expect_service(story);
}

TEST_CASE(
    "socket mode: what operators are shown: redeliveries, duplicates, lateness, ack times (R46, R70, R72)") {
    ReviewStory story(with_pages(1));
    story.fixture.start();
    auto event = story.slack.make_event({{"type", "member_joined_channel"}, {"user", office::outsider}});
    event["event_time"] = event["event_time"].get<int>() - 600;
    const auto id = story.slack.send_envelope("events_api", event, false);
    story.slack.redeliver(id, 1);
    story.slack.redeliver(id, 2, true);
    story.wait([&] { return story.slack.ack_count() == 3; }, "three acks");
    std::string metrics;
    story.wait(
        [&] {
            metrics = page(story, "/metrics");
            return metrics.find("countersign_envelopes_duplicate_total 2") != std::string::npos;
        },
        "two duplicates");
    for (const char* line :
         {"countersign_envelopes_redelivered_total{attempt=\"1\"} 1",
          "countersign_envelopes_redelivered_total{attempt=\"2\"} 1", "countersign_envelopes_late_total 3",
          "countersign_ack_seconds_count 3", "countersign_acks_dropped_total 0", "countersign_ready 1"})
        CHECK_MESSAGE(metrics.find(line) != std::string::npos, line << "\n" << metrics);
}

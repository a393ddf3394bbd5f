// SIGHUP and SIGTERM while envelopes flow: the new configuration takes over, an invalid one changes nothing,
// and nothing is lost on the way.
#include "tests/support/review_story.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <atomic>
#include <csignal>
#include <thread>

using namespace countersign::tests;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

DaemonOptions redelivering() {
    DaemonOptions options;
    options.slack.redelivery = std::vector<milliseconds>(200, milliseconds(100));
    options.slack.ack_deadline = seconds(60);
    return options;
}

// Events that arrive all the while, every twentieth of them a request for an app.
class Flow {
  public:
    explicit Flow(countersign::fakes::FakeSlack& slack) : slack_(slack), thread_([this] { send(); }) {}
    Flow(const Flow&) = delete;
    Flow& operator=(const Flow&) = delete;
    ~Flow() { stop(); }

    void stop() {
        going_ = false;
        if (thread_.joinable()) thread_.join();
    }
    [[nodiscard]] std::size_t sent() const { return sent_; }
    [[nodiscard]] std::size_t requests() const { return (sent_ + 19) / 20; }

  private:
    void send() {
        while (going_) {
            const std::size_t n = sent_;
            if (n % 20 == 0) {
                const std::string app = fmt::format("A0FLOW{:05}", n);
                slack_.add_app({.id = app, .name = app});
                slack_.request_app(office::employee, app, office::issue);
            } else {
                slack_.send_envelope("events_api",
                                     slack_.make_event({{"type", "member_joined_channel"},
                                                        {"user", office::outsider},
                                                        {"channel", office::general},
                                                        {"channel_type", "C"},
                                                        {"team", "T0ACME"},
                                                        {"event_ts", "1795305600.000200"}}),
                                     false);
            }
            ++sent_;
            // At most a few hundred under way, also on a slow machine.
            do
                std::this_thread::sleep_for(milliseconds(2));
            while (going_ && sent_ > slack_.ack_count() + 300);
        }
    }

    countersign::fakes::FakeSlack& slack_;
    std::atomic<std::size_t> sent_ = 0;
    std::atomic<bool> going_ = true;
    std::thread thread_;
};

void expect_all_handled_once(ReviewStory& story, const Flow& flow) {
    SQLite::Database database(story.fixture.database().string());
    const auto count = [&](const char* sql) { return database.execAndGet(sql).getInt(); };
    const bool all = story.slack.wait(
        [&] {
            return count("SELECT count(*) FROM inbox WHERE outcome = 'handled'") ==
                       static_cast<int>(flow.sent()) &&
                   story.slack.message_count(office::review) == flow.requests() &&
                   story.slack.message_count(office::employee) == flow.requests();
        },
        seconds(60));
    CHECK_MESSAGE(all, flow.sent() << " sent, " << flow.requests() << " requests, "
                                   << story.slack.message_count(office::review) << " cards, "
                                   << count("SELECT count(*) FROM inbox") << " in the inbox");
    CHECK(count("SELECT count(*) FROM app_request") == static_cast<int>(flow.requests()));
    CHECK(story.slack.unanswered().empty());
}

std::string status_of(ReviewStory& story) {
    const auto status = story.fixture.run_command({"status"});
    return status.output + status.errors;
}

}  // namespace

TEST_CASE("reload: another alarm channel and another member count from then on (R69)") {
    ReviewStory story;
    story.slack.add_channel("C0NEWALARMS", "new-alarms");
    story.fixture.start();
    story.ask(office::issue);
    story.press(office::outsider, "Approve");
    story.expect_line(office::outsider, "you may not");

    story.fixture.change_config("C0ITALARMS", "C0NEWALARMS");
    story.fixture.change_config("\"U0LEGAL\"", "\"U0LEGAL\", \"U0OUT\"");
    story.fixture.signal(SIGHUP);
    story.fixture.expect_log("event=reloaded");
    story.wait([&] { return story.slack.connections() == 2; }, "the old connections to go");
    story.press(office::outsider, "Approve");
    story.expect_card("approved by <@U0OUT>");
    story.slack.send_envelope("events_api", story.slack.make_event({{"type", "of_tomorrow"}}), false);
    story.wait([&] { return story.slack.message_count("C0NEWALARMS") == 1; }, "an alarm in the new channel");
    CHECK(story.slack.messages(office::alarms).empty());
    story.expect_good_manners();
}

TEST_CASE("reload, restart: what waits is judged and drawn by the settings in force, without a press (R69)") {
    ReviewStory story;
    story.fixture.start();
    story.ask(office::issue);
    for (const auto& voter : {office::security, office::procurement, office::it})
        story.press(voter, "Approve");
    story.expect_card("IT: approved");
    story.expect_card(": In review");

    story.fixture.change_config("[[review.party]]\nname = \"Legal\"\nmembers = [\"U0LEGAL\"]\n", "");
    story.fixture.signal(SIGHUP);
    story.fixture.expect_log("event=reloaded");
    story.expect_card(": Ready");
    CHECK_FALSE(says(story.card(), "Legal"));

    REQUIRE(story.fixture.stop() == 0);
    story.fixture.change_config("\"U0ADMIN\"", "\"U0ADMIN\", \"U0OUT\"");
    story.fixture.start();
    story.expect_card("<@U0OUT>");
    story.press(office::outsider, "Approve app");
    story.expect_card(": Approved");
    story.expect_good_manners();
}

TEST_CASE("reload: an invalid configuration changes nothing, and says so in log, status and alarm (R69)") {
    ReviewStory story;
    story.fixture.start();
    story.ask(office::issue);
    const int connections = story.slack.connections_ever();
    story.fixture.change_config("quorum = 1", "quorum = \"all\"");
    story.fixture.change_config("C0ITALARMS", "C0ELSEWHERE");
    story.fixture.signal(SIGHUP);
    story.fixture.expect_log("event=reload_refused");
    story.expect_alarm("The configuration was not reloaded");
    story.expect_alarm("review.party.quorum");
    CHECK(status_of(story).find("quorum") != std::string::npos);
    CHECK(story.slack.connections_ever() <= connections + 1);  // the second slot may have been on its way
    story.approve_as_all_parties();
    story.expect_card(": Ready");

    story.fixture.change_config("quorum = \"all\"", "quorum = 1");
    story.fixture.change_config("C0ELSEWHERE", "C0ITALARMS");
    story.fixture.signal(SIGHUP);
    story.fixture.expect_log("event=reloaded");
    story.wait([&] { return status_of(story).find("quorum") == std::string::npos; }, "a clean status");
    story.expect_good_manners();
}

TEST_CASE("reload: another database waits for a restart, and each reload until then says so (R69)") {
    ReviewStory story;
    story.fixture.start();
    story.fixture.change_config("countersign.db", "elsewhere.db");
    story.fixture.signal(SIGHUP);
    story.fixture.expect_log("event=reloaded");
    story.fixture.signal(SIGHUP);
    story.wait(
        [&] {
            const auto log = story.fixture.log();
            const auto first = log.find("event=restart_needed");
            return first != std::string::npos &&
                   log.find("event=restart_needed", first + 1) != std::string::npos;
        },
        "the second warning");
    story.expect_good_manners();
}

TEST_CASE("reload: a new app token takes over while envelopes flow, and nothing is lost (R69)") {
    ReviewStory story(redelivering());
    story.fixture.start();
    story.wait([&] { return story.slack.connections() == 2; }, "both connections");
    Flow flow(story.slack);
    for (const char* token : {"xapp-1-A0COUNTER-2-new", "xapp-1-A0COUNTER-3-newer"}) {
        const int before = story.slack.connections_ever();
        const auto acks = story.slack.ack_count();
        story.wait([&] { return story.slack.ack_count() > acks + 100; }, "a hundred acks");
        story.slack.rotate_app_token(token);
        story.fixture.set_secret("slack_app_token", token);
        story.fixture.signal(SIGHUP);
        story.wait([&] { return story.slack.connections_ever() == before + 2; }, "new connections");
        story.wait([&] { return story.slack.connections() == 2; }, "the old connections to go");
    }
    flow.stop();
    expect_all_handled_once(story, flow);
    CHECK(story.slack.undeliverable() == 0);
    CHECK(story.slack.messages(office::alarms).empty());
    CHECK(story.fixture.stop() == 0);
    story.expect_good_manners();
}

TEST_CASE("reload: a token that Slack refuses is not taken over (R17, R69)") {
    ReviewStory story;
    story.fixture.start();
    story.wait([&] { return story.slack.connections() == 2; }, "both connections");
    story.fixture.set_secret("slack_app_token", "xapp-1-A0COUNTER-9-wrong");
    story.fixture.signal(SIGHUP);
    story.fixture.expect_log("event=reload_refused");
    story.expect_alarm("invalid_auth");
    story.wait([&] { return status_of(story).find("refused, the older") != std::string::npos; },
               "the status");
    CHECK(story.fixture.log().find("9-wrong") == std::string::npos);
    CHECK(story.slack.connections() == 2);
    CHECK(story.slack.connections_ever() == 2);
    story.ask(office::issue);
    story.expect_card("In review");
}

TEST_CASE("reload: what was missed in a gap that a reload ends is asked for (O5, R69)") {
    ReviewStory story;
    story.fixture.start();
    story.wait([&] { return story.count("admin.apps.requests.list") >= 2; }, "the sweep at the start");
    const auto id = story.ask(office::issue);
    story.slack.disconnect("link_disabled");
    story.wait([&] { return story.slack.connections() == 0; }, "the connections to go");
    story.slack.decide_outside(id, "approve");
    story.fixture.signal(SIGHUP);
    story.expect_card(": Approved · decided outside");
}

TEST_CASE("reload: a daemon that never had a connection is ready when a reload has brought it one (R69)") {
    ReviewStory story;
    story.fixture.set_secret("slack_app_token", "xapp-1-A0COUNTER-9-wrong");
    story.fixture.launch();
    story.expect_alarm("invalid_auth");
    story.slack.rotate_app_token("xapp-1-A0COUNTER-9-right");
    story.fixture.set_secret("slack_app_token", "xapp-1-A0COUNTER-9-right");
    story.fixture.signal(SIGHUP);
    story.fixture.expect_log("event=ready");
    story.ask(office::issue);
    story.expect_card("In review");
}

TEST_CASE("stop: SIGTERM under load drains and exits, and the rest comes again (R74)") {
    ReviewStory story(redelivering());
    story.fixture.start();
    Flow flow(story.slack);
    for (int round = 0; round < 3; ++round) {
        const auto acks = story.slack.ack_count();
        story.wait([&] { return story.slack.ack_count() > acks + 100; }, "a hundred acks");
        const auto begin = std::chrono::steady_clock::now();
        CHECK(story.fixture.stop() == 0);
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
        MESSAGE("stopped under load in " << took.count() << " s");
        story.fixture.start();
    }
    flow.stop();
    expect_all_handled_once(story, flow);
    CHECK(story.fixture.stop() == 0);
    for (const auto& call : story.slack.calls())
        CHECK(call.status != 429);
    CHECK(story.slack.violations().empty());
}

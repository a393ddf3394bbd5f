#include "tests/support/slackbot_world.hpp"

#include <doctest/doctest.h>

// O5: what Slackbot wrote in the channel that requests are routed to while nobody listened.
using namespace countersign;
using namespace countersign::tests;
using namespace std::chrono;

namespace {

constexpr const char* history_method = "conversations.history";

struct RoutedWorld : SlackbotWorld {
    // Slackbot writes, and no event of it ever comes.
    void unheard(Json message, const std::string& ts) {
        message["ts"] = ts;
        slack.history[routed].push_back(std::move(message));
    }
    void unheard_edit(Json message, const std::string& ts) {
        message["ts"] = ts;
        for (auto& each : slack.history[routed]) {
            if (each["ts"] == ts) each = message;
        }
    }
    void settle_down() {
        run();
        pass(milliseconds(1));
        run();
    }
    void restart() {
        start();
        settle_down();
    }
    void reconnect() {
        handle(handlers::EventKind::reconnected, Json::object(), next("reconnected"));
        settle_down();
    }
    void events_left_out() {
        handle(handlers::EventKind::events_api, {{"type", "app_rate_limited"}}, next("env"));
        pass(minutes(1));
        settle_down();
    }
    [[nodiscard]] Json last_asked() const {
        REQUIRE_FALSE(asked().empty());
        return asked().back();
    }
    [[nodiscard]] std::vector<Json> asked() const {
        std::vector<Json> all;
        for (const auto& effect : performed_of(history_method))
            all.push_back(Json::parse(effect.args));
        return all;
    }
};

}  // namespace

TEST_CASE("O5: what Slackbot wrote in the routed channel meanwhile is found, and so is what was decided") {
    RoutedWorld world;
    world.restart();
    const auto ts = world.ts();
    world.unheard(world.notice(), ts);
    void (RoutedWorld::*look)() = nullptr;
    SUBCASE("at start") {
        look = &RoutedWorld::restart;
    }
    SUBCASE("after a gap") {
        look = &RoutedWorld::reconnect;
    }
    SUBCASE("after Slack has left events out") {
        look = &RoutedWorld::events_left_out;
    }
    (world.*look)();
    REQUIRE(world.requests() == 1);
    CHECK(world.request(1).requester == UserId("U0EMP"));
    CHECK(world.request(1).team_id == TeamId("T1"));
    CHECK(world.state(1) == RequestState::in_review);
    for (const auto& effect : world.performed_of(history_method))
        CHECK(effect.token == storage::TokenKind::bot);
    world.pass(hours(3));
    world.unheard(world.notice(good_link, "U0OTHER"), world.ts());
    world.unheard_edit(fakes::slackbot_decision("<@U0ADMIN> restricted this app"), ts);
    (world.*look)();
    CHECK(world.requests() == 2);
    CHECK(world.state(1) == RequestState::restricted);
    CHECK(world.request(1).outside == storage::Outside::decided);
}

TEST_CASE("O5: the routed channel is read to the end of its pages, and people's talk in it is left alone") {
    RoutedWorld world;
    for (int n = 0; n < 7; ++n)
        world.unheard(world.notice(good_link, "U0P" + std::to_string(n)), world.ts(n));
    world.unheard({{"type", "message"}, {"user", "U0P1"}, {"text", "may I have Miro?"}}, world.ts(8));
    auto reply = world.notice(good_link, "U0P8");
    reply["thread_ts"] = world.ts(0);
    world.unheard(reply, world.ts(9));
    world.restart();
    CHECK(world.requests() == 7);
    CHECK(world.asked().size() == 5);  // two messages a page
    CHECK_FALSE(world.alarmed("Slackbot"));
}

TEST_CASE("O5: the next look begins where the last one ended, or where the oldest open notice stands") {
    RoutedWorld world;
    world.restart();
    const auto first = world.ts();
    world.unheard(world.notice(), first);
    world.restart();
    world.restart();
    CHECK(world.last_asked()["oldest"] == first);
    world.clock.advance(hours(1));
    const auto second = world.ts();
    world.unheard({{"type", "message"}, {"user", "U0P1"}, {"text", "hello"}}, second);
    world.restart();
    world.restart();
    CHECK(world.last_asked()["oldest"] == first);
    world.edited(fakes::slackbot_decision("<@U0ADMIN> approved this app"), first);
    REQUIRE(world.state(1) == RequestState::approved);
    world.restart();
    CHECK(world.last_asked()["oldest"] == second);
    // Another channel has a mark of its own.
    world.settings.slackbot_channel = ChannelId("C0ANOTHER");
    world.restart();
    CHECK(world.last_asked()["channel"] == "C0ANOTHER");
    CHECK(world.last_asked()["oldest"] < first);
}

TEST_CASE("O5: a routed channel that the bot is not in is an alarm that says what to do, and read later") {
    RoutedWorld world;
    std::string advice;
    SUBCASE("a public one") {
        world.slack.history_error = "not_in_channel";
        advice = "Invite the app to that channel (/invite)";
    }
    SUBCASE("a private one") {
        world.slack.history_error = "channel_not_found";
        advice = "Invite the app to that channel (/invite)";
    }
    SUBCASE("a token without the scope") {
        world.slack.history_error = "missing_scope";
        advice = "do something about missing_scope";
    }
    world.unheard(world.notice(), world.ts());
    world.restart();
    CHECK(world.alarmed("Slackbot's messages in the channel C0REQUESTS cannot be read"));
    CHECK(world.alarmed(advice));
    CHECK(world.requests() == 0);
    const auto alarms = world.heard("C0ITALARMS").size();
    world.pass(minutes(10));
    world.settle_down();
    CHECK(world.asked().size() == 2);
    CHECK(world.heard("C0ITALARMS").size() == alarms);  // once an hour
    world.slack.history_error.clear();
    world.pass(minutes(10));
    world.settle_down();
    CHECK(world.requests() == 1);
}

TEST_CASE("O5: an answer from before the last look, or with an old cursor, concludes nothing") {
    RoutedWorld world;
    world.start();
    world.unheard(world.notice(), world.ts());
    world.clock.advance(seconds(1));
    world.handle(handlers::EventKind::reconnected, Json::object(), "gap1");
    const auto first = world.expect(history_method);
    world.clock.advance(seconds(1));
    world.handle(handlers::EventKind::reconnected, Json::object(), "gap2");
    CHECK(world.answer(first, {"ok", "", {{"messages", Json::array({world.notice()})}}}).changes.empty());
    const auto second = world.expect(history_method);
    CHECK(world.answer(second, {"refused", "invalid_cursor", Json::object()}).effects.empty());
    world.pass(minutes(10));
    world.settle_down();
    CHECK(world.requests() == 1);
}

TEST_CASE("O5: no history is asked for where nothing is routed, or where Slack's own lists are read") {
    RoutedWorld world;
    SUBCASE("no channel") {
        world.settings.slackbot_channel = {};
    }
    SUBCASE("the Admin API") {
        world.capabilities.admin = true;
    }
    world.restart();
    world.reconnect();
    world.events_left_out();
    CHECK(world.asked().empty());
}

TEST_CASE("R69: a reviewer's token that comes with a reload is polled with from then on") {
    RoutedWorld world;
    world.restart();
    REQUIRE_FALSE(world.view().timer("slackbot_poll"));
    world.capabilities.reviewer = true;
    world.handle(handlers::EventKind::reloaded, Json::object(), world.next("reloaded"));
    CHECK(world.view().timer("slackbot_poll"));
    CHECK(world.expect("auth.test").token == storage::TokenKind::reviewer);
    world.run();
    const auto begun = world.handle(handlers::EventKind::reloaded, Json::object(), world.next("reloaded"));
    CHECK(std::ranges::count(begun.effects, "auth.test", &storage::Effect::method) == 0);
}

TEST_CASE("O5: looks in the same moment are different ones: the last reads to its end as well") {
    RoutedWorld world;
    world.restart();
    world.slack.page = 1;
    for (int n = 0; n < 3; ++n)
        world.unheard(world.notice(good_link, "U0EMP" + std::to_string(n)), world.ts(n));
    for (int look = 0; look < 3; ++look) {
        world.handle(handlers::EventKind::reconnected, Json::object(), world.next("reconnected"));
        world.perform(world.expect(history_method));
    }
    world.settle_down();
    CHECK(world.requests() == 3);
}

TEST_CASE("O5: what was decided in a gap is found on the notice of a request that waits for another, too") {
    RoutedWorld world;
    world.restart();
    const auto first = world.ts();
    const auto message = world.notice();
    world.posted(message, first);
    world.unheard(message, first);
    auto more = fakes::sample_scopes;
    more.first += "\nView messages (channels:history)";
    const auto larger = fakes::slackbot_notice(fakes::notice_words("2026", "U0TWO"), more);
    world.posted(larger, world.ts(1));
    world.unheard(larger, world.ts(1));
    world.reconnect();
    REQUIRE(world.state(1) == RequestState::superseded);
    auto decision = RequestState::restricted;
    auto whole = RequestState::restricted;
    const auto* words = "<@U0ADMIN> restricted this app";
    SUBCASE("restricted: the app, whatever was asked for") {}
    SUBCASE("approved: for what that notice asks for, and no more") {
        words = "<@U0ADMIN> approved this app";
        decision = RequestState::approved;
        whole = RequestState::in_review;
    }
    world.unheard_edit(fakes::slackbot_decision(words), first);
    world.reconnect();
    CHECK(world.state(1) == (decision == RequestState::approved ? decision : RequestState::superseded));
    CHECK(world.state(2) == whole);
}

TEST_CASE("O5: what was decided before anybody listened is nobody's task, what was decided since is") {
    RoutedWorld world;
    const auto decided = [&](const std::string& user, const std::string& ts) {
        auto words = fakes::notice_words("2026", user);
        world.unheard(fakes::slackbot_decision("<@U0ADMIN> approved this app", words), ts);
    };
    world.unheard(world.notice(), world.ts(-100));
    decided("U0OLD", world.ts(-50));
    world.restart();
    REQUIRE(world.requests() == 1);
    world.restart();
    CHECK_FALSE(world.alarmed("is not understood"));
    decided("U0NEW", world.ts(50));
    world.pass(minutes(1));
    world.reconnect();
    CHECK(world.requests() == 1);
    CHECK(world.alarmed("is not understood"));
}

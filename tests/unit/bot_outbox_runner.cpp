#include "bot/outbox_runner.hpp"
#include "storage/outbox.hpp"
#include "storage/view.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/temp_db.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace countersign;
using namespace std::chrono_literals;
using bot::OutboxRunner;
using slack::ApiMeaning;
using storage::Effect;

namespace {

struct World {
    tests::TempDb db;
    tests::ManualClock clock;
    OutboxRunner runner{db.writer(), 1.0};
    OutboxRunner::MayLeave may_leave = [](const Effect&) { return true; };

    void enqueue(const Effect& effect) {
        db.writer().transaction([&] { storage::Outbox(db.writer()).enqueue(effect, clock.now()); });
    }
    OutboxRunner::Plan plan() {
        OutboxRunner::Plan made;
        db.writer().transaction([&] { made = runner.plan(clock.now(), clock.steady(), may_leave); });
        return made;
    }
    std::optional<OutboxRunner::Result> answer(const Effect& effect, ApiMeaning meaning,
                                               std::string error = "", std::string body = "{}") {
        bot::EffectAnswer answered{effect, {}};
        answered.answer.meaning = meaning;
        answered.answer.error = std::move(error);
        answered.answer.body = std::move(body);
        std::optional<OutboxRunner::Result> result;
        db.writer().transaction([&] { result = runner.record(answered, clock.now(), clock.steady()); });
        return result;
    }
    Effect stored(const std::string& key) { return *storage::View(db.writer()).effect(key); }
};

Effect post(const std::string& key, const std::string& message = "") {
    Effect effect;
    effect.key = key;
    effect.method = "chat.postMessage";
    effect.args = R"({"channel":"C1","text":"x"})";
    effect.message = message;
    return effect;
}

std::string meaning_in(const OutboxRunner::Result& result) {
    return nlohmann::json::parse(result.payload).at("meaning").get<std::string>();
}

}  // namespace

TEST_CASE("messages of one channel leave one a second, in order, one under way at a time") {
    World world;
    world.enqueue(post("a"));
    world.enqueue(post("b"));

    const auto first = world.plan();
    REQUIRE(first.perform.size() == 1);
    CHECK(first.perform[0].key == "a");
    world.clock.advance(2s);
    CHECK(world.plan().perform.empty());  // the first is still under way

    (void)world.answer(first.perform[0], ApiMeaning::ok, "", R"({"ok":true,"channel":"C1","ts":"1.1"})");
    const auto second = world.plan();
    REQUIRE(second.perform.size() == 1);
    CHECK(second.perform[0].key == "b");
}

TEST_CASE("a plan that waits for the rate says when to plan again") {
    World world;
    world.enqueue(post("a"));
    world.enqueue(post("b"));
    const auto first = world.plan();
    (void)world.answer(first.perform.at(0), ApiMeaning::ok, "", R"({"channel":"C1","ts":"1.1"})");

    const auto waiting = world.plan();
    CHECK(waiting.perform.empty());
    REQUIRE(waiting.wake);
    CHECK(*waiting.wake > world.clock.steady());
    CHECK(*waiting.wake <= world.clock.steady() + 1100ms);
}

TEST_CASE("a posted message's place is kept, and its update is sent there") {
    World world;
    world.enqueue(post("card", "card:1"));
    const auto posted = world.plan().perform.at(0);
    (void)world.answer(posted, ApiMeaning::ok, "", R"({"channel":"C9","ts":"17.5"})");

    Effect update = post("card:v2", "card:1");
    update.method = "chat.update";
    update.args = R"({"text":"y"})";
    world.enqueue(update);
    const auto sent = world.plan().perform.at(0);
    const auto args = nlohmann::json::parse(sent.args);
    CHECK(args.at("channel") == "C9");
    CHECK(args.at("ts") == "17.5");
}

TEST_CASE("a line in the thread of a message that is still on its way waits behind it and is sent there") {
    World world;
    auto card = post("card", "card:1");
    card.lane = "card:1";
    world.enqueue(card);
    auto line = post("line");
    line.lane = "card:1";
    line.args = R"({"channel":"C1","text":"she said \"thread_of\"","thread_of":"card:1"})";
    world.enqueue(line);
    const auto posted = world.plan().perform.at(0);
    REQUIRE(posted.key == "card");
    CHECK(world.plan().perform.empty());
    (void)world.answer(posted, ApiMeaning::ok, "", R"({"channel":"C9","ts":"17.5"})");
    world.clock.advance(2s);
    const auto sent = world.plan().perform.at(0);
    CHECK(nlohmann::json::parse(sent.args) ==
          nlohmann::json{{"channel", "C9"}, {"thread_ts", "17.5"}, {"text", R"(she said "thread_of")"}});
}

TEST_CASE("a message that only speaks of threads leaves as it is") {
    World world;
    auto message = post("line");
    message.args = R"({"channel":"C1","text":"thread_of"})";
    world.enqueue(message);
    CHECK(world.plan().perform.at(0).args == message.args);
}

TEST_CASE("an answer to a message that does not say where it stands keeps no place, and nothing breaks") {
    for (const char* body :
         {"", "[]", R"({"channel":null,"ts":17})", R"({"channel":{"id":"C1"},"ts":null})"}) {
        CAPTURE(body);
        World world;
        world.enqueue(post("card", "card:1"));
        (void)world.answer(world.plan().perform.at(0), ApiMeaning::ok, "", body);
        CHECK_FALSE(storage::View(world.db.writer()).message("card:1").has_value());
    }
}

TEST_CASE("an update of a message that was never posted ends as refused, and its handler hears it") {
    World world;
    Effect update = post("card:v2", "card:1");
    update.method = "chat.update";
    update.purpose = "card_update";
    world.enqueue(update);
    const auto plan = world.plan();
    CHECK(plan.perform.empty());
    REQUIRE(plan.results.size() == 1);
    CHECK(meaning_in(plan.results[0]) == "refused");
}

TEST_CASE("a form past its deadline is not opened, its handler hears that it expired") {
    World world;
    Effect open = post("form");
    open.method = "views.open";
    open.deadline = world.clock.now() + 2500ms;
    world.enqueue(open);
    world.clock.advance(3s);
    const auto plan = world.plan();
    CHECK(plan.perform.empty());
    REQUIRE(plan.results.size() == 1);
    CHECK(meaning_in(plan.results[0]) == "expired");
    CHECK(world.stored("form").state == storage::EffectState::failed);
}

TEST_CASE("a lost answer: a message is marked to be looked for, an approval is left to its handler") {
    World world;
    world.enqueue(post("card"));
    const auto posted = world.plan().perform.at(0);
    CHECK_FALSE(world.answer(posted, ApiMeaning::unclear, "answer_lost"));
    CHECK(world.stored("card").maybe_sent);
    CHECK(world.stored("card").state == storage::EffectState::pending);

    Effect approve = post("approve");
    approve.method = "admin.apps.approve";
    approve.token = storage::TokenKind::admin;
    world.enqueue(approve);
    const auto sent = world.plan().perform.at(0);
    const auto result = world.answer(sent, ApiMeaning::unclear, "fatal_error");
    REQUIRE(result);
    CHECK(meaning_in(*result) == "unclear");
    CHECK(world.stored("approve").state == storage::EffectState::failed);
}

TEST_CASE("what an earlier run had claimed: an approval is not repeated blindly, a message is looked for") {
    World world;
    Effect approve = post("approve");
    approve.method = "admin.apps.approve";
    approve.deadline = world.clock.now() + 1min;  // says nothing of what may have been sent
    world.enqueue(approve);
    world.enqueue(post("card"));
    REQUIRE(world.plan().perform.size() == 2);
    const auto claimed_at = world.clock.now();

    world.clock.advance(1h);
    storage::Outbox(world.db.writer()).release_claims();
    World& after = world;
    OutboxRunner restarted(after.db.writer(), 1.0);
    OutboxRunner::Plan plan;
    after.db.writer().transaction(
        [&] { plan = restarted.plan(after.clock.now(), after.clock.steady(), after.may_leave); });
    REQUIRE(plan.results.size() == 1);
    CHECK(plan.results[0].key == "approve");
    CHECK(meaning_in(plan.results[0]) == "unclear");
    REQUIRE(plan.perform.size() == 1);
    CHECK(plan.perform[0].maybe_sent);
    // The look starts where the message may first have been sent.
    CHECK(plan.perform[0].claimed_at == claimed_at);
}

TEST_CASE("a 429 rests its method for as long as Slack says") {
    World world;
    world.enqueue(post("a"));
    const auto sent = world.plan().perform.at(0);
    bot::EffectAnswer answered{sent, {}};
    answered.answer.meaning = ApiMeaning::retry;
    answered.answer.error = "ratelimited";
    answered.answer.retry_after = 30s;
    (void)world.runner.record(answered, world.clock.now(), world.clock.steady());

    world.clock.advance(29s);
    CHECK(world.plan().perform.empty());
    world.clock.advance(2s);
    CHECK(world.plan().perform.size() == 1);
}

TEST_CASE("a card that Slack refuses waits for a human instead of being lost, and is reported once") {
    World world;
    Effect card = post("card");
    card.purpose = "card";
    world.enqueue(card);
    SUBCASE("at the first try") {}
    SUBCASE("after the network had failed") {
        CHECK_FALSE(world.answer(world.plan().perform.at(0), ApiMeaning::retry, "unreachable"));
        world.clock.advance(6min);
    }
    const auto first = world.answer(world.plan().perform.at(0), ApiMeaning::human, "not_in_channel");
    REQUIRE(first);
    CHECK(meaning_in(*first) == "human");
    CHECK(world.stored("card").state == storage::EffectState::pending);
    world.clock.advance(6min);
    const auto again = world.plan();
    REQUIRE(again.perform.size() == 1);
    CHECK_FALSE(world.answer(again.perform[0], ApiMeaning::human, "not_in_channel"));
}

namespace {

Effect tracker_effect(const std::string& key, const std::string& method, const std::string& tracker) {
    Effect effect;
    effect.key = key;
    effect.method = "tracker." + method;
    effect.token = storage::TokenKind::tracker;
    effect.args = R"({"tracker":")" + tracker + R"(","project":"a/b","iid":1})";
    effect.purpose = "issue_read";
    return effect;
}

std::vector<std::string> keys(const OutboxRunner::Plan& plan) {
    std::vector<std::string> all;
    for (const auto& effect : plan.perform)
        all.push_back(effect.key);
    return all;
}

struct Trackers : World {
    Trackers() {
        config::Tracker lab, hub;
        lab.name = "lab";
        hub.name = "hub";
        hub.kind = config::TrackerKind::github;
        runner.use({lab, hub});
    }
    std::optional<OutboxRunner::Result> limited(const Effect& effect, std::chrono::milliseconds rest) {
        bot::EffectAnswer answered{effect, {}};
        answered.answer.meaning = ApiMeaning::retry;
        answered.answer.error = "rate_limited";
        answered.answer.retry_after = rest;
        std::optional<OutboxRunner::Result> result;
        db.writer().transaction([&] { result = runner.record(answered, clock.now(), clock.steady()); });
        return result;
    }
};

}  // namespace

TEST_CASE("N7 S3: a rest that one tracker asks for is that tracker's alone, for reading and writing") {
    Trackers world;
    world.enqueue(tracker_effect("lab-1", "read_issue", "lab"));
    const auto first = world.plan();
    REQUIRE(keys(first) == std::vector<std::string>{"lab-1"});
    CHECK_FALSE(world.limited(first.perform[0], 60s));

    world.enqueue(tracker_effect("lab-note", "put_note", "lab"));
    world.enqueue(tracker_effect("hub-1", "read_issue", "hub"));
    world.enqueue(post("slack"));
    CHECK(keys(world.plan()) == std::vector<std::string>{"hub-1", "slack"});
    world.clock.advance(61s);
    CHECK(keys(world.plan()) == std::vector<std::string>{"lab-1", "lab-note"});
}

TEST_CASE("N8: GitHub is asked for one thing at a time, and writes go one after the other") {
    Trackers world;
    for (const char* key : {"a", "b"}) {
        world.enqueue(tracker_effect(std::string("hub-") + key, "read_issue", "hub"));
        world.enqueue(tracker_effect(std::string("lab-") + key, "read_issue", "lab"));
        world.enqueue(tracker_effect(std::string("note-") + key, "put_note", "lab"));
    }
    CHECK(keys(world.plan()) == std::vector<std::string>{"hub-a", "lab-a", "note-a", "lab-b"});
}

TEST_CASE("S8: trackers that do not answer leave room for every call to Slack") {
    Trackers world;
    for (int i = 0; i < 20; ++i)
        world.enqueue(tracker_effect("lab-" + std::to_string(i), "read_issue", "lab"));
    (void)world.plan();
    for (int i = 0; i < 16; ++i) {
        auto call = post("slack-" + std::to_string(i));
        call.method = "users.info";
        call.args = "{}";
        world.enqueue(call);
    }
    std::size_t sent = 0;
    for (int second = 0; second < 60; ++second) {
        for (const auto& effect : world.plan().perform)
            sent += effect.method == "users.info" ? 1u : 0u;
        world.clock.advance(1s);
    }
    CHECK(sent == 16);
}

TEST_CASE("G6 S7: a creation whose answer was lost is tried again, knowing that it may have been made") {
    Trackers world;
    world.enqueue(tracker_effect("make", "create_issue", "lab"));
    const auto first = world.plan();
    REQUIRE(first.perform.size() == 1);
    CHECK_FALSE(world.answer(first.perform[0], ApiMeaning::unclear, "answer_lost"));
    world.clock.advance(5s);
    const auto again = world.plan();
    REQUIRE(again.perform.size() == 1);
    CHECK(again.perform[0].maybe_sent);
}

TEST_CASE("a tracker's refusal reaches its handler with what to do about it") {
    Trackers world;
    world.enqueue(tracker_effect("read", "read_issue", "lab"));
    const auto first = world.plan();
    const auto result = world.answer(first.perform[0], ApiMeaning::refused, "issue_gone");
    REQUIRE(result);
    const auto payload = nlohmann::json::parse(result->payload);
    CHECK(payload["error"] == "issue_gone");
    CHECK(payload["advice"].get<std::string>().contains("link another one"));
}

TEST_CASE("what an effect rests on is looked at again at each claim, not only when it was written down") {
    World world;
    Effect approve;
    approve.key = "approve:1";
    approve.method = "admin.apps.approve";
    approve.args = "{}";
    approve.purpose = "decision";
    world.enqueue(approve);
    const auto sent = world.plan().perform.at(0);
    CHECK_FALSE(world.answer(sent, ApiMeaning::retry, "ratelimited"));
    world.clock.advance(1min);
    world.may_leave = [](const Effect&) { return false; };
    const auto plan = world.plan();
    CHECK(plan.perform.empty());
    REQUIRE(plan.results.size() == 1);
    CHECK(meaning_in(plan.results.at(0)) == "expired");
    CHECK(world.plan().results.empty());
}

TEST_CASE("how long ago a message may have left is told by our clock, and that it was set back") {
    World world;
    world.enqueue(post("x"));
    const auto first = world.plan().perform.at(0);
    CHECK(first.claimed_before == 0ms);
    (void)world.answer(first, ApiMeaning::unclear, "answer_lost");
    world.clock.advance(2min);
    const auto again = world.plan().perform.at(0);
    CHECK(again.claimed_before == 2min);
    (void)world.answer(again, ApiMeaning::unclear, "answer_lost");
    world.clock.step_wall(-1h);
    world.clock.advance(2h);
    CHECK(world.plan().perform.at(0).claimed_before == 1h + 2min);
}

#include "storage/clock_step.hpp"
#include "storage/outbox.hpp"
#include "storage/timers.hpp"
#include "storage/view.hpp"
#include "storage/writer.hpp"
#include "tests/support/store_rows.hpp"
#include "tests/support/temp_db.hpp"

#include <SQLiteCpp/Database.h>
#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace countersign;
using namespace countersign::storage;
using namespace countersign::tests;
using namespace std::chrono_literals;

namespace {

constexpr Timestamp now = sample_time;

std::vector<std::string> keys(const std::vector<Effect>& effects) {
    std::vector<std::string> found;
    for (const auto& effect : effects)
        found.push_back(effect.key);
    return found;
}

using Keys = std::vector<std::string>;

struct Fixture {
    TempDb db;
    Outbox outbox{db.writer()};
    View view{db.writer()};

    void add(const std::string& key, const std::string& lane = "", bool interactive = false) {
        auto effect = sample_effect(key);
        effect.lane = lane;
        effect.interactive = interactive;
        outbox.enqueue(effect, now);
    }
    Keys due(Timestamp when = now, int per_bucket = 100) {
        return keys(outbox.due(when, {.per_bucket = per_bucket}));
    }
    std::int64_t id(const std::string& key) { return view.effect(key).value().id; }
    void claim(const std::string& key) { outbox.claim(id(key), now); }
    void done(const std::string& key) { outbox.done(id(key), now); }
};

Effect post(const std::string& key, const std::string& text) {
    auto effect = sample_effect(key);
    effect.message = "card:1";
    effect.lane = "card:1";
    effect.args = R"({"blocks":[1],"channel":"C1","text":")" + text + "\"}";
    return effect;
}

Effect update(const std::string& key, const std::string& text) {
    auto effect = post(key, text);
    effect.method = "chat.update";
    effect.args = R"({"blocks":[2],"text":")" + text + "\"}";
    return effect;
}

}  // namespace

TEST_CASE_FIXTURE(Fixture, "an effect comes back with every field") {
    Effect effect;
    effect.key = "k";
    effect.method = "admin.apps.approve";
    effect.token = TokenKind::admin;
    effect.args = R"({"app_id":"A1"})";
    effect.purpose = "approved";
    effect.context = R"({"request":1})";
    effect.request = RequestId{1};
    effect.lane = "request:1";
    effect.message = "m";
    effect.interactive = true;
    effect.deadline = now + 1s;
    effect.not_before = now - 1s;
    outbox.enqueue(effect, now);
    const auto due_now = outbox.due(now, {});
    REQUIRE(due_now.size() == 1);
    const auto& e = due_now[0];
    CHECK(e.id > 0);
    CHECK(e.key == effect.key);
    CHECK(e.method == effect.method);
    CHECK(e.token == TokenKind::admin);
    CHECK(e.args == effect.args);
    CHECK(e.purpose == effect.purpose);
    CHECK(e.context == effect.context);
    CHECK(e.request == RequestId{1});
    CHECK(e.lane == effect.lane);
    CHECK(e.message == effect.message);
    CHECK(e.interactive);
    CHECK(e.deadline == effect.deadline);
    CHECK(e.not_before == effect.not_before);
    CHECK(e.state == EffectState::pending);
    CHECK(e.attempts == 0);
    CHECK_FALSE(e.maybe_sent);
    CHECK_FALSE(e.claimed_at);
    CHECK(e.error.empty());
}

TEST_CASE_FIXTURE(Fixture,
                  "a known key does nothing: while pending, claimed, done, and after its row was pruned") {
    add("k");
    add("k");
    CHECK(due() == Keys{"k"});
    claim("k");
    add("k");
    CHECK(due().empty());
    done("k");
    add("k");
    CHECK(due().empty());
    CHECK(outbox.prune(now + 1h, 10) == 1);
    CHECK_FALSE(view.effect("k"));
    add("k");
    CHECK(due().empty());
    CHECK_FALSE(view.effect("k"));
}

TEST_CASE_FIXTURE(Fixture,
                  "interactive effects come first, then the oldest, at most so many for each bucket") {
    add("a");
    add("b");
    add("c", "", true);
    auto elsewhere = sample_effect("d");
    elsewhere.args = R"({"channel":"C2"})";
    outbox.enqueue(elsewhere, now);
    auto method = sample_effect("e");
    method.method = "views.open";
    outbox.enqueue(method, now);
    CHECK(due(now, 100) == Keys{"c", "a", "b", "d", "e"});
    CHECK(due(now, 1) == Keys{"c", "a", "d", "e"});
    CHECK(due(now, 2) == Keys{"c", "a", "b", "d", "e"});
}

TEST_CASE_FIXTURE(
    Fixture, "of thousands of conversations each gets its turn, and where a person waits it is at once") {
    for (const auto* name : {"1", "2", "3", "4", "5"}) {
        auto effect = sample_effect(name);
        effect.args = fmt::format(R"({{"channel":"D{}"}})", name);
        outbox.enqueue(effect, now);
    }
    const auto next_two = [&] { return keys(outbox.due(now, {.enough = 2})); };
    CHECK(next_two() == Keys{"1", "2"});
    CHECK(next_two() == Keys{"3", "4"});
    CHECK(next_two() == Keys{"1", "5"});
    add("press", "", true);
    CHECK(next_two() == Keys{"press", "2", "3"});
    // Nothing is met twice in one round, whatever it began with.
    CHECK(keys(outbox.due(now, {.enough = 100})) == Keys{"press", "1", "2", "3", "4", "5"});
    CHECK(keys(outbox.due(now, {.enough = 0})) == Keys{"press"});
    const auto closed = [](std::string_view bucket, bool interactive) {
        return !interactive && bucket != "chat.postMessage:D4";
    };
    CHECK(keys(outbox.due(now, {.enough = 2, .closed = closed})) == Keys{"press", "4"});
}

TEST_CASE("the bucket of a post is its channel, of everything else its method") {
    CHECK(bucket_of(sample_effect("k")) == "chat.postMessage:C1");
    auto effect = sample_effect("k");
    effect.method = "chat.update";
    CHECK(bucket_of(effect) == "chat.update");
    effect.method = "chat.postMessage";
    effect.args = "";
    CHECK(bucket_of(effect) == "chat.postMessage:");
    effect.args = R"({"channel":5})";
    CHECK(bucket_of(effect) == "chat.postMessage:");
    // The field at the top, not a text or a field within that looks like it.
    effect.args =
        R"({"blocks":[{"channel":"C9","text":"\"channel\":\"C8\" {[\\"}],"text":"channel", "channel" : "C2"})";
    CHECK(bucket_of(effect) == "chat.postMessage:C2");
    effect.args = R"({"channel":"C2)";
    CHECK(bucket_of(effect) == "chat.postMessage:");
}

TEST_CASE_FIXTURE(Fixture, "a lane runs one effect at a time, in order, however the first one ends") {
    add("1", "lane");
    add("2", "lane", true);
    add("3", "lane");
    add("free");
    CHECK(due() == Keys{"1", "free"});
    claim("1");
    CHECK(due() == Keys{"free"});
    SUBCASE("done") {
        done("1");
    }
    SUBCASE("failed") {
        outbox.failed(id("1"), "channel_not_found", now);
    }
    CHECK(due() == Keys{"2", "free"});
    claim("2");
    outbox.retry(id("2"), "timeout", now + 5s, false);
    CHECK(due() == Keys{"free"});
    CHECK(due(now + 5s) == Keys{"2", "free"});
    outbox.failed(id("2"), "expired", now);  // without being claimed again
    CHECK(due() == Keys{"3", "free"});
    claim("3");
    done("3");
    add("4", "lane");
    CHECK(due() == Keys{"free", "4"});
}

TEST_CASE_FIXTURE(Fixture, "an effect waits for its not_before, and next_due says until when") {
    CHECK_FALSE(outbox.next_due(now));
    add("now");
    CHECK_FALSE(outbox.next_due(now));
    auto later = sample_effect("later");
    later.not_before = now + 10s;
    outbox.enqueue(later, now);
    auto behind = sample_effect("behind");
    behind.lane = "lane";
    behind.not_before = now + 1s;
    add("head", "lane");
    outbox.enqueue(behind, now);
    CHECK(due() == Keys{"now", "head"});
    CHECK(outbox.next_due(now) == now + 10s);  // "behind" waits for more than its time
    claim("head");
    done("head");
    CHECK(outbox.next_due(now) == now + 1s);
    CHECK(due(now + 1s) == Keys{"now", "behind"});
    CHECK(due(now + 9'999ms) == Keys{"now", "behind"});
    CHECK(due(now + 10s) == Keys{"now", "later", "behind"});
    CHECK_FALSE(outbox.next_due(now + 10s));
}

TEST_CASE_FIXTURE(Fixture, "a clock that is set back makes nothing wait that was due soon (R64)") {
    const auto wrong = now + 24h;
    for (const auto& [key, when] : {std::pair{"retry", wrong + 8s},
                                    {"tomorrow", wrong + 20h},
                                    {"earlier", now - 1s},
                                    {"overdue", wrong - 10min}}) {
        auto effect = sample_effect(key);
        effect.not_before = when;
        outbox.enqueue(effect, now - 1h);
        db.writer().transaction([&] { apply(db.writer(), SetTimer{{key, when, "{}"}}, now); });
    }
    db.writer().transaction([&] { clock_set_back(db.writer(), wrong, now); });
    CHECK(due(now) == Keys{"earlier", "overdue"});
    CHECK(due(now + 8s) == Keys{"retry", "earlier", "overdue"});
    CHECK(due(wrong + 19h) == Keys{"retry", "earlier", "overdue"});
    db.writer().transaction([&] {
        CHECK(take_due_timers(db.writer(), now, 10).size() == 2);
        CHECK(take_due_timers(db.writer(), now + 8s, 10).size() == 1);
    });
    CHECK(next_timer(db.writer()) == wrong + 20h);
}

TEST_CASE_FIXTURE(Fixture, "a deadline is as near as before when the clock was set back (R64)") {
    auto effect = sample_effect("short-lived");
    effect.deadline = now + 24h + 60s;
    outbox.enqueue(effect, now);
    db.writer().transaction([&] { clock_set_back(db.writer(), now + 24h, now); });
    CHECK(view.effect("short-lived")->deadline == now + 60s);
    CHECK(last_written(db.writer()) == now);
}

TEST_CASE_FIXTURE(Fixture,
                  "a clock that was set back is mended once: what it had written then lies behind (R64)") {
    outbox.enqueue(sample_effect("before"), now - 1h);
    outbox.enqueue(sample_effect("wrong"), now + 24h - 20min);
    outbox.enqueue(sample_effect("newest"), now + 24h);
    db.writer().transaction([&] { clock_set_back(db.writer(), now + 24h, now); });
    CHECK(last_written(db.writer()) == now);
    CHECK(outbox.depth().oldest_pending == now - 1h);
    CHECK(db.writer().handle().execAndGet("SELECT enqueued_at FROM outbox WHERE key = 'wrong'").getInt64() ==
          to_millis(now - 20min));
}

TEST_CASE_FIXTURE(Fixture,
                  "what may have been sent is looked for from the beginning when the clock was set back") {
    add("k");
    claim("k");
    db.writer().transaction([&] { clock_set_back(db.writer(), now + 25min, now + 20min); });
    CHECK(view.effect("k")->claimed_at == Timestamp());
}

TEST_CASE_FIXTURE(Fixture, "effects past their deadline are due too, so that the runner can expire them") {
    auto effect = sample_effect("late");
    effect.deadline = now;
    outbox.enqueue(effect, now);
    CHECK(due(now + 1h) == Keys{"late"});
}

TEST_CASE_FIXTURE(Fixture,
                  "R57: what was claimed when the program ended is pending again and may have been sent") {
    add("claimed");
    add("pending");
    claim("claimed");
    CHECK(view.effect("claimed")->attempts == 1);
    CHECK(view.effect("claimed")->claimed_at == now);
    outbox.release_claims();
    CHECK(view.effect("claimed")->state == EffectState::pending);
    CHECK(view.effect("claimed")->maybe_sent);
    CHECK_FALSE(view.effect("pending")->maybe_sent);
    CHECK(due() == Keys{"claimed", "pending"});
}

TEST_CASE_FIXTURE(
    Fixture, "R57: the time of the first claim that may have been sent stays, for the look starts there") {
    add("k");
    claim("k");
    outbox.retry(id("k"), "ratelimited", now, false);
    CHECK_FALSE(view.effect("k")->claimed_at);
    outbox.claim(id("k"), now + 1s);
    outbox.retry(id("k"), "timeout", now + 2s, true);
    CHECK(view.effect("k")->claimed_at == now + 1s);
    outbox.claim(id("k"), now + 3s);
    CHECK(view.effect("k")->claimed_at == now + 1s);
    outbox.release_claims();
    CHECK(view.effect("k")->claimed_at == now + 1s);
    outbox.claim(id("k"), now + 5s);
    outbox.retry(id("k"), "ratelimited", now + 6s, false);
    CHECK(view.effect("k")->claimed_at == now + 1s);
}

TEST_CASE_FIXTURE(Fixture, "a retry keeps its error, its time and that it may have been sent") {
    add("k");
    claim("k");
    outbox.retry(id("k"), "timeout", now + 1s, true);
    CHECK(view.effect("k")->maybe_sent);
    CHECK(view.effect("k")->error == "timeout");
    CHECK(view.effect("k")->not_before == now + 1s);
    CHECK(due() == Keys{});
    CHECK(due(now + 1s) == Keys{"k"});
    claim("k");
    outbox.retry(id("k"), "ratelimited", now, false);
    CHECK(view.effect("k")->maybe_sent);
    CHECK(view.effect("k")->attempts == 2);
}

TEST_CASE_FIXTURE(Fixture, "a mistake of the runner is thrown, not stored") {
    add("k");
    claim("k");
    CHECK_THROWS_AS(claim("k"), std::logic_error);
    done("k");
    CHECK_THROWS_AS(done("k"), std::logic_error);
    CHECK_THROWS_AS(claim("k"), std::logic_error);
    CHECK_THROWS_AS(outbox.retry(id("k"), "", now, false), std::logic_error);
    CHECK_THROWS_AS(outbox.done(999, now), std::logic_error);
}

TEST_CASE_FIXTURE(Fixture, "an update of a message that is not posted yet becomes its content") {
    outbox.enqueue(post("post", "one"), now);
    outbox.enqueue(update("u2", "two"), now);
    outbox.enqueue(update("u3", "three"), now);
    REQUIRE(due() == Keys{"post"});
    CHECK(view.effect("post")->args == R"({"blocks":[2],"channel":"C1","text":"three"})");
    CHECK(view.effect("post")->method == "chat.postMessage");
    claim("post");
    done("post");
    // The merged keys are known for ever.
    outbox.enqueue(update("u2", "two"), now);
    CHECK(due().empty());
}

TEST_CASE_FIXTURE(Fixture, "an update replaces one that is still pending, and never one that is claimed") {
    outbox.enqueue(update("u1", "one"), now);
    claim("u1");
    outbox.enqueue(update("u2", "two"), now);
    auto third = update("u3", "three");
    third.args = R"({"text":"three"})";
    third.interactive = true;
    outbox.enqueue(third, now);
    CHECK(view.effect("u1")->args == R"({"blocks":[2],"text":"one"})");
    CHECK(view.effect("u2")->args == R"({"text":"three"})");
    CHECK(view.effect("u2")->interactive);
    done("u1");
    CHECK(due() == Keys{"u2"});
}

TEST_CASE_FIXTURE(Fixture,
                  "an update is its own row after a post that may have been sent: the look would lose it") {
    outbox.enqueue(post("post", "one"), now);
    claim("post");
    outbox.retry(id("post"), "timeout", now, true);
    outbox.enqueue(update("u2", "two"), now);
    outbox.enqueue(update("u3", "three"), now);
    CHECK(view.effect("post")->args == R"({"blocks":[1],"channel":"C1","text":"one"})");
    CHECK(view.effect("u2")->args == R"({"blocks":[2],"text":"three"})");
    CHECK(due() == Keys{"post"});
}

TEST_CASE_FIXTURE(Fixture, "updates are merged per message; posts and effects without a message never") {
    outbox.enqueue(post("post", "one"), now);
    auto other = update("u2", "two");
    other.message = "card:2";
    other.lane = "card:2";
    outbox.enqueue(other, now);
    auto nameless = update("u3", "three");
    nameless.message = "";
    nameless.lane = "";
    outbox.enqueue(nameless, now);
    outbox.enqueue(post("post2", "again"), now);
    CHECK(view.effect("u2"));
    CHECK(view.effect("u3"));
    CHECK(view.effect("post2"));
}

TEST_CASE_FIXTURE(Fixture, "an update whose answer somebody waits for keeps a row that answers") {
    outbox.enqueue(post("post", "one"), now);
    auto answered = update("u2", "two");
    answered.purpose = "card_changed";
    answered.context = R"({"n":2})";
    outbox.enqueue(answered, now);
    CHECK(view.effect("u2"));
    auto next = update("u3", "three");
    next.purpose = "card_changed";
    next.context = R"({"n":3})";
    outbox.enqueue(next, now);
    CHECK_FALSE(view.effect("u3"));
    CHECK(view.effect("u2")->context == R"({"n":3})");
    outbox.enqueue(update("u4", "four"), now);
    CHECK(view.effect("u2")->context == R"({"n":3})");
    CHECK(view.effect("u2")->args == R"({"blocks":[2],"text":"four"})");
}

TEST_CASE_FIXTURE(Fixture, "the deadline of older content does not take newer content down with it") {
    auto first = update("u1", "one");
    first.deadline = now + 1s;
    outbox.enqueue(first, now);
    auto second = update("u2", "two");
    second.deadline = now + 2s;
    outbox.enqueue(second, now);
    CHECK(view.effect("u1")->deadline == now + 2s);
    outbox.enqueue(update("u3", "three"), now);
    CHECK_FALSE(view.effect("u1")->deadline);
}

TEST_CASE_FIXTURE(Fixture, "the depth counts what is unfinished") {
    CHECK_FALSE(outbox.depth().oldest_pending);
    add("a");
    outbox.enqueue(sample_effect("b"), now + 1s);
    outbox.enqueue(sample_effect("c"), now + 2s);
    claim("a");
    CHECK(outbox.depth().pending == 2);
    CHECK(outbox.depth().claimed == 1);
    CHECK(outbox.depth().oldest_pending == now + 1s);
}

TEST_CASE_FIXTURE(Fixture, "the depth: what is meant for later does not wait before, what was tried does") {
    auto later = sample_effect("tomorrow morning");
    later.not_before = now + 8h;
    outbox.enqueue(later, now);
    CHECK(outbox.depth().pending == 1);
    CHECK_FALSE(outbox.depth().oldest_pending);
    (void)outbox.due(now + 8h, {});
    CHECK(outbox.depth().oldest_pending == now + 8h);
    add("refused for now");
    claim("refused for now");
    outbox.retry(view.effect("refused for now")->id, "unreachable", now + 1min, false);
    CHECK(outbox.depth().oldest_pending == now);
}

TEST_CASE_FIXTURE(Fixture, "pruning removes old finished rows only, up to a bound") {
    for (int i = 0; i < 5; ++i) {
        add("k" + std::to_string(i));
        claim("k" + std::to_string(i));
        if (i < 4) outbox.done(id("k" + std::to_string(i)), now + std::chrono::hours(i));
    }
    add("pending");
    CHECK(outbox.prune(now + 2h, 1) == 1);
    CHECK(outbox.prune(now + 2h, 10) == 1);
    CHECK(outbox.prune(now + 2h, 10) == 0);
    CHECK_FALSE(view.effect("k0"));
    CHECK(view.effect("k2"));
    CHECK(view.effect("k4"));
    CHECK(view.effect("pending"));
}

#include "bot/batch_processor.hpp"
#include "bot/oauth_callback.hpp"
#include "bot/performer.hpp"
#include "bot/slack/envelope.hpp"
#include "config/base/text.hpp"
#include "storage/timers.hpp"
#include "storage/view.hpp"
#include "storage/writer.hpp"
#include "tests/support/fake_http_client.hpp"
#include "tests/support/log_capture.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/review_office.hpp"
#include "tests/support/temp_db.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <SQLiteCpp/VariadicBind.h>
#include <boost/asio/io_context.hpp>
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>

// Rows that somebody or something has changed behind the program's back: each fails alone and is told, the
// rest goes on.
using namespace countersign;
using namespace countersign::tests;
using namespace std::chrono_literals;
using storage::Effect;

namespace {

storage::Database beside(const std::filesystem::path& file) {
    auto opened = storage::Database::open_beside(file);
    if (!opened) throw std::runtime_error(opened.error().text);
    return std::move(*opened);
}

struct World {
    TempDb seed;
    storage::Database hand = beside(seed.file());  // what changes rows while the daemon looks elsewhere
    ManualClock clock;
    bot::BatchProcessor processor{std::move(seed.writer()), clock,
                                  std::make_shared<const config::Settings>(review_settings()),
                                  handlers::Capabilities{}};

    void put(const Effect& effect) {
        hand.transaction([&] { storage::Outbox(hand).enqueue(effect, clock.now()); });
    }
    template <class... Values>
    void change(const std::string& sql, const Values&... values) {
        SQLite::Statement statement(hand.handle(), sql);
        SQLite::bind(statement, values...);
        REQUIRE(statement.exec() > 0);
    }
    bot::BatchProcessor::Processed process(std::vector<bot::Item> batch = {}) {
        return processor.process(batch);
    }
    // Everything that leaves within a minute, each answered well.
    std::vector<Effect> leaves() {
        std::vector<Effect> left;
        std::vector<bot::Item> answers;
        for (int second = 0; second < 60; ++second) {
            auto done = process(std::move(answers));
            answers.clear();
            for (auto& effect : done.effects) {
                left.push_back(effect);
                bot::EffectAnswer answer{effect, {}};
                answer.answer.body = R"({"ok":true,"channel":"C1","ts":"1.1"})";
                answers.emplace_back(std::move(answer));
            }
            clock.advance(1s);
        }
        return left;
    }
    [[nodiscard]] std::optional<Effect> stored(const std::string& key) const {
        return storage::View(hand).effect(key);
    }
};

Effect effect_of(const std::string& key, const std::string& method, const std::string& args) {
    Effect effect;
    effect.key = key;
    effect.method = method;
    effect.args = args;
    effect.purpose = "notice";
    if (method.starts_with("tracker.") || method.starts_with("account."))
        effect.token = storage::TokenKind::tracker;
    return effect;
}

Effect post(const std::string& key) {
    return effect_of(key, "chat.postMessage", R"({"channel":"C0ANY","text":"x"})");
}

bool alarms_about(const Effect& effect, const std::string& words) {
    return effect.purpose == "alarm" && effect.args.contains(words);
}

}  // namespace

TEST_CASE(
    "an effect whose row cannot be read fails alone and is told to the operator, and the others leave") {
    for (const auto* method : {"chat.postMessage", "chat.update", "views.open", "admin.apps.approve",
                               "tracker.read_issue", "account.check"})
        for (const auto* column : {"args", "context"})
            for (const auto* damage : {"{\"channel\":", "[]", "17", "\"\"", "nope"}) {
                CAPTURE(method);
                CAPTURE(column);
                CAPTURE(damage);
                World world;
                world.hand.transaction([&] {
                    storage::apply(world.hand, storage::SaveMessageRef{{"card:1", ChannelId("C1"), "1.1"}},
                                   world.clock.now());
                });
                auto bad = effect_of("bad", method, R"({"channel":"C0ANY","text":"x"})");
                if (bad.method == "chat.update") bad.message = "card:1";
                world.put(bad);
                world.put(post("good"));
                world.change(std::string("UPDATE outbox SET ") + column + " = ? WHERE key = 'bad'", damage);
                const auto left = world.leaves();
                CHECK(std::ranges::count(left, "bad", &Effect::key) == 0);
                CHECK(std::ranges::count(left, "good", &Effect::key) == 1);
                CHECK(std::ranges::count_if(left, [](const Effect& effect) {
                          return alarms_about(effect, "effect bad") &&
                                 alarms_about(effect, "what it was for was not done");
                      }) == 1);
                REQUIRE(world.stored("bad"));
                CHECK(world.stored("bad")->state == storage::EffectState::failed);
                CHECK(world.stored("bad")->error.contains("unreadable_row"));
                CHECK(world.stored("good")->state == storage::EffectState::done);
            }
}

TEST_CASE("a row that a newer card would be merged into cannot be read: the card is written all the same") {
    World world;
    auto first = effect_of("card:v1", "chat.update", R"({"text":"old"})");
    first.message = "card:1";
    first.not_before = world.clock.now() + 1h;
    world.put(first);
    world.change("UPDATE outbox SET args = '{' WHERE key = ?", "card:v1");
    auto second = effect_of("card:v2", "chat.update", R"({"text":"new"})");
    second.message = "card:1";
    world.put(second);
    REQUIRE(world.stored("card:v2"));
    CHECK(world.stored("card:v2")->args.contains("new"));
}

TEST_CASE("numbers that no program of ours would write hold up nothing") {
    for (const auto* column : {"not_before", "deadline", "claimed_at", "enqueued_at", "attempts"})
        for (const auto number : {INT64_MIN, std::int64_t{-1}, INT64_MAX}) {
            CAPTURE(column);
            CAPTURE(number);
            World world;
            world.put(post("bad"));
            auto other = post("good");
            other.args = R"({"channel":"C0OTHER","text":"x"})";
            world.put(other);
            world.change(std::string("UPDATE outbox SET ") + column + " = ? WHERE key = 'bad'", number);
            const auto left = world.leaves();
            CHECK(std::ranges::count(left, "good", &Effect::key) == 1);
        }
}

TEST_CASE("a timer whose event cannot be read is told once, and never comes again") {
    for (const auto* damage : {"", "{", "[]", "17"}) {
        CAPTURE(damage);
        World world;
        world.hand.transaction([&] {
            const storage::Timer timer{"watch:1", world.clock.now(), R"({"kind":"watch","request":1})"};
            storage::apply(world.hand, storage::SetTimer{timer}, world.clock.now());
        });
        world.change("UPDATE timer SET event = ? WHERE name = 'watch:1'", damage);
        const auto left = world.leaves();
        CHECK(std::ranges::count_if(
                  left, [](const Effect& effect) { return alarms_about(effect, "timer watch"); }) == 1);
        CHECK_FALSE(storage::next_timer(world.hand).has_value());
        CHECK_FALSE(world.process().wake.has_value());
    }
}

TEST_CASE("a timer whose handler fails rings again, later each time, and once it works as it always did") {
    World world;
    const std::string name = "authorization_expiry";
    const auto due = [&] { return storage::View(world.hand).timer(name).value().due - world.clock.now(); };
    world.hand.transaction([&] {
        storage::Authorization row;
        row.id = "a";
        row.name = "GitLab";
        row.url = "https://gitlab.com";
        storage::apply(world.hand, storage::ChangeInstalled{storage::SaveAuthorization{row}},
                       world.clock.now());
        const storage::Timer timer{name, world.clock.now(), R"({"kind":"authorization_expiry"})"};
        storage::apply(world.hand, storage::SetTimer{timer}, world.clock.now());
    });
    world.hand.handle().exec("PRAGMA ignore_check_constraints = ON");
    world.change("UPDATE authorization SET state = ?", "nonsense");
    (void)world.process();
    REQUIRE(storage::View(world.hand).timer(name));
    CHECK(due() == 10min);
    for (const auto next : {20min, 40min}) {
        world.clock.advance(due());
        (void)world.process();
        CHECK(due() == next);
    }
    const auto alarmed = [&] {
        const auto day = std::chrono::floor<std::chrono::days>(world.clock.now()).time_since_epoch().count();
        return world.stored(fmt::format("alarm:failed:{}:{}", name, day)).has_value();
    };
    for (int time = 0; time < 20; ++time) {
        world.clock.advance(due());
        (void)world.process();
        CHECK(alarmed());  // each day anew
    }
    CHECK(due() == 24h);
    world.change("UPDATE authorization SET state = ?", "needs_reauth");
    world.clock.advance(due());
    (void)world.process();
    CHECK(due() == 24h);
    CHECK_FALSE(storage::View(world.hand).timer(name)->event.contains("failures"));
}

TEST_CASE("a timer that is due at a time that cannot be is rung at once, or not at all, without a loop") {
    for (const auto due : {INT64_MIN, INT64_MAX}) {
        CAPTURE(due);
        World world;
        world.hand.transaction([&] {
            const storage::Timer timer{"watch:1", world.clock.now(), R"({"kind":"watch","request":1})"};
            storage::apply(world.hand, storage::SetTimer{timer}, world.clock.now());
        });
        world.change("UPDATE timer SET due = ? WHERE name = 'watch:1'", due);
        (void)world.process();
        const auto again = world.process();
        CHECK((!again.wake || *again.wake > world.clock.steady() + 1h));
    }
}

TEST_CASE("arguments that are not as they were written end the effect, not the program") {
    net::asio::io_context io;
    FakeHttpClient http;
    config::Secrets secrets;
    secrets.bot_token = Secret(std::string("xoxb-1"));
    std::vector<bot::EffectAnswer> answers;
    bot::Performer performer(io.get_executor(),
                             [&](bot::EffectAnswer answer) { answers.push_back(std::move(answer)); });
    performer.use(std::make_shared<slack::WebApi>(http, "https://slack.com/api/", secrets), nullptr, nullptr);
    auto bad = post("bad");
    bad.args = "[]";
    performer.perform(bad);
    bad.maybe_sent = true;
    bad.args = "{";
    performer.perform(bad);
    io.run();
    REQUIRE(answers.size() == 2);
    for (const auto& answered : answers) {
        CHECK(answered.answer.meaning == slack::ApiMeaning::refused);
        CHECK(answered.answer.error == bot::unreadable_row);
    }
    CHECK(http.requests.empty());
}

TEST_CASE("an authorization that cannot be read ends the effects that need it, not the program") {
    TempDb db;
    storage::Authorization row;
    row.id = "a";
    row.name = "GitLab";
    row.url = "https://gitlab.com";
    storage::apply(db.writer(), storage::ChangeInstalled{storage::SaveAuthorization{row}}, Timestamp());
    db.writer().handle().exec("PRAGMA ignore_check_constraints = ON");
    db.writer().handle().exec("UPDATE authorization SET state = 'nonsense'");
    auto settings = review_settings();
    settings.database = db.file();
    net::asio::io_context io;
    FakeHttpClient http;
    const LogCapture log;
    std::vector<bot::EffectAnswer> answers;
    bot::Performer performer(io.get_executor(),
                             [&](bot::EffectAnswer answer) { answers.push_back(std::move(answer)); });
    performer.use(nullptr, nullptr,
                  std::make_shared<bot::AccountApi>(http, settings,
                                                    storage::KeyRing({{"1", Secret(std::string(32, 'k'))}})));
    for (const auto* method : {"account.check", "account.refresh", "account.post"})
        performer.perform(effect_of(method, method, R"({"authorization":"a","message":{}})"));
    io.run();
    REQUIRE(answers.size() == 3);
    for (const auto& answered : answers) {
        CHECK(answered.answer.meaning == slack::ApiMeaning::refused);
        CHECK(answered.answer.error == bot::unreadable_row);
    }
    CHECK(log.count("event=effect_unreadable") == 3);
    // What troubles the whole database may pass.
    db.writer().handle().exec("ALTER TABLE authorization RENAME TO out_of_reach");
    performer.perform(effect_of("later", "account.check", R"({"authorization":"a"})"));
    io.restart();
    io.run();
    REQUIRE(answers.size() == 4);
    CHECK(answers.back().answer.meaning == slack::ApiMeaning::retry);
    CHECK(http.requests.empty());
}

TEST_CASE("a grant that cannot be read is a page that says so, not the end of the program") {
    TempDb db;
    ManualClock clock;
    storage::PendingGrant grant;
    grant.id = "g";
    grant.url = "https://gitlab.com";
    grant.redirect_url = "https://here.example/oauth/callback";
    grant.state_hash = text::sha256_hex("state");
    grant.ends_at = clock.now() + 5min;
    storage::apply(db.writer(), storage::ChangeInstalled{storage::SaveGrant{grant}}, clock.now());
    db.writer().handle().exec("PRAGMA ignore_check_constraints = ON");
    db.writer().handle().exec("UPDATE pending_grant SET stage = 'nonsense'");
    auto settings = review_settings();
    settings.database = db.file();
    settings.http_public_url = "https://here.example";
    config::Secrets secrets;
    secrets.sealing_keys.emplace_back("1", Secret(std::string(32, 'k')));
    const LogCapture log;
    bot::OauthCallback callback(clock, [](const bot::CallbackIn&) { return true; });
    callback.use(settings, secrets);
    const auto page = callback.answer("/oauth/callback", "code=c&state=state");
    CHECK(page.status == 500);
    CHECK(log.count("event=oauth_callback_unreadable") == 1);
}

TEST_CASE("what was carried out and found to be damaged is told to the operator, too") {
    World world;
    world.put(post("bad"));
    const auto done = world.process();
    REQUIRE(done.effects.size() == 1);
    (void)world.process({bot::EffectAnswer{done.effects[0], bot::not_to_be_read("no such field")}});
    CHECK(world.stored("bad")->error == bot::unreadable_row);
    const auto told = world.stored("alarm:unreadable_effect:bad");
    REQUIRE(told);
    CHECK(alarms_about(*told, "no such field"));
}

TEST_CASE("an alarm that cannot be delivered and cannot be read is noted all the same") {
    World world;
    auto alarm = post("alarm:x");
    alarm.purpose = "alarm";
    bot::EffectAnswer answer{alarm, {}};
    answer.effect.args = R"({"channel":17,"text":{}})";
    answer.answer.meaning = slack::ApiMeaning::refused;
    answer.answer.error = "invalid_blocks";
    world.put(alarm);
    const auto done = world.process();
    REQUIRE(done.effects.size() == 1);
    answer.effect.id = done.effects[0].id;
    CHECK_NOTHROW((void)world.process({answer}));
    CHECK(world.processor.alarms_astray() == "17: invalid_blocks");
}

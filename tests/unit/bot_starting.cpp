// How the daemon comes up on storage that lets it wait.
#include "bot/batch_processor.hpp"
#include "bot/dispatcher.hpp"
#include "storage/view.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/review_office.hpp"
#include "tests/support/temp_db.hpp"

#include <SQLiteCpp/Database.h>
#include <doctest/doctest.h>

#include <thread>

using namespace countersign;
using namespace countersign::tests;
using namespace std::chrono_literals;

namespace {

std::shared_ptr<const config::Settings> settings() {
    return std::make_shared<const config::Settings>(review_settings());
}

storage::Effect post(const std::string& key) {
    storage::Effect effect;
    effect.key = key;
    effect.method = "chat.postMessage";
    effect.args = R"({"channel":"C0ANY","text":"x"})";
    effect.purpose = "notice";
    return effect;
}

template <class Condition>
bool comes_true(Condition condition) {
    const auto end = std::chrono::steady_clock::now() + 5s;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > end) return false;
        std::this_thread::sleep_for(10ms);
    }
    return true;
}

}  // namespace

TEST_CASE("R64: a start that had to wait for its storage does not take that for a clock that was set back") {
    TempDb seed;
    ManualClock clock;
    const auto due = clock.now() + 40min;
    auto later = post("later");
    later.not_before = due;
    seed.writer().transaction([&] { storage::Outbox(seed.writer()).enqueue(later, clock.now()); });
    const auto reader = seed.reader();
    bot::BatchProcessor processor(std::move(seed.writer()), clock, settings(), handlers::Capabilities{});
    clock.advance(10min);
    processor.start_up();
    CHECK(storage::View(reader).effect("later")->not_before == due);
    std::vector<bot::Item> nothing;
    (void)processor.process(nothing);
    CHECK(storage::View(reader).effect("later")->not_before == due);
}

TEST_CASE("R64: what was claimed later than a start finds the clock may have been sent at any time before") {
    TempDb seed;
    ManualClock clock;
    seed.writer().transaction([&] { storage::Outbox(seed.writer()).enqueue(post("sent"), clock.now()); });
    const auto reader = seed.reader();
    bot::BatchProcessor processor(std::move(seed.writer()), clock, settings(), handlers::Capabilities{});
    clock.advance(10s);
    std::vector<bot::Item> nothing;
    REQUIRE(processor.process(nothing).effects.size() == 1);
    CHECK(storage::View(reader).effect("sent")->claimed_at == clock.now());
    clock.step_wall(-5s);
    processor.start_up();
    CHECK(storage::View(reader).effect("sent")->claimed_at == Timestamp());
}

TEST_CASE(
    "a start that waits for its storage goes round all the same, so that the watchdog leaves it alone") {
    TempDb db;
    db.writer().handle().exec("PRAGMA query_only = ON");
    bot::Dispatcher dispatcher(std::move(db.writer()), system_clock(), settings(), handlers::Capabilities{},
                               {}, {});
    std::thread working([&] { dispatcher.run(); });
    const bool refused = comes_true([&] { return !dispatcher.health().storage_ok; });
    const auto before = dispatcher.health().last_turn;
    const bool goes_round = comes_true([&] { return dispatcher.health().last_turn > before; });
    dispatcher.stop();
    working.join();
    CHECK(refused);
    CHECK(goes_round);
}

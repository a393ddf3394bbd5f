#include "bot/event_intake.hpp"
#include "bot/slack/envelope.hpp"
#include "storage/outbox.hpp"
#include "storage/view.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/temp_db.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <limits>

using namespace countersign;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

config::Settings settings() {
    config::Settings made;
    made.review.channel = ChannelId("C0REVIEW");
    made.review.alarm_channel = ChannelId("C0ALARM");
    made.review.admins = {"U0ADMIN"};
    config::Party party;
    party.name = "Security";
    party.members = {"U0SEC"};
    made.review.parties.push_back(party);
    return made;
}

struct World {
    tests::TempDb db;
    tests::ManualClock clock;
    config::Settings configured = settings();
    handlers::Capabilities capabilities;
    bot::IntakeCounts counts;

    std::string take(const json& envelope, std::chrono::milliseconds waited = 0ms) {
        const auto text = envelope.dump();
        slack::Delivery delivery;
        delivery.message = slack::read_message(text);
        delivery.text = text;
        delivery.received_at = clock.now();
        std::string ack;
        db.writer().transaction([&] {
            const bot::EventIntake intake(db.writer(), configured, capabilities, counts, clock.now());
            ack = intake.envelope(delivery, waited);
        });
        return ack;
    }
    storage::Outbox::Depth outbox() { return storage::Outbox(db.writer()).depth(); }
};

json command(const std::string& id, const std::string& trigger, const std::string& text = "help") {
    return {{"envelope_id", id},
            {"type", "slash_commands"},
            {"accepts_response_payload", true},
            {"payload",
             {{"command", "/app-request"},
              {"text", text},
              {"user_id", "U1"},
              {"channel_id", "C1"},
              {"trigger_id", trigger}}}};
}

json event(const std::string& id, const std::string& event_id) {
    return {{"envelope_id", id},
            {"type", "events_api"},
            {"accepts_response_payload", false},
            {"payload",
             {{"type", "event_callback"},
              {"team_id", "T1"},
              {"api_app_id", "A1"},
              {"event_id", event_id},
              {"event", {{"type", "app_home_opened"}, {"user", "U1"}}}}}};
}

}  // namespace

TEST_CASE("R42: a command is answered in its ack") {
    World world;
    const auto ack = json::parse(world.take(command("e1", "t1")));
    CHECK(ack.at("envelope_id") == "e1");
    CHECK(ack.at("payload").at("text").get<std::string>().find("/app-request") != std::string::npos);
}

TEST_CASE("R58: an answer that comes too late for the ack goes as a message") {
    World world;
    const auto ack = json::parse(world.take(command("e1", "t1"), 2500ms));
    CHECK_FALSE(ack.contains("payload"));
    CHECK(storage::View(world.db.writer()).effect("answer:e1").has_value());
}

TEST_CASE("R47: duplicates by envelope id, event id and trigger id are acknowledged and handled once") {
    World world;
    (void)world.take(event("e1", "Ev1"));
    (void)world.take(event("e1", "Ev1"));
    CHECK(json::parse(world.take(event("e2", "Ev1"))) == json{{"envelope_id", "e2"}});
    (void)world.take(command("e3", "t1"));
    (void)world.take(command("e4", "t1"));
    CHECK(world.counts.handled == 2);
    CHECK(world.counts.duplicates == 3);
}

TEST_CASE("R46: a first copy that carries a retry marker is handled") {
    World world;
    auto retried = event("e1", "Ev1");
    retried["retry_attempt"] = 2;
    retried["retry_reason"] = "timeout";
    (void)world.take(retried);
    CHECK(world.counts.handled == 1);
}

TEST_CASE("R52: an unknown type is recorded, acknowledged, counted and shown to the operators") {
    World world;
    const auto ack =
        json::parse(world.take({{"envelope_id", "e1"}, {"type", "hologram"}, {"payload", {{"x", 1}}}}));
    CHECK(ack == json{{"envelope_id", "e1"}});
    CHECK(world.counts.unknown == 1);
    CHECK(world.outbox().pending == 1);
}

TEST_CASE("R53: an event body without event, with null payload, without payload: acknowledged, no failure") {
    World world;
    CHECK(json::parse(world.take({{"envelope_id", "e1"},
                                  {"type", "events_api"},
                                  {"payload", {{"type", "app_rate_limited"}, {"team_id", "T1"}}}})) ==
          json{{"envelope_id", "e1"}});
    CHECK(json::parse(world.take({{"envelope_id", "e2"}, {"type", "events_api"}, {"payload", nullptr}})) ==
          json{{"envelope_id", "e2"}});
    CHECK(json::parse(world.take({{"envelope_id", "e3"}, {"type", "interactive"}})) ==
          json{{"envelope_id", "e3"}});
    CHECK(world.counts.failed == 0);
}

TEST_CASE("R72: an event whose time cannot be is late or not, and nothing overflows") {
    World world;
    for (const auto& [id, time] : {std::pair{"e1", std::numeric_limits<std::int64_t>::min()},
                                   {"e2", std::numeric_limits<std::int64_t>::max()}}) {
        auto timed = event(id, id);
        timed["payload"]["event_time"] = time;
        (void)world.take(timed);
    }
    CHECK(world.counts.late == 1);
}

// P12: reminders in each person's own zone.
#include "config/base/time_zone.hpp"
#include "handlers/review/working_days.hpp"
#include "tests/support/review_world.hpp"

#include <doctest/doctest.h>

using namespace countersign;
using namespace countersign::tests;
using namespace std::chrono;

namespace {

const std::string plan = R"(
[deadlines]
remind_parties = ["1 hour"]
remind_requester = ["1 business day"]
[calendar]
zone = "UTC"
quiet = "19:00-08:00"
)";

void set_clock(ReviewWorld& world, year_month_day day, hours hour) {
    world.clock.advance(duration_cast<milliseconds>(sys_days(day) + hour - world.clock.now()));
}

void know(ReviewWorld& world, const std::string& user, const std::string& zone) {
    world.db.writer().transaction([&] {
        storage::apply(world.db.writer(),
                       storage::SavePerson{{.id = UserId(user),
                                            .name = user,
                                            .locale = {},
                                            .zone = zone,
                                            .zone_offset = 0,
                                            .active = true,
                                            .guest = false,
                                            .read_at = world.clock.now()}},
                       world.clock.now());
    });
}

// When the reminder to this person leaves; nothing: there is none.
std::optional<Timestamp> reminder_to(ReviewWorld& world, const std::string& user) {
    std::optional<Timestamp> at;
    // Far enough ahead that everything is due.
    for (const auto& effect :
         storage::Outbox(world.db.writer()).due(world.clock.now() + days(30), {.per_bucket = 1'000})) {
        const auto args = Json::parse(effect.args);
        if (args.value("channel", "") == user && args.value("text", "").contains("A reminder"))
            at = effect.not_before.value_or(world.clock.now());
    }
    return at;
}

void ask(ReviewWorld& world, const std::string& message = good_link) {
    world.app_requested(slack_request("Ar1", "A1", "U0REQ", {slack_scope("chat:write")}, message));
    world.run();
}

}  // namespace

TEST_CASE("P12: a reminder leaves in the working hours of each person's own zone") {
    ReviewWorld world(with_policy(plan));
    set_clock(world, 2026y / November / 24, hours(21));  // a Tuesday; 22 o'clock in Berlin, 13 in Los Angeles
    know(world, "U0SEC1", "Europe/Berlin");
    know(world, "U0SEC2", "America/Los_Angeles");
    know(world, "U0LEGAL", "Mars/Olympus");  // unknown: the calendar's
    ask(world);
    world.pass(minutes(61));
    CHECK(reminder_to(world, "U0SEC1") == sys_days(2026y / November / 25) + hours(7));   // 8 in Berlin
    CHECK(reminder_to(world, "U0SEC2") == world.clock.now());                            // 14 there
    CHECK(reminder_to(world, "U0LEGAL") == sys_days(2026y / November / 25) + hours(8));  // UTC
}

TEST_CASE("P12: who has no zone yet is reminded in the calendar's, and Slack is asked for the next time") {
    ReviewWorld world(with_policy(plan));
    set_clock(world, 2026y / November / 24, hours(10));
    ask(world);
    world.pass(minutes(61));
    CHECK(reminder_to(world, "U0LEGAL") == world.clock.now());
    bool asked = false;
    for (const auto& effect : world.due())
        asked = asked || (effect.method == "users.info" && effect.args.contains("U0LEGAL"));
    CHECK(asked);
    world.run();
    CHECK(world.view().person(UserId("U0LEGAL"))->zone == "Europe/Berlin");
}

TEST_CASE("P12: a party is not reminded on its own free days, the others are") {
    ReviewWorld world(with_policy(plan + R"(
[[party]]
name = "Legal"
working_days = ["sunday", "monday", "tuesday", "wednesday", "thursday"]
holidays = ["2026-11-29"]
)"));
    set_clock(world, 2026y / November / 27, hours(10));  // a Friday
    ask(world);
    world.pass(minutes(61));
    CHECK(reminder_to(world, "U0SEC1") == world.clock.now());
    CHECK(reminder_to(world, "U0LEGAL") ==
          sys_days(2026y / November / 30) + hours(8));  // Sunday is free once
}

TEST_CASE("P12: a weekend where the person is, though it is Monday already elsewhere") {
    ReviewWorld world(with_policy(plan));
    set_clock(world, 2026y / November / 22,
              hours(22));  // Sunday in Berlin (23h) and Los Angeles, Monday in Auckland
    know(world, "U0SEC1", "Pacific/Auckland");
    know(world, "U0SEC2", "America/Los_Angeles");
    ask(world);
    world.pass(minutes(61));
    CHECK(reminder_to(world, "U0SEC1") == world.clock.now());                            // Monday noon
    CHECK(reminder_to(world, "U0SEC2") == sys_days(2026y / November / 23) + hours(16));  // Monday, 8 there
}

TEST_CASE("P12: across the change of the clocks the hour stays the person's") {
    const auto policy = with_policy(plan).policy;
    // 25 October 2026, 3:00 -> 2:00 in Berlin: 8 o'clock is 6 UTC on Friday and 7 UTC on Monday.
    const auto friday = sys_days(2026y / October / 23) + hours(5);
    CHECK(handlers::review::fit_to_write(friday, policy->calendar, "Europe/Berlin") ==
          sys_days(2026y / October / 23) + hours(6));
    const auto saturday = sys_days(2026y / October / 24) + hours(12);
    CHECK(handlers::review::fit_to_write(saturday, policy->calendar, "Europe/Berlin") ==
          sys_days(2026y / October / 26) + hours(7));
}

TEST_CASE("P12: business days of what waits for the requester are counted where the requester is") {
    ReviewWorld world(with_policy(plan));
    // Friday 23:30 UTC is Saturday noon in Auckland: one business day after it is Tuesday there, Monday in
    // UTC.
    set_clock(world, 2026y / November / 20, hours(23));
    know(world, "U0REQ", "Pacific/Auckland");
    ask(world, "");
    REQUIRE(world.state(1) == RequestState::awaiting_issue);
    const auto timer = world.view().timer("deadline:REQ-1");
    REQUIRE(timer.has_value());
    CHECK(time_zone::date_text(timer->due, "Pacific/Auckland") == "2026-11-24");
    ReviewWorld other(with_policy(plan));
    set_clock(other, 2026y / November / 20, hours(23));
    ask(other, "");
    CHECK(time_zone::date_text(other.view().timer("deadline:REQ-1")->due, "UTC") == "2026-11-23");
}

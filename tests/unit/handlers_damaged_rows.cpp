// Rows that nobody can read stand in the way of what they are needed for, and of nothing beside it.
#include "tests/support/issue_world.hpp"

#include <SQLiteCpp/Database.h>
#include <doctest/doctest.h>

using namespace countersign;
using namespace countersign::tests;

namespace {

void change(ReviewWorld& world, const std::string& sql) {
    auto& handle = world.db.writer().handle();
    handle.exec("PRAGMA ignore_check_constraints = ON");
    REQUIRE(handle.exec(sql) > 0);
}

std::ptrdiff_t alarms(const handlers::Outcome& outcome, const std::string& words) {
    return std::ranges::count_if(outcome.effects, [&](const storage::Effect& effect) {
        return effect.purpose == handlers::purposes::alarm && effect.args.contains(words);
    });
}

std::vector<std::string> alarm_keys(const handlers::Outcome& outcome) {
    std::vector<std::string> keys;
    for (const auto& effect : outcome.effects)
        if (effect.purpose == handlers::purposes::alarm) keys.push_back(effect.key);
    return keys;
}

std::int64_t ask(ReviewWorld& world, const std::string& number) {
    world.app_requested(slack_request("Ar" + number, "A" + number, "U0REQ", {slack_scope("chat:write")}));
    world.run();
    return world.view().next_request_id().value - 1;
}

}  // namespace

TEST_CASE("a request that cannot be read keeps a start from nothing but what that request is needed for") {
    ReviewWorld world;
    world.start();
    (void)ask(world, "1");
    for (const auto* timer : {"sweep", "authorization_expiry", "departures"})
        storage::apply(world.db.writer(), storage::CancelTimer{timer}, world.clock.now());
    change(world, "UPDATE app_request SET scopes = '{}'");
    const auto begun = world.handle(handlers::EventKind::started, Json::object(), world.next("started"));
    for (const auto* timer : {"sweep", "authorization_expiry", "departures"})
        CHECK_MESSAGE(world.view().timer(timer), timer);
    CHECK(alarms(begun, "damaged list") > 0);
    // Told once a day, however often it starts.
    const auto again = world.handle(handlers::EventKind::started, Json::object(), world.next("started"));
    CHECK(alarm_keys(again) == alarm_keys(begun));
}

TEST_CASE("a request whose votes cannot be read leaves the missing cards of the others to be posted") {
    ReviewWorld world;
    world.start();
    const auto bad = ask(world, "1");
    world.press("U0LEGAL", ids::vote_approve, bad);
    world.run();
    const auto good = ask(world, "2");
    change(world, "DELETE FROM message_ref");
    change(world, "UPDATE vote SET answer = 'nonsense'");
    const auto begun = world.handle(handlers::EventKind::started, Json::object(), world.next("started"));
    CHECK(std::ranges::count(begun.effects, handlers::card_name(RequestId{good}),
                             &storage::Effect::message) == 1);
    CHECK(alarms(begun, "REQ-1") == 1);
}

TEST_CASE("a request whose votes cannot be read leaves the decisions on others to be read back") {
    ReviewWorld world;
    world.start();
    const auto bad = world.ready_request("Ar1", "A1"), good = world.ready_request("Ar2", "A2");
    for (const auto id : {bad, good})
        world.press("U0ADMIN", ids::approve_app, id);
    REQUIRE(handlers::review::in_flight(world.state(good)));
    change(world, "DELETE FROM outbox");
    change(world, "UPDATE vote SET answer = 'nonsense' WHERE request = 1");
    const auto begun = world.handle(handlers::EventKind::started, Json::object(), world.next("started"));
    CHECK(std::ranges::count(begun.effects, handlers::purposes::inquiry, &storage::Effect::purpose) == 1);
    CHECK(alarms(begun, "REQ-1") == 1);
}

TEST_CASE("a request that cannot be read leaves the issues of the others to be asked about") {
    IssueWorld world;
    const auto bad = world.linked_request();
    storage::TrackerIssue issue;
    issue.key = {"procurement", "acme/vendors", 99};
    issue.url = "https://gitlab.com/acme/vendors/-/issues/99";
    issue.remote_updated_at = world.clock.now();
    issue.read_at = issue.full_at = issue.next_check = world.clock.now();
    issue.follower = UserId("U0REQ");
    storage::apply(world.db.writer(), storage::SaveTrackerIssue{issue}, world.clock.now());
    change(world, "UPDATE app_request SET scopes = '{}'");
    world.clock.advance(std::chrono::minutes(10));
    const auto polled =
        world.handle(handlers::EventKind::timer, {{"kind", "tracker_poll"}, {"tracker", "procurement"}},
                     "tracker_poll:procurement");
    CHECK(std::ranges::count_if(polled.effects, [](const storage::Effect& effect) {
              return effect.method == "tracker.changed_issues" && effect.args.contains("99");
          }) == 1);
    CHECK(alarms(polled, "damaged list") == 1);
    // And it is not looked at again with every round.
    const auto due = world.view().tracker_issues_due("procurement", world.clock.now(), 10);
    CHECK(due.empty());
    CHECK(bad == 1);
}

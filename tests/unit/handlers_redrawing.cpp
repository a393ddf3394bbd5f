// The settings change, or a tracker fails, while requests wait; handlers/redrawing.hpp.
#include "tests/support/issue_world.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>

using namespace countersign;
using namespace countersign::tests;
using std::chrono::hours;
using std::chrono::seconds;

namespace {

// As many as are open are looked at one after the other.
void look_at_all(ReviewWorld& world) {
    for (int request = 0; request < 3; ++request) {
        world.pass(seconds(2));
        world.run();
    }
}

void reload(ReviewWorld& world, const std::string& hash) {
    world.settings.hash = hash;
    world.handle(handlers::EventKind::reloaded, Json::object(), world.next("reloaded"));
    world.run();
    look_at_all(world);
}

void agree(ReviewWorld& world, std::int64_t id) {
    for (const auto* voter : {"U0SEC1", "U0LEGAL"})
        world.press(voter, ids::vote_approve, id);
    world.run();
}

}  // namespace

TEST_CASE("a reload with other admins: the cards of what waits name those who decide now") {
    ReviewWorld world;
    world.start();
    const auto id = world.ask();
    agree(world, id);
    REQUIRE(world.card(id).contains("<@U0ADMIN2>"));
    world.settings.review.admins = {"U0ADMIN", "U0NEW"};
    reload(world, "other");
    CHECK_FALSE(world.card(id).contains("<@U0ADMIN2>"));
    CHECK(world.card(id).contains("<@U0NEW>"));
    CHECK(world.state(id) == RequestState::ready);
}

TEST_CASE("a reload with other parties: what waits is ready by them, or in review again, without a press") {
    ReviewWorld world;
    world.start();
    const auto id = world.ask();
    const auto agreed = world.ask();
    world.press("U0SEC1", ids::vote_approve, id);
    agree(world, agreed);
    REQUIRE(world.state(id) == RequestState::in_review);
    REQUIRE(world.state(agreed) == RequestState::ready);
    const auto legal = world.settings.review.parties[1];
    world.settings.review.parties.pop_back();
    reload(world, "without Legal");
    CHECK(world.state(id) == RequestState::ready);
    world.settings.review.parties.push_back(legal);
    world.settings.review.parties.push_back({"Privacy", {"U0DPO"}, 1, "", {}});
    reload(world, "with Privacy");
    CHECK(world.state(agreed) == RequestState::in_review);
    CHECK(world.card(agreed).contains("Privacy"));
}

TEST_CASE("a reload or a start with the same settings draws nothing") {
    ReviewWorld world;
    world.start();
    const auto id = world.ask();
    reload(world, "first");
    const auto drawn = world.performed_of("chat.update").size();
    reload(world, "first");
    world.start();
    look_at_all(world);
    CHECK(world.performed_of("chat.update").size() == drawn);
    CHECK(world.state(id) == RequestState::in_review);
}

TEST_CASE("many that wait are drawn one after the other, so that presses are not behind all of them") {
    ReviewWorld world;
    world.start();
    for (int request = 0; request < 5; ++request)
        world.ask();
    reload(world, "first");  // what begins counts as the first
    world.settings.hash = "second";
    world.handle(handlers::EventKind::reloaded, Json::object(), world.next("reloaded"));
    for (int due = 0; due < 5; ++due) {
        const auto before = world.performed_of("chat.update").size();
        world.pass(seconds(2));
        world.run();
        CHECK(world.performed_of("chat.update").size() == before + 1);
    }
}

TEST_CASE("held for want of an answer: a tracker that fails lets nothing go on, other parties do") {
    auto settings = tracker_settings();
    settings.policy = with_policy("[deadlines]\nhold_after = \"1 day\"\n").policy;
    IssueWorld world(settings);
    const auto id = world.linked_request();
    world.press("U0SEC1", ids::vote_approve, id);
    for (int hour = 0; hour < 72; ++hour) {
        world.pass(hours(1));
        world.run_all();
    }
    REQUIRE(world.state(id) == RequestState::held);
    world.handle(handlers::EventKind::timer, {{"kind", "redraw"}, {"request", id}}, world.next("redraw"));
    world.run_all();
    CHECK(world.state(id) == RequestState::held);
    world.settings.review.parties.pop_back();
    world.handle(handlers::EventKind::timer, {{"kind", "redraw"}, {"request", id}}, world.next("redraw"));
    world.run_all();
    CHECK(world.state(id) == RequestState::ready);
}

TEST_CASE("a reload with other approvers: what their trackers say is read again and judged by them") {
    IssueWorld world;
    world.settings.review.parties[0].tracker_approvers = {IssueStory::both};
    const auto id = world.linked_request();
    const auto reload_with = [&](const std::string& hash) {
        world.settings.hash = hash;
        world.handle(handlers::EventKind::reloaded, Json::object(), world.next("reloaded"));
        world.pass(seconds(2));
        world.run_all();
    };
    reload_with("first");
    world.story.label(IssueStory::security_label, true, IssueStory::sec2);
    world.story.label(IssueStory::legal_label, true, IssueStory::legal);
    world.poll();
    REQUIRE(world.card(id).contains("Security: waiting"));
    world.settings.review.parties[0].tracker_approvers = {IssueStory::both, IssueStory::sec2};
    reload_with("second");
    CHECK(world.card(id).contains("Security: approved by"));
    CHECK(world.state(id) == RequestState::ready);
    world.settings.review.parties[1].tracker_approvers = {IssueStory::both};
    reload_with("third");
    CHECK(world.card(id).contains("Legal: waiting"));
    CHECK(world.state(id) == RequestState::in_review);
}

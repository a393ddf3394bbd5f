// domain.md §8.5: a reviewer leaves, a party has nobody any more; handlers/membership.hpp.
#include "tests/support/issue_world.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>

using namespace countersign;
using namespace countersign::tests;
using std::chrono::hours;
using std::chrono::milliseconds;

namespace {

// Legal is a user group and nobody else.
config::Settings grouped() {
    auto settings = review_settings();
    settings.review.parties[1].members = {"S0LEGAL"};
    return settings;
}

std::ptrdiff_t alarms(const ReviewWorld& world, const std::string& words) {
    const auto all = world.heard("C0ITALARMS");
    return std::ranges::count_if(all, [&](const auto& text) { return text.contains(words); });
}

// The groups are read again as their timer or an event has it, and what follows is done.
void read_groups(ReviewWorld& world) {
    world.clock.advance(std::chrono::seconds(1));
    world.handle(handlers::EventKind::timer, {{"kind", "groups"}}, world.next("groups"));
    world.run();
    world.pass(milliseconds(1));
    world.run();
}

void leave(ReviewWorld& world, const std::string& user) {
    world.slack.people[user] = {{"deleted", true}};
    world.handle(handlers::EventKind::events_api,
                 {{"event", {{"type", "user_change"}, {"user", {{"id", user}, {"deleted", true}}}}}},
                 world.next("left"));
    world.pass(milliseconds(1));
    world.run();
}

// As Slack describes them, so that the store knows them.
void meet(ReviewWorld& world, const std::string& user) {
    world.command(user, "help");
    world.run();
}

}  // namespace

TEST_CASE("domain.md 8.5: the claim of a reviewer who leaves goes back to the party, told on the card") {
    SUBCASE("deactivated") {
        ReviewWorld world;
        meet(world, "U0SEC1");
        const auto id = world.ask();
        world.press("U0SEC1", ids::claim, id);
        world.run();
        REQUIRE(world.card(id).contains("claimed by <@U0SEC1>"));
        leave(world, "U0SEC1");
        CHECK_FALSE(world.card(id).contains("claimed by"));
        CHECK(world.audited("party.released", "REQ-1"));
    }
    SUBCASE("out of the group") {
        ReviewWorld world(grouped());
        world.slack.groups["S0LEGAL"] = {"U0LEGAL", "U0LEGAL2"};
        world.start();
        const auto id = world.ask();
        world.press("U0LEGAL", ids::claim, id);
        world.run();
        REQUIRE(world.card(id).contains("claimed by <@U0LEGAL>"));
        world.slack.groups["S0LEGAL"] = {"U0LEGAL2"};
        read_groups(world);
        CHECK_FALSE(world.card(id).contains("claimed by"));
        CHECK(world.state(id) == RequestState::in_review);
        world.press("U0LEGAL2", ids::claim, id);
        world.run();
        CHECK(world.card(id).contains("claimed by <@U0LEGAL2>"));
    }
}

TEST_CASE("domain.md 8.5: votes given before leaving stay valid and are shown as a former member's") {
    ReviewWorld world(grouped());
    world.slack.groups["S0LEGAL"] = {"U0LEGAL", "U0LEGAL2"};
    world.start();
    const auto id = world.ask();
    world.press("U0LEGAL", ids::vote_approve, id);
    world.run();
    CHECK(world.card(id).contains("Legal: approved by <@U0LEGAL>"));
    CHECK_FALSE(world.card(id).contains("former member"));
    world.slack.groups["S0LEGAL"] = {"U0LEGAL2"};
    read_groups(world);
    CHECK(world.card(id).contains("Legal: approved by <@U0LEGAL> (former member)"));
    CHECK(world.view().votes(RequestId{id}).size() == 1);
    world.press("U0SEC1", ids::vote_approve, id);
    CHECK(world.state(id) == RequestState::ready);
    // They vote no more.
    const auto next = world.ask();
    world.press("U0LEGAL", ids::vote_approve, next);
    world.run();
    CHECK(world.view().votes(RequestId{next}).empty());
    // And whoever comes back is none any more.
    world.slack.groups["S0LEGAL"] = {"U0LEGAL", "U0LEGAL2"};
    read_groups(world);
    world.press("U0SEC2", ids::details, id);
    CHECK_FALSE(world.expect("chat.postEphemeral").args.contains("former member"));
}

TEST_CASE("domain.md 8.5: a delegate whose time is over is no former member, nor is who was never read") {
    ReviewWorld world;
    world.start();
    const auto id = world.ask();
    const std::string today = "2020-01-01 2099-12-31";
    world.command("U0LEGAL", "away " + today + " U0NOBODY");
    world.press("U0NOBODY", ids::vote_approve, id);
    world.command("U0LEGAL", "back");
    world.press("U0SEC3", ids::vote_approve, id);  // of S0SECURITY
    world.run();
    CHECK(world.card(id).contains("Legal: approved by <@U0NOBODY>"));
    CHECK(world.card(id).contains("Security: approved by <@U0SEC3>"));
    CHECK_FALSE(world.card(id).contains("former member"));
}

TEST_CASE(
    "domain.md 8.5: a group deleted in mid-vote holds what needs it, alarms once, and approves nothing") {
    ReviewWorld world(grouped());
    world.slack.groups["S0LEGAL"] = {"U0LEGAL"};
    world.start();
    const auto id = world.ask();
    const auto other = world.ask();
    world.press("U0SEC1", ids::vote_approve, id);
    world.run();
    world.slack.groups.erase("S0LEGAL");
    read_groups(world);
    CHECK(world.state(id) == RequestState::held);
    CHECK(world.state(other) == RequestState::held);
    CHECK(world.request(id).state_note.contains("Nobody is in Legal any more"));
    CHECK(world.card(id).contains("Held"));
    CHECK(alarms(world, "User group S0LEGAL does not exist any more") == 1);
    CHECK(alarms(world, "Nobody is in the party Legal any more") == 1);
    // Whoever was in it hears that they are not, and an admin's press does not help.
    world.press("U0LEGAL", ids::vote_approve, id);
    world.press("U0ADMIN", ids::approve_app, id);
    world.run();
    CHECK(world.view().votes(RequestId{id}).size() == 1);
    CHECK(world.heard("U0LEGAL").back().contains("only members of a party"));
    CHECK(world.performed_of("admin.apps.approve").empty());
    // A vote of another party does not let it go on.
    world.press("U0SEC1", ids::vote_approve, other);
    world.run();
    CHECK(world.state(other) == RequestState::held);
    // What is asked for meanwhile is held, too.
    CHECK(world.state(world.ask()) == RequestState::held);
    CHECK(alarms(world, "Nobody is in the party Legal any more") == 1);
    read_groups(world);
    CHECK(alarms(world, "S0LEGAL") == 1);
    // With members again it goes on by itself.
    world.slack.groups["S0LEGAL"] = {"U0LEGAL2"};
    read_groups(world);
    CHECK(world.state(id) == RequestState::in_review);
    world.press("U0LEGAL2", ids::vote_approve, id);
    CHECK(world.state(id) == RequestState::ready);
}

TEST_CASE("domain.md 8.5: a party whose last named member leaves holds, unless another stands in for it") {
    for (const bool stands_in : {false, true}) {
        CAPTURE(stands_in);
        ReviewWorld world(stands_in ? with_policy("[[party]]\nname = \"Legal\"\nstand_in = \"Security\"\n")
                                    : review_settings());
        meet(world, "U0LEGAL");
        const auto id = world.ask();
        leave(world, "U0LEGAL");
        CHECK((world.state(id) == RequestState::held) == !stands_in);
        CHECK(alarms(world, "Nobody is in the party Legal any more") == (stands_in ? 0 : 1));
        // Who is named in the configuration next answers for it; a reload tells.
        world.settings.review.parties[1].members = {"U0LEGAL2"};
        world.handle(handlers::EventKind::reloaded, Json::object(), "reloaded");
        world.pass(milliseconds(1));
        world.run();
        CHECK(world.state(id) == RequestState::in_review);
    }
}

TEST_CASE("domain.md 8.5: a party that is satisfied or not needed holds nothing when nobody is in it") {
    ReviewWorld world(grouped());
    world.slack.groups["S0LEGAL"] = {"U0LEGAL"};
    world.start();
    const auto id = world.ask();
    world.press("U0LEGAL", ids::vote_approve, id);
    world.run();
    world.slack.groups["S0LEGAL"] = {};
    read_groups(world);
    CHECK(world.state(id) == RequestState::in_review);
    CHECK(world.card(id).contains("(former member)"));
    world.press("U0SEC1", ids::vote_approve, id);
    CHECK(world.state(id) == RequestState::ready);
}

TEST_CASE(
    "domain.md 8.5: named members are looked at daily, so that who has left is noticed without an event") {
    ReviewWorld world;
    world.start();
    world.slack.people["U0LEGAL"] = {{"deleted", true}};
    const auto id = world.ask();
    world.pass(hours(25));
    world.run();
    world.pass(milliseconds(1));
    world.run();
    CHECK(world.state(id) == RequestState::held);
}

TEST_CASE("domain.md 8.5: held for another reason it is not taken up because members change") {
    auto settings = with_policy("[deadlines]\nhold_after = \"1 day\"\n");
    settings.review.parties[1].members = {"S0LEGAL"};
    ReviewWorld world(settings);
    world.slack.groups["S0LEGAL"] = {"U0LEGAL", "U0LEGAL2"};
    world.start();
    const auto id = world.ask();
    for (int hour = 0; hour < 72; ++hour) {
        world.pass(hours(1));
        world.run();
    }
    REQUIRE(world.state(id) == RequestState::held);
    world.slack.groups["S0LEGAL"] = {"U0LEGAL2"};
    read_groups(world);
    CHECK(world.state(id) == RequestState::held);
}

TEST_CASE("domain.md 8.5: the note on the vendor issue says former member, too") {
    auto settings = tracker_settings();
    settings.review.parties[1].members = {"S0LEGAL"};
    IssueWorld world(settings);
    world.slack.groups["S0LEGAL"] = {"U0LEGAL", "U0LEGAL2"};
    const auto id = world.linked_request();
    world.press("U0LEGAL", ids::vote_approve, id);
    world.run_all();
    world.slack.groups["S0LEGAL"] = {"U0LEGAL2"};
    world.clock.advance(std::chrono::seconds(1));
    world.handle(handlers::EventKind::timer, {{"kind", "groups"}}, world.next("groups"));
    world.run_all();
    world.pass(milliseconds(1));
    world.run_all();
    REQUIRE_FALSE(world.notes.empty());
    CHECK(world.notes.back().contains("(former member)"));
}

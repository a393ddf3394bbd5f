#include "tests/support/review_world.hpp"

#include <doctest/doctest.h>

using namespace countersign;
using namespace countersign::tests;

namespace {

constexpr auto two_a_day = "[gate]\nrequests_a_day = 2";
constexpr auto first_held = "[gate]\nhold_first_request = true";

// The nth request of this person, for an app of its own; Slack's date is the clock's.
std::int64_t ask(ReviewWorld& world, const std::string& person, const std::string& link = good_link,
                 const std::string& team = "T1") {
    const auto id = world.view().next_request_id().value;
    const auto number = std::to_string(id);
    auto asked = slack_request("Ar" + number, "A" + number, person, {slack_scope("chat:write")}, link,
                               {{"id", team}, {"name", "Acme"}});
    asked["date_created"] =
        std::chrono::duration_cast<std::chrono::seconds>(world.clock.now().time_since_epoch()).count();
    world.app_requested(asked);
    world.run();
    return id;
}

std::string card_of(ReviewWorld& world, std::int64_t id) {
    std::string newest;
    for (const auto& effect : world.performed) {
        const bool card = effect.message == "card:" + std::to_string(id);
        if (card && (effect.method == "chat.postMessage" || effect.method == "chat.update"))
            newest = effect.args;
    }
    return newest;
}

}  // namespace

TEST_CASE("M22: without a gate in the policy nobody is held") {
    ReviewWorld world;
    for (int i = 0; i < 5; ++i)
        CHECK(world.state(ask(world, "U0REQ")) == RequestState::in_review);
}

TEST_CASE("M22: more requests than the policy allows in a day are held, none is lost or refused") {
    ReviewWorld world(with_policy(two_a_day));
    CHECK(world.state(ask(world, "U0REQ")) == RequestState::in_review);
    CHECK(world.state(ask(world, "U0REQ")) == RequestState::in_review);
    const auto third = ask(world, "U0REQ");
    const auto fourth = ask(world, "U0REQ");
    CHECK(world.state(third) == RequestState::held);
    CHECK(world.state(fourth) == RequestState::held);
    CHECK(world.state(ask(world, "U0OTHER")) == RequestState::in_review);
    // The person is told at once, and how it goes on.
    CHECK(world.heard("U0REQ").back().contains("You have asked for many apps within a day"));
    CHECK(world.heard("U0REQ").back().contains("nothing is refused"));
    CHECK(world.heard("U0REQ").size() == 4);
    // Admins see why, on the card and in the alarm channel, once a person and day; no party is called.
    const auto card = card_of(world, third);
    CHECK(card.contains("Held"));
    CHECK(card.contains("more than 2 apps within a day"));
    CHECK(card.contains("Let through"));
    CHECK_FALSE(card.contains("U0LEGAL"));
    CHECK(world.heard("C0ITALARMS").size() == 1);
    CHECK(world.audited("gate.held", "REQ-3"));
    // A day later the person may ask again.
    world.clock.advance(std::chrono::hours(25));
    CHECK(world.state(ask(world, "U0REQ")) == RequestState::in_review);
}

TEST_CASE("M22: a real newcomer is held softly: an admin lets the request through, and it is reviewed") {
    ReviewWorld world(with_policy(first_held));
    const auto id = ask(world, "U0REQ");
    REQUIRE(world.state(id) == RequestState::held);
    CHECK(world.heard("U0REQ").back().contains("It is your first one here"));
    CHECK(card_of(world, id).contains("the first request of this person"));
    for (const auto* other : {"U0REQ", "U0SEC1", "U0NOBODY"})
        world.press(other, ids::let_through, id);
    world.run();
    CHECK(world.state(id) == RequestState::held);
    world.press("U0ADMIN", ids::let_through, id);
    world.run();
    CHECK(world.state(id) == RequestState::in_review);
    CHECK(world.heard("U0REQ").back().contains("was let through by <@U0ADMIN>"));
    CHECK(world.audited("gate.let_through", "REQ-1"));
    CHECK(card_of(world, id).contains("U0LEGAL"));  // now the parties are called
    CHECK_FALSE(card_of(world, id).contains("Let through"));
    // A press that comes twice is answered and does nothing.
    world.press("U0ADMIN2", ids::let_through, id);
    world.run();
    CHECK_MESSAGE(world.heard("U0ADMIN2").back().contains("is not held at the gate"),
                  world.heard("U0ADMIN2").back());
    CHECK(world.state(ask(world, "U0REQ")) == RequestState::in_review);  // known from now on
}

TEST_CASE("M22: a vote takes a held request up, a rejection ends it, an admin's question too") {
    for (const auto* how : {"approve", "reject", "question"}) {
        CAPTURE(how);
        ReviewWorld world(with_policy(first_held));
        const auto id = ask(world, "U0REQ");
        REQUIRE(world.state(id) == RequestState::held);
        if (how == std::string("approve")) {
            world.press("U0SEC1", ids::vote_approve, id);
            world.run();
            CHECK(world.state(id) == RequestState::in_review);
            world.press("U0LEGAL", ids::vote_approve, id);
            world.press("U0ADMIN", ids::approve_app, id);
            world.run();
            CHECK(world.state(id) == RequestState::approved);
        } else if (how == std::string("reject")) {
            world.submit("U0SEC1", ids::form_reject, id, {{"reason", "junk"}});
            world.run();
            CHECK(world.state(id) == RequestState::denied);
            CHECK_FALSE(world.slack.pending.contains("Ar1"));  // given back, so that a better one can come
        } else {
            world.submit("U0ADMIN", ids::form_need_info, id, {{"question", "Who are you?"}});
            world.run();
            CHECK(world.state(id) == RequestState::need_info);
            world.submit("U0REQ", ids::form_answer, id, {{"answer", "the new one"}});
            world.run();
            CHECK(world.state(id) == RequestState::in_review);
        }
    }
}

TEST_CASE(
    "M22: what the gate holds takes nobody's place, and goes its way beside it once it is let through") {
    ReviewWorld world(with_policy(first_held));
    world.slack.resolves_siblings = false;
    const auto id = ask(world, "U0REQ");
    world.press("U0SEC1", ids::vote_approve, id);
    world.press("U0LEGAL", ids::vote_approve, id);
    world.run();
    REQUIRE(world.state(id) == RequestState::ready);
    world.app_requested(
        slack_request("Ar9", "A1", "U0NEW", {slack_scope("chat:write"), slack_scope("files:read")}));
    world.run();
    const auto more = id + 1;
    CHECK(world.state(more) == RequestState::held);
    CHECK(world.state(id) == RequestState::ready);
    CHECK(world.view().followers(RequestId{more}).empty());
    CHECK(world.heard("U0REQ").size() == 1);
    world.press("U0ADMIN", ids::let_through, more);
    world.run();
    CHECK(world.state(more) == RequestState::in_review);
    CHECK(world.state(id) == RequestState::ready);
    for (const auto each : {id, more}) {
        world.press("U0SEC1", ids::vote_approve, each);
        world.press("U0LEGAL", ids::vote_approve, each);
        world.press("U0ADMIN", ids::approve_app, each);
        world.run();
        CHECK(world.state(each) == RequestState::approved);
    }
}

TEST_CASE("M22: the requester cannot free a request, whatever is linked, asked again or withdrawn") {
    ReviewWorld world(with_policy(first_held));
    const auto id = ask(world, "U0REQ", "");
    REQUIRE(world.state(id) == RequestState::held);
    CHECK(world.performed_of("chat.postMessage").back().args.contains("Link vendor issue"));
    world.submit("U0REQ", ids::form_link, id, {{"vendor_issue_link", good_link}});
    world.run();
    CHECK(world.view().vendor_issue(RequestId{id}).has_value());
    CHECK(world.state(id) == RequestState::held);
    // Slack tells it again, with other words: the same request, still held.
    world.app_requested(slack_request("Ar1", "A1", "U0REQ", {slack_scope("chat:write")}, "please!"));
    world.run();
    CHECK(world.state(id) == RequestState::held);
    CHECK(world.view().next_request_id().value == id + 1);
    world.command("U0REQ", "withdraw REQ-1");
    world.run();
    CHECK(world.state(id) == RequestState::withdrawn);
    world.press("U0ADMIN", ids::let_through, id);
    world.run();
    CHECK(world.state(id) == RequestState::withdrawn);
}

TEST_CASE(
    "M22: Slack still holds what the gate holds: reconciling neither brings it back nor takes it away") {
    ReviewWorld world(with_policy(first_held));
    const auto id = ask(world, "U0REQ");
    REQUIRE(world.state(id) == RequestState::held);
    REQUIRE(world.slack.pending.contains("Ar1"));
    world.start();
    world.pass(std::chrono::minutes(30));
    world.run();
    world.pass(std::chrono::hours(24 * 90));
    world.run();
    CHECK(world.state(id) == RequestState::held);
    CHECK(world.view().next_request_id().value == id + 1);
    CHECK(world.slack.pending.contains("Ar1"));
    // Taken back in Slack, it is withdrawn here too.
    world.slack.pending.erase("Ar1");
    world.pass(std::chrono::minutes(30));
    world.run();
    CHECK(world.state(id) == RequestState::withdrawn);
}

TEST_CASE(
    "M22: admins and parties are no strangers, other workspaces have no gate, a policy's word is enough") {
    ReviewWorld world(
        with_policy("[gate]\nhold_first_request = true\nworkspaces = [\"T0OPEN\"]\n"
                    "[[rule]]\nid = \"ours\"\nwhen = { apps = [\"A4\"] }\ndecide = \"approve\""));
    CHECK(world.state(ask(world, "U0REQ")) == RequestState::in_review);
    CHECK(world.state(ask(world, "U0SEC1", good_link, "T0OPEN")) == RequestState::in_review);
    CHECK(world.state(ask(world, "U0ADMIN", good_link, "T0OPEN")) == RequestState::in_review);
    CHECK(world.state(ask(world, "U0NEW", good_link, "T0OPEN")) == RequestState::approved);
    CHECK(world.state(ask(world, "U0NEWER", good_link, "T0OPEN")) == RequestState::held);
}

TEST_CASE("M22: our form is held as Slack's button is, and joining a pending request is not") {
    ReviewWorld world(with_policy(first_held));
    world.submit("U0REQ", ids::form_request, "", {{"app", "Sketch Pad"}, {"purpose", "drawing"}});
    world.run();
    CHECK(world.state(1) == RequestState::held);
    world.submit("U0NEW", ids::form_request, "", {{"app", "Sketch Pad"}, {"purpose", "drawing"}});
    world.run();
    CHECK(world.view().next_request_id().value == 2);
    CHECK(world.view().followers(RequestId{1}).size() == 1);
}

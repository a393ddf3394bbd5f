// P21: a vote is taken back; handlers/taking_back.hpp.
#include "tests/support/issue_world.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace countersign;
using namespace countersign::tests;
using storage::VoteAnswer;

namespace {

std::int64_t ask(ReviewWorld& world) {
    world.app_requested(slack_request("Ar1", "A1", "U0REQ", {slack_scope("chat:write")}));
    world.run();
    return world.view().next_request_id().value - 1;
}

// The newest line that this person was told.
std::string told(ReviewWorld& world, const std::string& user) {
    world.run();
    const auto all = world.heard(user);
    return all.empty() ? std::string() : all.back();
}

bool offers_it(ReviewWorld& world, const std::string& user, std::int64_t id) {
    world.press(user, ids::details, id);
    const auto shown = world.expect("chat.postEphemeral");
    world.run();
    return shown.args.contains(ids::take_back);
}

std::size_t votes_cast(ReviewWorld& world, std::int64_t id) {
    return world.view().votes(RequestId{id}).size();
}

}  // namespace

TEST_CASE("P21: a vote is taken back until the decision, once, and may be given again") {
    ReviewWorld world;
    const auto id = world.ready_request();
    CHECK(offers_it(world, "U0SEC1", id));
    CHECK_FALSE(offers_it(world, "U0SEC2", id));
    world.press("U0SEC1", ids::take_back, id);
    CHECK(told(world, "U0SEC1").contains("is taken back"));
    CHECK(world.state(id) == RequestState::in_review);
    const auto votes = world.view().votes(RequestId{id});
    REQUIRE(votes.size() == 3);
    CHECK(votes.back().answer == VoteAnswer::retracted);
    CHECK(votes.back().party == "Security");
    CHECK(world.audited("vote.withdrawn", "REQ-1"));
    CHECK_FALSE(offers_it(world, "U0SEC1", id));
    // Twice, before the details were closed.
    world.press("U0SEC1", ids::take_back, id);
    CHECK(told(world, "U0SEC1").contains("you have no vote"));
    CHECK(votes_cast(world, id) == 3);
    world.press("U0ADMIN", ids::approve_app, id);
    CHECK(told(world, "U0ADMIN").contains("missing: Security"));
    world.press("U0SEC1", ids::vote_approve, id);
    CHECK(world.state(id) == RequestState::ready);
}

TEST_CASE("P21: nobody takes back somebody else's vote, nor one for scopes that are no longer asked for") {
    ReviewWorld world;
    const auto id = world.ready_request();
    const auto old_value = handlers::views::button_value(world.request(id));
    for (const auto* other : {"U0SEC2", "U0ADMIN", "U0REQ", "U0NOBODY"}) {
        world.press(other, ids::take_back, id);
        CHECK(told(world, other).contains("you have no vote"));
    }
    CHECK(world.state(id) == RequestState::ready);
    auto grown = world.slack.pending["Ar1"];
    grown["scopes"].push_back(slack_scope("files:read"));
    world.app_requested(grown);
    world.run();
    const auto before = votes_cast(world, id);
    const auto card = world.view().message(handlers::card_name(RequestId{id}));
    REQUIRE(card);
    world.press_with("U0SEC1", ids::take_back, old_value, "C0APPREVIEW", card->ts);
    CHECK(told(world, "U0SEC1").contains("this card is old"));
    world.press("U0SEC1", ids::take_back, id);
    CHECK(told(world, "U0SEC1").contains("you have no vote"));
    CHECK(votes_cast(world, id) == before);
}

TEST_CASE("P21: a question is taken back, and the requester is no longer waited for") {
    ReviewWorld world;
    const auto id = ask(world);
    world.submit("U0SEC1", ids::form_need_info, id, {{"question", "Which data?"}});
    REQUIRE(world.state(id) == RequestState::need_info);
    world.run();
    world.press("U0SEC1", ids::take_back, id);
    CHECK(world.state(id) == RequestState::in_review);
    world.press("U0REQ", ids::answer, id);
    CHECK(told(world, "U0REQ").contains("nobody waits for an answer"));
}

TEST_CASE("P21: after the decision the admins look again, the votes stay as it rests on them") {
    ReviewWorld world;
    const auto id = world.ready_request();
    world.press("U0ADMIN", ids::approve_app, id);
    world.run();
    REQUIRE(world.state(id) == RequestState::approved);
    CHECK(offers_it(world, "U0SEC1", id));
    world.press("U0SEC1", ids::take_back, id);
    CHECK(told(world, "U0SEC1").contains("The admins look at REQ-1 again"));
    CHECK(world.state(id) == RequestState::reconsider);
    CHECK(world.request(id).state_note.contains("U0SEC1 has taken back the vote for Security."));
    CHECK(votes_cast(world, id) == 2);
    CHECK(told(world, "C0ITALARMS").contains("needs a human"));
    const auto alarms = world.heard("C0ITALARMS").size();
    world.press("U0SEC1", ids::take_back, id);
    CHECK(told(world, "U0SEC1").contains("already decided"));
    CHECK(world.heard("C0ITALARMS").size() == alarms);
    CHECK(world.slack.approved.contains("A1"));  // nothing is taken away by it
    CHECK(world.performed_of("admin.apps.clearResolution").empty());
}

TEST_CASE("P21: while Slack is being asked, the approval that then comes is looked at again") {
    ReviewWorld world;
    const auto id = world.ready_request();
    world.press("U0ADMIN", ids::approve_app, id);
    world.run({"admin.apps.approve"});
    REQUIRE(world.state(id) == RequestState::applying);
    world.press("U0LEGAL", ids::take_back, id);
    CHECK(world.state(id) == RequestState::applying);
    world.run();
    CHECK(world.state(id) == RequestState::reconsider);
    CHECK(world.request(id).state_note.contains("Legal no longer agreed"));
}

TEST_CASE("P21: a rejection that has ended the request is regretted, and an admin may reopen it") {
    ReviewWorld world;
    const auto id = ask(world);
    world.press("U0LEGAL", ids::vote_approve, id);
    world.submit("U0SEC1", ids::form_reject, id, {{"reason", "no contract"}});
    REQUIRE(world.state(id) == RequestState::denied);
    world.press("U0SEC1", ids::take_back, id);
    CHECK(told(world, "U0SEC1").contains("one of them can reopen it"));
    world.press("U0SEC1", ids::take_back, id);
    world.run();
    const auto alarms = world.heard("C0ITALARMS");
    CHECK(std::ranges::count_if(alarms,
                                [](const auto& text) { return text.contains("takes back the rej"); }) == 1);
    CHECK(world.state(id) == RequestState::denied);
    world.press("U0LEGAL", ids::take_back, id);
    CHECK(told(world, "U0LEGAL").contains("already decided"));
    world.press("U0ADMIN", ids::reopen, id);
    CHECK(world.state(id) == RequestState::in_review);
}

TEST_CASE(
    "P21: the note on the vendor issue and our label follow, and a signature there does not come back") {
    IssueWorld world;
    const auto id = world.linked_request();
    world.press("U0LEGAL", ids::vote_approve, id);
    world.run_all();
    REQUIRE_FALSE(world.notes.empty());
    CHECK(world.notes.back().contains("Legal: approved by"));
    world.press("U0LEGAL", ids::take_back, id);
    world.run_all();
    CHECK(world.notes.back().contains("Legal: waiting"));
    const auto labels = world.performed_of("tracker.set_labels");
    REQUIRE_FALSE(labels.empty());
    CHECK(Json::parse(labels.back().args)["remove"] == Json{"Legal::Approved"});
}

TEST_CASE("P21: the answers are there in German") {
    ReviewWorld world;
    world.slack.locales["U0SEC1"] = "de-DE";
    const auto id = world.ready_request();
    world.press("U0SEC1", ids::details, id);
    CHECK(world.expect("chat.postEphemeral").args.contains("Meine Stimme zur"));
    world.press("U0SEC1", ids::take_back, id);
    CHECK(told(world, "U0SEC1").contains("ist zurückgenommen"));
}

TEST_CASE("an app that is restricted on one card is not looked at again on its others") {
    ReviewWorld world;
    const auto first = world.ready_request();
    world.press("U0ADMIN", ids::approve_app, first);
    world.run();
    world.app_requested(
        slack_request("Ar2", "A1", "U0TWO", {slack_scope("chat:write"), slack_scope("files:read")}));
    world.run();
    const auto second = first + 1;
    world.press("U0SEC1", ids::vote_approve, second);
    world.press("U0LEGAL", ids::vote_approve, second);
    world.press("U0ADMIN", ids::approve_app, second);
    world.run();
    for (const auto id : {first, second}) {
        REQUIRE(world.state(id) == RequestState::approved);
        world.press("U0SEC1", ids::take_back, id);
        REQUIRE(world.state(id) == RequestState::reconsider);
    }
    world.submit("U0ADMIN", ids::form_restrict, second, {{"reason", "sold to somebody else"}});
    world.run();
    CHECK(world.state(second) == RequestState::restricted);
    CHECK(world.request(second).decision_reason == "sold to somebody else");
    CHECK(world.state(first) == RequestState::restricted);
    CHECK(world.request(first).decision_reason == "Decided together with REQ-2.");
    CHECK(world.view().decisions(RequestId{first}).back().evidence.contains(R"("decided_with":"REQ-2")"));
    CHECK(told(world, "U0REQ").contains("Decided together with REQ-2"));
    CHECK(world.performed_of("admin.apps.restrict").size() == 1);
}

// The races of domain.md §8.5, each as the two orders or the collision that it is about. Two are tested where
// their world is: an issue that is reopened (unit/handlers_vendor_issue, A16) and two daemons at one database
// (e2e/command_line, exit code 75).
#include "handlers/recheck.hpp"
#include "tests/support/review_world.hpp"

using namespace countersign;
using namespace countersign::tests;

namespace {

std::int64_t ask(ReviewWorld& world, const std::string& slack_id = "Ar1", const std::string& app = "A1",
                 const Json& team = {{"id", "T1"}, {"name", "Acme"}}) {
    world.app_requested(slack_request(slack_id, app, "U0REQ", {slack_scope("chat:write")}, good_link, team));
    world.run();
    return world.view().next_request_id().value - 1;
}

bool was_told(const ReviewWorld& world, const std::string& user, const std::string& words) {
    return std::ranges::any_of(world.heard(user), [&](const auto& text) { return text.contains(words); });
}

void sweep(ReviewWorld& world) {
    world.pass(world.settings.slack.reconcile);
    world.run();
    world.pass(std::chrono::milliseconds(0));
    world.run();
}

}  // namespace

TEST_CASE("race: two reviewers of a party press at the same time, the first counts, the second is told who") {
    ReviewWorld world;
    const auto id = ask(world);
    world.press("U0SEC1", ids::vote_approve, id);
    world.press("U0SEC2", ids::vote_approve, id);
    world.run();
    CHECK(world.view().votes(RequestId{id}).size() == 1);
    CHECK(was_told(world, "U0SEC2", "approved by <@U0SEC1>"));
}

TEST_CASE("race: one approves and another of the party rejects: before the decision the rejection wins") {
    ReviewWorld world;
    const auto id = ask(world);
    world.press("U0SEC1", ids::vote_approve, id);
    world.submit("U0SEC2", ids::form_reject, id, {{"reason", "it reads everything"}});
    world.run();
    CHECK(world.state(id) == RequestState::denied);
    ReviewWorld late;
    const auto decided = late.ready_request();
    late.press("U0ADMIN", ids::approve_app, decided);
    late.run();
    REQUIRE(late.state(decided) == RequestState::approved);
    late.submit("U0SEC2", ids::form_reject, decided, {{"reason", "it reads everything"}});
    late.run();
    CHECK(late.state(decided) == RequestState::approved);  // not by a vote
    late.command("U0SEC2", "object REQ-1 it reads everything");
    late.run();
    CHECK(late.state(decided) == RequestState::reconsider);
}

TEST_CASE("race: two admins press approve and restrict: one call, whoever was first, and the other sees it") {
    for (const bool approve_first : {true, false}) {
        CAPTURE(approve_first);
        ReviewWorld world;
        const auto id = world.ready_request();
        const auto approve = [&] { world.press("U0ADMIN", ids::approve_app, id); };
        const auto restrict = [&] {
            world.submit("U0ADMIN2", ids::form_restrict, id, {{"reason", "no contract"}});
        };
        approve_first ? approve() : restrict();
        approve_first ? restrict() : approve();
        world.run();
        const auto calls = world.performed_of("admin.apps.approve").size() +
                           world.performed_of("admin.apps.restrict").size();
        CHECK(calls == 1);
        CHECK(world.state(id) == (approve_first ? RequestState::approved : RequestState::restricted));
    }
}

TEST_CASE("race: an admin presses while a vote is taken back: nothing is sent") {
    ReviewWorld world;
    const auto id = world.ready_request();
    world.press("U0ADMIN", ids::approve_app, id);
    REQUIRE(world.waiting("admin.apps.requests.list").has_value());
    // The signature goes while Slack is being asked.
    auto vote = world.view().votes(RequestId{id}).back();
    vote.id = 0;
    vote.answer = storage::VoteAnswer::retracted;
    world.db.writer().transaction(
        [&] { storage::apply(world.db.writer(), storage::AddVote{vote}, world.clock.now()); });
    world.run();
    CHECK(world.performed_of("admin.apps.approve").empty());
    CHECK(world.state(id) == RequestState::in_review);
    CHECK(was_told(world, "U0ADMIN", "Nothing was sent to Slack"));
}

TEST_CASE("race: a decision in Slack's own screens at the same moment is adopted, marked as outside") {
    for (const bool approved : {true, false}) {
        CAPTURE(approved);
        ReviewWorld world;
        const auto id = world.ready_request();
        world.press("U0ADMIN", ids::approve_app, id);
        world.run({"admin.apps.approve"});
        world.slack.decide_outside("Ar1", approved);
        world.run();
        CHECK(world.state(id) == (approved ? RequestState::approved : RequestState::restricted));
        CHECK(world.request(id).outside == storage::Outside::decided);
    }
}

TEST_CASE("race: Slack's request grows while the approval is under way: an admin looks at it again") {
    ReviewWorld world;
    const auto id = world.ready_request();
    const auto agreed = world.request(id).scope_hash;
    world.press("U0ADMIN", ids::approve_app, id);
    world.run({"admin.apps.approve"});
    const auto grown =
        slack_request("Ar1", "A1", "U0REQ", {slack_scope("chat:write"), slack_scope("admin.users:write")});
    world.app_requested(grown);
    CHECK(world.request(id).scope_hash == agreed);  // what was decided on
    CHECK(world.state(id) == RequestState::applying);
    world.slack.pending["Ar1"] = grown;
    world.run();
    CHECK(world.state(id) == RequestState::reconsider);
    CHECK(world.request(id).state_note.starts_with(
        "Slack approved it for more than was agreed on: admin.users:write (bot)."));
    CHECK(world.request(id).outside == storage::Outside::no);

    SUBCASE("kept, it is approved with the reason of the admin") {
        world.press("U0ADMIN", ids::keep_decision, id);
        world.run();
        world.submit("U0ADMIN", ids::form_keep, handlers::views::button_value(world.request(id)),
                     {{"reason", "asked Security by phone"}});
        world.run();
        CHECK(world.state(id) == RequestState::approved);
        CHECK(world.request(id).decision_reason == "asked Security by phone");
    }
    SUBCASE("cleared, it is gone") {
        world.submit("U0ADMIN", ids::form_clear, handlers::views::button_value(world.request(id)),
                     {{"reason", "too much"}});
        world.run();
        CHECK(world.state(id) == RequestState::expired);
        CHECK(world.slack.approved.empty());
    }
}

TEST_CASE("race: a vote is taken back while the approval is under way: an admin looks at it again") {
    ReviewWorld world;
    const auto id = world.ready_request();
    world.press("U0ADMIN", ids::approve_app, id);
    world.run({"admin.apps.approve"});
    auto vote = world.view().votes(RequestId{id}).back();
    vote.id = 0;
    vote.answer = storage::VoteAnswer::retracted;
    world.db.writer().transaction(
        [&] { storage::apply(world.db.writer(), storage::AddVote{vote}, world.clock.now()); });
    world.run();
    CHECK(world.performed_of("admin.apps.approve").size() == 1);
    CHECK(world.state(id) == RequestState::reconsider);
    CHECK(world.request(id).state_note.starts_with("Legal no longer agreed when Slack approved it."));
    // The auditor reads of it, and that it was noticed is no contradiction.
    CHECK(world.audited("decision.deviation", to_text(RequestId{id})));
    const auto decision = world.view().decisions(RequestId{id}).back();
    CHECK(decision.evidence.contains("Legal no longer agreed"));
    const auto view = world.view();
    CHECK(handlers::recheck_approval(world.request(id), decision,
                                     {decision.at, view, world.settings, world.capabilities})
              .empty());
    // Kept all the same: for a person to judge, with what was missing.
    world.submit("U0ADMIN", ids::form_keep, id, {{"reason", "signed on paper"}});
    world.run();
    REQUIRE(world.state(id) == RequestState::approved);
    const auto kept = world.view().decisions(RequestId{id}).back();
    const auto found = handlers::recheck_approval(world.request(id), kept,
                                                  {kept.at, view, world.settings, world.capabilities});
    REQUIRE(found.size() == 1);
    CHECK(found.front().kind == handlers::RecheckKind::kept);
    CHECK_FALSE(handlers::is_contradiction(found.front().kind));
    CHECK(found.front().text.contains("without Legal"));
}

TEST_CASE("race: the event twice, and the list beside the event, are one request") {
    ReviewWorld world;
    const auto body = slack_request("Ar1", "A1", "U0REQ", {slack_scope("chat:write")});
    world.app_requested(body);
    world.app_requested(body);
    world.start();
    sweep(world);
    CHECK(world.view().next_request_id() == RequestId{2});
    CHECK(world.performed_of("chat.postMessage").size() == 2);  // one card, one word to the requester
}

TEST_CASE("race: an old card's button is answered and the card is drawn anew") {
    ReviewWorld world;
    const auto id = ask(world);
    const auto old = handlers::views::button_value(world.request(id));
    world.app_requested(
        slack_request("Ar1", "A1", "U0REQ", {slack_scope("chat:write"), slack_scope("files:read")}));
    world.run();
    const auto card = world.view().message(handlers::card_name(RequestId{id})).value();
    const auto before = world.performed_of("chat.update").size();
    world.press_with("U0SEC1", ids::vote_approve, old, "C0APPREVIEW", card.ts);
    world.run();
    CHECK(was_told(world, "U0SEC1", "this card is old"));
    CHECK(world.performed_of("chat.update").size() == before + 1);
    CHECK(world.view().votes(RequestId{id}).empty());
}

TEST_CASE("race: everything happens while nobody listens, and is found at the start") {
    ReviewWorld world;
    const auto id = ask(world);
    world.slack.decide_outside("Ar1", true);
    world.slack.pending["Ar2"] = slack_request("Ar2", "A2", "U0REQ", {slack_scope("chat:write")});
    world.start();
    world.pass(std::chrono::milliseconds(0));
    world.run();
    CHECK(world.state(id) == RequestState::approved);
    CHECK(world.request(id).outside == storage::Outside::decided);
    REQUIRE(world.view().request(SlackRequestId("Ar2")).has_value());
    CHECK(world.view().request(SlackRequestId("Ar2"))->source == storage::RequestSource::list);
}

TEST_CASE("race: a reviewer leaves: the vote stays, the claim comes back, nobody is satisfied by nobody") {
    auto settings = review_settings();
    settings.review.parties = {{"Security", {"S0SECURITY"}, 1, "", {}}, {"Legal", {"U0LEGAL"}, 1, "", {}}};
    ReviewWorld world(settings);
    world.start();
    const auto id = ask(world);
    world.press("U0SEC3", ids::claim, id);
    world.run();
    // Nobody is left in the group.
    world.slack.groups["S0SECURITY"] = {};
    world.handle(handlers::EventKind::events_api,
                 {{"event", {{"type", "subteam_members_changed"}, {"subteam_id", "S0SECURITY"}}}}, "left");
    world.run();
    CHECK(was_told(world, "C0ITALARMS", "Nobody is in user group S0SECURITY"));
    world.press("U0LEGAL", ids::vote_approve, id);
    world.press("U0SEC3", ids::vote_approve, id);
    world.run();
    CHECK(was_told(world, "U0SEC3", "you may not"));
    world.pass(std::chrono::milliseconds(1));
    world.run();
    CHECK(world.state(id) == RequestState::held);
    // A successor takes the claim over, and votes.
    world.slack.groups["S0SECURITY"] = {"U0SEC9"};
    world.handle(handlers::EventKind::events_api,
                 {{"event", {{"type", "subteam_members_changed"}, {"subteam_id", "S0SECURITY"}}}}, "came");
    world.run();
    world.pass(std::chrono::milliseconds(1));
    world.run();
    CHECK(world.state(id) == RequestState::in_review);
    world.press("U0SEC9", ids::claim, id);
    world.run();
    CHECK(was_told(world, "U0SEC9", "is yours for Security now"));
    world.press("U0SEC9", ids::vote_approve, id);
    world.run();
    CHECK(world.state(id) == RequestState::ready);
    // What was given before leaving stays.
    world.slack.groups["S0SECURITY"] = {"U0SEC3"};
    world.handle(handlers::EventKind::events_api,
                 {{"event", {{"type", "subteam_members_changed"}, {"subteam_id", "S0SECURITY"}}}}, "again");
    world.run();
    CHECK(world.state(id) == RequestState::ready);
}

TEST_CASE("race: a user group is deleted in mid-vote: nobody gains a right, an alarm says so, votes stay") {
    auto settings = review_settings();
    settings.review.parties = {{"Security", {"S0SECURITY"}, 1, "", {}}, {"Legal", {"U0LEGAL"}, 1, "", {}}};
    ReviewWorld world(settings);
    world.start();
    const auto id = ask(world);
    world.press("U0LEGAL", ids::vote_approve, id);
    world.run();
    world.slack.groups.erase("S0SECURITY");
    world.pass(std::chrono::hours(2));  // what was read of the group no longer counts
    world.press("U0SEC3", ids::vote_approve, id);
    world.run();
    CHECK(was_told(world, "U0SEC3", "you may not"));
    CHECK(was_told(world, "C0ITALARMS", "User group S0SECURITY does not exist any more"));
    world.pass(std::chrono::milliseconds(1));
    world.run();
    CHECK(world.state(id) == RequestState::held);
    CHECK(world.view().votes(RequestId{id}).size() == 1);
    world.press("U0ADMIN", ids::approve_app, id);
    world.run();
    CHECK(world.performed_of("admin.apps.approve").empty());
}

TEST_CASE("race: the requester leaves: the request is withdrawn, or goes to who waits for it too") {
    const auto leave = [](ReviewWorld& world) {
        world.slack.people["U0REQ"] = {{"deleted", true}};
        world.pass(std::chrono::hours(25));
        world.command("U0REQ", "help");  // whoever is met anew is read anew
        world.run();
    };
    ReviewWorld world;
    const auto id = ask(world);
    leave(world);
    CHECK(world.state(id) == RequestState::withdrawn);
    CHECK(world.performed_of("admin.apps.requests.cancel").size() == 1);
    CHECK(world.request(id).decision_reason == "The requester has left.");
    ReviewWorld shared;
    const auto joined = ask(shared);
    shared.submit("U0REQ2", ids::form_request, "", {{"app", "A1"}, {"purpose", "the same"}});
    shared.run();
    REQUIRE(shared.view().followers(RequestId{joined}).size() == 1);
    leave(shared);
    CHECK(shared.state(joined) == RequestState::in_review);
    CHECK(shared.request(joined).requester.value == "U0REQ2");
    CHECK(shared.performed_of("admin.apps.requests.cancel").empty());
}

TEST_CASE("race: two workspaces ask for the same app, the organisation's request answers both") {
    ReviewWorld world;
    const auto one = ask(world, "Ar1", "A1", {{"id", "T1"}, {"name", "Acme"}});
    const auto two = ask(world, "Ar2", "A1", {{"id", "T2"}, {"name", "Sales"}});
    CHECK(world.state(one) == RequestState::in_review);
    CHECK(world.state(two) == RequestState::in_review);
    auto body = slack_request("Ar3", "A1", "U0BOSS", {slack_scope("chat:write")}, good_link, nullptr);
    body["enterprise"] = {{"id", "E1"}};
    world.app_requested(body);
    world.run();
    CHECK(world.state(one) == RequestState::superseded);
    CHECK(world.state(two) == RequestState::superseded);
    CHECK(world.view().followers(RequestId{3}).size() == 1);  // one person had asked in both
    // One that asks for more than the organisation's stays.
    ReviewWorld more;
    more.app_requested(
        slack_request("Ar1", "A1", "U0REQ", {slack_scope("chat:write"), slack_scope("files:read")}));
    more.run();
    more.app_requested(body);
    more.run();
    CHECK(more.state(1) == RequestState::in_review);
}

TEST_CASE("race: clocks disagree: the order is that of what was told, not of the stamps") {
    ReviewWorld world;
    const auto id = ask(world);
    world.press("U0SEC1", ids::vote_approve, id);
    world.clock.step_wall(-std::chrono::hours(3));  // ours was set back
    world.submit("U0SEC1", ids::form_reject, id, {{"reason", "on second thoughts"}});
    world.run();
    CHECK(world.state(id) == RequestState::denied);
    CHECK(world.view().votes(RequestId{id}).back().at < world.view().votes(RequestId{id}).front().at);
}

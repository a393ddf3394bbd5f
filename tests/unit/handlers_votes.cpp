#include "tests/support/review_world.hpp"

using namespace countersign;
using namespace countersign::tests;
using handlers::review::PartyState;

namespace {

bool heard_with(const ReviewWorld& world, const std::string& user, std::string_view part) {
    return std::ranges::any_of(world.heard(user),
                               [&](const std::string& text) { return text.find(part) != std::string::npos; });
}

ReviewWorld& asked(ReviewWorld& world, const std::string& message = good_link) {
    world.app_requested(slack_request("Ar1", "A1", "U0REQ", {slack_scope("chat:write")}, message));
    world.run();
    return world;
}

PartyState row(ReviewWorld& world, std::size_t index) {
    const auto request = world.request(1);
    return handlers::review::party_matrix(request, world.view().votes(request.id),
                                          world.settings.review.parties)
        .at(index)
        .state;
}

}  // namespace

TEST_CASE("P17: the requester never satisfies a party, neither as a member nor as a collaborator") {
    ReviewWorld world;
    world.app_requested(slack_request("Ar1", "A1", "U0SEC1", {slack_scope("chat:write")}));
    world.run();
    world.press("U0SEC1", ids::vote_approve, 1);
    world.run();
    CHECK(row(world, 0) == PartyState::waiting);
    CHECK(heard_with(world, "U0SEC1", "you may not, because you asked for this app yourself"));
    CHECK(world.audited("press.refused", "REQ-1"));
}

TEST_CASE("P2: one person counts for one party, even as a member of both") {
    auto settings = review_settings();
    settings.review.parties[1].members = {"U0SEC1", "U0LEGAL"};
    ReviewWorld world(settings);
    asked(world);
    world.press("U0SEC1", ids::vote_approve, 1);
    CHECK(row(world, 0) == PartyState::approved);
    world.press("U0SEC1", ids::vote_approve, 1);
    world.run();
    CHECK(row(world, 1) == PartyState::waiting);
    CHECK(heard_with(world, "U0SEC1", "already"));
}

TEST_CASE(
    "P2: a quorum of two needs two people; the row shows it partly met and the request stays In review") {
    auto settings = review_settings();
    settings.review.parties[0].quorum = 2;
    ReviewWorld world(settings);
    asked(world);
    world.press("U0SEC1", ids::vote_approve, 1);
    world.press("U0SEC1", ids::vote_approve, 1);
    CHECK(row(world, 0) == PartyState::partly);
    CHECK(world.state(1) == RequestState::in_review);
    world.press("U0SEC2", ids::vote_approve, 1);
    CHECK(row(world, 0) == PartyState::approved);
}

TEST_CASE(
    "domain.md 8.5: the second reviewer of a satisfied party is told who was first, and nothing changes") {
    ReviewWorld world;
    asked(world);
    world.press("U0SEC1", ids::vote_approve, 1);
    world.press("U0SEC2", ids::vote_approve, 1);
    world.run();
    CHECK(world.view().votes(RequestId{1}).size() == 1);
    CHECK(heard_with(world, "U0SEC2", "U0SEC1"));
}

TEST_CASE("P2 R11: Reject needs a reason, ends in Denied, tells why and cancels Slack's request") {
    ReviewWorld world;
    asked(world);
    world.press("U0SEC1", ids::vote_reject, 1);
    const auto form = Json::parse(world.expect("views.open").args)["view"];
    CHECK(form["callback_id"] == ids::form_reject);
    const auto blank = world.submit("U0SEC1", ids::form_reject, 1, {{"reason", " \t "}});
    CHECK(Json::parse(blank.ack)["errors"].contains("reason"));
    CHECK(world.state(1) == RequestState::in_review);
    world.submit("U0SEC1", ids::form_reject, 1, {{"reason", "no contract with <!channel>"}});
    CHECK(world.state(1) == RequestState::denied);
    world.run();
    CHECK(heard_with(world, "U0REQ", "was denied"));
    CHECK(heard_with(world, "U0REQ", "no contract with"));
    CHECK_FALSE(heard_with(world, "U0REQ", "<!channel>"));
    REQUIRE(world.performed_of("admin.apps.requests.cancel").size() == 1);
    CHECK(Json::parse(world.performed_of("admin.apps.requests.cancel")[0].args) ==
          Json{{"request_id", "Ar1"}, {"team_id", "T1"}});
    world.press("U0SEC1", ids::vote_approve, 1);
    world.run();
    CHECK(heard_with(world, "U0SEC1", "already decided"));
}

TEST_CASE("Reopen keeps the votes except the rejection, and the app is then approved by its id") {
    ReviewWorld world;
    asked(world);
    world.press("U0LEGAL", ids::vote_approve, 1);
    world.submit("U0SEC1", ids::form_reject, 1, {{"reason", "no"}});
    world.run();
    world.press("U0SEC2", ids::reopen, 1);
    world.run();
    CHECK(world.state(1) == RequestState::denied);  // no right
    world.press("U0ADMIN", ids::reopen, 1);
    world.run();
    CHECK(world.state(1) == RequestState::in_review);
    CHECK(row(world, 0) == PartyState::waiting);
    CHECK(row(world, 1) == PartyState::approved);
    CHECK(heard_with(world, "U0REQ", "reopened"));
    world.press("U0SEC1", ids::vote_approve, 1);
    CHECK(world.state(1) == RequestState::ready);
    world.press("U0ADMIN", ids::approve_app, 1);
    world.run();
    CHECK(world.state(1) == RequestState::approved);
    CHECK(Json::parse(world.performed_of("admin.apps.approve").at(0).args) ==
          Json{{"app_id", "A1"}, {"team_id", "T1"}});
}

TEST_CASE("R10: denied again after Reopen is told again, once") {
    ReviewWorld world;
    asked(world);
    world.submit("U0SEC1", ids::form_reject, 1, {{"reason", "first reason"}});
    world.press("U0ADMIN", ids::reopen, 1);
    world.submit("U0SEC1", ids::form_reject, 1, {{"reason", "second reason"}});
    world.run();
    CHECK(heard_with(world, "U0REQ", "first reason"));
    CHECK(heard_with(world, "U0REQ", "second reason"));
    CHECK(world.performed_of("admin.apps.requests.cancel").size() == 1);
}

TEST_CASE("P21: a vote can be changed until the decision, and the newest counts") {
    ReviewWorld world;
    const auto id = world.ready_request();
    world.submit("U0SEC1", ids::form_reject, id, {{"reason", "changed my mind"}});
    CHECK(world.state(id) == RequestState::denied);
}

TEST_CASE("P2: Need info asks in a form, stops the review, and only who asked hears the answer") {
    ReviewWorld world;
    asked(world);
    world.press("U0SEC1", ids::vote_need_info, 1);
    CHECK(Json::parse(world.expect("views.open").args)["view"]["callback_id"] == ids::form_need_info);
    CHECK(Json::parse(world.submit("U0SEC1", ids::form_need_info, 1, {{"question", ""}}).ack)["errors"]
              .contains("question"));
    world.submit("U0SEC1", ids::form_need_info, 1, {{"question", "Which data does it see?"}});
    CHECK(world.state(1) == RequestState::need_info);
    CHECK(row(world, 0) == PartyState::need_info);
    world.run();
    CHECK(heard_with(world, "U0REQ", "Which data does it see?"));
    // Others go on voting meanwhile; a second question waits.
    world.press("U0LEGAL", ids::vote_approve, 1);
    CHECK(world.state(1) == RequestState::need_info);
    world.press("U0LEGAL", ids::vote_need_info, 1);
    world.run();
    CHECK(heard_with(world, "U0LEGAL", "asked already"));

    world.press("U0OTHER", ids::answer, 1);
    world.run();
    CHECK(heard_with(world, "U0OTHER", "not your request"));
    CHECK(Json::parse(world.submit("U0REQ", ids::form_answer, 1, {{"answer", " "}}).ack)["errors"].contains(
        "answer"));
    world.press("U0REQ", ids::answer, 1);
    CHECK(Json::parse(world.expect("views.open").args)["view"]["callback_id"] == ids::form_answer);
    world.submit("U0REQ", ids::form_answer, 1, {{"answer", "None but its own"}});
    world.run();
    CHECK(world.state(1) == RequestState::in_review);
    CHECK(row(world, 0) == PartyState::waiting);
    CHECK(heard_with(world, "U0SEC1", "None but its own"));
    CHECK_FALSE(heard_with(world, "U0LEGAL", "None but its own"));
    CHECK(heard_with(world, "U0REQ", "went to"));
    world.submit("U0REQ", ids::form_answer, 1, {{"answer", "late"}});
    CHECK(world.request(1).info_answer == "None but its own");
}

TEST_CASE("P2: an admin asks for no party, and the answer ends it") {
    ReviewWorld world;
    asked(world);
    world.submit("U0ADMIN3", ids::form_need_info, 1, {{"question", "Who pays?"}});
    CHECK(world.state(1) == RequestState::in_review);  // groups were never read: the press waits
    world.run();
    CHECK(world.state(1) == RequestState::need_info);
    world.submit("U0REQ", ids::form_answer, 1, {{"answer", "We do"}});
    CHECK(world.state(1) == RequestState::in_review);
}

TEST_CASE("a member of a user group that was never read: the press waits for Slack and is then decided") {
    ReviewWorld world;
    asked(world);
    const auto outcome = world.press("U0SEC3", ids::vote_approve, 1);
    CHECK(outcome.changes.empty());
    CHECK(row(world, 0) == PartyState::waiting);
    const auto reading = world.expect("usergroups.users.list");
    CHECK(Json::parse(reading.args) == Json{{"usergroup", "S0SECURITY"}});
    CHECK(reading.interactive);
    world.run();
    CHECK(row(world, 0) == PartyState::approved);
    CHECK(world.view().user_group("S0SECURITY")->members == std::vector{UserId("U0SEC3")});
}

TEST_CASE("rights follow from a fresh reading: who left the group is refused, old readings are read again") {
    ReviewWorld world;
    world.start();
    asked(world);
    world.slack.groups["S0SECURITY"] = {};
    world.clock.advance(world.settings.slack.reconcile + std::chrono::minutes(1));
    world.press("U0SEC3", ids::vote_approve, 1);
    world.run();
    CHECK(row(world, 0) == PartyState::waiting);
    CHECK(heard_with(world, "U0SEC3", "you may not, because only members of a party vote"));
}

TEST_CASE(
    "a group that cannot be read gives nobody a right, and both the person and the operators hear of it") {
    ReviewWorld world;
    asked(world);
    world.press("U0SEC3", ids::vote_approve, 1);
    world.answer(world.expect("usergroups.users.list"), {"human", "missing_scope", Json::object()});
    world.run();
    CHECK(row(world, 0) == PartyState::waiting);
    CHECK(heard_with(world, "U0SEC3", "cannot be checked"));
    CHECK(heard_with(world, "C0ITALARMS", "S0SECURITY"));
}

TEST_CASE("groups are kept fresh by a timer, so that presses need not wait") {
    ReviewWorld world;
    world.start();
    asked(world);
    for (int i = 0; i < 30; ++i) {
        world.pass(std::chrono::minutes(1));
        world.run();
    }
    world.press("U0SEC3", ids::vote_approve, 1);
    CHECK(row(world, 0) == PartyState::approved);
}

TEST_CASE("a stale card, a foreign message and an unknown request are refused, told and written down") {
    ReviewWorld world;
    asked(world);
    const auto old = handlers::views::button_value(world.request(1));
    const auto card = world.view().message("card:1").value();
    world.app_requested(
        slack_request("Ar1", "A1", "U0REQ", {slack_scope("chat:write"), slack_scope("admin")}));
    world.run();
    world.press_with("U0SEC1", ids::vote_approve, old, card.channel.value, card.ts);
    world.press_with("U0SEC1", ids::vote_approve, handlers::views::button_value(world.request(1)), "C0EVIL",
                     "1.1");
    world.press_with("U0SEC1", ids::vote_approve, "REQ-99:01234567", card.channel.value, card.ts);
    world.press_with("U0SEC1", ids::vote_approve, "'; DROP TABLE vote;--", card.channel.value, card.ts);
    world.run();
    CHECK(world.view().votes(RequestId{1}).empty());
    CHECK(heard_with(world, "U0SEC1", "this card is old"));
    CHECK(heard_with(world, "U0SEC1", "not the card of REQ-1"));
    CHECK(heard_with(world, "U0SEC1", "no request that I know"));
    CHECK(world.heard("U0SEC1").size() == 4);
    const auto entries = storage::audit_of(world.db.writer(), "REQ-1");
    CHECK(std::ranges::count(entries, "press.refused", &storage::AuditEntry::action) == 2);
    // The card that the stale press had redrawn still gets its next change.
    world.press("U0SEC1", ids::vote_approve, 1);
    world.run();
    CHECK(Json::parse(world.performed_of("chat.update").back().args)["text"].get<std::string>().find(
              "approved by <@U0SEC1>") != std::string::npos);
}

TEST_CASE("votes belong to the scope hash: the same request with more scopes is voted on again") {
    ReviewWorld world;
    const auto id = world.ready_request();
    world.app_requested(
        slack_request("Ar1", "A1", "U0REQ", {slack_scope("chat:write"), slack_scope("admin")}));
    CHECK(world.state(id) == RequestState::in_review);
    CHECK(row(world, 0) == PartyState::waiting);
    CHECK(world.view().votes(RequestId{id}).size() == 2);
}

TEST_CASE("Details answers anybody with everything, for their eyes only") {
    ReviewWorld world;
    asked(world);
    world.press("U0CURIOUS", ids::details, 1);
    const auto line = world.expect("chat.postEphemeral");
    CHECK(Json::parse(line.args)["user"] == "U0CURIOUS");
}

TEST_CASE("an answer that the channel refuses reaches the person directly") {
    ReviewWorld world;
    asked(world);
    world.press("U0CURIOUS", ids::details, 1);
    const auto line = world.expect("chat.postEphemeral");
    world.answer(line, {"refused", "user_not_in_channel", Json::object()});
    const auto direct = world.expect("chat.postMessage");
    CHECK(Json::parse(direct.args)["channel"] == "U0CURIOUS");
}

TEST_CASE("a form whose trigger was too old: the person is told to press again") {
    ReviewWorld world;
    asked(world);
    world.press("U0SEC1", ids::vote_reject, 1);
    const auto form = world.expect("views.open");
    CHECK(form.deadline == world.clock.now() + std::chrono::milliseconds(2'500));
    world.answer(form, {"expired", "", Json::object()});
    world.run();
    CHECK(heard_with(world, "U0SEC1", "press again"));
}

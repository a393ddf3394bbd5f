#include "tests/support/review_world.hpp"

using namespace countersign;
using namespace countersign::tests;
using handlers::Outcome;

namespace {

bool heard_with(const ReviewWorld& world, const std::string& user, std::string_view part) {
    return std::ranges::any_of(world.heard(user),
                               [&](const std::string& text) { return text.find(part) != std::string::npos; });
}

}  // namespace

TEST_CASE("M1 M3: an approval reads Slack before and after the call, and the requester hears of it once") {
    ReviewWorld world;
    world.app_requested(
        slack_request("Ar1", "A1", "U0REQ", {slack_scope("chat:write"), slack_scope("channels:read")}));
    CHECK(world.state(1) == RequestState::in_review);
    world.run();
    CHECK(world.performed_of("chat.postMessage").size() == 2);  // the card and the requester's message

    world.press("U0SEC1", ids::vote_approve, 1);
    CHECK(world.state(1) == RequestState::in_review);
    world.press("U0LEGAL", ids::vote_approve, 1);
    CHECK(world.state(1) == RequestState::ready);
    world.run();
    world.press("U0ADMIN", ids::approve_app, 1);
    CHECK(world.state(1) == RequestState::applying);
    CHECK_FALSE(world.waiting("admin.apps.approve"));

    world.perform(world.expect("admin.apps.requests.list"));
    const auto call = world.expect("admin.apps.approve");
    const auto args = Json::parse(call.args);
    CHECK(args == Json{{"request_id", "Ar1"}, {"team_id", "T1"}});
    CHECK(call.token == storage::TokenKind::admin);
    world.perform(call);
    CHECK(world.state(1) == RequestState::applying);  // invariant 6: Slack's yes alone is no evidence
    world.run();
    CHECK(world.state(1) == RequestState::approved);
    CHECK(world.request(1).decided_by == UserId("U0ADMIN"));
    CHECK(world.view().resolution(AppId("A1"), TeamId("T1"))->status == "approved");
    CHECK(world.performed_of("admin.apps.approve").size() == 1);
    std::size_t notices = 0;
    for (const auto& text : world.heard("U0REQ"))
        notices += text.find("is approved") != std::string::npos ? 1 : 0;
    CHECK(notices == 1);
    CHECK(world.audited("decision.approve_sent", "REQ-1"));
    CHECK(storage::verify_audit(world.db.writer()).first_broken == std::nullopt);
}

TEST_CASE("M1: Approve app is refused before every party has agreed, and nothing is sent") {
    ReviewWorld world;
    world.app_requested(slack_request("Ar1", "A1", "U0REQ", {slack_scope("chat:write")}));
    world.run();
    world.press("U0SEC1", ids::vote_approve, 1);
    world.press("U0ADMIN", ids::approve_app, 1);
    world.run();
    CHECK(world.state(1) == RequestState::in_review);
    CHECK(heard_with(world, "U0ADMIN", "missing: Legal"));
    CHECK(world.audited("press.refused", "REQ-1"));
    CHECK(world.performed_of("admin.apps.requests.list").empty());
}

TEST_CASE(
    "M1: scopes that grew between the votes and the press send nothing and bring the request back to "
    "review") {
    ReviewWorld world;
    const auto id = world.ready_request();
    world.slack.pending["Ar1"]["scopes"].push_back(slack_scope("admin"));
    world.press("U0ADMIN", ids::approve_app, id);
    world.run();
    CHECK(world.state(id) == RequestState::in_review);
    CHECK(world.performed_of("admin.apps.approve").empty());
    CHECK(heard_with(world, "U0ADMIN", "Nothing was sent"));
    CHECK(heard_with(world, "U0ADMIN", "admin (bot)"));
    // The votes stay as history; both parties vote on the difference, and then it goes through.
    world.press("U0SEC1", ids::vote_approve, id);
    world.press("U0LEGAL", ids::vote_approve, id);
    world.press("U0ADMIN", ids::approve_app, id);
    world.run();
    CHECK(world.state(id) == RequestState::approved);
}

TEST_CASE("M3: a read-back that disagrees ends in Needs a human, with an alarm and a word to who pressed") {
    ReviewWorld world;
    const auto id = world.ready_request();
    world.press("U0ADMIN", ids::approve_app, id);
    world.run({"admin.apps.approve"});
    world.answer(world.expect("admin.apps.approve"),
                 {});  // Slack says yes, and lists nothing (domain.md §1.6)
    world.run();
    CHECK(world.state(id) == RequestState::manual);
    CHECK(heard_with(world, "U0ADMIN", "needs a human"));
    CHECK(heard_with(world, "C0ITALARMS", "needs a human"));
    CHECK_FALSE(heard_with(world, "U0REQ", "is approved"));
    // A human looked and presses again: this time Slack lists it.
    world.press("U0ADMIN", ids::approve_app, id);
    world.run();
    CHECK(world.state(id) == RequestState::approved);
}

TEST_CASE("M3: an approval of the app for fewer scopes is no evidence for this one") {
    ReviewWorld world;
    const auto id = world.ready_request();
    world.press("U0ADMIN", ids::approve_app, id);
    world.run({"admin.apps.approve"});
    world.slack.approved["A1"] = Json::array({slack_scope("channels:read")});
    world.answer(world.expect("admin.apps.approve"), {});
    world.run();
    CHECK(world.state(id) == RequestState::manual);
}

TEST_CASE("M3: an approved app that is listed without its scopes is read back as approved") {
    ReviewWorld world;
    const auto id = world.ready_request();
    world.press("U0ADMIN", ids::approve_app, id);
    world.run({"admin.apps.approve"});
    world.answer(world.expect("admin.apps.approve"), {});
    world.answer(world.expect("admin.apps.approved.list"),
                 {.meaning = "ok",
                  .error = "",
                  .response = {{"approved_apps", Json::array({{{"app", {{"id", "A1"}}}}})}}});
    CHECK(world.state(id) == RequestState::approved);
}

TEST_CASE("domain.md 0.6: a certified app is found by the second pass of each list") {
    ReviewWorld world;
    world.slack.certified = {"A1"};
    const auto id = world.ready_request();
    world.press("U0ADMIN", ids::approve_app, id);
    world.run();
    CHECK(world.state(id) == RequestState::approved);
    CHECK(world.performed_of("admin.apps.requests.list").size() == 2);
    CHECK(world.performed_of("admin.apps.approved.list").size() == 2);
}

TEST_CASE("all pages of a list are read") {
    ReviewWorld world;
    const auto id = world.ready_request("Ar9", "A9");
    for (int i = 0; i < 7; ++i) {
        world.slack.pending["Ar" + std::to_string(i)] =
            slack_request("Ar" + std::to_string(i), "A0" + std::to_string(i), "U1", {});
        world.slack.approved["A0" + std::to_string(i)] = Json::array();
    }
    world.press("U0ADMIN", ids::approve_app, id);
    world.run();
    CHECK(world.state(id) == RequestState::approved);
    CHECK(world.performed_of("admin.apps.requests.list").size() == 4);
}

TEST_CASE("request_already_resolved is adopted as decided outside, with the name of who decided") {
    ReviewWorld world;
    const auto id = world.ready_request();
    world.press("U0ADMIN", ids::approve_app, id);
    world.run({"admin.apps.approve"});
    world.slack.decide_outside("Ar1", false);
    world.run();
    CHECK(world.state(id) == RequestState::restricted);
    CHECK(world.request(id).outside == storage::Outside::decided);
    CHECK(world.request(id).decided_by == UserId("U0SLACKADMIN"));
}

TEST_CASE(
    "a request that was cancelled in Slack is Withdrawn, cancelled outside, when somebody wants to apply "
    "it") {
    ReviewWorld world;
    const auto id = world.ready_request();
    world.slack.pending.clear();
    world.press("U0ADMIN", ids::approve_app, id);
    world.run();
    CHECK(world.state(id) == RequestState::withdrawn);
    CHECK(world.request(id).outside == storage::Outside::cancelled);
    CHECK(world.performed_of("admin.apps.approve").empty());
}

TEST_CASE("a lost answer is read back first, and the call repeated only while the request is still pending") {
    ReviewWorld world;
    const auto id = world.ready_request();
    world.press("U0ADMIN", ids::approve_app, id);
    world.run({"admin.apps.approve"});
    const auto first = world.expect("admin.apps.approve");

    SUBCASE("it had got through") {
        world.slack.perform("admin.apps.approve", Json::parse(first.args));
        world.answer(first, {"unclear", "timeout", Json::object()});
        CHECK(world.state(id) == RequestState::unclear);
        world.run();
        CHECK(world.state(id) == RequestState::approved);
        CHECK(world.request(id).outside == storage::Outside::no);
        CHECK(world.performed_of("admin.apps.approve").empty());
    }
    SUBCASE("it had not") {
        world.answer(first, {"unclear", "timeout", Json::object()});
        world.run({"admin.apps.approve"});
        const auto second = world.expect("admin.apps.approve");
        CHECK(second.key != first.key);
        world.run();
        CHECK(world.state(id) == RequestState::approved);
        CHECK(world.request(id).outside == storage::Outside::no);
    }
    SUBCASE("it is lost again and again") {
        world.answer(first, {"unclear", "timeout", Json::object()});
        for (int i = 0; i < 3; ++i) {
            world.run({"admin.apps.approve"});
            world.answer(world.expect("admin.apps.approve"), {"unclear", "timeout", Json::object()});
        }
        world.run();
        CHECK(world.state(id) == RequestState::manual);
        CHECK_FALSE(world.waiting("admin.apps.approve"));
    }
    SUBCASE("the second call hears that the first had got through: ours, not outside") {
        world.answer(first, {"unclear", "timeout", Json::object()});
        world.run({"admin.apps.approve"});
        world.slack.perform("admin.apps.approve", Json::parse(first.args));
        world.run();
        CHECK(world.state(id) == RequestState::approved);
        CHECK(world.request(id).outside == storage::Outside::no);
    }
}

TEST_CASE("M3: what was decided before is no answer to a lost call that was to change it") {
    for (const bool restricts : {true, false}) {
        for (const int lost : {1, 4}) {
            CAPTURE(restricts);
            CAPTURE(lost);
            ReviewWorld world;
            const auto id = world.ready_request();
            world.press("U0ADMIN", ids::approve_app, id);
            world.run();
            const std::string call = restricts ? "admin.apps.restrict" : "admin.apps.approve";
            if (restricts) {
                world.command("U0LEGAL", "object REQ-1 the contract has ended");
                world.run();
                REQUIRE(world.state(id) == RequestState::reconsider);
                world.submit("U0ADMIN", ids::form_restrict, id, {{"reason", "the contract has ended"}});
            } else {
                world.command("U0ADMIN", "suspend REQ-1 stolen");
                world.run();
                REQUIRE(world.state(id) == RequestState::suspended);
                world.press("U0ADMIN", ids::approve_app, id);
            }
            const auto sent = world.performed_of(call).size();
            for (int i = 0; i < lost; ++i) {
                world.run({call});
                world.answer(world.expect(call), {"unclear", "timeout", Json::object()});
            }
            world.run();
            if (lost == 1) {
                CHECK(world.state(id) == (restricts ? RequestState::restricted : RequestState::approved));
                CHECK(world.performed_of(call).size() == sent + 1);
            } else {
                CHECK(world.state(id) == RequestState::manual);
                CHECK(world.performed_of(call).size() == sent);
                CHECK(heard_with(world, "U0ADMIN", "needs a human"));
            }
            CHECK(world.request(id).outside == storage::Outside::no);
            CHECK(world.request(id).decided_by == UserId("U0ADMIN"));
        }
    }
}

TEST_CASE("M3: what somebody restricts in Slack while our approval is lost is theirs") {
    ReviewWorld world;
    const auto id = world.ready_request();
    world.press("U0ADMIN", ids::approve_app, id);
    world.run({"admin.apps.approve"});
    world.slack.decide_outside("Ar1", false);
    world.answer(world.expect("admin.apps.approve"), {"unclear", "timeout", Json::object()});
    world.run();
    CHECK(world.state(id) == RequestState::restricted);
    CHECK(world.request(id).outside == storage::Outside::decided);
    CHECK(world.performed_of("admin.apps.approve").empty());
}

TEST_CASE("M3: Approve app pressed again finds what the first call did after all: ours, not outside") {
    ReviewWorld world;
    const auto id = world.ready_request();
    world.press("U0ADMIN", ids::approve_app, id);
    SUBCASE("which Slack had not shown yet") {
        world.run({"admin.apps.approve"});
        const auto call = world.expect("admin.apps.approve");
        world.answer(call, {});
        world.run();
        REQUIRE(world.state(id) == RequestState::manual);
        world.slack.perform(call.method, Json::parse(call.args));
        world.press("U0ADMIN2", ids::approve_app, id);
        world.run();
        CHECK(world.request(id).outside == storage::Outside::no);
        CHECK(world.request(id).decided_by == UserId("U0ADMIN2"));
    }
    SUBCASE("but not where none was sent") {
        world.answer(world.expect("admin.apps.requests.list"), {"human", "not_allowed", Json::object()});
        REQUIRE(world.state(id) == RequestState::manual);
        world.slack.decide_outside("Ar1", true);
        world.press("U0ADMIN2", ids::approve_app, id);
        world.run();
        CHECK(world.request(id).outside == storage::Outside::decided);
        CHECK(world.request(id).decided_by == UserId("U0SLACKADMIN"));
    }
    CHECK(world.state(id) == RequestState::approved);
    CHECK(world.performed_of("admin.apps.approve").empty());
}

TEST_CASE("codes that need a person end in Needs a human with the advice") {
    ReviewWorld world;
    const auto id = world.ready_request();
    world.press("U0ADMIN", ids::approve_app, id);
    world.run({"admin.apps.approve"});
    world.answer(world.expect("admin.apps.approve"), {"human", "org_resolution_required", Json::object()});
    CHECK(world.state(id) == RequestState::manual);
    CHECK(world.request(id).state_note.find("org_resolution_required") != std::string::npos);
    CHECK(world.request(id).state_note.find("do something about") != std::string::npos);
}

TEST_CASE("domain.md 0.4: approved in disguise is read back and counts") {
    ReviewWorld world;
    const auto id = world.ready_request();
    world.press("U0ADMIN", ids::approve_app, id);
    world.run({"admin.apps.approve"});
    const auto call = world.expect("admin.apps.approve");
    world.slack.perform(call.method, Json::parse(call.args));
    world.answer(call, {"ok_in_disguise", "auto_install_rule_creation_failed", Json::object()});
    world.run();
    CHECK(world.state(id) == RequestState::approved);
}

TEST_CASE("two admins press Approve app and Restrict app in the same second: one call, the second is told") {
    ReviewWorld world;
    const auto id = world.ready_request();
    const auto value = handlers::views::button_value(world.request(id));
    world.press("U0ADMIN", ids::approve_app, id);
    world.submit("U0ADMIN2", ids::form_restrict, value, {{"reason", "not this one"}});
    const auto late = world.press("U0ADMIN2", ids::restrict_app, id);
    world.run();
    CHECK(world.state(id) == RequestState::approved);
    CHECK(world.performed_of("admin.apps.restrict").empty());
    CHECK(heard_with(world, "U0ADMIN2", "already decided"));
    CHECK(heard_with(world, "U0ADMIN2", "U0ADMIN"));
}

TEST_CASE("M1: Restrict app works at any time with a reason, is read back, and the requester reads why") {
    ReviewWorld world;
    world.app_requested(slack_request("Ar1", "A1", "U0REQ", {slack_scope("chat:write")}, ""));
    world.run();
    CHECK(world.state(1) == RequestState::awaiting_issue);
    world.press("U0ADMIN", ids::restrict_app, 1);
    CHECK(Json::parse(world.expect("views.open").args)["view"]["callback_id"] == ids::form_restrict);
    const auto blank = world.submit("U0ADMIN", ids::form_restrict, 1, {{"reason", "  \n"}});
    CHECK(Json::parse(blank.ack)["response_action"] == "errors");
    world.submit("U0ADMIN", ids::form_restrict, 1, {{"reason", "sells our data"}});
    CHECK(world.state(1) == RequestState::applying);
    world.run();
    CHECK(world.state(1) == RequestState::restricted);
    CHECK(heard_with(world, "U0REQ", "sells our data"));
}

TEST_CASE("a person without the right decides nothing, is told why, and it is written down") {
    ReviewWorld world;
    world.start();
    const auto id = world.ready_request();
    for (const auto action : {ids::approve_app, ids::restrict_app, ids::reopen, ids::done}) {
        world.press("U0NOBODY", action, id);
    }
    const auto form = world.submit("U0NOBODY", ids::form_restrict, id, {{"reason", "because"}});
    CHECK(form.ack.find("you may not, because only admins decide this") != std::string::npos);
    world.run();
    CHECK(world.state(id) == RequestState::ready);
    const auto entries = storage::audit_of(world.db.writer(), to_text(RequestId{id}));
    CHECK(std::ranges::count(entries, "press.refused", &storage::AuditEntry::action) == 5);
    CHECK(world.heard("U0NOBODY").size() == 4);
}

TEST_CASE("M25: Countersign itself is never approved, restricted or voted on") {
    ReviewWorld world;
    world.app_requested(slack_request("Ar1", "A0COUNTERSIGN", "U0REQ", {slack_scope("chat:write")}));
    world.run();
    CHECK(world.state(1) == RequestState::manual);
    world.press("U0SEC1", ids::vote_approve, 1);
    world.press("U0ADMIN", ids::approve_app, 1);
    world.press("U0ADMIN", ids::restrict_app, 1);
    world.submit("U0ADMIN", ids::form_restrict, 1, {{"reason", "because"}});
    world.run();
    CHECK(world.state(1) == RequestState::manual);
    CHECK(world.view().votes(RequestId{1}).empty());
    CHECK(world.performed_of("admin.apps.approve").empty());
    CHECK(world.performed_of("admin.apps.restrict").empty());
}

TEST_CASE("auto_apply applies as soon as every party agrees, with nobody's name on it") {
    auto settings = review_settings();
    settings.review.auto_apply = true;
    ReviewWorld world(settings);
    world.app_requested(slack_request("Ar1", "A1", "U0REQ", {slack_scope("chat:write")}));
    world.press("U0SEC1", ids::vote_approve, 1);
    world.press("U0LEGAL", ids::vote_approve, 1);
    CHECK(world.state(1) == RequestState::applying);
    world.run();
    CHECK(world.state(1) == RequestState::approved);
    CHECK(world.request(1).decided_by.empty());
}

TEST_CASE("the organisation's requests are approved for the enterprise, a workspace's for the workspace") {
    ReviewWorld world;
    world.app_requested(slack_request("Ar1", "A1", "U0REQ", {slack_scope("chat:write")}, good_link, nullptr));
    world.press("U0SEC1", ids::vote_approve, 1);
    world.press("U0LEGAL", ids::vote_approve, 1);
    world.press("U0ADMIN", ids::approve_app, 1);
    world.run();
    CHECK(world.state(1) == RequestState::approved);
    CHECK(Json::parse(world.performed_of("admin.apps.approve").at(0).args) ==
          Json{{"request_id", "Ar1"}, {"enterprise_id", "E1"}});
}

TEST_CASE("workspace driver: the admin reads what to press in Slack, and the state waits for Done") {
    ReviewWorld world;
    world.capabilities.admin = false;
    const auto id = world.ready_request();
    world.press("U0ADMIN", ids::done, id);
    world.run();
    CHECK(world.state(id) == RequestState::ready);  // nothing was begun
    world.press("U0ADMIN", ids::approve_app, id);
    world.run();
    CHECK(world.state(id) == RequestState::ready);
    CHECK(heard_with(world, "U0ADMIN", "Approve for Workspace"));
    world.press("U0NOBODY", ids::done, id);
    CHECK(world.state(id) == RequestState::ready);
    world.press("U0ADMIN2", ids::done, id);
    world.run();
    CHECK(world.state(id) == RequestState::approved);
    CHECK(heard_with(world, "U0REQ", "is approved"));
    for (const auto& effect : world.performed)
        CHECK_FALSE(effect.method.starts_with("admin."));
}

TEST_CASE("the watch: a call whose answer never came is read back, one that still waits is not") {
    ReviewWorld world;
    const auto id = world.ready_request();
    world.press("U0ADMIN", ids::approve_app, id);
    world.run({"admin.apps.approve"});
    world.pass(std::chrono::minutes(3));
    CHECK(world.state(id) == RequestState::applying);  // still in the outbox
    const auto call = world.expect("admin.apps.approve");
    world.db.writer().transaction([&] {
        storage::Outbox outbox(world.db.writer());
        outbox.claim(call.id, world.clock.now());
        outbox.done(call.id, world.clock.now());  // done, and its answer fell into the gap
    });
    world.slack.perform(call.method, Json::parse(call.args));
    world.pass(std::chrono::minutes(3));
    CHECK(world.state(id) == RequestState::unclear);
    world.run();
    CHECK(world.state(id) == RequestState::approved);
}

TEST_CASE("a late duplicate of an answer changes nothing") {
    ReviewWorld world;
    const auto id = world.ready_request();
    world.press("U0ADMIN", ids::approve_app, id);
    const auto page = world.expect("admin.apps.requests.list");
    const auto result = world.slack.perform(page.method, Json::parse(page.args));
    world.answer(page, result);
    CHECK(world.answer(page, result, true).effects.empty());
    const auto call = world.expect("admin.apps.approve");
    world.perform(call);
    CHECK(world.answer(call, {}, true).effects.empty());
    world.run();
    CHECK(world.performed_of("admin.apps.approve").size() == 1);
    CHECK(world.state(id) == RequestState::approved);
}

TEST_CASE("M1: scopes that grow while Slack is being asked send nothing either, and who pressed is told") {
    ReviewWorld world;
    const auto id = world.ready_request();
    world.press("U0ADMIN", ids::approve_app, id);
    world.app_requested(
        slack_request("Ar1", "A1", "U0REQ", {slack_scope("chat:write"), slack_scope("admin")}));
    world.run();
    CHECK(world.state(id) == RequestState::in_review);
    CHECK(world.performed_of("admin.apps.approve").empty());
    CHECK(heard_with(world, "U0ADMIN", "Nothing was sent"));
}

// REQ-1, which asks for two scopes and was decided before, is approved once more while the request of
// somebody else for the app waits in Slack.
void approve_again_beside(ReviewWorld& world, bool suspended, const std::vector<Json>& asked_by_another) {
    const auto id = world.ready_request("Ar1", "A1", {slack_scope("chat:write"), slack_scope("users:read")});
    const auto asked = world.request(id).scope_hash;
    world.press("U0ADMIN", ids::approve_app, id);
    world.run();
    if (suspended)
        world.command("U0ADMIN", "suspend REQ-1 stolen");
    else
        world.command("U0LEGAL", "object REQ-1 late");
    world.run();
    REQUIRE(world.state(id) == (suspended ? RequestState::suspended : RequestState::reconsider));
    world.app_requested(slack_request("Ar2", "A1", "U0OTHER", asked_by_another));
    world.run();
    REQUIRE(world.slack.pending.contains("Ar2"));
    world.press("U0ADMIN", ids::approve_app, id);
    world.run();
    CHECK(world.request(id).scope_hash == asked);
}

TEST_CASE("M1: an app is approved again beside a request of another person for less of it") {
    for (const bool suspended : {false, true}) {
        CAPTURE(suspended);
        ReviewWorld world;
        approve_again_beside(world, suspended, {slack_scope("users:read")});
        CHECK(world.state(1) == RequestState::approved);
        CHECK(world.performed_of("admin.apps.approve").size() == 2);
    }
}

TEST_CASE("M1: by the app's id nothing is approved while another person asks for more of it") {
    for (const bool suspended : {false, true}) {
        CAPTURE(suspended);
        ReviewWorld world;
        approve_again_beside(world, suspended, {slack_scope("chat:write"), slack_scope("admin")});
        CHECK(world.state(1) == (suspended ? RequestState::manual : RequestState::reconsider));
        CHECK(world.request(1).state_note.contains("Another request for this app asks Slack for more"));
        CHECK(world.request(1).state_note.contains("admin (bot)"));
        CHECK(world.performed_of("admin.apps.approve").size() == 1);
        CHECK(heard_with(world, "U0ADMIN", "Nothing was sent"));
    }
}

TEST_CASE("M3: what Slack shows later of our own call is found by the sweep, as ours") {
    ReviewWorld world;
    world.start();
    const auto id = world.ready_request();
    world.press("U0ADMIN", ids::approve_app, id);
    world.run({"admin.apps.approve"});
    const auto call = world.expect("admin.apps.approve");
    world.answer(call, {});
    world.run();
    CHECK(world.state(id) == RequestState::manual);
    world.slack.perform(call.method, Json::parse(call.args));
    world.pass(world.settings.slack.reconcile);
    world.run();
    CHECK(world.state(id) == RequestState::approved);
    CHECK(world.request(id).outside == storage::Outside::no);
    CHECK(world.request(id).decided_by == UserId("U0ADMIN"));
}

TEST_CASE("invariant 6: with an admin token, nobody's word replaces Slack's lists: Done is refused") {
    ReviewWorld world;
    const auto id = world.ready_request();
    world.press("U0ADMIN", ids::approve_app, id);
    world.run({"admin.apps.approve"});
    world.answer(world.expect("admin.apps.approve"), {"human", "not_an_admin", Json::object()});
    world.press("U0ADMIN", ids::done, id);
    world.run();
    CHECK(world.state(id) == RequestState::manual);
    CHECK(heard_with(world, "U0ADMIN", "only Slack's own lists"));
}

TEST_CASE("a request that was opened again while Slack had the cancelling stays open") {
    ReviewWorld world;
    const auto id = world.ready_request();
    world.submit("U0SEC1", ids::form_reject, id, {{"reason", "not yet"}});
    world.run({"admin.apps.requests.cancel"});
    const auto cancel = world.expect("admin.apps.requests.cancel");
    world.pass(std::chrono::minutes(1));
    world.press("U0ADMIN", ids::reopen, id);
    world.run({"admin.apps.requests.cancel"});
    world.slack.pending.clear();
    world.answer(cancel, {"refused", "request_already_resolved", Json::object()});
    world.run();
    CHECK(world.state(id) == RequestState::in_review);
}

TEST_CASE("M3: who keeps a decision while Slack cannot be read is told so") {
    ReviewWorld world;
    const auto id = world.ready_request();
    world.press("U0ADMIN", ids::approve_app, id);
    world.run();
    world.command("U0LEGAL", "object REQ-1 late");
    world.run();
    world.submit("U0ADMIN", ids::form_keep, id, {{"reason", "it is fine"}});
    world.answer(world.expect("admin.apps.approved.list"), {"human", "not_allowed", Json::object()});
    world.run();
    CHECK(world.state(id) == RequestState::reconsider);
    CHECK(world.heard("U0ADMIN").back().contains("Nothing has changed for REQ-1"));
}

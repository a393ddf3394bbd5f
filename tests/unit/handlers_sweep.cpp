#include "tests/support/review_world.hpp"

using namespace countersign;
using namespace countersign::tests;

namespace {

// One whole sweep, with the events that it sets off.
void sweep(ReviewWorld& world) {
    world.pass(world.settings.slack.reconcile);
    world.run();
    world.pass(std::chrono::milliseconds(0));
    world.run();
}

void start(ReviewWorld& world) {
    world.start();
    world.pass(std::chrono::milliseconds(0));
    world.run();
}

}  // namespace

TEST_CASE(
    "O5: requests made while nobody listened are taken in at start, each once, from both passes and all "
    "pages") {
    ReviewWorld world;
    world.slack.certified = {"A5"};
    world.slack.teams = {"T1", "T2", "T3"};
    for (int i = 1; i <= 5; ++i) {
        const auto id = "Ar" + std::to_string(i);
        world.slack.pending[id] =
            slack_request(id, "A" + std::to_string(i), "U0REQ", {slack_scope("chat:write")}, good_link,
                          {{"id", i < 4 ? "T1" : "T2"}});
    }
    start(world);
    CHECK(world.view().next_request_id() == RequestId{6});
    CHECK(world.view().request(SlackRequestId("Ar5"))->source == storage::RequestSource::list);
    start(world);
    CHECK(world.view().next_request_id() == RequestId{6});
    CHECK(world.performed_of("chat.update").empty());
    const auto again = world.app_requested(world.slack.pending["Ar5"]);
    CHECK(again.changes.empty());
}

TEST_CASE("R69: an admin token that comes with a reload is swept with from then on, each reload or not") {
    ReviewWorld world;
    world.capabilities.admin = false;
    world.slack.pending["Ar1"] = slack_request("Ar1", "A1", "U0REQ", {slack_scope("chat:write")});
    start(world);
    REQUIRE_FALSE(world.view().request(SlackRequestId("Ar1")));
    const auto reload = [&] {
        world.handle(handlers::EventKind::reloaded, Json::object(), world.next("reloaded"));
        world.run();
        world.pass(std::chrono::milliseconds(0));
        world.run();
    };
    world.capabilities.admin = true;
    reload();
    CHECK(world.view().request(SlackRequestId("Ar1")));
    CHECK(world.view().timer("sweep"));
    const auto asked = world.performed_of("admin.apps.requests.list").size();
    reload();
    CHECK(world.performed_of("admin.apps.requests.list").size() == asked);
}

TEST_CASE("domain.md 8.4: what Slack no longer lists was approved, restricted or cancelled outside") {
    ReviewWorld world;
    start(world);
    for (const auto* id : {"1", "2", "3", "4"}) {
        world.app_requested(slack_request("Ar" + std::string(id), "A" + std::string(id), "U0REQ",
                                          {slack_scope("chat:write")}));
    }
    world.run();
    world.slack.decide_outside("Ar1", true);
    world.slack.decide_outside("Ar2", false);
    world.slack.pending.erase("Ar3");
    sweep(world);
    CHECK(world.state(1) == RequestState::approved);
    CHECK(world.state(2) == RequestState::restricted);
    CHECK(world.state(3) == RequestState::withdrawn);
    CHECK(world.state(4) == RequestState::in_review);
    CHECK(world.request(1).outside == storage::Outside::decided);
    CHECK(world.request(3).outside == storage::Outside::cancelled);
    // Approved without the parties: a deviation, told and written down.
    CHECK(world.audited("decision.deviation", "REQ-1"));
    CHECK(world.performed_of("admin.apps.approve").empty());
    CHECK(world.performed_of("admin.apps.requests.cancel").empty());
}

TEST_CASE("M11, P17, M21: an approval outside without the admins that the policy asks for is told") {
    ReviewWorld world(with_policy("[apply]\ntwo_admins = [\"low\", \"medium\", \"high\", \"critical\"]"));
    start(world);
    const auto id = world.ready_request();
    world.press("U0ADMIN", ids::approve_app, id);
    world.run();
    std::string missing = "1 more admin";
    SUBCASE("one was enough, were there no blackout") {
        world.settings.policy =
            with_policy("[[blackout]]\nfrom = \"2026-11-22\"\nuntil = \"2026-11-22\"").policy;
        missing = "an admin who overrides the blackout";
    }
    SUBCASE("two are needed") {}
    world.slack.decide_outside("Ar1", true);
    sweep(world);
    CHECK(world.state(id) == RequestState::approved);
    CHECK(world.request(id).outside == storage::Outside::decided);
    CHECK(world.audited("decision.deviation", "REQ-1"));
    const auto alarms = world.heard("C0ITALARMS");
    CHECK(std::ranges::any_of(alarms, [&](const std::string& text) {
        return text.contains("outside Countersign without the agreement of " + missing + ".");
    }));
}

TEST_CASE("a reopened request is not expected in Slack's list, and stays") {
    ReviewWorld world;
    start(world);
    world.app_requested(slack_request("Ar1", "A1", "U0REQ", {slack_scope("chat:write")}));
    world.submit("U0SEC1", ids::form_reject, 1, {{"reason", "no"}});
    world.run();
    CHECK(world.slack.pending.empty());
    world.press("U0ADMIN", ids::reopen, 1);
    sweep(world);
    sweep(world);
    CHECK(world.state(1) == RequestState::in_review);
}

TEST_CASE("scopes that grew while nobody listened are learned from the list") {
    ReviewWorld world;
    start(world);
    const auto id = world.ready_request();
    world.slack.pending["Ar1"]["scopes"].push_back(slack_scope("admin"));
    sweep(world);
    CHECK(world.state(id) == RequestState::in_review);
    CHECK(world.request(id).scopes.size() == 2);
}

TEST_CASE("a sweep that is still under way is not doubled, and one that cannot read raises one alarm a day") {
    ReviewWorld world;
    world.handle(handlers::EventKind::started, Json::object(), "s1");
    const auto first = world.expect("auth.teams.list");
    world.pass(world.settings.slack.reconcile);
    CHECK(world.due().size() >= 1);
    CHECK(world.expect("auth.teams.list").key == first.key);
    world.answer(first, {"human", "missing_scope", Json::object()});
    world.run();
    sweep(world);
    CHECK(world.performed_of("auth.teams.list").size() == 1);
    std::size_t alarms = 0;
    for (const auto& text : world.heard("C0ITALARMS")) {
        alarms += text.find("cannot be compared") != std::string::npos ? 1 : 0;
    }
    CHECK(alarms == 1);
}

TEST_CASE(
    "at start, a call under way whose answer is lost is read back; one still in the outbox is left alone") {
    ReviewWorld world;
    const auto id = world.ready_request();
    world.press("U0ADMIN", ids::approve_app, id);
    world.run({"admin.apps.approve"});
    world.handle(handlers::EventKind::started, Json::object(), "s1");
    CHECK(world.state(id) == RequestState::applying);
    const auto call = world.expect("admin.apps.approve");
    world.db.writer().transaction([&] {
        storage::Outbox outbox(world.db.writer());
        outbox.claim(call.id, world.clock.now());
        outbox.done(call.id, world.clock.now());
    });
    world.slack.perform(call.method, Json::parse(call.args));
    world.clock.advance(std::chrono::seconds(1));
    world.handle(handlers::EventKind::started, Json::object(), "s2");
    CHECK(world.state(id) == RequestState::unclear);
    world.run();
    CHECK(world.state(id) == RequestState::approved);
}

TEST_CASE("at start, an open request without a card gets one") {
    ReviewWorld world;
    world.app_requested(slack_request("Ar1", "A1", "U0REQ", {slack_scope("chat:write")}));
    const auto card = world.waiting("chat.postMessage");
    for (const auto& effect : world.due()) {
        if (effect.purpose == handlers::purposes::card) {
            world.answer(effect, {"human", "not_in_channel", Json::object()});
        }
    }
    world.run();
    CHECK_FALSE(world.view().message("card:1"));
    start(world);
    CHECK(world.view().message("card:1"));
}

TEST_CASE("O5: against an unchanged world of 3,000 approved apps and 500 requests a sweep writes nothing") {
    ReviewWorld world;
    for (int i = 0; i < 3'000; ++i) {
        const auto app = "A" + std::to_string(10'000 + i);
        world.slack.approved[app] = Json::array({slack_scope("chat:write")});
    }
    for (int i = 0; i < 500; ++i) {
        const auto id = "Ar" + std::to_string(i);
        world.slack.pending[id] =
            slack_request(id, "A" + std::to_string(i), "U0REQ", {slack_scope("chat:write")}, "");
    }
    world.slack.page = 200;
    start(world);
    for (int i = 0; i < 10; ++i)
        world.pass(std::chrono::milliseconds(1));
    world.run({"chat.postMessage"});
    REQUIRE(world.view().next_request_id() == RequestId{501});
    CHECK(world.view().resolutions(TeamId("T1")).size() == 3'000);
    std::size_t audits = 0, changes = 0, effects = 0;
    world.inspect = [&](const handlers::Event&, const handlers::Outcome& outcome) {
        audits += outcome.audit.size();
        for (const auto& change : outcome.changes) {
            const auto* meta = std::get_if<storage::SetMeta>(&change);
            const auto* timer = std::get_if<storage::SetTimer>(&change);
            const bool bookkeeping =
                (meta != nullptr && meta->key == "sweep") ||
                (timer != nullptr && (timer->timer.name == "sweep" || timer->timer.name == "groups"));
            changes += bookkeeping ? 0 : 1;
        }
        for (const auto& effect : outcome.effects)
            effects +=
                effect.token == storage::TokenKind::admin || effect.method == "usergroups.users.list" ? 0 : 1;
    };
    world.clock.advance(world.settings.slack.reconcile);
    world.handle(handlers::EventKind::timer, {{"kind", "sweep"}}, "sweep");
    const auto before = world.performed_of("admin.apps.approved.list").size();
    world.run({"chat.postMessage"});
    CHECK(world.performed_of("admin.apps.approved.list").size() >= before + 16);
    CHECK(audits == 0);
    CHECK(changes == 0);
    CHECK(effects == 0);
}

TEST_CASE("M11: an approval that changes in Slack is written down, and told where it was ours") {
    ReviewWorld world;
    start(world);
    const auto id = world.ready_request();
    world.press("U0ADMIN", ids::approve_app, id);
    world.run();
    REQUIRE(world.state(id) == RequestState::approved);
    sweep(world);
    SUBCASE("restricted") {
        world.slack.restricted["A1"] = world.slack.approved["A1"];
        world.slack.approved.erase("A1");
        sweep(world);
        CHECK(world.view().resolution(AppId("A1"), TeamId("T1"))->status == "restricted");
    }
    SUBCASE("cleared") {
        world.slack.approved.erase("A1");
        sweep(world);
        CHECK(world.view().resolution(AppId("A1"), TeamId("T1"))->status.empty());
    }
    CHECK(world.audited("decision.contradiction", "REQ-1"));
    CHECK(world.state(id) == RequestState::approved);
    std::size_t alarms = 0;
    sweep(world);
    for (const auto& text : world.heard("C0ITALARMS"))
        alarms += text.find("outside Countersign") != std::string::npos ? 1 : 0;
    CHECK(alarms == 1);
}

TEST_CASE("O5: what we clear on one request's card is no contradiction on its siblings'") {
    ReviewWorld world;
    start(world);
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
    sweep(world);
    REQUIRE(world.state(first) == RequestState::approved);
    REQUIRE(world.state(second) == RequestState::approved);
    world.command("U0ADMIN", "clear REQ-2 sold to somebody else");
    world.run();
    sweep(world);
    CHECK(world.state(second) == RequestState::expired);
    CHECK(world.state(first) == RequestState::expired);
    CHECK(world.request(first).decision_reason == "Decided together with REQ-2.");
    CHECK(world.view().resolution(AppId("A1"), TeamId("T1"))->status.empty());
    CHECK_FALSE(world.audited("decision.contradiction", "REQ-1"));
    CHECK_FALSE(world.audited("decision.contradiction", "REQ-2"));
    // Approved outside after that: this is one.
    world.slack.approved["A1"] = slack_request("Ar1", "A1", "U0REQ", {slack_scope("chat:write")});
    sweep(world);
    CHECK((world.audited("decision.contradiction", "REQ-2") ||
           world.audited("decision.contradiction", "REQ-1")));
}

TEST_CASE("O5: a list that stops half-way or whose cursor expires concludes nothing wrong") {
    ReviewWorld world;
    world.slack.page = 1;
    start(world);
    for (const auto* id : {"1", "2", "3"}) {
        world.app_requested(slack_request("Ar" + std::string(id), "A" + std::string(id), "U0REQ",
                                          {slack_scope("chat:write")}));
    }
    world.run();
    world.clock.advance(world.settings.slack.reconcile);
    world.handle(handlers::EventKind::timer, {{"kind", "sweep"}}, "sweep");
    world.run({"admin.apps.requests.list"});
    world.perform(world.expect("admin.apps.requests.list"));
    SUBCASE("the cursor expired: read again from its first page") {
        world.answer(world.expect("admin.apps.requests.list"), {"refused", "invalid_cursor", Json::object()});
        const auto again = world.expect("admin.apps.requests.list");
        CHECK_FALSE(Json::parse(again.args).contains("cursor"));
        for (int i = 0; i < 3; ++i)
            world.answer(world.expect("admin.apps.requests.list"),
                         {"refused", "invalid_cursor", Json::object()});
    }
    SUBCASE("refused in the middle") {
        world.answer(world.expect("admin.apps.requests.list"), {"refused", "internal_error", Json::object()});
    }
    world.run();
    for (int i = 1; i <= 3; ++i)
        CHECK(world.state(i) == RequestState::in_review);
}

TEST_CASE(
    "O5: a list of decisions that stops half-way takes no app for cleared, the next sweep finds the one") {
    ReviewWorld world;
    world.slack.page = 1;
    for (const auto* app : {"A1", "A2", "A3"})
        world.slack.approved[app] = Json::array({slack_scope("chat:write")});
    start(world);
    world.slack.approved.erase("A2");  // one less: the list is read a second time, with the ids
    world.clock.advance(world.settings.slack.reconcile);
    world.handle(handlers::EventKind::timer, {{"kind", "sweep"}}, "sweep");
    std::string stops_with;
    int page_of_approved = 0;
    int stops_at = 0;
    SUBCASE("refused on the first reading") {
        stops_with = "internal_error";
        stops_at = 2;
    }
    SUBCASE("refused while it is read with the ids") {
        stops_with = "internal_error";
        stops_at = 5;  // two pages and the certified pass before it, then the second page
    }
    SUBCASE("its cursor expires every time") {
        stops_with = "invalid_cursor";
        stops_at = 5;
    }
    const auto approved_apps = [&] {
        std::size_t count = 0;
        for (const auto& known : world.view().resolutions(TeamId("T1")))
            count += known.status == "approved" ? 1 : 0;
        return count;
    };
    for (auto due = world.due(); !due.empty(); due = world.due()) {
        const auto& call = due.front();
        const bool of_approved =
            call.method == "admin.apps.approved.list" && Json::parse(call.args).value("team_id", "") == "T1";
        page_of_approved += of_approved ? 1 : 0;
        const bool stops = of_approved && (stops_with == "invalid_cursor" ? page_of_approved >= stops_at
                                                                          : page_of_approved == stops_at);
        if (stops)
            world.answer(call, {"refused", stops_with, Json::object()});
        else
            world.perform(call);
        REQUIRE(page_of_approved < 100);
        CHECK(approved_apps() == 3);
    }
    REQUIRE(page_of_approved >= stops_at);
    sweep(world);
    CHECK(approved_apps() == 2);
    CHECK(world.view().resolution(AppId("A2"), TeamId("T1"))->status.empty());
}

TEST_CASE("O5: a workspace that cannot be read is named, and those behind it are read all the same") {
    ReviewWorld world;
    world.slack.teams = {"T1", "T2", "T3"};
    start(world);
    world.slack.pending["Ar3"] = slack_request("Ar3", "A3", "U0REQ", {slack_scope("chat:write")}, good_link,
                                               {{"id", "T3"}, {"name", "Third"}});
    world.clock.advance(world.settings.slack.reconcile);
    world.handle(handlers::EventKind::timer, {{"kind", "sweep"}}, "sweep");
    int refused = 0;
    for (auto due = world.due(); !due.empty(); due = world.due()) {
        const auto& call = due.front();
        const bool of_t2 =
            call.method.starts_with("admin.apps.") && Json::parse(call.args).value("team_id", "") == "T2";
        refused += of_t2 ? 1 : 0;
        REQUIRE(refused < 5);
        if (of_t2)
            world.answer(call, {"human", "team_access_not_granted", Json::object()});
        else
            world.perform(call);
    }
    world.pass(std::chrono::milliseconds(0));
    world.run();
    CHECK(refused == 1);
    CHECK(world.view().request(SlackRequestId("Ar3")));
    CHECK(world.heard("C0ITALARMS").front().contains("for T2 cannot be compared"));
}

TEST_CASE("M11: a refusal of ours that is approved elsewhere is told, with who or that it is not known") {
    ReviewWorld world;
    start(world);
    const auto id = world.ready_request();
    std::string decider = "unknown decider";
    world.slack.resolver.clear();
    SUBCASE("denied") {
        world.submit("U0SEC1", ids::form_reject, id, {{"reason", "no"}});
        world.run();
        REQUIRE(world.state(id) == RequestState::denied);
    }
    SUBCASE("suspended, and by somebody who is known") {
        world.press("U0ADMIN", ids::approve_app, id);
        world.run();
        world.command("U0ADMIN", "suspend A1 leak");
        world.run();
        REQUIRE(world.state(id) == RequestState::suspended);
        world.slack.resolver = decider = "U0SLACKADMIN";
    }
    sweep(world);
    const auto before = world.heard("C0ITALARMS").size();
    world.slack.restricted.erase("A1");
    world.slack.approved["A1"] = Json::array({slack_scope("chat:write")});
    sweep(world);
    sweep(world);
    const auto alarms = world.heard("C0ITALARMS");
    REQUIRE(alarms.size() == before + 1);
    CHECK(alarms.back().contains("approved in Slack now (" + decider));
    CHECK(world.audited("decision.contradiction", "REQ-1"));
}

TEST_CASE("O5: where the list of workspaces stops half-way nothing is concluded of the others") {
    ReviewWorld world;
    world.slack.teams = {"T1", "T2", "T3"};
    world.slack.page = 1;
    start(world);
    for (const auto* team : {"T1", "T2", "T3"})
        world.app_requested(slack_request("Ar" + std::string(team), "A" + std::string(team), "U0REQ",
                                          {slack_scope("chat:write")}, good_link, {{"id", team}}));
    world.run();
    world.clock.advance(world.settings.slack.reconcile);
    world.handle(handlers::EventKind::timer, {{"kind", "sweep"}}, "sweep");
    world.perform(world.expect("auth.teams.list"));
    world.answer(world.expect("auth.teams.list"), {"refused", "internal_error", Json::object()});
    world.run();
    for (int i = 1; i <= 3; ++i)
        CHECK(world.state(i) == RequestState::in_review);
    CHECK(world.heard("C0ITALARMS").back().contains("cannot be compared"));
    world.slack.pending.erase("ArT3");
    sweep(world);  // the next one reads them all
    CHECK(world.state(1) == RequestState::in_review);
    CHECK(world.state(3) == RequestState::withdrawn);
}

TEST_CASE("a list from before a denial cancels nothing twice, one that still names the request later does") {
    ReviewWorld world;
    start(world);
    world.app_requested(slack_request("Ar1", "A1", "U0REQ", {slack_scope("chat:write")}));
    world.run();
    const auto listed = world.slack.pending;
    world.submit("U0SEC1", ids::form_reject, 1, {{"reason", "no"}});
    world.run();
    const auto cancelled = [&] { return world.performed_of("admin.apps.requests.cancel").size(); };
    REQUIRE(cancelled() == 1);
    world.slack.pending = listed;
    world.start();
    CHECK(cancelled() == 1);
    SUBCASE("time passes") {
        world.pass(std::chrono::minutes(6));
    }
    SUBCASE("the clock was wrong, and is set right") {
        world.clock.step_wall(-std::chrono::hours(24));
    }
    world.start();
    CHECK(cancelled() == 2);
}

#include "config/base/text.hpp"
#include "config/base/time_zone.hpp"
#include "handlers/judging.hpp"
#include "tests/support/review_world.hpp"

#include <doctest/doctest.h>

using namespace countersign;
using namespace countersign::tests;
using namespace std::chrono;

namespace {

std::string today(ReviewWorld& world) {
    return time_zone::date_text(world.clock.now(), "UTC");
}

std::string proof(std::string_view words) {
    return "sha256:" + text::sha256_hex(words);
}

}  // namespace

TEST_CASE("M25: dangerous scopes need two admins where the policy says so, one pressing twice is one") {
    ReviewWorld world(with_policy("[apply]\ntwo_admins = [\"high\"]"));
    const auto id = world.ready_request();
    world.press("U0ADMIN", ids::approve_app, id);
    world.press("U0ADMIN", ids::approve_app, id);
    world.run();
    CHECK(world.state(id) == RequestState::ready);
    CHECK(world.performed_of("admin.apps.approve").empty());
    world.press("U0ADMIN2", ids::approve_app, id);
    world.run();
    CHECK(world.state(id) == RequestState::approved);
}

TEST_CASE("M21: in a blackout an admin needs a reason, which is recorded") {
    ReviewWorld probe;
    ReviewWorld world(with_policy("[[blackout]]\nfrom = \"" + today(probe) + "\"\nuntil = \"" + today(probe) +
                                  "\"\nreason = \"Year end\""));
    const auto id = world.ready_request();
    world.press("U0ADMIN", ids::approve_app, id);
    CHECK(world.expect("views.open").args.contains("Year end"));
    CHECK(world.submit("U0ADMIN", ids::form_override, id, {{"reason", " "}}).ack.contains("cannot wait"));
    CHECK(world.submit("U0NOBODY", ids::form_override, id, {{"reason", "x"}}).effects.size() > 0);
    world.submit("U0ADMIN", ids::form_override, id, {{"reason", "an incident"}});
    world.run();
    CHECK(world.state(id) == RequestState::approved);
    CHECK(world.logged("blackout.overridden", "REQ-1") == Json{{"reason", proof("an incident")}});
    CHECK_FALSE(world.log_tells("an incident"));
    CHECK(world.view().decisions(RequestId{id}).back().reason == "an incident");
}

TEST_CASE("M21, P17: in a blackout each of two admins says why, and the decision has both reasons") {
    ReviewWorld probe;
    ReviewWorld world(with_policy("[apply]\ntwo_admins = [\"high\"]\n[[blackout]]\nfrom = \"" + today(probe) +
                                  "\"\nuntil = \"" + today(probe) + "\"\n"));
    const auto id = world.ready_request();
    world.submit("U0ADMIN", ids::form_override, id, {{"reason", "an incident"}});
    world.run();
    CHECK(world.state(id) == RequestState::ready);
    world.submit("U0ADMIN2", ids::form_override, id, {{"reason", "the same one"}});
    world.run();
    REQUIRE(world.state(id) == RequestState::approved);
    CHECK(world.view().decisions(RequestId{id}).back().reason ==
          "an incident (U0ADMIN) / the same one (U0ADMIN2)");
}

TEST_CASE("U8: the log proves what an admin or a party gave as reason, and the rows of the request tell it") {
    ReviewWorld world;
    const auto id = world.ready_request();
    world.press("U0ADMIN", ids::approve_app, id);
    world.run();
    world.command("U0LEGAL", "object REQ-1 Zephyr is over");
    world.run();
    CHECK(world.request(id).state_note.contains("Zephyr is over"));
    CHECK(world.logged("decision.objected", "REQ-1") == Json{{"reason", "Zephyr is over"}});
    CHECK(world.logged("request.state", "REQ-1")["note"] == proof(world.request(id).state_note));
    world.submit("U0ADMIN", ids::form_keep, id, {{"reason", "it goes on"}});
    world.run();
    CHECK(world.logged("decision.kept", "REQ-1") == Json{{"reason", proof("it goes on")}});
    CHECK(world.view().decisions(RequestId{id}).back().reason == "it goes on");
    world.command("U0ADMIN", "clear REQ-1 it is done");
    world.run();
    CHECK(world.logged("decision.clear_sent", "REQ-1")["reason"] == proof("it is done"));
    CHECK(world.view().decisions(RequestId{id}).back().reason == "it is done");
    const auto second = world.ready_request("Ar2", "A2");
    world.submit("U0ADMIN", ids::form_restrict, second, {{"reason", "it again"}});
    world.run();
    CHECK(world.logged("decision.restrict_pressed", "REQ-2")["reason"] == proof("it again"));
    CHECK(world.view().decisions(RequestId{second}).back().reason == "it again");
    for (const auto* words : {"it goes on", "it is done", "it again"})
        CHECK_FALSE(world.log_tells(words));
}

TEST_CASE("M1: of two admins the first one's press counts while the request stays ready and they are admin") {
    ReviewWorld world(with_policy("[apply]\ntwo_admins = [\"high\"]"));
    const auto id = world.ready_request();
    const auto press = [&](const std::string& admin) {
        world.press(admin, ids::approve_app, id);
        world.run();
        return world.state(id);
    };
    CHECK(press("U0ADMIN") == RequestState::ready);
    SUBCASE("nor when it was opened again after a rejection") {
        world.submit("U0SEC1", ids::form_reject, id, {{"reason", "not yet"}});
        world.run();
        world.pass(std::chrono::minutes(1));
        world.press("U0ADMIN", ids::reopen, id);
        world.press("U0SEC1", ids::vote_approve, id);
        world.run();
        REQUIRE(world.state(id) == RequestState::ready);
        CHECK(press("U0ADMIN2") == RequestState::ready);
        CHECK(press("U0ADMIN") == RequestState::approved);
    }
    SUBCASE("nor when they are no admin any more") {
        std::erase(world.settings.review.admins, "U0ADMIN");
        CHECK(press("U0ADMIN2") == RequestState::ready);
        world.settings.review.admins.emplace_back("U0ADMIN");
        CHECK(press("U0ADMIN") == RequestState::approved);
    }
    SUBCASE("and twice is not two") {
        CHECK(press("U0ADMIN") == RequestState::ready);
        CHECK(press("U0ADMIN2") == RequestState::approved);
    }
}

TEST_CASE("P17: who asks for an app is none of the two admins that it needs") {
    ReviewWorld world(with_policy("[apply]\ntwo_admins = [\"high\"]"));
    world.app_requested(slack_request("Ar1", "A1", "U0ADMIN", {slack_scope("chat:write")}));
    world.run();
    world.press("U0SEC1", ids::vote_approve, 1);
    world.press("U0LEGAL", ids::vote_approve, 1);
    world.run();
    world.press("U0ADMIN", ids::approve_app, 1);
    world.press("U0ADMIN2", ids::approve_app, 1);
    world.run();
    CHECK(world.state(1) == RequestState::ready);
    CHECK(world.heard("U0ADMIN").back().contains("you asked for the app yourself"));
    world.press("U0ADMIN3", ids::approve_app, 1);
    world.run();
    world.run();
    CHECK(world.state(1) == RequestState::approved);
}

TEST_CASE("M4: only optional scopes may be left out, and Slack is told the others") {
    ReviewWorld world;
    auto optional = slack_scope("files:read");
    optional["is_optional"] = true;
    world.app_requested(slack_request("Ar1", "A1", "U0REQ", {slack_scope("chat:write"), optional}));
    world.run();
    world.press("U0SEC1", ids::vote_approve, 1);
    world.press("U0LEGAL", ids::vote_approve, 1);
    world.run();
    world.press("U0ADMIN", ids::approve_limits, 1);
    const auto leave = [&](const std::string& names) {
        return world.submit("U0ADMIN", ids::form_limits, 1, {{"left_out", names}});
    };
    CHECK(leave("chat:write").ack.contains("is not optional"));
    CHECK(leave("nonsense").ack.contains("is not among"));
    CHECK(leave(" ").ack.contains("name at least one"));
    leave("files:read");
    world.run();
    const auto calls = world.performed_of("admin.apps.approve");
    REQUIRE(calls.size() == 1);
    CHECK(Json::parse(calls.front().args)["bot_scopes"] == "chat:write");
    CHECK(world.state(1) == RequestState::approved);
}

TEST_CASE("M4: a scope is left out for one token or for both, never all that there is") {
    ReviewWorld world;
    const auto optional = [](const std::string& name, const std::string& token) {
        auto scope = slack_scope(name, token);
        scope["is_optional"] = true;
        return scope;
    };
    const auto ready = [&](int number, const std::vector<Json>& scopes) {
        const auto n = std::to_string(number);
        world.app_requested(slack_request("Ar" + n, "A" + n, "U0REQ", scopes));
        world.run();
        world.press("U0SEC1", ids::vote_approve, number);
        world.press("U0LEGAL", ids::vote_approve, number);
        world.run();
    };
    const auto leave = [&](int number, const std::string& names) {
        return world.submit("U0ADMIN", ids::form_limits, number, {{"left_out", names}});
    };
    const auto sent = [&] {
        world.run();
        return Json::parse(world.performed_of("admin.apps.approve").back().args);
    };
    const auto required = slack_scope("chat:write");
    const std::vector<Json> twins{required, optional("files:read", "bot"), optional("files:read", "user"),
                                  optional("pins:read", "user")};

    ready(1, twins);
    CHECK(leave(1, "bot/chat:write").ack.contains("is not optional"));
    CHECK(leave(1, "user/chat:write").ack.contains("is not among"));
    leave(1, "user/files:read");
    const auto one = sent();
    CHECK(one["bot_scopes"] == "chat:write,files:read");
    CHECK(one["user_scopes"] == "pins:read");
    CHECK(world.state(1) == RequestState::approved);

    ready(2, twins);
    leave(2, "files:read pins:read");  // nothing of the user's is left: said, not left unsaid
    const auto both = sent();
    CHECK(both["bot_scopes"] == "chat:write");
    CHECK(both["user_scopes"] == "");
    CHECK(world.slack.approved["A2"].size() == 1);

    // A required one of the same name stays.
    ready(3, {slack_scope("files:read"), optional("files:read", "user")});
    leave(3, "files:read");
    CHECK(sent()["bot_scopes"] == "files:read");

    ready(4, {optional("files:read", "bot")});
    CHECK(leave(4, "files:read").ack.contains("press `Restrict app` instead"));
}

TEST_CASE("M3 M4: what was left out and is approved in Slack all the same is looked at again") {
    ReviewWorld world;
    auto optional = slack_scope("files:read");
    optional["is_optional"] = true;
    world.app_requested(slack_request("Ar1", "A1", "U0REQ", {slack_scope("chat:write"), optional}));
    world.run();
    world.press("U0SEC1", ids::vote_approve, 1);
    world.press("U0LEGAL", ids::vote_approve, 1);
    world.run();
    world.submit("U0ADMIN", ids::form_limits, 1, {{"left_out", "files:read"}});
    while (world.performed_of("admin.apps.approve").empty()) {
        const auto due = world.due();
        REQUIRE_FALSE(due.empty());
        world.perform(due.front());
    }
    world.slack.approved["A1"].push_back(optional);
    world.run();
    CHECK(world.state(1) == RequestState::reconsider);
    CHECK(world.request(1).state_note.contains("files:read (bot)"));
}

TEST_CASE("M7: a restriction with a last day is cleared after it, a day that has passed is refused") {
    ReviewWorld world;
    const auto id = world.ready_request();
    world.press("U0ADMIN", ids::restrict_app, id);
    const auto restrict = [&](const std::string& until) {
        return world.submit("U0ADMIN", ids::form_restrict, id, {{"reason", "no contract"}, {"until", until}});
    };
    CHECK(restrict("2020-01-01").ack.contains("a day to come"));
    CHECK(restrict("tomorrow").ack.contains("a day to come"));
    restrict(time_zone::date_text(world.clock.now() + days(2), "UTC"));
    world.run();
    REQUIRE(world.state(id) == RequestState::restricted);
    world.pass(days(1));
    world.run();
    CHECK(world.state(id) == RequestState::restricted);
    world.pass(days(2));
    world.run();
    CHECK(world.performed_of("admin.apps.clearResolution").size() == 1);
    CHECK(world.state(id) == RequestState::expired);
}

TEST_CASE("M7 M8: the end of an old restriction leaves what was decided later in Slack") {
    ReviewWorld world;
    world.start();
    const auto id = world.ready_request();
    world.submit(
        "U0ADMIN", ids::form_restrict, id,
        {{"reason", "no contract"}, {"until", time_zone::date_text(world.clock.now() + days(2), "UTC")}});
    world.run();
    REQUIRE(world.state(id) == RequestState::restricted);
    world.app_requested(slack_request("Ar2", "A1", "U0TWO", {slack_scope("users:read")}));
    world.run();
    world.press("U0SEC1", ids::vote_approve, 2);
    world.press("U0LEGAL", ids::vote_approve, 2);
    world.run();
    world.press("U0ADMIN", ids::approve_app, 2);
    world.run();
    REQUIRE(world.state(2) == RequestState::approved);
    SUBCASE("by its day") {
        world.pass(days(4));
        world.run();
    }
    SUBCASE("by an admin") {
        CHECK(world.command("U0ADMIN", "clear REQ-1 signed since")
                  .ack.contains("the later decision, that of REQ-2"));
    }
    CHECK(world.performed_of("admin.apps.clearResolution").empty());
    CHECK(world.state(id) == RequestState::expired);
    CHECK(world.state(2) == RequestState::approved);
    CHECK(world.slack.approved.contains("A1"));
}

TEST_CASE("M8: an admin clears a decision with a reason, nothing to clear is what was wanted") {
    ReviewWorld world;
    const auto id = world.ready_request();
    CHECK(world.command("U0ADMIN", "clear REQ-1 because").ack.contains("not decided"));
    world.press("U0ADMIN", ids::approve_app, id);
    world.run();
    REQUIRE(world.state(id) == RequestState::approved);
    CHECK(world.command("U0ADMIN", "clear").ack.contains("Which one"));
    CHECK(world.command("U0ADMIN", "clear REQ-1").ack.contains("Say why"));
    CHECK(world.command("U0SEC1", "clear REQ-1 x").effects.size() > 0);  // not without the right
    world.run();
    CHECK(world.state(id) == RequestState::approved);
    world.command("U0ADMIN", "clear REQ-1 the vendor was sold");
    const auto call = world.expect("admin.apps.clearResolution");
    CHECK(Json::parse(call.args)["app_id"] == "A1");
    world.answer(call, {"refused", "no_resolution_found", Json::object()});
    CHECK(world.state(id) == RequestState::expired);
    CHECK(world.view().decisions(RequestId{id}).back().kind == storage::DecisionKind::clear);
}

TEST_CASE("M8: a clearing whose answer is lost is asked again, and at last a human is told") {
    ReviewWorld world;
    const auto id = world.ready_request();
    world.press("U0ADMIN", ids::approve_app, id);
    world.run();
    world.command("U0ADMIN", "clear REQ-1 sold");
    for (int i = 0; i < 3; ++i)
        world.answer(world.expect("admin.apps.clearResolution"), {"unclear", "timeout", Json::object()});
    CHECK_FALSE(world.waiting("admin.apps.clearResolution"));
    CHECK(world.state(id) == RequestState::approved);
    world.run();
    const auto alarms = world.heard("C0ITALARMS");
    CHECK(
        std::ranges::any_of(alarms, [](const auto& text) { return text.contains("could not be cleared"); }));
}

TEST_CASE("M24: an admin switches all automatic applying off and on, and it is written down") {
    ReviewWorld world(with_policy("[risk]\nlow = [\"chat:write\"]\n[apply]\nautomatically = [\"low\"]"));
    CHECK(world.command("U0ADMIN", "automatic").ack.contains("is on"));
    world.command("U0NOBODY", "automatic off");
    world.run();
    CHECK(world.view().meta(handlers::automatic_applying) != "off");
    CHECK(world.command("U0ADMIN", "automatic off").ack.contains("is off until"));
    CHECK(world.command("U0ADMIN2", "automatic off").ack.contains("already"));
    const auto id = world.ready_request();
    CHECK(world.performed_of("admin.apps.approve").empty());
    CHECK(world.audited("automatic.off", "automatic"));
    world.command("U0ADMIN", "automatic on");
    world.press("U0SEC2", ids::vote_approve, id);  // changes nothing
    const auto second = world.view().next_request_id().value;
    world.app_requested(slack_request("Ar2", "A2", "U0REQ", {slack_scope("chat:write")}));
    world.press("U0SEC1", ids::vote_approve, second);
    world.press("U0LEGAL", ids::vote_approve, second);
    world.run();
    CHECK(world.state(second) == RequestState::approved);
}

TEST_CASE("P21: an objection after the decision opens the question again, the admin may restrict") {
    ReviewWorld world;
    const auto id = world.ready_request();
    CHECK(world.command("U0LEGAL", "object REQ-1 late").ack.contains("not decided"));
    world.press("U0ADMIN", ids::approve_app, id);
    world.run();
    world.command("U0LEGAL", "object REQ-1 the contract has ended");
    world.run();
    CHECK(world.state(id) == RequestState::reconsider);
    CHECK(world.slack.approved.contains("A1"));  // nothing is taken away by itself
    world.submit("U0ADMIN", ids::form_restrict, id, {{"reason", "no contract"}});
    world.run();
    CHECK(world.state(id) == RequestState::restricted);
}

TEST_CASE("M21: an approval in a blackout has no limits that nobody agrees to any more") {
    const std::string two = "[apply]\ntwo_admins = [\"low\", \"medium\", \"high\", \"critical\"]\n";
    ReviewWorld world(with_policy(two));
    const auto id = world.ready_request();
    world.submit("U0ADMIN", ids::form_limits, id, {{"only_for", "U0BOSS"}});
    world.submit("U0SEC1", ids::form_reject, id, {{"reason", "not yet"}});
    world.run();
    world.pass(std::chrono::minutes(1));
    world.press("U0ADMIN", ids::reopen, id);
    world.press("U0SEC1", ids::vote_approve, id);
    world.run();
    REQUIRE(world.state(id) == RequestState::ready);
    world.settings.policy =
        with_policy(two + "[[blackout]]\nfrom = \"" + today(world) + "\"\nuntil = \"" + today(world) + "\"\n")
            .policy;
    for (const auto* admin : {"U0ADMIN", "U0ADMIN2"})
        world.submit(admin, ids::form_override, id, {{"reason", "an incident"}});
    world.run();
    CHECK(world.state(id) == RequestState::approved);
    CHECK(world.performed_of("admin.apps.permissions.set").empty());
}

TEST_CASE("M7: an alarm of the clock before the last day of a restriction waits for its end") {
    ReviewWorld world;
    const auto id = world.ready_request();
    const auto restrict = [&](const std::string& until) {
        world.submit("U0ADMIN", ids::form_restrict, id, {{"reason", "no contract"}, {"until", until}});
        world.run();
    };
    restrict(time_zone::date_text(world.clock.now() + days(2), "UTC"));
    REQUIRE(world.state(id) == RequestState::restricted);
    world.handle(handlers::EventKind::timer, {{"kind", "restriction"}, {"request", id}}, "restriction:REQ-1");
    world.run();
    CHECK(world.state(id) == RequestState::restricted);
    SUBCASE("and then it is over") {
        world.pass(days(4));
        world.run();
        CHECK(world.state(id) == RequestState::expired);
    }
    SUBCASE("and it stays where it was restricted again without one") {
        world.command("U0LEGAL", "object REQ-1 signed");
        world.run();
        REQUIRE(world.state(id) == RequestState::reconsider);
        restrict("");
        REQUIRE(world.state(id) == RequestState::restricted);
        world.pass(days(4));
        world.run();
        CHECK(world.state(id) == RequestState::restricted);
    }
}

// M4, M5, M6, R16: an approval with limits; handlers/limits.hpp.
#include "config/base/time_zone.hpp"
#include "tests/support/review_world.hpp"

#include <doctest/doctest.h>

using namespace countersign;
using namespace countersign::tests;

namespace {

using Fields = std::map<std::string, std::string>;

handlers::Outcome limited(ReviewWorld& world, const Fields& fields) {
    return world.submit("U0ADMIN", ids::form_limits, 1, fields);
}

std::string heard_last(const ReviewWorld& world, const std::string& user) {
    const auto lines = world.heard(user);
    return lines.empty() ? std::string() : lines.back();
}

}  // namespace

TEST_CASE("M5: an app is approved for a group only, set and read back in Slack before it is approved") {
    ReviewWorld world;
    world.ready_request();
    world.slack.groups["S0DESIGN"] = {"U0A", "U0B"};
    limited(world, {{"only_for", "S0DESIGN, <@U0BOSS|boss>"}});
    world.run();
    CHECK(world.state(1) == RequestState::approved);
    const auto set = world.performed_of("admin.apps.permissions.set");
    REQUIRE(set.size() == 1);
    const auto args = Json::parse(set.front().args);
    CHECK(args["permission_type"] == "named_entities");
    CHECK(args["usergroup_ids"] == Json{"S0DESIGN"});
    CHECK(args["user_ids"] == Json{"U0BOSS"});
    // In this order, and the approval last.
    std::vector<std::string> order;
    for (const auto& effect : world.performed) {
        if (effect.method.starts_with("admin.apps.permissions") || effect.method == "admin.apps.approve")
            order.push_back(effect.method);
    }
    CHECK(order == std::vector<std::string>{"admin.apps.permissions.set", "admin.apps.permissions.list",
                                            "admin.apps.approve"});
    CHECK(heard_last(world, "U0REQ").contains("only for <!subteam^S0DESIGN>, <@U0BOSS>"));  // R16
    CHECK(world.audited("decision.limited", "REQ-1"));
}

TEST_CASE("M5 M6: a limit of an earlier approval is lifted in Slack before the app is approved without it") {
    ReviewWorld world;
    const auto first = world.ready_request();
    world.slack.groups["S0DESIGN"] = {"U0A"};
    limited(world, {{"only_for", "S0DESIGN"}, {"domains", "acme.example.com @example.com"}});
    world.run();
    REQUIRE(world.state(first) == RequestState::approved);
    world.app_requested(
        slack_request("Ar2", "A1", "U0TWO", {slack_scope("chat:write"), slack_scope("users:read")}));
    world.run();
    world.press("U0SEC1", ids::vote_approve, 2);
    world.press("U0LEGAL", ids::vote_approve, 2);
    world.run();
    world.press("U0ADMIN", ids::approve_app, 2);
    SUBCASE("and read back") {
        world.run();
        CHECK(world.state(2) == RequestState::approved);
        CHECK(world.slack.access["A1"]["permission_type"] == "everyone");
        CHECK(world.slack.domains["A1"] == Json{{"urls", Json::array()}, {"emails", Json::array()}});
        // Once: the next approval finds nothing limited.
        const auto calls = world.performed_of("admin.apps.permissions.set").size();
        world.app_requested(
            slack_request("Ar3", "A1", "U0TWO",
                          {slack_scope("chat:write"), slack_scope("users:read"), slack_scope("emoji:read")}));
        world.run();
        world.press("U0SEC1", ids::vote_approve, 3);
        world.press("U0LEGAL", ids::vote_approve, 3);
        world.run();
        world.press("U0ADMIN", ids::approve_app, 3);
        world.run();
        CHECK(world.state(3) == RequestState::approved);
        CHECK(world.performed_of("admin.apps.permissions.set").size() == calls);
    }
    SUBCASE("Slack refuses: nothing is approved as if nothing limited it") {
        world.run({"admin.apps.permissions.set"});
        world.answer(world.expect("admin.apps.permissions.set"),
                     {"human", "not_an_enterprise", Json::object()});
        world.run();
        CHECK(world.state(2) == RequestState::ready);
        CHECK(heard_last(world, "U0ADMIN").contains("Nothing was approved for REQ-2"));
    }
}

TEST_CASE("M5: a group that is deleted or empty approves nothing, and says so") {
    ReviewWorld world;
    world.ready_request();
    limited(world, {{"only_for", "S0GONE"}});
    world.run();
    CHECK(world.state(1) == RequestState::ready);
    CHECK(heard_last(world, "U0ADMIN").contains("the user group S0GONE does not exist any more"));
    world.slack.groups["S0EMPTY"] = {};
    limited(world, {{"only_for", "S0EMPTY"}});
    world.run();
    CHECK(world.state(1) == RequestState::ready);
    CHECK(heard_last(world, "U0ADMIN").contains("nobody is in the user group S0EMPTY"));
    CHECK(world.performed_of("admin.apps.permissions.set").empty());
    CHECK(world.performed_of("admin.apps.approve").empty());
    // Without limits it can still be approved, and then has none.
    world.press("U0ADMIN", ids::approve_app, 1);
    world.run();
    CHECK(world.state(1) == RequestState::approved);
    CHECK_FALSE(heard_last(world, "U0REQ").contains("only for"));
}

TEST_CASE("M5, M6: a plan without the method, an app without domains, a limit that Slack does not keep") {
    for (const auto& [method, fields, error, words] :
         {std::tuple{"admin.apps.permissions.set", Fields{{"only_for", "U0BOSS"}}, "not_an_enterprise",
                     "this plan of Slack's does not have this limit"},
          {"admin.apps.config.set", Fields{{"domains", "acme.example.com"}}, "unknown_method",
           "this plan of Slack's does not have this limit"},
          {"admin.apps.config.set", Fields{{"domains", "acme.example.com"}}, "url_restriction_not_supported",
           "no limit to domains for this app"},
          {"admin.apps.config.set", Fields{{"domains", "acme.example.com"}}, "invalid_domains",
           "admin.apps.config.set answered"}}) {
        CAPTURE(error);
        ReviewWorld world;
        world.ready_request();
        limited(world, fields);
        world.run({method});
        world.answer(world.expect(method), {"refused", error, Json::object()});
        world.run();
        CHECK(world.state(1) == RequestState::ready);
        CHECK(heard_last(world, "U0ADMIN").contains(words));
        CHECK(world.performed_of("admin.apps.approve").empty());
    }
    ReviewWorld world;
    world.ready_request();
    limited(world, {{"only_for", "U0BOSS"}, {"domains", "acme.example.com"}});
    world.run({"admin.apps.config.lookup"});
    world.answer(world.expect("admin.apps.config.lookup"),
                 {"ok", "", {{"configs", {{{"app_id", "A1"}, {"domain_restrictions", Json::object()}}}}}});
    world.run();
    CHECK(world.state(1) == RequestState::ready);
    CHECK(heard_last(world, "U0ADMIN").contains("does not list the limit as it was set"));
    CHECK(heard_last(world, "U0ADMIN").contains("Who may use the app is limited in Slack already"));
}

TEST_CASE("M6: 51 domains, a wildcard and what is no host name are refused at the field") {
    ReviewWorld world;
    world.ready_request();
    std::string many;
    for (int i = 0; i < 51; ++i)
        many += "d" + std::to_string(i) + ".example.com ";
    CHECK(limited(world, {{"domains", many}}).ack.contains("at most 50"));
    CHECK(limited(world, {{"domains", "*.example.com"}}).ack.contains("whole names only"));
    CHECK(limited(world, {{"domains", "https://example.com"}}).ack.contains("is no host name"));
    CHECK(limited(world, {{"domains", "localhost"}}).ack.contains("is no host name"));
    CHECK(limited(world, {{"only_for", "everybody"}}).ack.contains("is no id of a user group"));
    CHECK(limited(world, {{"only_for", " "}}).ack.contains("name at least one limit"));
    CHECK(limited(world, {{"until", "2020-01-01"}}).ack.contains("a day to come"));
    CHECK(world.state(1) == RequestState::ready);
    limited(world, {{"domains", "Acme.Okta.example, @example.com acme.okta.example"}});
    world.run();
    CHECK(world.state(1) == RequestState::approved);
    CHECK(world.slack.domains["A1"] == Json{{"urls", {"acme.okta.example"}}, {"emails", {"example.com"}}});
}

TEST_CASE("M5: a lost answer is asked again, and a restart goes on with the next step") {
    ReviewWorld world;
    world.ready_request();
    limited(world, {{"only_for", "U0BOSS"}});
    world.run({"admin.apps.permissions.set"});
    world.answer(world.expect("admin.apps.permissions.set"), {"unclear", "answer_lost", Json::object()});
    world.run({"admin.apps.permissions.list"});
    CHECK(world.performed_of("admin.apps.permissions.set").size() == 1);
    // Its answer never comes: the watch reads Slack's lists, and goes on where it was.
    world.pass(std::chrono::minutes(10));
    world.pass(std::chrono::minutes(10));
    world.run();
    world.pass(std::chrono::minutes(10));
    world.run();
    CHECK(world.state(1) == RequestState::approved);
    CHECK(world.performed_of("admin.apps.permissions.set").size() == 1);
}

TEST_CASE("R16: without the Admin API a limit to people cannot be enforced, which is said") {
    ReviewWorld world;
    world.capabilities.admin = false;
    world.ready_request();
    CHECK(limited(world, {{"only_for", "U0BOSS"}}).ack.contains("cannot be enforced here"));
    CHECK(limited(world, {{"domains", "acme.example.com"}}).ack.contains("cannot be enforced here"));
    CHECK(world.state(1) == RequestState::ready);
}

TEST_CASE("R16: after an approval's last day the admins are asked, a later one without an end stays") {
    ReviewWorld world;
    const auto id = world.ready_request();
    limited(world, {{"until", time_zone::date_text(world.clock.now() + std::chrono::days(2), "UTC")}});
    world.run();
    REQUIRE(world.state(id) == RequestState::approved);
    CHECK(heard_last(world, "U0REQ").contains("until "));
    world.pass(std::chrono::days(1));
    CHECK(world.state(id) == RequestState::approved);
    world.pass(std::chrono::days(2));
    CHECK(world.state(id) == RequestState::reconsider);
    CHECK(world.request(id).state_note.contains("It was approved until"));
}

TEST_CASE("M21: limits are no way around a blackout, two admins agree to the limits of the first") {
    ReviewWorld probe;
    const auto day = time_zone::date_text(probe.clock.now(), "UTC");
    ReviewWorld world(with_policy("[[blackout]]\nfrom = \"" + day + "\"\nuntil = \"" + day + "\"\n"));
    world.ready_request();
    CHECK(limited(world, {{"only_for", "U0BOSS"}}).ack.contains("nothing is applied until"));
    ReviewWorld two(with_policy("[apply]\ntwo_admins = [\"low\", \"medium\", \"high\", \"critical\"]\n"));
    two.ready_request();
    limited(two, {{"only_for", "U0BOSS"}});
    two.run();
    CHECK(two.state(1) == RequestState::ready);
    two.press("U0ADMIN2", ids::approve_app, 1);
    two.run();
    CHECK(two.state(1) == RequestState::approved);
    CHECK(two.slack.access["A1"]["permission_type"] == "named_entities");
}

TEST_CASE("R16: what an admin keeps after its last day stays without one") {
    ReviewWorld world;
    const auto id = world.ready_request();
    limited(world, {{"until", time_zone::date_text(world.clock.now() + std::chrono::days(2), "UTC")}});
    world.run();
    world.pass(std::chrono::days(4));
    world.run();
    REQUIRE(world.state(id) == RequestState::reconsider);
    world.submit("U0ADMIN", ids::form_keep, id, {{"reason", "the trial goes on"}});
    world.run();
    world.pass(std::chrono::days(1));
    world.run();
    CHECK(world.state(id) == RequestState::approved);
}

TEST_CASE("R16: the last day of an approval says nothing of the restriction that came after it") {
    ReviewWorld world;
    const auto id = world.ready_request();
    limited(world, {{"until", time_zone::date_text(world.clock.now() + std::chrono::days(2), "UTC")}});
    world.run();
    world.command("U0LEGAL", "object REQ-1 the contract has ended");
    world.run();
    world.submit("U0ADMIN", ids::form_restrict, id, {{"reason", "no contract"}});
    world.run();
    REQUIRE(world.state(id) == RequestState::restricted);
    world.pass(std::chrono::days(4));
    world.run();
    CHECK(world.state(id) == RequestState::restricted);
}

TEST_CASE("R16: an alarm of the clock before the last day has ended waits for its end") {
    ReviewWorld world;
    const auto id = world.ready_request();
    limited(world, {{"until", time_zone::date_text(world.clock.now() + std::chrono::days(2), "UTC")}});
    world.run();
    world.handle(handlers::EventKind::timer, {{"kind", "approval"}, {"request", id}}, "approval:REQ-1");
    CHECK(world.state(id) == RequestState::approved);
    world.pass(std::chrono::days(4));
    CHECK(world.state(id) == RequestState::reconsider);
}

TEST_CASE("M1: of two admins the second agrees to the limits that stand, other limits begin anew") {
    ReviewWorld world(with_policy("[apply]\ntwo_admins = [\"low\", \"medium\", \"high\", \"critical\"]\n"));
    const auto id = world.ready_request();
    world.press("U0ADMIN", ids::approve_app, id);
    world.submit("U0ADMIN2", ids::form_limits, id, {{"only_for", "U0BOSS"}});
    world.run();
    CHECK(world.state(id) == RequestState::ready);
    SUBCASE("the first agrees to them") {
        world.press("U0ADMIN", ids::approve_app, id);
    }
    SUBCASE("the first asks for the same") {
        limited(world, {{"only_for", "U0BOSS"}});
    }
    SUBCASE("the first asks for others, to which the second agrees") {
        limited(world, {{"only_for", "U0BOSS U0OTHER"}});
        world.run();
        CHECK(world.state(id) == RequestState::ready);
        world.press("U0ADMIN2", ids::approve_app, id);
    }
    world.run();
    CHECK(world.state(id) == RequestState::approved);
    CHECK(world.slack.access["A1"]["permission_type"] == "named_entities");
}

TEST_CASE("P17: who asked for an app does not limit it as one of two admins either") {
    ReviewWorld world(with_policy("[apply]\ntwo_admins = [\"low\", \"medium\", \"high\", \"critical\"]\n"));
    world.app_requested(slack_request("Ar1", "A1", "U0ADMIN", {slack_scope("chat:write")}));
    world.run();
    world.press("U0SEC1", ids::vote_approve, 1);
    world.press("U0LEGAL", ids::vote_approve, 1);
    world.run();
    world.press("U0ADMIN2", ids::approve_app, 1);
    CHECK(limited(world, {{"only_for", "U0BOSS"}}).ack.contains("you asked for the app yourself"));
    world.run();
    world.press("U0ADMIN3", ids::approve_app, 1);
    world.run();
    CHECK(world.state(1) == RequestState::approved);
    CHECK(world.performed_of("admin.apps.permissions.set").empty());
}

TEST_CASE("M5: where the policy applies by itself, a limit that Slack refuses is not left away by it") {
    ReviewWorld world(with_policy("[risk]\nlow = [\"chat:write\"]\n[apply]\nautomatically = [\"low\"]"));
    world.command("U0ADMIN", "automatic off");
    const auto id = world.ready_request();
    limited(world, {{"only_for", "U0BOSS"}});
    world.run({"admin.apps.permissions.set"});
    world.command("U0ADMIN", "automatic on");
    world.answer(world.expect("admin.apps.permissions.set"), {"human", "not_an_enterprise", Json::object()});
    world.run();
    CHECK(world.state(id) == RequestState::held);
    CHECK(world.request(id).state_note.contains("does not have this limit"));
    CHECK(world.performed_of("admin.apps.approve").empty());
    // An admin approves without it.
    world.press("U0ADMIN", ids::approve_app, id);
    world.run();
    CHECK(world.state(id) == RequestState::approved);
    CHECK_FALSE(heard_last(world, "U0REQ").contains("only for"));
}

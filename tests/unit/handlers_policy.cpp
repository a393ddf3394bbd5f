#include "config/base/time_zone.hpp"
#include "handlers/judging.hpp"
#include "handlers/review/working_days.hpp"
#include "handlers/views/scope_words.hpp"
#include "tests/support/review_world.hpp"

#include <doctest/doctest.h>

using namespace countersign;
using namespace countersign::tests;
using namespace std::chrono;

namespace {

void ask(ReviewWorld& world, const std::string& scope, const std::string& token = "bot") {
    world.app_requested(slack_request("Ar1", "A1", "U0REQ", {slack_scope(scope, token)}));
    world.run();
}

const std::string no_tiers = "[risk]\nlow = [\"commands\", \"team:read\"]\nhigh = [\"files:read\"]\n";

std::string card_text(ReviewWorld& world) {
    std::string text;
    for (const auto& effect : world.performed) {
        if (effect.message == "card:1") text = Json::parse(effect.args)["text"];
    }
    return text;
}

}  // namespace

TEST_CASE("M9: the shipped tiers are the risks that the card shows") {
    const auto& tiers = config::built_in_policy()->risk;
    for (std::size_t tier = 0; tier < tiers.scopes.size(); ++tier) {
        for (const auto& pattern : tiers.scopes[tier]) {
            if (pattern.prefix) continue;
            for (const auto type :
                 {storage::TokenType::bot, storage::TokenType::user, storage::TokenType::unknown}) {
                const storage::Scope scope{.name = pattern.name, .token_type = type, .description = {}};
                CAPTURE(pattern.name);
                CHECK(static_cast<int>(handlers::review::risk_of(tiers, scope)) ==
                      static_cast<int>(handlers::views::risk_of(scope)));
            }
        }
    }
}

TEST_CASE("P15: a party that a rule does not need is shown so, and the others are enough") {
    ReviewWorld world(with_policy(no_tiers + "[[rule]]\nid = \"harmless\"\nwhen.risk = [\"low\"]\n"
                                             "not_required = [\"Legal\"]\nreason = \"It sees nothing.\""));
    ask(world, "commands");
    CHECK(card_text(world).contains("Legal: not required"));
    world.press("U0SEC1", ids::vote_approve, 1);
    CHECK(world.state(1) == RequestState::ready);
    // Who says no all the same is heard.
    world.run();
    world.press("U0LEGAL", ids::vote_reject, 1);
    world.submit("U0LEGAL", ids::form_reject, 1, {{"reason", "it does see something"}});
    CHECK(world.state(1) == RequestState::denied);
}

TEST_CASE("M9: unknown scopes and combinations are high enough to need everybody") {
    ReviewWorld world(with_policy(no_tiers + "[[risk.together]]\nname = \"both\"\nany = [\"commands\"]\n"
                                             "and_any = [\"team:read\"]\nrisk = \"critical\"\n"
                                             "[[rule]]\nid = \"harmless\"\nwhen.risk = [\"low\"]\n"
                                             "not_required = [\"Legal\", \"Security\"]"));
    world.app_requested(
        slack_request("Ar1", "A1", "U0REQ", {slack_scope("commands"), slack_scope("new:one")}));
    CHECK(world.state(1) == RequestState::in_review);
    world.app_requested(
        slack_request("Ar2", "A2", "U0REQ", {slack_scope("commands"), slack_scope("team:read", "user")}));
    CHECK(world.state(2) == RequestState::in_review);  // P19: across bot and user tokens
    world.app_requested(slack_request("Ar3", "A3", "U0REQ", {}));
    CHECK(world.state(3) == RequestState::in_review);  // says nothing: may be anything
    world.app_requested(slack_request("Ar4", "A4", "U0REQ", {slack_scope("commands")}));
    CHECK(world.state(4) == RequestState::ready);
}

TEST_CASE("M2: the policy approves by itself, reads back, and its text stays with the decision") {
    ReviewWorld world(with_policy(no_tiers + "[[rule]]\nid = \"harmless\"\nwhen.risk = [\"low\"]\n"
                                             "decide = \"approve\"\nreason = \"Nothing to see.\""));
    world.app_requested(slack_request("Ar1", "A1", "U0REQ", {slack_scope("commands")}, ""));
    CHECK(world.state(1) == RequestState::applying);
    world.run();
    CHECK(world.state(1) == RequestState::approved);
    CHECK(world.slack.approved.contains("A1"));
    const auto decision = world.view().decisions(RequestId{1}).back();
    CHECK(decision.policy_rules == R"(["harmless"])");
    CHECK(decision.actor.empty());
    REQUIRE(world.view().policy(decision.policy).has_value());
    CHECK(world.view().policy(decision.policy)->text.contains("Nothing to see."));
    CHECK(world.heard("U0REQ").back().contains("Nothing to see."));
    // A second with the same policy keeps one text.
    world.app_requested(slack_request("Ar2", "A2", "U0REQ", {slack_scope("commands")}, ""));
    world.run();
    CHECK(world.state(2) == RequestState::approved);
}

TEST_CASE(
    "domain.md 8.4: a refusal of the policy tells why, cancels in Slack, and an admin may overrule it") {
    ReviewWorld world(with_policy(no_tiers + "[[rule]]\nid = \"no-files\"\nwhen.scopes = [\"files:read\"]\n"
                                             "decide = \"deny\"\nreason = \"No app reads files.\""));
    ask(world, "files:read");
    CHECK(world.state(1) == RequestState::denied);
    CHECK(world.heard("U0REQ").size() == 1);
    CHECK(world.heard("U0REQ").back().contains("No app reads files."));
    CHECK(world.slack.pending.empty());
    CHECK(world.performed_of("admin.apps.restrict").empty());
    world.press("U0ADMIN", ids::reopen, 1);
    CHECK(world.state(1) == RequestState::in_review);
    world.press("U0SEC1", ids::vote_approve, 1);
    CHECK(world.state(1) == RequestState::in_review);  // judged again, and still an admin's word holds
    world.run();
}

TEST_CASE(
    "domain.md 8.4: the policy restricts only with a read-back, and hands over without an admin token") {
    const auto settings = with_policy(no_tiers +
                                      "[[rule]]\nid = \"no-files\"\nwhen.scopes = "
                                      "[\"files:read\"]\ndecide = \"restrict\"\nreason = \"Never.\"");
    ReviewWorld world(settings);
    ask(world, "files:read");
    CHECK(world.state(1) == RequestState::restricted);
    CHECK(world.slack.restricted.contains("A1"));
    ReviewWorld workspace(settings);
    workspace.capabilities.admin = false;
    ask(workspace, "files:read");
    CHECK(workspace.state(1) == RequestState::manual);
    CHECK(workspace.request(1).state_note.contains("Never."));
}

TEST_CASE("M25: no rule touches Countersign's own app") {
    ReviewWorld world(with_policy("[[rule]]\nid = \"all\"\ndecide = \"restrict\"\nreason = \"r\""));
    world.capabilities.own_app = AppId("A1");
    ask(world, "commands");
    CHECK(world.state(1) == RequestState::manual);
    CHECK(world.performed_of("admin.apps.restrict").empty());
}

TEST_CASE("M2: a risk is applied at once only where the policy says so") {
    ReviewWorld world(with_policy(no_tiers + "[apply]\nautomatically = [\"low\"]"));
    ask(world, "commands");
    world.press("U0SEC1", ids::vote_approve, 1);
    world.press("U0LEGAL", ids::vote_approve, 1);
    world.run();
    CHECK(world.state(1) == RequestState::approved);
    world.app_requested(slack_request("Ar2", "A2", "U0REQ", {slack_scope("files:read")}));
    world.run();
    world.press("U0SEC1", ids::vote_approve, 2);
    world.press("U0LEGAL", ids::vote_approve, 2);
    world.run();
    CHECK(world.state(2) == RequestState::ready);
}

TEST_CASE("M21: what is ready in a blackout is held, and applied when it ends") {
    ReviewWorld probe;
    const year_month_day today(floor<days>(probe.clock.now()));
    const auto day = time_zone::date_text(probe.clock.now(), "UTC");
    ReviewWorld world(with_policy(no_tiers + "[apply]\nautomatically = [\"low\"]\n[[blackout]]\nfrom = \"" +
                                  day + "\"\nuntil = \"" + day + "\"\nreason = \"Year end\""));
    ask(world, "commands");
    world.press("U0SEC1", ids::vote_approve, 1);
    world.press("U0LEGAL", ids::vote_approve, 1);
    world.run();
    CHECK(world.state(1) == RequestState::held);
    CHECK(world.request(1).state_note.contains("Year end"));
    CHECK(world.performed_of("admin.apps.approve").empty());
    world.pass(sys_days(today) + days(1) - world.clock.now());
    world.run();
    CHECK(world.state(1) == RequestState::approved);
}

TEST_CASE("M23: a rule routes the card to another channel too, and votes count there") {
    ReviewWorld world(
        with_policy("[[rule]]\nid = \"sales\"\nwhen.workspaces = [\"T1\"]\nchannel = \"C0SALES\""));
    ask(world, "commands");
    const auto copy = world.view().message("card:1:C0SALES");
    REQUIRE(copy.has_value());
    world.press_with("U0SEC1", ids::vote_approve, handlers::views::button_value(world.request(1)), "C0SALES",
                     copy->ts);
    CHECK(world.view().votes(RequestId{1}).size() == 1);
    world.run();
    const auto updates = world.performed_of("chat.update");
    CHECK(std::ranges::any_of(updates, [](const auto& one) { return one.message == "card:1:C0SALES"; }));
}

TEST_CASE("M23: without a rule that fits, the default parties are asked") {
    ReviewWorld world(
        with_policy("parties = [\"Security\"]\n[[rule]]\nid = \"group\"\nwhen.requesters = "
                    "[\"S0ADMINS\"]\nrequire = [\"Legal\"]"));
    world.start();
    ask(world, "commands");
    world.press("U0SEC1", ids::vote_approve, 1);
    CHECK(world.state(1) == RequestState::ready);
    world.app_requested(slack_request("Ar2", "A2", "U0ADMIN3", {slack_scope("commands")}));
    world.run();
    world.press("U0SEC1", ids::vote_approve, 2);
    CHECK(world.state(2) == RequestState::in_review);  // a member of the group: Legal too
}

TEST_CASE("domain.md 8.4: an earlier approval of the same scopes counts again, until it is too old") {
    ReviewWorld world(with_policy("[evidence]\nearlier_decision = \"30 days\""));
    const auto id = world.ready_request();
    world.press("U0ADMIN", ids::approve_app, id);
    world.run();
    REQUIRE(world.state(id) == RequestState::approved);
    world.app_requested(slack_request("Ar2", "A1", "U0REQ2", {slack_scope("chat:write")}, ""));
    world.run();
    CHECK(world.state(2) == RequestState::approved);
    CHECK(world.request(2).decision_reason.contains("REQ-1"));
    world.app_requested(
        slack_request("Ar3", "A1", "U0REQ2", {slack_scope("chat:write"), slack_scope("files:read")}, ""));
    CHECK(world.state(3) == RequestState::awaiting_issue);  // more scopes: asked again
    world.clock.advance(days(31));
    world.app_requested(slack_request("Ar4", "A1", "U0REQ2", {slack_scope("chat:write")}, ""));
    CHECK(world.state(4) == RequestState::awaiting_issue);
}

TEST_CASE(
    "domain.md 8.4: an earlier approval that was limited, taken back or is in doubt does not count again") {
    ReviewWorld world(with_policy("[evidence]\nearlier_decision = \"30 days\""));
    world.start();
    const auto id = world.ready_request();
    const auto asked_again = [&] {
        world.clock.advance(std::chrono::minutes(1));
        auto again = slack_request("Ar2", "A1", "U0REQ2", {slack_scope("chat:write")}, "");
        again["date_created"] = to_millis(world.clock.now()) / 1000;
        world.app_requested(again);
        world.run();
        return world.state(2);
    };
    const auto approve = [&] {
        world.press("U0ADMIN", ids::approve_app, id);
        world.run();
        REQUIRE(world.state(id) == RequestState::approved);
    };
    SUBCASE("until a day") {
        world.submit("U0ADMIN", ids::form_limits, id, {{"until", "2027-01-31"}});
        world.run();
        REQUIRE(world.state(id) == RequestState::approved);
        CHECK(asked_again() == RequestState::awaiting_issue);
    }
    SUBCASE("restricted in Slack's own screens") {
        approve();
        world.slack.restricted["A1"] = world.slack.approved["A1"];
        world.slack.approved.erase("A1");
        world.pass(world.settings.slack.reconcile);
        world.run();
        CHECK(asked_again() == RequestState::awaiting_issue);
    }
    SUBCASE("cleared in Slack's own screens") {
        approve();
        world.slack.approved.erase("A1");
        world.pass(world.settings.slack.reconcile);
        world.run();
        CHECK(asked_again() == RequestState::awaiting_issue);
    }
    SUBCASE("somebody objects") {
        approve();
        world.command("U0LEGAL", "object REQ-1 the vendor was sold");
        REQUIRE(world.state(id) == RequestState::reconsider);
        CHECK(asked_again() == RequestState::awaiting_issue);
    }
}

TEST_CASE("domain.md 8.4: what is denied as soon as it comes takes no other request's place") {
    ReviewWorld world;
    world.start();
    const std::vector<Json> more{slack_scope("chat:write"), slack_scope("files:read")};
    world.app_requested(slack_request("Ar1", "A1", "U0REQ", more));
    world.run();
    world.submit("U0ADMIN", ids::form_restrict, 1, {{"reason", "sells what it reads"}});
    world.run();
    REQUIRE(world.state(1) == RequestState::restricted);
    world.clock.advance(days(1));
    world.app_requested(slack_request("Ar2", "A1", "U0REQ", {slack_scope("chat:write")}));
    world.run();
    auto again = slack_request("Ar3", "A1", "U0REQ", more);
    again["date_created"] = to_millis(world.clock.now()) / 1000;
    world.app_requested(again);
    world.run();
    CHECK(world.state(3) == RequestState::denied);
    CHECK(world.state(2) == RequestState::in_review);
    CHECK(world.slack.pending.contains("Ar2"));
}

TEST_CASE("domain.md 8.4: what was restricted here is not reviewed again for the same scopes") {
    ReviewWorld world;
    world.start();
    const auto id = world.ready_request();
    world.submit("U0ADMIN", ids::form_restrict, id, {{"reason", "sells what it reads"}});
    world.run();
    REQUIRE(world.state(id) == RequestState::restricted);
    world.clock.advance(days(1));
    const auto ask_now = [&](const std::string& slack_id, const std::vector<Json>& scopes) {
        auto again = slack_request(slack_id, "A1", "U0REQ2", scopes);
        again["date_created"] = to_millis(world.clock.now()) / 1000;
        world.app_requested(again);
        world.run();
    };
    ask_now("Ar2", {slack_scope("chat:write")});
    CHECK(world.state(2) == RequestState::denied);
    CHECK(world.slack.pending.empty());
    CHECK(world.heard("U0REQ2").back().contains(
        "REQ-1 restricted this app with the same permissions: sells what it reads"));
    // An admin may open it all the same; other scopes are another question.
    world.press("U0ADMIN", ids::reopen, 2);
    world.run();
    CHECK(world.state(2) == RequestState::in_review);
    ask_now("Ar3", {slack_scope("users:read")});
    CHECK(world.state(3) == RequestState::in_review);
    // Lifted in Slack's own screens: it is asked for as if for the first time.
    world.slack.restricted.clear();
    world.pass(world.settings.slack.reconcile);
    world.run();
    world.press("U0REQ2", ids::withdraw, 2);
    world.press("U0REQ2", ids::withdraw, 3);
    world.run();
    world.clock.advance(std::chrono::minutes(1));
    ask_now("Ar4", {slack_scope("chat:write")});
    CHECK(world.state(4) == RequestState::in_review);
}

TEST_CASE("P25: a vote that is too old is shown and does not count") {
    ReviewWorld world(with_policy("[evidence]\nvotes_good_for = \"10 days\""));
    const auto id = world.ready_request();
    world.clock.advance(days(11));
    world.press("U0ADMIN", ids::approve_app, id);
    world.run();
    CHECK(world.performed_of("admin.apps.approve").empty());
    CHECK(world.state(id) != RequestState::approved);
    world.press("U0SEC1", ids::vote_approve, id);
    world.press("U0LEGAL", ids::vote_approve, id);
    world.press("U0ADMIN", ids::approve_app, id);
    world.run();
    CHECK(world.state(id) == RequestState::approved);
}

TEST_CASE("P12: business days skip weekends and holidays and keep the hour over a change of clocks") {
    config::Calendar berlin;
    berlin.zone = "Europe/Berlin";
    berlin.holidays = {2026y / April / 3, 2026y / April / 6};
    const auto at = [](year_month_day day, minutes time) -> Timestamp {
        return time_zone::from_local(local_days(day) + time, "Europe/Berlin");
    };
    using handlers::review::after;
    using handlers::review::fit_to_write;
    // Thursday 2 April 2026 + 2: Friday and Monday are holidays.
    CHECK(after(at(2026y / April / 2, 9h), {.business_days = 2}, berlin) == at(2026y / April / 8, 9h));
    // Friday before the clocks change: nine o'clock stays nine o'clock.
    CHECK(after(at(2026y / March / 27, 9h), {.business_days = 1}, berlin) == at(2026y / March / 30, 9h));
    CHECK(after(at(2026y / March / 28, 9h), {.business_days = 1}, berlin) == at(2026y / March / 31, 9h));
    CHECK(after(at(2026y / March / 27, 9h), {.clock = 36h}, berlin) == at(2026y / March / 27, 9h) + 36h);
    berlin.quiet = config::LocalSpan{18h, 8h};
    CHECK(fit_to_write(at(2026y / March / 26, 19h), berlin, "") == at(2026y / March / 27, 8h));
    CHECK(fit_to_write(at(2026y / March / 27, 18h), berlin, "") == at(2026y / March / 30, 8h));
    CHECK(fit_to_write(at(2026y / March / 27, 7h), berlin, "") == at(2026y / March / 27, 8h));
    CHECK(fit_to_write(at(2026y / March / 27, 12h), berlin, "") == at(2026y / March / 27, 12h));
    // In the person's own zone: noon in Berlin is night in Los Angeles; an unknown zone is the calendar's.
    CHECK(fit_to_write(at(2026y / March / 26, 12h), berlin, "America/Los_Angeles") ==
          sys_days(2026y / March / 26) + 15h);
    CHECK(fit_to_write(at(2026y / March / 26, 12h), berlin, "Mars/X") == at(2026y / March / 26, 12h));
    // A calendar of holidays only ends all the same.
    berlin.holidays.clear();
    for (sys_days day = 2026y / January / 1; day < sys_days(2029y / January / 1); day += days(1))
        berlin.holidays.emplace_back(day);
    CHECK(after(at(2026y / March / 27, 9h), {.business_days = 1}, berlin) > at(2026y / March / 27, 9h));
}

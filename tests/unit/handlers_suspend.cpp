#include "config/base/text.hpp"
#include "handlers/judging.hpp"
#include "tests/support/review_world.hpp"

#include <doctest/doctest.h>

#include <set>
#include <tuple>

using namespace countersign;
using namespace countersign::tests;

namespace {

std::int64_t approved_request(ReviewWorld& world, const std::string& slack_id = "Ar1",
                              const std::string& app = "A1") {
    const auto id = world.ready_request(slack_id, app);
    world.press("U0ADMIN", ids::approve_app, id);
    world.run();
    REQUIRE(world.state(id) == RequestState::approved);
    return id;
}

// In the workspace driver, where an admin presses Slack's own button.
std::int64_t approved_by_hand(ReviewWorld& world) {
    world.capabilities.admin = false;
    const auto id = world.ready_request();
    world.press("U0ADMIN", ids::approve_app, id);
    world.press("U0ADMIN", ids::done, id);
    world.run();
    REQUIRE(world.state(id) == RequestState::approved);
    return id;
}

// The same for a workspace and a requester; the parties agree and an admin presses.
std::int64_t approved_in(ReviewWorld& world, const std::string& slack_id, const std::string& team,
                         const std::string& requester, const std::string& app = "A1",
                         const std::string& name = "Board") {
    auto body = slack_request(slack_id, app, requester, {slack_scope("chat:write")}, good_link,
                              {{"id", team}, {"name", team}});
    body["app"]["name"] = name;
    world.app_requested(body);
    world.run();
    const auto id = world.view().next_request_id().value - 1;
    world.press("U0SEC1", ids::vote_approve, id);
    world.press("U0LEGAL", ids::vote_approve, id);
    world.press("U0ADMIN", ids::approve_app, id);
    world.run();
    REQUIRE(world.state(id) == RequestState::approved);
    return id;
}

std::ptrdiff_t how_often(const std::vector<std::string>& texts, const std::string& words) {
    return std::ranges::count_if(texts, [&](const auto& text) { return text.contains(words); });
}

bool any_says(const std::vector<std::string>& texts, const std::string& words) {
    return std::ranges::any_of(texts, [&](const auto& text) { return text.contains(words); });
}

}  // namespace

TEST_CASE("M24: suspend restricts an approved app at once, tells the requester, and asks for a review") {
    ReviewWorld world;
    const auto id = approved_request(world);
    const auto said = world.command("U0ADMIN", "suspend REQ-1 its token was stolen");
    CHECK(said.ack.contains("is being restricted in Slack"));
    CHECK(world.state(id) == RequestState::applying);
    world.run();
    CHECK(world.state(id) == RequestState::suspended);
    CHECK(world.slack.restricted.contains("A1"));
    CHECK_FALSE(world.slack.approved.contains("A1"));
    const auto calls = world.performed_of("admin.apps.restrict");
    REQUIRE(calls.size() == 1);
    CHECK(Json::parse(calls.front().args)["app_id"] == "A1");
    CHECK(world.heard("U0REQ").back().contains("its token was stolen"));
    CHECK(any_says(world.heard("C0ITALARMS"), "U0ADMIN suspends Sketch Pad (REQ-1): its token was stolen"));
    CHECK(world.audited("emergency.suspended", "REQ-1"));
    const auto card = world.performed_of("chat.update").back().args;
    CHECK(card.contains("Restricted"));
    CHECK(card.contains(ids::keep_decision));
    CHECK(card.contains(ids::clear_decision));
    // Slack's lists agree: nothing comes back as new, nothing ends by itself.
    world.start();
    world.pass(std::chrono::hours(24 * 60));
    world.run();
    CHECK(world.state(id) == RequestState::suspended);
}

TEST_CASE("M24: the way back: kept it stays restricted, cleared it may be asked for anew") {
    for (const bool kept : {true, false}) {
        CAPTURE(kept);
        ReviewWorld world;
        const auto id = approved_request(world);
        world.command("U0ADMIN", "suspend REQ-1 stolen");
        world.run();
        REQUIRE(world.state(id) == RequestState::suspended);
        const auto form = kept ? ids::form_keep : ids::form_clear;
        world.press("U0ADMIN2", kept ? ids::keep_decision : ids::clear_decision, id);
        world.submit("U0SEC1", form, id, {{"reason", "x"}});
        world.run();
        CHECK(world.state(id) == RequestState::suspended);
        CHECK(world.submit("U0ADMIN2", form, id, {{"reason", " "}}).ack.contains("say why"));
        world.submit("U0ADMIN2", form, id, {{"reason", "the vendor has changed it"}});
        world.run();
        CHECK(world.state(id) == (kept ? RequestState::restricted : RequestState::expired));
        CHECK(world.slack.restricted.contains("A1") == kept);
        if (kept) continue;
        world.app_requested(slack_request("Ar9", "A1", "U0REQ", {slack_scope("chat:write")}));
        world.run();
        CHECK(world.state(id + 1) == RequestState::in_review);
    }
}

TEST_CASE("M24: suspended twice, unknown, not approved, without a reason: each is said, nothing is sent") {
    ReviewWorld world;
    const auto id = approved_request(world);
    const auto says = [&](const std::string& text) { return world.command("U0ADMIN", text).ack; };
    CHECK(says("suspend").contains("Which one, and why?"));
    CHECK(says("suspend REQ-1").contains("Which one, and why?"));
    CHECK(says("suspend REQ-99 stolen").contains("I know no request REQ-99"));
    CHECK(says("suspend A0NEVER stolen").contains("I know no request A0NEVER"));
    CHECK(says("suspend A0COUNTERSIGN stolen").contains("never restrict myself"));
    world.app_requested(slack_request("Ar2", "A2", "U0REQ", {slack_scope("chat:write")}));
    world.run();
    CHECK(says("suspend REQ-2 stolen").contains("is not approved"));
    CHECK(world.performed_of("admin.apps.restrict").empty());
    CHECK(says("suspend REQ-1 stolen").contains("is being restricted"));
    CHECK(says("suspend REQ-1 stolen").contains("already decided"));
    world.run();
    CHECK(says("suspend REQ-1 stolen").contains("is suspended already"));
    CHECK(says("suspend A1 stolen").contains("is suspended already"));
    CHECK(world.performed_of("admin.apps.restrict").size() == 1);
    CHECK(world.state(id) == RequestState::suspended);
}

TEST_CASE("M24: our own app is never suspended, and nobody without the right suspends anything (M25)") {
    ReviewWorld world;
    const auto id = approved_request(world);
    for (const auto* person : {"U0REQ", "U0SEC1", "U0NOBODY"}) {
        const auto said = world.command(person, "suspend REQ-1 because");
        world.run();
        CHECK((said.ack.contains("only admins decide this") ||
               any_says(world.heard(person), "only admins decide this")));
    }
    CHECK(world.audited("press.refused", "REQ-1"));
    CHECK(world.state(id) == RequestState::approved);
    world.app_requested(slack_request("Ar2", "A0COUNTERSIGN", "U0REQ", {slack_scope("chat:write")}));
    world.run();
    CHECK(world.command("U0ADMIN", "suspend REQ-2 why not").ack.contains("never restrict myself"));
    CHECK(world.command("U0ADMIN", "suspend A0COUNTERSIGN why not").ack.contains("never restrict myself"));
    CHECK(world.performed_of("admin.apps.restrict").empty());
}

TEST_CASE("M24: by the app's id the request that approved it is meant, not a newer one") {
    ReviewWorld world;
    const auto id = approved_request(world);
    world.app_requested(
        slack_request("Ar2", "A1", "U0REQ", {slack_scope("chat:write"), slack_scope("files:read")}));
    world.run();
    REQUIRE(world.state(id + 1) == RequestState::in_review);
    world.command("U0ADMIN", "suspend A1 stolen");
    world.run();
    CHECK(world.state(id) == RequestState::suspended);
}

TEST_CASE("M24: what Slack refuses to restrict needs a human, and can be pressed again") {
    ReviewWorld world;
    const auto id = approved_request(world);
    world.command("U0ADMIN", "suspend REQ-1 stolen");
    world.answer(world.expect("admin.apps.restrict"), {"human", "app_restricted_org_wide", Json::object()});
    CHECK(world.state(id) == RequestState::manual);
    world.run();
    CHECK(any_says(world.heard("U0ADMIN"), "app_restricted_org_wide"));
    CHECK(any_says(world.heard("C0ITALARMS"), "needs a human"));
    world.press("U0ADMIN", ids::restrict_app, id);
    world.submit("U0ADMIN", ids::form_restrict, id, {{"reason", "stolen"}});
    world.run();
    CHECK(world.state(id) == RequestState::suspended);
    CHECK(world.slack.restricted.contains("A1"));
}

TEST_CASE("M24: an emergency that came to nothing does not turn a later restriction into one") {
    ReviewWorld world;
    const auto id = approved_request(world);
    world.command("U0ADMIN", "suspend REQ-1 stolen");
    world.answer(world.expect("admin.apps.restrict"), {"human", "not_an_admin", Json::object()});
    REQUIRE(world.state(id) == RequestState::manual);
    world.press("U0ADMIN", ids::approve_app, id);  // a false alarm: it stays approved
    world.run();
    REQUIRE(world.state(id) == RequestState::approved);
    CHECK(world.view().marks(RequestId{id}).empty());
}

TEST_CASE("M24: the answer to restrict is lost: it is looked up, and ends suspended all the same") {
    ReviewWorld world;
    const auto id = approved_request(world);
    world.command("U0ADMIN", "suspend REQ-1 stolen");
    const auto call = world.expect("admin.apps.restrict");
    world.slack.approved.erase("A1");
    world.slack.restricted["A1"] = Json::array({slack_scope("chat:write")});
    world.answer(call, {"unclear", "timeout", Json::object()});
    world.run();
    CHECK(world.state(id) == RequestState::suspended);
    CHECK(world.performed_of("admin.apps.restrict").empty());
}

TEST_CASE("M24: an emergency whose call did not get through is sent again, our own approval is no answer") {
    ReviewWorld world;
    const auto id = approved_request(world);
    world.command("U0ADMIN", "suspend REQ-1 stolen");
    const auto lose = [&] {
        world.answer(world.expect("admin.apps.restrict"), {"unclear", "timeout", Json::object()});
    };
    lose();
    SUBCASE("and gets through") {
        world.run();
    }
    SUBCASE("lost again and again it is a person's, who types it once more") {
        for (int i = 0; i < 3; ++i) {
            world.run({"admin.apps.restrict"});
            lose();
        }
        world.run();
        CHECK(world.state(id) == RequestState::manual);
        CHECK_FALSE(world.waiting("admin.apps.restrict"));
        CHECK(any_says(world.heard("C0ITALARMS"), "needs a human"));
        CHECK(any_says(world.heard("U0ADMIN"), "needs a human"));
        world.command("U0ADMIN", "suspend REQ-1 stolen");
        world.run();
    }
    CHECK(world.state(id) == RequestState::suspended);
    CHECK(world.request(id).outside == storage::Outside::no);
    CHECK(world.performed_of("admin.apps.restrict").size() == 1);
    CHECK(world.slack.restricted.contains("A1"));
}

TEST_CASE("M24: without an admin token the admin restricts by hand and says Done, and the way back goes on") {
    ReviewWorld world;
    const auto id = approved_by_hand(world);
    const auto said = world.command("U0ADMIN", "suspend REQ-1 its token was stolen");
    CHECK(said.ack.contains("told by hand"));
    world.run();
    CHECK(world.state(id) == RequestState::manual);
    CHECK(any_says(world.heard("C0ITALARMS"), "Restrict it in Slack's admin pages at once"));
    CHECK(any_says(world.heard("C0ITALARMS"), "its token was stolen"));
    // U8: the request tells the reason, the log proves it.
    CHECK(world.request(id).decision_reason == "its token was stolen");
    CHECK(world.logged("emergency.suspended", "REQ-1")["reason"] ==
          "sha256:" + text::sha256_hex("its token was stolen"));
    CHECK(world.logged("request.state", "REQ-1")["note"] ==
          "sha256:" + text::sha256_hex(world.request(id).state_note));
    CHECK_FALSE(world.log_tells("its token was stolen"));
    world.press("U0SEC1", ids::done, id);
    world.run();
    CHECK(world.state(id) == RequestState::manual);
    world.press("U0ADMIN", ids::done, id);
    world.run();
    CHECK(world.state(id) == RequestState::suspended);
    CHECK(world.heard("U0REQ").back().contains("its token was stolen"));
    CHECK(world.performed_of("admin.apps.restrict").empty());
    world.press("U0ADMIN", ids::clear_decision, id);
    world.submit("U0ADMIN", ids::form_clear, id, {{"reason", "it was a false alarm"}});
    world.run();
    CHECK(world.state(id) == RequestState::expired);
}

TEST_CASE("M24: by the app's id every approval of it is suspended, each recorded, people told once") {
    ReviewWorld world;
    for (const auto& [slack_id, team, requester] :
         {std::tuple{"Ar1", "T1", "U0REQ"}, {"Ar2", "T2", "U0REQ"}, {"Ar3", "T3", "U0TWO"}})
        approved_in(world, slack_id, team, requester);
    world.app_requested(slack_request("Ar4", "A1", "U0REQ", {slack_scope("chat:write")}, good_link,
                                      {{"id", "T4"}, {"name", "T4"}}));
    approved_in(world, "Ar5", "T1", "U0REQ", "A2", "Other");
    const auto said = world.command("U0ADMIN", "suspend A1 its token was stolen");
    CHECK(said.ack.contains("REQ-3, REQ-2, REQ-1: each is being restricted"));
    CHECK(world.command("U0ADMIN2", "suspend A1 its token was stolen").ack.contains("already decided"));
    world.run();
    std::set<std::string> places;
    for (const auto& call : world.performed_of("admin.apps.restrict")) {
        CHECK(Json::parse(call.args)["app_id"] == "A1");
        CHECK(places.insert(Json::parse(call.args)["team_id"]).second);
    }
    CHECK(places == std::set<std::string>{"T1", "T2", "T3"});
    for (const std::int64_t id : {1, 2, 3}) {
        CHECK(world.state(id) == RequestState::suspended);
        CHECK(world.audited("emergency.suspended", "REQ-" + std::to_string(id)));
        CHECK(world.view().marks(RequestId{id}).empty());
    }
    CHECK(world.state(4) == RequestState::in_review);
    CHECK(world.state(5) == RequestState::approved);
    for (const auto* person : {"U0REQ", "U0TWO"}) {
        CHECK(how_often(world.heard(person), "its token was stolen") == 1);
        CHECK(any_says(world.heard(person), "REQ-3, REQ-2, REQ-1"));
    }
    CHECK(how_often(world.heard("C0ITALARMS"), "suspends Board (REQ-3, REQ-2, REQ-1)") == 1);
    CHECK(how_often(world.heard("C0ITALARMS"), "its token was stolen") == 1);
    // Answers that come once more change nothing and send nothing.
    const auto sent = world.performed.size();
    for (const auto& call : world.performed_of("admin.apps.restrict"))
        world.answer(call, {}, true);
    world.run();
    CHECK(world.performed.size() == sent);
    CHECK(world.command("U0ADMIN", "suspend A1 stolen").ack.contains("is suspended already"));
}

TEST_CASE("M24: what Slack refuses in one workspace is tried again by the same words, the others stay") {
    ReviewWorld world;
    approved_in(world, "Ar1", "T1", "U0REQ");
    approved_in(world, "Ar2", "T2", "U0REQ");
    approved_in(world, "Ar3", "T3", "U0TWO");
    world.command("U0ADMIN", "suspend board stolen");  // by its name, too
    for (auto call = world.waiting("admin.apps.restrict"); call;
         call = world.waiting("admin.apps.restrict")) {
        if (Json::parse(call->args)["team_id"] == "T1")
            world.perform(*call);
        else
            world.answer(*call, {"human", "not_an_admin", Json::object()});
    }
    world.run();
    CHECK(world.state(1) == RequestState::suspended);
    CHECK(world.state(2) == RequestState::manual);
    CHECK(world.state(3) == RequestState::manual);
    CHECK(world.command("U0ADMIN", "suspend A1 stolen").ack.contains("REQ-3, REQ-2: each"));
    world.run();
    CHECK(world.performed_of("admin.apps.restrict").size() == 3);
    for (const std::int64_t id : {1, 2, 3})
        CHECK(world.state(id) == RequestState::suspended);
    CHECK(how_often(world.heard("U0REQ"), "stolen") == 1);
    CHECK(how_often(world.heard("U0TWO"), "stolen") == 1);
}

TEST_CASE("M24: a name that several apps have suspends none of them") {
    ReviewWorld world;
    const auto first = approved_in(world, "Ar1", "T1", "U0REQ", "A1");
    const auto second = approved_in(world, "Ar2", "T1", "U0REQ", "A2");
    CHECK(world.command("U0ADMIN", "suspend Board stolen").ack.contains("Several apps are called Board"));
    world.run();
    CHECK(world.performed_of("admin.apps.restrict").empty());
    CHECK(world.state(first) == RequestState::approved);
    CHECK(world.state(second) == RequestState::approved);
}

TEST_CASE("M24: without an admin token every approval of the app becomes a task, the person hears once") {
    ReviewWorld world;
    world.capabilities.admin = false;
    for (const auto& [slack_id, team] : {std::pair{"Ar1", "T1"}, {"Ar2", "T2"}}) {
        world.app_requested(slack_request(slack_id, "A1", "U0REQ", {slack_scope("chat:write")}, good_link,
                                          {{"id", team}, {"name", team}}));
        world.run();
        const auto id = world.view().next_request_id().value - 1;
        world.press("U0SEC1", ids::vote_approve, id);
        world.press("U0LEGAL", ids::vote_approve, id);
        world.press("U0ADMIN", ids::approve_app, id);
        world.press("U0ADMIN", ids::done, id);
        world.run();
        REQUIRE(world.state(id) == RequestState::approved);
    }
    CHECK(world.command("U0ADMIN", "suspend A1 stolen").ack.contains("REQ-2, REQ-1 are suspended"));
    world.run();
    for (const std::int64_t id : {1, 2}) {
        CHECK(world.state(id) == RequestState::manual);
        world.press("U0ADMIN", ids::done, id);
        world.run();
        CHECK(world.state(id) == RequestState::suspended);
    }
    CHECK(how_often(world.heard("U0REQ"), "stolen") == 1);
    CHECK(world.performed_of("admin.apps.restrict").empty());
}

TEST_CASE("M24: who waits for it and who answers for it in the inventory hear of it too, once") {
    ReviewWorld world;
    world.app_requested(slack_request("Ar1", "A1", "U0REQ", {slack_scope("chat:write")}));
    world.app_requested(slack_request("Ar2", "A1", "U0TWO", {slack_scope("chat:write")}));
    world.run();
    world.press("U0SEC1", ids::vote_approve, 1);
    world.press("U0LEGAL", ids::vote_approve, 1);
    world.press("U0ADMIN", ids::approve_app, 1);
    world.run();
    REQUIRE(world.state(1) == RequestState::approved);
    const auto owned_by = [&](const std::string& owner) {
        storage::InventoryEntry entry;
        entry.app_id = AppId("A1");
        entry.team_id = TeamId("T1");
        entry.app_name = "Sketch Pad";
        entry.owner = UserId(owner);
        world.db.writer().transaction([&] {
            storage::apply(world.db.writer(), storage::ChangeInstalled{storage::SaveInventoryEntry{entry}},
                           world.clock.now());
        });
    };
    SUBCASE("the owner is somebody else") {
        owned_by("U0OWNER");
        world.command("U0ADMIN", "suspend REQ-1 its token was stolen");
        world.run();
        CHECK(how_often(world.heard("U0OWNER"), "which you answer for, is suspended by <@U0ADMIN>") == 1);
    }
    SUBCASE("the owner asked for it, and hears as the requester") {
        owned_by("U0REQ");
        world.command("U0ADMIN", "suspend REQ-1 its token was stolen");
        world.run();
        CHECK(how_often(world.heard("U0REQ"), "which you answer for") == 0);
    }
    REQUIRE(world.state(1) == RequestState::suspended);
    CHECK(how_often(world.heard("U0REQ"), "its token was stolen") == 1);
    CHECK(how_often(world.heard("U0TWO"), "Restricted") == 1);
    CHECK(how_often(world.heard("U0TWO"), "its token was stolen") == 1);
}

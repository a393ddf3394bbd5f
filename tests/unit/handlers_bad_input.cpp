#include "config/base/time_zone.hpp"
#include "tests/support/block_kit.hpp"
#include "tests/support/review_world.hpp"

#include <doctest/doctest.h>

// Cells "bad input" of domain.md 7.1 to 7.3 that no other test has at hand.
using namespace countersign;
using namespace countersign::tests;
using namespace std::chrono;

namespace {

bool any_says(const std::vector<std::string>& texts, const std::string& words) {
    return std::ranges::any_of(texts, [&](const auto& text) { return text.contains(words); });
}

std::int64_t approved_request(ReviewWorld& world) {
    const auto id = world.ready_request();
    world.press("U0ADMIN", ids::approve_app, id);
    world.run();
    REQUIRE(world.state(id) == RequestState::approved);
    return id;
}

void app_installed(ReviewWorld& world, const std::string& app, const std::string& team = "T1") {
    world.handle(handlers::EventKind::events_api,
                 {{"type", "event_callback"},
                  {"event",
                   {{"type", "app_installed"},
                    {"app_id", app},
                    {"app_name", "Sketch Pad"},
                    {"app_owner_id", ""},
                    {"user_id", "U0ADMIN"},
                    {"team_id", team},
                    {"team_domain", "acme"}}}},
                 world.next("env"));
    world.run();
}

constexpr auto must_be_installed =
    "[deadlines]\nremind_install = [\"1 day\"]\ninstall_limit = \"10 days\"\n[calendar]\nquiet = \"\"";

}  // namespace

TEST_CASE("R15: approved but never installed: the requester is reminded, then the approval lapses in Slack") {
    ReviewWorld world(with_policy(must_be_installed));
    const auto id = approved_request(world);
    for (int day = 0; day < 9; ++day) {
        world.pass(days(1));
        world.run();
    }
    CHECK(any_says(world.heard("U0REQ"), "nobody has installed it"));
    CHECK(world.state(id) == RequestState::approved);
    world.pass(days(3));
    world.run();
    CHECK(world.state(id) == RequestState::expired);
    CHECK_FALSE(world.slack.approved.contains("A1"));
    CHECK(any_says(world.heard("U0REQ"), "It was approved and not installed in time."));
}

TEST_CASE("R15: installed in time nothing lapses, nor where another request rests on the approval") {
    ReviewWorld world(with_policy(must_be_installed));
    const auto id = approved_request(world);
    app_installed(world, "A1");
    REQUIRE(world.state(id) == RequestState::installed);
    world.pass(days(30));
    world.run();
    CHECK(world.state(id) == RequestState::installed);
    // More scopes, approved and not installed anew: Slack's one decision holds for both.
    world.app_requested(
        slack_request("Ar2", "A1", "U0REQ", {slack_scope("chat:write"), slack_scope("files:read")}));
    world.run();
    world.press("U0SEC1", ids::vote_approve, id + 1);
    world.press("U0LEGAL", ids::vote_approve, id + 1);
    world.press("U0ADMIN", ids::approve_app, id + 1);
    world.run();
    REQUIRE(world.state(id + 1) == RequestState::approved);
    world.pass(days(30));
    world.run();
    CHECK(world.slack.approved.contains("A1"));
    CHECK(world.performed_of("admin.apps.clearResolution").empty());
}

TEST_CASE("R15: without the Admin API an admin is asked to take the approval back") {
    ReviewWorld world(with_policy(must_be_installed));
    world.capabilities.admin = false;
    world.capabilities.reviewer = true;  // whose log tells of no installation
    const auto id = world.ready_request();
    world.press("U0ADMIN", ids::approve_app, id);
    world.press("U0ADMIN", ids::done, id);
    world.run();
    REQUIRE(world.state(id) == RequestState::approved);
    world.pass(days(11));
    world.run();
    CHECK(any_says(world.heard("C0ITALARMS"), "is approved, and nobody has installed it"));
    CHECK(world.state(id) == RequestState::approved);
}

TEST_CASE("R24: blocks that Slack refuses go out as the complete text, the card stays one message") {
    ReviewWorld world;
    world.app_requested(slack_request("Ar1", "A1", "U0REQ", {slack_scope("chat:write")}, ""));
    for (const auto& effect : world.due()) {
        const bool post = effect.method == "chat.postMessage";
        world.answer(effect, post ? SlackAnswer{"refused", "invalid_blocks", Json::object()} : SlackAnswer{});
    }
    world.run();
    std::string card, direct;
    for (const auto& effect : world.performed_of("chat.postMessage")) {
        const auto args = Json::parse(effect.args);
        if (effect.message == "card:1") card = effect.args;
        if (args["channel"] == "U0REQ") direct = effect.args;
    }
    CHECK(card.contains("Waiting for vendor issue"));
    CHECK(card.contains("Security: waiting"));
    CHECK_FALSE(card.contains("\"blocks\""));
    CHECK(direct.contains("needs a vendor issue"));
    CHECK_FALSE(direct.contains("\"blocks\""));
    REQUIRE(world.view().message("card:1").has_value());
    // The next change finds the message; refused once more, its text alone changes, and that ends it.
    world.press("U0SEC1", ids::vote_approve, 1);
    world.answer(world.expect("chat.update"), {"refused", "invalid_blocks", Json::object()});
    const auto plain = world.expect("chat.update");
    CHECK(Json::parse(plain.args)["blocks"] == Json::array());
    CHECK(plain.message == "card:1");
    CHECK(plain.args.contains("approved by"));
    world.answer(plain, {"refused", "invalid_blocks", Json::object()});
    CHECK_FALSE(world.waiting("chat.update"));
    world.run();
    CHECK(any_says(world.heard("C0ITALARMS"), "goes out as plain text"));
}

TEST_CASE("R10: two events at once and the same event again tell the requester each state once") {
    ReviewWorld world;
    const auto id = approved_request(world);
    const auto told = world.heard("U0REQ").size();
    for (const auto& effect : world.performed_of("admin.apps.approved.list"))
        world.answer(effect, world.slack.perform(effect.method, Json::parse(effect.args)), true);
    world.start();
    world.run();
    CHECK(world.heard("U0REQ").size() == told);
    CHECK(world.state(id) == RequestState::approved);
}

TEST_CASE("R11: a reason of 5,000 letters with mentions reaches the requester cut and inert") {
    ReviewWorld world;
    world.app_requested(slack_request("Ar1", "A1", "U0REQ", {slack_scope("chat:write")}));
    world.run();
    world.submit("U0SEC1", ids::form_reject, 1,
                 {{"reason", "<!channel> @here <@U0ADMIN> " + std::string(5'000, 'x')}});
    world.run();
    CHECK(world.state(1) == RequestState::denied);
    const auto told = world.heard("U0REQ").back();
    CHECK(told.contains("was denied"));
    CHECK_FALSE(told.contains("<!channel>"));
    CHECK_FALSE(told.contains("<@U0ADMIN>"));
    CHECK(told.size() < 4'000);
    CHECK(to_text(check_message(Json::parse(world.performed_of("chat.update").back().args))) == "");
}

TEST_CASE("R13: the same request again right after a denial is refused, another reason is not") {
    ReviewWorld world;
    const std::map<std::string, std::string> same{{"app", "Sketch Pad"}, {"purpose", "please..."}};
    world.submit("U0REQ", ids::form_request, "", same);
    world.run();
    world.submit("U0SEC1", ids::form_reject, 1, {{"reason", "say what for"}});
    world.run();
    const auto again = world.submit("U0REQ", ids::form_request, "", same);
    CHECK(again.ack.contains("say what for"));
    CHECK(world.view().next_request_id().value == 2);
    world.submit("U0REQ", ids::form_request, "", {{"app", "Sketch Pad"}, {"purpose", "for the design team"}});
    world.run();
    CHECK(world.request(2).purpose.contains("Asked before: REQ-1, Denied: say what for"));
}

TEST_CASE("R14: an answer after the end, from somebody else, or empty changes nothing and is said") {
    ReviewWorld world;
    world.app_requested(slack_request("Ar1", "A1", "U0REQ", {slack_scope("chat:write")}));
    world.run();
    world.submit("U0SEC1", ids::form_need_info, 1, {{"question", "What for?"}});
    world.run();
    CHECK(world.submit("U0OTHER", ids::form_answer, 1, {{"answer", "me!"}}).ack.contains("not your request"));
    CHECK(world.submit("U0REQ", ids::form_answer, 1, {{"answer", " \n "}}).ack.contains("write an answer"));
    CHECK(world.state(1) == RequestState::need_info);
    world.command("U0REQ", "withdraw REQ-1");
    world.run();
    CHECK_FALSE(world.submit("U0REQ", ids::form_answer, 1, {{"answer", "late"}}).ack.empty());
    CHECK(world.state(1) == RequestState::withdrawn);
    CHECK(world.request(1).info_answer.empty());
}

TEST_CASE("P3: two conditions in one party each have their day, also when another request takes them over") {
    auto settings = review_settings();
    settings.review.parties[0].quorum = 2;
    ReviewWorld world(settings);
    world.app_requested(slack_request("Ar1", "A1", "U0REQ", {slack_scope("chat:write")}));
    world.run();
    const auto in = [&](int day) { return time_zone::date_text(world.clock.now() + days(day), "UTC"); };
    world.submit("U0SEC1", ids::form_conditional, 1, {{"condition", "a review"}, {"until", in(2)}});
    world.submit("U0SEC2", ids::form_conditional, 1, {{"condition", "a test"}, {"until", in(9)}});
    world.press("U0LEGAL", ids::vote_approve, 1);
    world.run();
    REQUIRE(world.state(1) == RequestState::ready);
    std::int64_t number = 1;
    SUBCASE("after the approval") {}
    SUBCASE("taken over by whoever had joined") {
        world.app_requested(slack_request("Ar2", "A1", "U0TWO", {slack_scope("chat:write")}, "me too"));
        world.press("U0REQ", ids::withdraw, 1);
        world.run();
        number = 2;
        REQUIRE(world.state(2) == RequestState::ready);
    }
    world.press("U0ADMIN", ids::approve_app, number);
    world.run();
    REQUIRE(world.state(number) == RequestState::approved);
    world.pass(days(4));
    world.run();
    CHECK(world.state(number) == RequestState::reconsider);
}

TEST_CASE("P3: two conditions of two parties each have their day, the first that lapses stops counting") {
    ReviewWorld world;
    world.app_requested(slack_request("Ar1", "A1", "U0REQ", {slack_scope("chat:write")}));
    world.run();
    const auto in = [&](int day) { return time_zone::date_text(world.clock.now() + days(day), "UTC"); };
    world.submit("U0SEC1", ids::form_conditional, 1, {{"condition", "a review"}, {"until", in(2)}});
    world.submit("U0LEGAL", ids::form_conditional, 1, {{"condition", "a contract"}, {"until", in(9)}});
    world.run();
    CHECK(world.state(1) == RequestState::ready);
    world.pass(days(4));
    world.run();
    CHECK(world.state(1) == RequestState::in_review);
    const auto card = world.performed_of("chat.update").back().args;
    CHECK(card.contains("the condition was due on"));
    CHECK(card.contains("a contract"));
}

TEST_CASE("P4: twelve parties stand in one card, and a party without members holds it, never passed over") {
    auto settings = review_settings();
    settings.review.parties.clear();
    for (int i = 1; i <= 12; ++i) {
        const auto number = std::to_string(i);
        settings.review.parties.push_back({"Party " + number, {"U0P" + number}, 1, "", {}});
    }
    settings.review.parties.back().members.clear();
    ReviewWorld world(settings);
    world.app_requested(slack_request("Ar1", "A1", "U0REQ", {slack_scope("chat:write")}));
    world.run();
    for (int i = 1; i <= 11; ++i)
        world.press("U0P" + std::to_string(i), ids::vote_approve, 1);
    world.run();
    CHECK(world.state(1) == RequestState::held);
    CHECK(any_says(world.heard("C0ITALARMS"), "Nobody is in the party Party 12 any more"));
    const auto card = Json::parse(world.performed_of("chat.update").back().args);
    CHECK(to_text(check_message(card)) == "");
    for (int i = 1; i <= 12; ++i)
        CHECK(card["text"].get<std::string>().contains("Party " + std::to_string(i) + ": "));
    CHECK(card["text"].get<std::string>().contains("Party 12: waiting"));
}

TEST_CASE("P8: a removed scope, another token type and another optional flag are different sets") {
    const auto with = [](const std::vector<Json>& scopes) {
        ReviewWorld world;
        world.app_requested(
            slack_request("Ar1", "A1", "U0REQ", {slack_scope("chat:write"), slack_scope("files:read")}));
        world.run();
        world.press("U0SEC1", ids::vote_approve, 1);
        world.press("U0LEGAL", ids::vote_approve, 1);
        world.run();
        REQUIRE(world.state(1) == RequestState::ready);
        world.app_requested(slack_request("Ar1", "A1", "U0REQ", scopes));
        world.run();
        return world.state(1);
    };
    auto optional = slack_scope("files:read");
    optional["is_optional"] = true;
    CHECK(with({slack_scope("chat:write"), slack_scope("files:read")}) == RequestState::ready);
    CHECK(with({slack_scope("chat:write"), slack_scope("files:read", "user")}) == RequestState::in_review);
    CHECK(with({slack_scope("chat:write"), slack_scope("emoji:read")}) == RequestState::in_review);
    CHECK(with({slack_scope("chat:write"), optional}) == RequestState::in_review);
    CHECK(with({slack_scope("chat:write")}) == RequestState::in_review);
}

TEST_CASE("P21: undone after the decision is an objection, which opens the question again") {
    ReviewWorld world;
    const auto id = approved_request(world);
    world.press("U0SEC1", ids::vote_reject, id);
    world.run();
    CHECK(any_says(world.heard("U0SEC1"), "already decided"));
    CHECK(world.state(id) == RequestState::approved);
    world.command("U0SEC1", "object REQ-1 the contract has ended");
    world.run();
    CHECK(world.state(id) == RequestState::reconsider);
    CHECK(world.slack.approved.contains("A1"));  // nothing is taken away before an admin decides
}

TEST_CASE("P23: the app's name is compared without blanks around it, and never without its letters") {
    ReviewWorld world(with_policy("[risk]\nlow = [\"chat:write\"]\n[apply]\nconfirm_by_name = [\"low\"]"));
    world.app_requested(slack_request("Ar1", "A1", "U0REQ", {slack_scope("chat:write")}));
    world.run();
    const auto type = [&](const std::string& name) {
        return world.submit("U0SEC1", ids::form_confirm, 1, {{"app", name}}).ack;
    };
    for (const auto* wrong : {"sketch pad", "SKETCH PAD", "Sketch", "SketchPad", "", "Sketch Pad!"}) {
        CAPTURE(wrong);
        CHECK_FALSE(type(wrong).empty());
        CHECK(world.view().votes(RequestId{1}).empty());
    }
    type("  Sketch Pad ");
    world.run();
    CHECK(world.view().votes(RequestId{1}).size() == 1);
}

TEST_CASE("M2: automatic applying switched off while a decision runs does not undo it, and stops the next") {
    ReviewWorld world(with_policy("[risk]\nlow = [\"chat:write\"]\n[apply]\nautomatically = [\"low\"]"));
    world.app_requested(slack_request("Ar1", "A1", "U0REQ", {slack_scope("chat:write")}));
    world.run();
    world.press("U0SEC1", ids::vote_approve, 1);
    world.press("U0LEGAL", ids::vote_approve, 1);
    REQUIRE(world.state(1) == RequestState::applying);
    world.command("U0ADMIN", "automatic off");
    world.run();
    CHECK(world.state(1) == RequestState::approved);
    world.app_requested(slack_request("Ar2", "A2", "U0REQ", {slack_scope("chat:write")}));
    world.run();
    world.press("U0SEC1", ids::vote_approve, 2);
    world.press("U0LEGAL", ids::vote_approve, 2);
    world.run();
    CHECK(world.state(2) == RequestState::ready);
}

TEST_CASE("M4: scopes that Slack itself will not leave out need a human, and nothing is believed approved") {
    ReviewWorld world;
    auto optional = slack_scope("files:read");
    optional["is_optional"] = true;
    world.app_requested(slack_request("Ar1", "A1", "U0REQ", {slack_scope("chat:write"), optional}));
    world.run();
    world.press("U0SEC1", ids::vote_approve, 1);
    world.press("U0LEGAL", ids::vote_approve, 1);
    world.run();
    world.press("U0ADMIN", ids::approve_limits, 1);
    world.submit("U0ADMIN", ids::form_limits, 1, {{"left_out", "files:read"}});
    world.run({"admin.apps.approve"});
    world.answer(world.expect("admin.apps.approve"), {"refused", "invalid_scopes", Json::object()});
    world.run();
    CHECK(world.state(1) == RequestState::manual);
    CHECK(any_says(world.heard("U0ADMIN"), "invalid_scopes"));
    CHECK_FALSE(world.slack.approved.contains("A1"));
}

TEST_CASE("M7: an expiry that passes while the organisation restricts the app is an alarm, not a silence") {
    ReviewWorld world;
    const auto id = world.ready_request();
    world.press("U0ADMIN", ids::restrict_app, id);
    world.submit(
        "U0ADMIN", ids::form_restrict, id,
        {{"reason", "no contract"}, {"until", time_zone::date_text(world.clock.now() + days(2), "UTC")}});
    world.run();
    REQUIRE(world.state(id) == RequestState::restricted);
    world.pass(days(4));
    world.answer(world.expect("admin.apps.clearResolution"),
                 {"human", "app_restricted_org_wide", Json::object()});
    world.run();
    CHECK(world.state(id) == RequestState::restricted);
    CHECK(any_says(world.heard("C0ITALARMS"), "could not be cleared"));
    CHECK(any_says(world.heard("C0ITALARMS"), "app_restricted_org_wide"));
}

TEST_CASE("M25: our own app is protected in every workspace, whoever asks for it there") {
    ReviewWorld world;
    for (const auto* team : {"T1", "T2"}) {
        const auto id = world.view().next_request_id().value;
        world.app_requested(slack_request("Ar" + std::string(team), "A0COUNTERSIGN", "U0REQ",
                                          {slack_scope("chat:write")}, good_link,
                                          {{"id", team}, {"name", team}}));
        world.run();
        CHECK(world.state(id) == RequestState::manual);
        world.press("U0ADMIN", ids::restrict_app, id);
        world.press("U0ADMIN", ids::approve_app, id);
        world.run();
        CHECK(world.state(id) == RequestState::manual);
    }
    CHECK(world.performed_of("admin.apps.restrict").empty());
    CHECK(world.performed_of("admin.apps.approve").empty());
}

TEST_CASE("M26: the figures without any data say so, and draw no picture") {
    ReviewWorld world;
    CHECK_FALSE(world.command("U0ADMIN", "figures").ack.empty());
    world.run();
    CHECK(world.performed_of("files.getUploadURLExternal").empty());
    world.command("U0NOBODY", "figures");
    world.run();
    CHECK(any_says(world.heard("U0NOBODY"), "only admins"));
}

TEST_CASE("R9: a party that joins or leaves while a request is under way is on the card at the next change") {
    ReviewWorld world;
    const auto id = world.ready_request();
    world.settings.review.parties.push_back({"Privacy", {"U0DPO"}, 1, "", {}});
    world.press("U0ADMIN", ids::approve_app, id);
    world.run();
    CHECK(world.state(id) != RequestState::approved);
    CHECK(world.performed_of("admin.apps.approve").empty());
    CHECK(any_says(world.heard("U0ADMIN"), "Privacy"));
    world.press("U0DPO", ids::vote_approve, id);
    world.run();
    CHECK(world.performed_of("chat.update").back().args.contains("Privacy: approved by <@U0DPO>"));
    REQUIRE(world.state(id) == RequestState::ready);
    world.settings.review.parties.pop_back();
    world.press("U0LEGAL", ids::vote_abstain, id);
    world.run();
    CHECK_FALSE(world.performed_of("chat.update").back().args.contains("Privacy"));
}

TEST_CASE("P13: with nobody in the chain a request that nobody answers is held, and never decided") {
    ReviewWorld world(with_policy("[deadlines]\nescalate_after = \"1 day\"\n[calendar]\nquiet = \"\""));
    world.app_requested(slack_request("Ar1", "A1", "U0REQ", {slack_scope("chat:write")}));
    world.run();
    for (int hour = 0; hour < 24 * 8; ++hour) {
        world.pass(hours(1));
        world.run();
    }
    CHECK(world.state(1) == RequestState::held);
    CHECK(world.view().votes(RequestId{1}).empty());
    CHECK(world.performed_of("admin.apps.approve").empty());
    CHECK(world.performed_of("admin.apps.restrict").empty());
}

TEST_CASE("R18: a system that is called like an approved app goes to the IT tracker all the same") {
    ReviewWorld world;
    approved_request(world);
    const auto said = world.submit("U0TWO", ids::form_request, "",
                                   {{"app", "Sketch Pad"}, {"purpose", "its website"}, {"kind", "system"}});
    CHECK(said.ack.contains("ask the admins"));
    CHECK(world.view().requests_of(UserId("U0TWO"), 5).empty());
    CHECK(world.view().followers(RequestId{1}).empty());
}

TEST_CASE("R23: an app that was taken out of Slack is still in the list of who asked for it") {
    ReviewWorld world;
    const auto id = approved_request(world);
    app_installed(world, "A1");
    world.handle(handlers::EventKind::events_api,
                 {{"type", "event_callback"},
                  {"event", {{"type", "app_deleted"}, {"app_id", "A1"}, {"app_name", "Sketch Pad"}}}},
                 world.next("env"));
    world.run();
    CHECK(world.command("U0REQ", "list").ack.contains("REQ-" + std::to_string(id)));
    CHECK(world.command("U0REQ", "status REQ-" + std::to_string(id)).ack.contains("Sketch Pad"));
}

// R7, R19, P5, P20: what a requester and a reviewer learn from the past, and who may ask for whom.
#include "storage/vault.hpp"
#include "tests/support/review_world.hpp"

#include <doctest/doctest.h>

using namespace countersign;
using namespace countersign::tests;

namespace {

using Fields = std::map<std::string, std::string>;

handlers::Outcome ask(ReviewWorld& world, const std::string& app, const std::string& purpose,
                      Fields more = {}) {
    Fields fields{{"app", app}, {"purpose", purpose}, {"vendor_issue_link", good_link}};
    fields.merge(more);
    return world.submit("U0REQ", ids::form_request, "", fields);
}

std::int64_t newest(ReviewWorld& world) {
    return world.view().next_request_id().value - 1;
}

void approve(ReviewWorld& world, std::int64_t id) {
    world.press("U0SEC1", ids::vote_approve, id);
    world.press("U0LEGAL", ids::vote_approve, id);
    world.press("U0ADMIN", ids::approve_app, id);
    world.run();
}

bool was_told(const ReviewWorld& world, const std::string& user, const std::string& words) {
    return std::ranges::any_of(world.heard(user), [&](const auto& text) { return text.contains(words); });
}

std::string details_for(ReviewWorld& world, const std::string& user, std::int64_t id) {
    world.press(user, ids::details, id);
    world.run();
    return world.heard(user).back();
}

}  // namespace

TEST_CASE("R7: apps that are approved for the same purpose are suggested, restricted ones are not") {
    ReviewWorld world;
    ask(world, "A0WHITEBOARD", "A shared whiteboard for design workshops");
    world.run();
    approve(world, 1);
    REQUIRE(world.state(1) == RequestState::approved);
    ask(world, "A0OTHERBOARD", "A whiteboard for remote workshops with customers");
    world.run();
    CHECK(was_told(world, "U0REQ", "approved already and were asked for with the same words"));
    // No match: nothing is said.
    ask(world, "A0PAYROLL", "Payslips and holidays");
    world.run();
    CHECK(world.heard("U0REQ").size() == 5);  // received, approved, received, similar, received
}

TEST_CASE("R7: no match says nothing, a match that is restricted since is none, an old list is dated") {
    ReviewWorld world;
    ask(world, "A0WHITEBOARD", "A shared whiteboard for design workshops");
    world.run();
    approve(world, 1);
    const auto said = [&](const std::string& app) {
        ask(world, app, "A whiteboard for remote workshops");
        world.run();
        return was_told(world, "U0REQ", "same words");
    };
    world.pass(std::chrono::days(40));
    CHECK(said("A0SECONDONE"));
    CHECK(was_told(world, "U0REQ", "by Slack's list of"));
    ReviewWorld other;
    ask(other, "A0WHITEBOARD", "A shared whiteboard for design workshops");
    other.run();
    approve(other, 1);
    other.db.writer().transaction([&] {
        storage::apply(other.db.writer(),
                       storage::SaveResolution{{.app_id = AppId("A0WHITEBOARD"),
                                                .team_id = TeamId("T1"),
                                                .status = "restricted",
                                                .scopes = {},
                                                .seen_at = other.clock.now()}},
                       other.clock.now());
    });
    ask(other, "A0SECONDONE", "A whiteboard for remote workshops");
    other.run();
    CHECK_FALSE(was_told(other, "U0REQ", "same words"));
}

TEST_CASE("R19: an app is asked for on behalf of a colleague, who follows it and may not vote") {
    ReviewWorld world;
    world.slack.people["U0LEGAL"] = {{"profile", {{"display_name", "Lena"}}}};
    ask(world, "A0WHITEBOARD", "A shared whiteboard", {{"on_behalf_of", "U0LEGAL"}});
    world.run();
    REQUIRE(newest(world) == 1);
    CHECK(world.request(1).requester.value == "U0REQ");
    CHECK(world.request(1).purpose == "A shared whiteboard");
    CHECK(world.card(1).contains("On behalf of: <@U0LEGAL>"));
    const auto card =
        std::ranges::find(world.performed, handlers::card_name(RequestId{1}), &storage::Effect::message);
    REQUIRE(card != world.performed.end());
    CHECK(card->args.contains("*Requester*\\n<@U0REQ>\\nOn behalf of: <@U0LEGAL>"));
    CHECK(was_told(world, "U0LEGAL", "asks for"));
    world.press("U0LEGAL", ids::vote_approve, 1);
    world.run();
    CHECK(was_told(world, "U0LEGAL", "asked for on your behalf"));
    CHECK(world.view().votes(RequestId{1}).empty());
    world.press("U0REQ", ids::withdraw, 1);
    world.run();
    CHECK(was_told(world, "U0LEGAL", "Withdrawn"));
}

TEST_CASE("U8 R19: the name of whom an app is asked for is kept with nobody else's words") {
    ReviewWorld world;
    world.slack.people["U0LEGAL"] = {{"profile", {{"display_name", "Lena Zephyr"}}}};
    ask(world, "A0WHITEBOARD", "A shared whiteboard", {{"on_behalf_of", "U0LEGAL"}});
    world.run();
    REQUIRE(world.view().person(UserId("U0LEGAL"))->name == "Lena Zephyr");
    world.erase_person("U0LEGAL");
    CHECK(storage::truncate_log(world.db.writer()));
    CHECK_FALSE(world.db.holds("Zephyr"));
    CHECK(world.request(1).purpose == "A shared whiteboard");
}

TEST_CASE("R8 R19: for whom somebody else asks is on the card at once, whatever becomes of the request") {
    for (const auto* app : {"A0WHITEBOARD", "A0COUNTERSIGN"}) {  // the second one needs a human
        CAPTURE(app);
        ReviewWorld world;
        ask(world, app, "A shared whiteboard");
        world.run();
        world.submit("U0TWO", ids::form_request, "",
                     {{"app", app}, {"purpose", "me too"}, {"on_behalf_of", "U0COL"}});
        world.run();
        CHECK(newest(world) == 1);
        CHECK(world.card(1).contains("On behalf of: <@U0COL>\n"));
        // U0TWO asks for themselves, which is no business of the card.
        CHECK_FALSE(world.card(1).contains("<@U0TWO>"));
    }
}

TEST_CASE("R13 R19: the same words for somebody else are another request, for nobody else they are not") {
    ReviewWorld world;
    ask(world, "A0WHITEBOARD", "A shared whiteboard", {{"on_behalf_of", "U0COL"}});
    world.run();
    world.submit("U0LEGAL", ids::form_reject, 1, {{"reason", "no contract"}});
    world.run();
    REQUIRE(world.state(1) == RequestState::denied);
    ask(world, "A0WHITEBOARD", "A shared whiteboard", {{"on_behalf_of", "U0COL"}});
    world.run();
    CHECK(newest(world) == 1);
    ask(world, "A0WHITEBOARD", "A shared whiteboard", {{"on_behalf_of", "U0OTHER"}});
    world.run();
    CHECK(newest(world) == 2);
}

TEST_CASE("R19: a colleague who is deactivated, a guest or in another workspace") {
    for (const auto& [facts, words] : {std::pair{Json{{"deleted", true}}, "is deactivated"},
                                       {Json{{"is_restricted", true}}, "is a guest here"},
                                       {Json{{"is_stranger", true}}, "not a member of this workspace"}}) {
        ReviewWorld world;
        world.slack.people["U0COL"] = facts;
        CHECK(ask(world, "A0WHITEBOARD", "A shared whiteboard", {{"on_behalf_of", "U0COL"}}).ack.empty());
        world.run();
        CHECK(newest(world) == 0);
        CHECK(was_told(world, "U0REQ", words));
        // Known now: the form itself says so.
        if (!facts.contains("is_stranger"))
            CHECK(ask(world, "A0WHITEBOARD", "A shared whiteboard", {{"on_behalf_of", "U0COL"}})
                      .ack.contains(words));
    }
    ReviewWorld world;
    ask(world, "A0WHITEBOARD", "A shared whiteboard", {{"on_behalf_of", "U0COL"}});
    world.answer(world.expect("users.info"), {"refused", "user_not_visible", Json::object()});
    world.run();
    CHECK(newest(world) == 0);
    CHECK(was_told(world, "U0REQ", "not a member of this workspace"));
    // What is wrong besides is said at once, before Slack is asked.
    CHECK(ask(world, "", "x", {{"on_behalf_of", "U0COL"}}).ack.contains("name the app"));
}

TEST_CASE("P20: the details tell earlier decisions in all workspaces and of the same publisher") {
    ReviewWorld world;
    auto first = slack_request("Ar1", "A1", "U0REQ", {slack_scope("chat:write")}, good_link,
                               {{"id", "T2"}, {"name", "Sales"}});
    first["app"]["app_homepage_url"] = "https://www.sketch.example/app";
    world.app_requested(first);
    world.run();
    world.submit("U0LEGAL", ids::form_reject, 1, {{"reason", "no contract"}});
    world.run();
    REQUIRE(world.state(1) == RequestState::denied);
    auto sister = slack_request("Ar2", "A2", "U0REQ", {slack_scope("chat:write")});
    sister["app"]["app_homepage_url"] = "https://sketch.example/";
    sister["app"]["name"] = "Sketch Notes";
    world.app_requested(sister);
    auto again = slack_request("Ar3", "A1", "U0REQ", {slack_scope("chat:write")});
    again["app"]["app_homepage_url"] = "https://sketch.example/";
    world.app_requested(again);
    world.run();
    const auto words = details_for(world, "U0SEC1", 3);
    CHECK(words.contains("Earlier decisions"));
    CHECK(words.contains("REQ-1"));
    CHECK(words.contains("in Sales: Denied"));
    CHECK_FALSE(words.contains("REQ-2"));  // not decided
    CHECK(details_for(world, "U0SEC1", 2).contains("Other apps of sketch"));
    world.capabilities.admin = false;
    CHECK(details_for(world, "U0SEC1", 3).contains("cannot be read with the present tokens"));
}

TEST_CASE("P5: the words of a vote stand in the card's thread with the voter's name") {
    ReviewWorld world;
    world.app_requested(slack_request("Ar1", "A1", "U0REQ", {slack_scope("chat:write")}));
    world.run();
    world.press("U0SEC1", ids::vote_approve, 1);  // no words: the card says it all
    world.run();
    const auto in_thread = [&] {
        std::vector<std::string> found;
        for (const auto& effect : world.performed_of("chat.postMessage")) {
            const auto args = Json::parse(effect.args);
            if (args.contains("thread_ts")) found.push_back(args["text"]);
        }
        return found;
    };
    CHECK(in_thread().empty());
    world.submit("U0LEGAL", ids::form_reject, 1, {{"reason", "<!channel> no contract"}});
    world.run();
    REQUIRE(in_thread().size() == 1);
    CHECK(in_thread().front().contains("*Legal*: rejected by <@U0LEGAL>"));
    CHECK(in_thread().front().contains("no contract"));
    CHECK_FALSE(in_thread().front().contains("<!channel>"));
    const auto card = world.view().message(handlers::card_name(RequestId{1})).value();
    CHECK(Json::parse(world.performed_of("chat.postMessage").back().args).value("thread_ts", "") != "0");
    CHECK_FALSE(card.ts.empty());
}

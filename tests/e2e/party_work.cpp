// What parties and admins do besides approving and rejecting, with the real binary.
#include "tests/support/review_story.hpp"

#include <doctest/doctest.h>

using namespace countersign::tests;

namespace {

const std::string with_link = std::string("see ") + office::issue;
const std::string every_day = R"(
[calendar]
working_days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
)";

// The details that only this person sees, with their further buttons.
countersign::fakes::Message details(ReviewStory& story, const std::string& user) {
    story.press(user, "Details");
    countersign::fakes::Message found;
    story.wait(
        [&] {
            for (const auto& each : story.slack.messages(office::review)) {
                if (each.ephemeral_to == user && says(each, "All permissions")) found = each;
            }
            return !found.ts.empty();
        },
        "the details");
    return found;
}

void type(ReviewStory& story, const std::string& user, const std::string& words) {
    story.slack.command(user, office::general, "/app-request", words);
}

}  // namespace

TEST_CASE("e2e parties: a claim and an approval with a condition from the details (P3, P16)") {
    ReviewStory story;
    story.fixture.start();
    story.ask(with_link);
    const auto shown = details(story, office::legal);
    story.slack.press_by_text(office::legal, shown.channel, shown.ts, "Claim");
    story.expect_card("claimed by <@U0LEGAL>");
    story.slack.press_by_text(office::legal, shown.channel, shown.ts, "Approve with condition");
    story.fill_refused(office::legal, "Approve with condition",
                       {{"Condition", "sign the contract"}, {"Until", "2020-01-01"}}, "has passed");
    story.fill(office::legal, "Approve with condition",
               {{"Condition", "sign the contract"}, {"Until", "2099-12-31"}});
    story.expect_card("Legal: conditional until 2099-12-31");
    story.expect_good_manners();
}

TEST_CASE("e2e parties: a vote is taken back until the decision, after it the admins look again (P21)") {
    ReviewStory story;
    story.fixture.start();
    story.become_ready();
    auto shown = details(story, office::legal);
    story.slack.press_by_text(office::legal, shown.channel, shown.ts, "Take back my vote");
    story.expect_card("Legal: waiting");
    story.expect_line(office::legal, "is taken back");
    story.slack.press_by_text(office::legal, shown.channel, shown.ts, "Take back my vote");
    story.expect_line(office::legal, "you have no vote on REQ-1");
    story.press(office::legal, "Approve");
    story.expect_card(": Ready");
    story.press(office::admin, "Approve app");
    story.expect_card(": Approved");
    story.slack.press_by_text(office::legal, shown.channel, shown.ts, "Take back my vote");
    story.expect_alarm("U0LEGAL has taken back the vote for Legal");
    CHECK(story.slack.resolution("A0MIRO") == "approved");
    story.expect_good_manners();
}

TEST_CASE("e2e parties: reminders and escalation end in Held, and a vote takes it up again (P12, P13)") {
    ReviewStory story({.policy = every_day + R"(
[deadlines]
remind_parties = ["1 second"]
escalate_after = "2 seconds"
escalate_every = "1 second"
chain = ["U0ADMIN"]
)"});
    story.fixture.start();
    story.ask(with_link);
    story.expect_direct_message(office::legal, "A reminder: REQ-1");
    story.expect_direct_message(office::admin, "nobody answers");
    story.expect_card(": Held");
    story.expect_alarm("is held");
    CHECK(story.slack.resolution("A0MIRO") == "");
    story.press(office::legal, "Approve");
    story.expect_card("Legal: approved by <@U0LEGAL>");
}

TEST_CASE(
    "e2e parties: several requests approved at once, and a delegate while somebody is away (P10, P22)") {
    ReviewStory story({.policy = every_day});
    story.fixture.start();
    story.ask(with_link);
    story.ask(with_link);
    type(story, office::legal, "away 2020-01-01 2099-12-31 U0OUT");
    story.expect_direct_message(office::outsider, "you may vote for Legal meanwhile");
    story.slack.open_home(office::outsider);
    story.expect_home(office::outsider, "queue:REQ-1");
    story.wait(
        [&] {
            return story.fixture.run_command({"audit", "export", "--json"}).output.find("absence.set") !=
                   std::string::npos;
        },
        "the absence");
    type(story, office::outsider, "approve REQ-1 REQ-2 same vendor");
    story.expect_card("Legal: approved by <@U0OUT>", 1);
    story.expect_card("Legal: approved by <@U0OUT>", 2);
    type(story, office::legal, "back");
    story.expect_direct_message(office::outsider, "You no longer vote in the place of <@U0LEGAL>");
}

TEST_CASE("e2e parties: a group deleted in mid-vote holds the request until it has members again (§8.5)") {
    ReviewStory story;
    story.fixture.start();
    story.ask(with_link);
    const auto shown = details(story, office::procurement);
    story.slack.press_by_text(office::procurement, shown.channel, shown.ts, "Claim");
    story.expect_card("claimed by <@U0PROC>");
    story.slack.script("usergroups.users.list", {{"error", "no_such_subteam"}}, 1);
    story.slack.add_user_group("S0PROC", {office::outsider});
    story.expect_card(": Held");
    story.expect_alarm("User group S0PROC does not exist any more");
    story.expect_alarm("Nobody is in the party Procurement any more");
    CHECK_FALSE(says(story.card(), "claimed by"));
    for (const auto* user : {office::security, office::legal, office::it})
        story.press(user, "Approve");
    story.expect_card("IT: approved by <@U0IT>");
    CHECK(says(story.card(), ": Held"));
    story.slack.add_user_group("S0PROC", {office::outsider});
    story.expect_card(": In review");
    story.press(office::outsider, "Approve");
    story.expect_card(": Ready");
}

TEST_CASE("e2e admins: an alarm whose channel does not take it goes to the admins themselves (O3)") {
    ReviewStory story;
    story.fixture.change_config("C0ITALARMS", "C0NOWHERE");
    story.fixture.start();
    story.wait([&] { return story.count("usergroups.users.list") >= 2; }, "the members of the groups");
    story.ask(with_link);
    story.slack.send_envelope("events_api", story.slack.make_event({{"type", "of_tomorrow"}}), false);
    story.expect_direct_message(office::admin, "event of_tomorrow");
    story.expect_direct_message(office::admin, "where I cannot post (`channel_not_found`)");
    story.expect_direct_message(office::admin_two, "event of_tomorrow");
    story.fixture.expect_log("event=alarm_not_delivered");
    CHECK(story.slack.messages(office::alarms).empty());
}

TEST_CASE("e2e admins: two admins for a dangerous app, a decision cleared, the figures (M8, M25, M26)") {
    ReviewStory story(
        {.policy = "[apply]\ntwo_admins = [\"low\", \"high\"]\n[risk]\nlow = [\"chat:write\"]\n"});
    story.fixture.start();
    story.become_ready();
    story.press(office::admin, "Approve app");
    story.expect_line(office::admin, "1 more has to press");
    CHECK(story.slack.resolution("A0MIRO") == "");
    story.press(office::admin_two, "Approve app");
    story.expect_card(": Approved");
    type(story, office::admin, "clear REQ-1 the vendor was sold");
    story.expect_card(": Expired");
    CHECK(story.slack.resolution("A0MIRO") == "");
    story.expect_good_manners();
}

TEST_CASE("e2e admins: the figures come as a picture into the review channel and onto Home (M26)") {
    ReviewStory story;
    story.fixture.start();
    story.ask(with_link);
    story.slack.open_home(office::admin);
    const auto home = [&] {
        for (const auto& view : story.slack.views(office::admin))
            if (view.kind == "home") return view;
        return countersign::fakes::View{};
    };
    story.wait([&] { return !home().id.empty(); }, "the Home tab");
    story.slack.press_in_view(office::admin, home().id, "Post figures");
    story.wait([&] { return story.count("files.completeUploadExternal") == 1; }, "the picture");
    // The fake takes no upload but a picture of the length that was announced.
    const auto posted = story.slack.calls("files.completeUploadExternal").front();
    CHECK(posted.args["channel_id"] == office::review);
    CHECK(story.slack.messages(office::review).back().text.contains("Open by age"));
    const std::string file = posted.args["files"][0]["id"];
    story.wait([&] { return home().view.dump().find(file) != std::string::npos; },
               "the picture on the Home tab");
    story.expect_good_manners();
}

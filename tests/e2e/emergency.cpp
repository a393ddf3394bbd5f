// An approved app is suspended in an emergency, with the real binary (M24).
#include "tests/support/call_record.hpp"
#include "tests/support/review_story.hpp"

#include <doctest/doctest.h>

#include <set>

using namespace countersign::tests;

namespace {

void type(ReviewStory& story, const std::string& user, const std::string& words) {
    story.slack.command(user, office::review, "/app-request", words);
}

}  // namespace

TEST_CASE("emergency: suspended at once, told, kept out until an admin clears it, every call in full (M24)") {
    ReviewStory story;
    CallRecord record(story.slack, "emergency_calls");
    story.fixture.start();
    story.wait(
        [&] { return story.slack.connections() == 2 && story.count("admin.apps.restricted.list") == 2; },
        "both connections and the first reconciliation");
    story.become_ready();
    story.press(office::admin, "Approve app");
    story.expect_card(": Approved");
    story.expect_direct_message(office::employee, "is approved by <@U0ADMIN>");
    record.expect("approved, as always");

    type(story, office::admin, "suspend REQ-1 its token was stolen");
    story.expect_card(": Restricted");
    story.expect_direct_message(office::employee, "its token was stolen");
    story.expect_alarm("U0ADMIN suspends Miro (REQ-1)");
    CHECK(story.slack.resolution("A0MIRO") == "restricted");
    record.expect("suspended");

    story.press(office::admin, "Clear");
    story.fill(office::admin, "Clear", {{"Reason", "the vendor has changed it"}});
    story.expect_card(": Expired");
    story.expect_direct_message(office::employee, "has expired");
    CHECK(story.slack.resolution("A0MIRO") == "");
    record.expect("cleared after the review");

    CHECK(story.fixture.stop() == 0);
    record.expect_no_more();
    story.expect_good_manners();
    CHECK(story.fixture.run_command({"audit", "verify"}).code == 0);
}

TEST_CASE("emergency: refused by Slack it needs a human, without rights it is not even asked (M24)") {
    ReviewStory story;
    story.fixture.start();
    story.become_ready();
    story.press(office::admin, "Approve app");
    story.expect_card(": Approved");
    type(story, office::security, "suspend REQ-1 I do not like it");
    story.expect_line(office::security, "only admins decide this");
    CHECK(story.count("admin.apps.restrict") == 0);
    story.slack.script("admin.apps.restrict", {{"error", "app_restricted_org_wide"}});
    type(story, office::admin, "suspend A0MIRO stolen");
    story.expect_card(": Needs a human");
    story.expect_line(office::admin, "app_restricted_org_wide");
    story.expect_alarm("needs a human");
    CHECK(story.slack.resolution("A0MIRO") == "approved");
}

TEST_CASE(
    "emergency: by the app's id in every place, each once, the person told once, also if redelivered (M24)") {
    ReviewStory story;
    story.fixture.start();
    story.become_ready();
    story.press(office::admin, "Approve app");
    story.expect_card(": Approved");
    // The same app for the whole organisation, whoever approved the workspace's.
    story.ask(std::string("for all, see ") + office::issue, {{"team", nullptr}});
    story.expect_card("In review", 2);
    story.approve_as_all_parties();
    story.press(office::admin, "Approve app", 2);
    story.expect_card(": Approved", 2);

    const auto envelope = story.slack.command(office::admin, office::review, "/app-request",
                                              "suspend A0MIRO its token was stolen");
    story.expect_card(": Restricted", 1);
    story.expect_card(": Restricted", 2);
    story.expect_alarm("suspends Miro (REQ-2, REQ-1)");
    story.expect_direct_message(office::employee, "its token was stolen");
    story.slack.redeliver(envelope, 1);
    type(story, office::admin, "suspend A0MIRO its token was stolen");  // typed again: said, not done
    story.wait(
        [&] {
            const auto acks = story.slack.acks();
            return acks.back().payload.dump().find("is suspended already") != std::string::npos;
        },
        "the second command to be answered");

    std::set<std::string> places;
    for (const auto& call : story.slack.calls("admin.apps.restrict")) {
        CHECK(call.answer["ok"] == true);
        places.insert(call.args.value("team_id", "") + call.args.value("enterprise_id", ""));
    }
    CHECK(story.count("admin.apps.restrict") == 2);
    CHECK(places == std::set<std::string>{"T0ACME", "E0ACME"});
    int told = 0;
    for (const auto& message : story.slack.messages(office::employee))
        if (says(message, "its token was stolen")) ++told;
    CHECK(told == 1);
    CHECK(story.fixture.stop() == 0);
    story.expect_good_manners();
    for (const auto* id : {"REQ-1", "REQ-2"})
        CHECK(story.fixture.run_command({"requests", "show", id, "--json"})
                  .output.find("emergency.suspended") != std::string::npos);
}

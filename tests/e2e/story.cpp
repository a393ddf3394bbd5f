// The main job from end to end: the real binary, a fake Slack over TLS, organisation driver.
#include "tests/support/call_record.hpp"
#include "tests/support/review_story.hpp"

#include <doctest/doctest.h>

using namespace countersign::tests;

TEST_CASE("story: asked, linked, agreed, approved, told, every outgoing call in full") {
    ReviewStory story;
    CallRecord record(story.slack, "story_calls");
    story.fixture.start();
    story.wait(
        [&] { return story.slack.connections() == 2 && story.count("admin.apps.restricted.list") == 2; },
        "both connections and the first reconciliation");
    record.expect("the daemon comes up");

    story.ask("I need it for the design team");
    story.expect_card("Waiting for vendor issue");
    story.expect_direct_message(office::employee, "needs a vendor issue");
    record.expect("the request arrives without a link");

    story.press_direct(office::employee, "Link vendor issue");
    story.fill_refused(office::employee, "Link vendor issue", {{"Vendor issue link", "ask my manager"}},
                       "not a link");
    record.expect("the requester opens the form");
    story.fill(office::employee, "Link vendor issue", {{"Vendor issue link", office::issue}});
    story.expect_card("In review");
    record.expect("the requester links the issue");

    for (const char* user : {office::security, office::legal, office::procurement, office::it}) {
        story.press(user, "Approve");
        story.expect_card(std::string("approved by <@") + user + ">");
        record.expect(std::string("approval by ") + user);
    }
    story.expect_card(": Ready");

    story.press(office::admin, "Approve app");
    story.expect_card(": Approved");
    story.expect_direct_message(office::employee, "is approved by <@U0ADMIN>");
    record.expect("the admin applies it");

    CHECK(story.slack.resolution("A0MIRO") == "approved");
    CHECK(story.slack.messages(office::review).size() == 1);
    CHECK(story.slack.messages(office::alarms).empty());
    CHECK(story.fixture.stop() == 0);
    record.expect_no_more();
    story.expect_good_manners();
    CHECK(story.fixture.run_command({"audit", "verify"}).code == 0);
}

TEST_CASE("story: a link in Slack's own message form counts at once (L2, L10)") {
    ReviewStory story;
    story.fixture.start();
    story.ask(std::string("please, <") + office::issue + "?a=b&amp;c=d#note_7|the issue>");
    story.expect_card(": In review");
    story.expect_direct_message(office::employee, "is here and in review");
    CHECK(says(story.card(), office::issue));
    story.expect_good_manners();
}

TEST_CASE("story: a request without Slack's button, through the command and its form") {
    ReviewStory story;
    story.fixture.start();
    story.slack.command(office::employee, office::general, "/app-request", "");
    story.fill_refused(office::employee, "Request an app",
                       {{"App", "Trello"},
                        {"Purpose", "boards"},
                        {"Vendor issue link", "https://gitlab.com/gitlab-com/other/-/issues/1"}},
                       "do not count here");
    story.fill(office::employee, "Request an app",
               {{"App", "Trello"}, {"Purpose", "boards"}, {"Vendor issue link", office::issue}});
    story.expect_card("Trello: In review");
    story.approve_as_all_parties();
    story.expect_card(": Ready");
    story.expect_good_manners();
}

TEST_CASE("story: the same request told twice, by two envelopes, gives one card (R46, R47)") {
    ReviewStory story;
    story.fixture.start();
    const std::string id = story.ask("", {{"team", nullptr}});
    story.expect_card("REQ-1 Miro");
    const auto body = story.slack.requests().front().body;
    const auto event = story.slack.make_event({{"type", "app_requested"}, {"app_request", body}});
    const std::string again = story.slack.send_envelope("events_api", event, false);
    story.slack.redeliver(again, 1);
    story.slack.redeliver(again, 0, true);
    story.wait([&] { return story.slack.acks().size() == 4; }, "four acks");
    CHECK(story.fixture.stop() == 0);
    CHECK(story.slack.messages(office::review).size() == 1);
    CHECK(story.slack.messages(office::employee).size() == 1);
    story.expect_good_manners();
}

TEST_CASE("story: the connection is lost and refreshed in the middle, nothing is lost (R28, R30)") {
    ReviewStory story;
    story.fixture.start();
    story.ask("");
    story.slack.refresh();
    story.link_issue();
    story.slack.abort_connections();
    story.wait([&] { return story.slack.connections() == 2; }, "both connections again");
    story.approve_as_all_parties();
    story.expect_card(": Ready");
    story.expect_good_manners();
}

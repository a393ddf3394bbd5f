// What Slack says against what we believe, at the start and from time to time.
#include "tests/support/review_story.hpp"

#include <doctest/doctest.h>

using namespace countersign::tests;

TEST_CASE("reconcile: what happened while the daemon was down is found at the start") {
    ReviewStory story;
    story.fixture.start();
    const std::string id = story.ask(std::string("see ") + office::issue);
    CHECK(story.fixture.stop() == 0);
    SUBCASE("cancelled in Slack") {
        story.slack.decide_outside(id, "cancel");
        story.fixture.start();
        story.expect_card(": Withdrawn · cancelled outside");
    }
    SUBCASE("approved in Slack") {
        story.slack.decide_outside(id, "approve");
        story.fixture.start();
        story.expect_card(": Approved · decided outside");
    }
    SUBCASE("asked for in Slack, and never told") {
        story.slack.refuse_connections(true);
        story.slack.request_app(office::outsider, "A0MIRO", std::string("see ") + office::issue);
        story.slack.refuse_connections(false);
        story.fixture.start();
        story.expect_direct_message(office::outsider, "You follow it now");  // it joins REQ-1
    }
    story.expect_direct_message(office::employee, "REQ-1");
}

TEST_CASE("8.4 R8: two people ask for one app in Slack: one review, each is told once, nothing was outside") {
    ReviewStory story;
    story.fixture.start();
    const std::string first = story.become_ready();
    story.slack.request_app(office::outsider, "A0MIRO", "I need it too");
    story.expect_direct_message(office::outsider, "You follow it now and hear how it ends");
    SUBCASE("approved: Slack resolves both") {
        story.press(office::admin, "Approve app", 1);
        story.expect_card(": Approved", 1);
        story.expect_direct_message(office::outsider, ": *Approved*");
        // The next sweep has no more to say.
        CHECK(story.fixture.stop() == 0);
        story.fixture.start();
        story.wait([&] { return story.count("admin.apps.restricted.list") >= 2; }, "a whole sweep");
        CHECK(story.count("admin.apps.approve") == 1);
        for (const auto& message : story.slack.messages(office::alarms))
            CHECK_FALSE(says(message, "outside"));
    }
    SUBCASE("withdrawn: the second takes its place, with everybody's agreement") {
        story.press_direct(office::employee, "Withdraw");
        story.expect_card(": Withdrawn", 1);
        story.expect_card("REQ-2", 2);
        story.expect_direct_message(office::outsider, "takes its place");
        story.expect_card(": Ready", 2);
    }
    story.expect_good_manners();
}

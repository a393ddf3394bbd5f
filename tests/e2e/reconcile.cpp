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
        story.expect_card("REQ-2 Miro", 2);
    }
    story.expect_direct_message(office::employee, "REQ-1");
}

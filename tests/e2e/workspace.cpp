// Without an admin token: the votes are the same, Slack's own button is pressed by a person (domain.md §0.1).
#include "tests/support/review_story.hpp"

#include <doctest/doctest.h>

using namespace countersign::tests;

TEST_CASE("workspace: the admins are told what to press, and mark it done (M1)") {
    DaemonOptions options;
    options.admin_token = false;
    options.slack.enterprise = false;
    ReviewStory story(options);
    story.fixture.start();
    story.slack.command(office::employee, office::general, "/app-request", "");
    story.fill(office::employee, "Request an app",
               {{"App", "Miro"}, {"Purpose", "whiteboards"}, {"Vendor issue link", office::issue}});
    story.expect_card("REQ-1 Miro: In review");
    story.approve_as_all_parties();
    story.expect_card(": Ready");
    story.press(office::admin, "Done");
    story.expect_line(office::admin, "press `Approve app` or `Restrict app` first");
    story.press(office::admin, "Approve app");
    story.expect_line(office::admin, "Approve for Workspace");
    story.press(office::outsider, "Done");
    story.expect_line(office::outsider, "you may not, because");
    story.press(office::admin, "Done");
    story.expect_card(": Approved");
    story.expect_direct_message(office::employee, "is approved by <@U0ADMIN>");
    for (const auto& call : story.slack.calls())
        CHECK(call.token_kind != "admin");
    CHECK(story.fixture.stop() == 0);
    story.expect_good_manners();
}

TEST_CASE("workspace: restricted by hand, with the reason told") {
    DaemonOptions options;
    options.admin_token = false;
    options.slack.enterprise = false;
    ReviewStory story(options);
    story.fixture.start();
    story.slack.command(office::employee, office::general, "/app-request", "");
    story.fill(office::employee, "Request an app", {{"App", "Miro"}, {"Purpose", "whiteboards"}});
    story.expect_card("REQ-1 Miro: Waiting for vendor issue");
    story.press(office::admin, "Restrict app");
    story.fill(office::admin, "Restrict app", {{"Reason", "we have another whiteboard"}});
    story.press(office::admin, "Done");
    story.expect_card(": Restricted");
    story.expect_direct_message(office::employee, "we have another whiteboard");
    story.expect_good_manners();
}

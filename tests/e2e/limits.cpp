// Approvals with limits, with the real binary (M5, M6, R16).
#include "tests/support/review_story.hpp"

#include <doctest/doctest.h>

using namespace countersign::tests;
using countersign::fakes::Json;

namespace {

void open_limits(ReviewStory& story) {
    story.press(office::admin, "Details");
    countersign::fakes::Message shown;
    story.wait(
        [&] {
            for (const auto& each : story.slack.messages(office::review)) {
                if (each.ephemeral_to == office::admin && says(each, "All permissions")) shown = each;
            }
            return !shown.ts.empty();
        },
        "the details");
    story.slack.press_by_text(office::admin, shown.channel, shown.ts, "Approve with limits");
}

}  // namespace

TEST_CASE(
    "e2e limits: approved for one group and two domains only, which the requester reads (M5, M6, R16)") {
    ReviewStory story;
    story.fixture.start();
    story.become_ready();
    open_limits(story);
    story.fill_refused(office::admin, "Approve with limits", {{"Domains", "*.example.com"}},
                       "whole names only");
    story.fill(office::admin, "Approve with limits",
               {{"Only for", "S0PROC"}, {"Domains", "acme.example.com @example.com"}});
    story.expect_card(": Approved");
    story.expect_card("only for <!subteam^S0PROC>");
    story.expect_direct_message(office::employee, "only for <!subteam^S0PROC>");
    const auto calls = story.slack.calls("admin.apps.permissions.set");
    REQUIRE(calls.size() == 1);
    CHECK(calls.front().args["usergroup_ids"] == Json{"S0PROC"});
    CHECK(story.count("admin.apps.config.set") == 1);
    story.expect_good_manners();
}

TEST_CASE("e2e limits: a plan without the method leaves nothing approved, and the admin reads why (M5)") {
    ReviewStory story;
    story.slack.script("admin.apps.permissions.set", {{"error", "not_an_enterprise"}});
    story.fixture.start();
    story.become_ready();
    open_limits(story);
    story.fill(office::admin, "Approve with limits", {{"Only for", "S0PROC"}});
    story.expect_line(office::admin, "this plan of Slack's does not have this limit");
    story.expect_card(": Ready");
    CHECK(story.slack.resolution("A0MIRO") == "");
    CHECK(story.count("admin.apps.approve") == 0);
}

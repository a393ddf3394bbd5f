// What the parties, the admins and Slack may answer on the way.
#include "tests/support/review_story.hpp"

#include <doctest/doctest.h>

using namespace countersign::tests;
using Json = countersign::fakes::Json;

namespace {

const std::string with_link = std::string("see ") + office::issue;

}  // namespace

TEST_CASE("decisions: restrict with a reason, at any time (M3)") {
    ReviewStory story;
    story.fixture.start();
    story.ask(with_link);
    story.press(office::admin_two, "Restrict app");
    story.fill(office::admin_two, "Restrict app", {{"Reason", "the vendor trains models on messages"}});
    story.expect_card(": Restricted");
    story.expect_direct_message(office::employee, "the vendor trains models on messages");
    CHECK(story.slack.resolution("A0MIRO") == "restricted");
    CHECK(story.count("admin.apps.restrict") == 1);
    story.expect_good_manners();
}

TEST_CASE(
    "e2e decisions: a rejection denies and cancels in Slack; reopened it keeps the other votes (R11, R13)") {
    ReviewStory story;
    story.fixture.start();
    const std::string id = story.ask(with_link);
    story.press(office::legal, "Approve");
    story.expect_card("Legal: approved by <@U0LEGAL>");
    story.press(office::security, "Reject");
    story.fill(office::security, "Reject", {{"Reason", "no data processing agreement"}});
    story.expect_card(": Denied");
    story.expect_direct_message(office::employee, "no data processing agreement");
    story.wait([&] { return story.slack.requests().front().outcome == "cancelled"; },
               "Slack's request to be cancelled");
    story.press(office::admin, "Reopen");
    story.expect_card(": In review");
    CHECK(says(story.card(), "Legal: approved by <@U0LEGAL>"));
    CHECK(says(story.card(), "Security: waiting"));
    for (const char* user : {office::security, office::procurement, office::it}) {
        story.press(user, "Approve");
        story.expect_card(std::string("approved by <@") + user + ">");
    }
    // Slack's request is gone: it is approved by the app's id, ahead of the next one.
    story.press(office::admin, "Approve app");
    story.expect_card(": Approved");
    CHECK(story.slack.calls("admin.apps.approve").back().args.contains("app_id"));
    story.expect_good_manners();
}

TEST_CASE("decisions: a question stops the clock until the requester answers (P2, R14)") {
    ReviewStory story;
    story.fixture.start();
    story.ask(with_link);
    story.press(office::it, "Need info");
    story.fill(office::it, "Need info", {{"Question", "Who will administer it?"}});
    story.expect_card(": Needs information");
    story.expect_direct_message(office::employee, "Who will administer it?");
    story.press_direct(office::employee, "Answer");
    story.fill(office::employee, "Answer", {{"Answer", "Emma will."}});
    story.expect_card(": In review");
    story.expect_direct_message(office::it, "Emma will.");
    story.expect_good_manners();
}

TEST_CASE("decisions: withdraw cancels in Slack, once (R12)") {
    ReviewStory story;
    story.fixture.start();
    story.ask("");
    story.press_direct(office::employee, "Withdraw");
    story.press_direct(office::employee, "Withdraw");
    story.expect_card(": Withdrawn");
    story.expect_direct_message(office::employee, "is withdrawn");
    story.wait([&] { return story.slack.requests().front().resolved; }, "Slack's request to be cancelled");
    story.expect_line(office::employee, "already decided");
    CHECK(story.slack.calls("admin.apps.requests.cancel").size() == 1);
    story.expect_good_manners();
}

TEST_CASE("decisions: a quorum of two, met by two people (P2)") {
    DaemonOptions options;
    options.security_quorum = 2;
    ReviewStory story(options);
    story.fixture.start();
    story.ask(with_link);
    for (const char* user : {office::legal, office::procurement, office::it, office::security}) {
        story.press(user, "Approve");
        story.expect_card(std::string("approved by <@") + user + ">");
    }
    CHECK(says(story.card(), "(1 of 2)"));
    CHECK(says(story.card(), ": In review"));
    story.press(office::security_two, "Approve");
    story.expect_card(": Ready");
    story.expect_good_manners();
}

TEST_CASE(
    "e2e decisions: two admins at once, approve and restrict: one call, both are answered (domain §8.5)") {
    ReviewStory story;
    story.fixture.start();
    story.become_ready();
    story.press(office::admin_two, "Restrict app");
    const auto form = story.form(office::admin_two, "Restrict app");
    story.press(office::admin, "Approve app");
    story.slack.submit(office::admin_two, form.id, {{"Reason", "too many scopes"}});
    story.wait([&] { return says(story.card(), ": Approved") || says(story.card(), ": Restricted"); },
               "an end");
    const bool approved = says(story.card(), ": Approved");
    story.wait([&] { return !story.slack.views(office::admin_two).back().errors.empty() || !approved; },
               "the loser to hear of it");
    CHECK(story.slack.calls("admin.apps.approve").size() + story.slack.calls("admin.apps.restrict").size() ==
          1);
    CHECK(story.slack.resolution("A0MIRO") == (approved ? "approved" : "restricted"));
    story.expect_good_manners();
}

TEST_CASE("decisions: two presses of Approve app send one approve") {
    ReviewStory story;
    story.fixture.start();
    story.become_ready();
    // Both see the button before either press has changed the card.
    const auto card = story.card();
    const auto presses = {story.slack.make_press(office::admin, card.channel, card.ts, "Approve app"),
                          story.slack.make_press(office::admin_two, card.channel, card.ts, "Approve app")};
    for (const auto& each : presses)
        story.slack.send_envelope("interactive", each.payload, false);
    story.expect_card(": Approved");
    story.wait(
        [&] {
            for (const auto& each : story.slack.messages(office::review)) {
                if (!each.ephemeral_to.empty() && says(each, "already decided")) return true;
            }
            return false;
        },
        "the second admin to be told");
    CHECK(story.slack.calls("admin.apps.approve").size() == 1);
    story.expect_good_manners();
}

TEST_CASE("decisions: scopes that grow between vote and press send the request back to review") {
    ReviewStory story;
    story.fixture.start();
    const std::string id = story.become_ready();
    story.slack.grow_scopes(
        id,
        {{"name", "files:read"}, {"description", "files"}, {"is_sensitive", true}, {"token_type", "bot"}});
    story.press(office::admin, "Approve app");
    story.expect_card(": In review");
    story.expect_line(office::admin, "");
    CHECK(story.slack.calls("admin.apps.approve").empty());
    CHECK(says(story.card(), "files:read"));
    story.approve_as_all_parties();
    story.expect_card(": Ready");
    story.press(office::admin, "Approve app");
    story.expect_card(": Approved");
    story.expect_good_manners();
}

TEST_CASE("decisions: a read-back that disagrees needs a human") {
    ReviewStory story;
    story.fixture.start();
    story.become_ready();
    story.slack.script("admin.apps.approve", {{"perform", false}, {"answer", {{"ok", true}}}});
    story.press(office::admin, "Approve app");
    story.expect_card(": Needs a human");
    story.expect_alarm("needs a human");
    story.expect_good_manners();
}

TEST_CASE("decisions: request_already_resolved adopts what Slack says, as decided outside (M25)") {
    ReviewStory story;
    story.fixture.start();
    const std::string id = story.become_ready();
    story.slack.script("admin.apps.requests.list", {{"delay_ms", 300}});
    story.press(office::admin, "Approve app");
    story.slack.wait([&] { return !story.slack.calls("admin.apps.requests.list").empty(); });
    SUBCASE("restricted in Slack's own pages") {
        story.slack.decide_outside(id, "restrict");
        story.expect_card(": Restricted · decided outside");
        CHECK(story.slack.resolution("A0MIRO") == "restricted");
    }
    SUBCASE("approved in Slack's own pages") {
        story.slack.decide_outside(id, "approve");
        story.expect_card(": Approved · decided outside");
    }
    story.expect_good_manners();
}

TEST_CASE("decisions: an error that means approved is an approval (domain §0.4)") {
    ReviewStory story;
    story.fixture.start();
    story.become_ready();
    story.slack.script("admin.apps.approve",
                       {{"perform", true}, {"error", "auto_install_rule_creation_failed"}});
    story.press(office::admin, "Approve app");
    story.expect_card(": Approved");
    story.expect_good_manners();
}

TEST_CASE("decisions: a lost answer to approve is read back, never repeated blindly") {
    ReviewStory story;
    story.fixture.start();
    story.become_ready();
    story.slack.script("admin.apps.approve", {{"drop_after", true}});
    story.press(office::admin, "Approve app");
    story.expect_card(": Approved");
    CHECK(story.slack.calls("admin.apps.approve").size() == 1);
    story.expect_good_manners();
}

TEST_CASE("decisions: a lost answer to a line in a thread is looked up among its replies") {
    ReviewStory story;
    story.fixture.start();
    story.ask(office::issue);
    story.expect_card(": In review");
    story.expect_direct_message(office::employee, "is here");
    // Now the daemon knows its card, or it could not have changed it.
    story.press(office::security, "Approve");
    story.expect_card(std::string("approved by <@") + office::security);
    story.slack.script("chat.postMessage", {{"drop_after", true}}, 2);
    story.slack.request_app(office::outsider, "A0MIRO", office::issue);
    story.expect_direct_message(office::outsider, "REQ-1");
    const auto in_thread = [&] {
        return std::ranges::count_if(story.slack.messages(office::review),
                                     [](const auto& each) { return !each.thread_ts.empty(); });
    };
    story.wait([&] { return !story.slack.calls("conversations.replies").empty(); }, "the look");
    CHECK(story.fixture.stop() == 0);
    CHECK(in_thread() == 1);
    CHECK(story.slack.messages(office::outsider).size() == 1);
    story.expect_good_manners();
}

TEST_CASE("decisions: an approval that Slack puts off does not leave once a party has taken its vote back") {
    ReviewStory story;
    story.fixture.start();
    story.become_ready();
    story.press(office::legal, "Details");
    countersign::fakes::Message details;
    story.wait(
        [&] {
            for (const auto& each : story.slack.messages(office::review))
                if (each.ephemeral_to == office::legal) details = each;
            return !details.ts.empty();
        },
        "the details");
    story.slack.script("admin.apps.approve", {{"status", 429}, {"retry_after", 3}});
    story.press(office::admin, "Approve app");
    story.wait([&] { return !story.slack.calls("admin.apps.approve").empty(); }, "the first call");
    story.slack.press_by_text(office::legal, details.channel, details.ts, "Take back my vote");
    story.expect_card(": In review");
    CHECK(story.fixture.stop() == 0);
    CHECK(story.slack.calls("admin.apps.approve").size() == 1);
    CHECK(story.slack.resolution("A0MIRO").empty());
    CHECK(story.slack.violations().empty());
}

TEST_CASE("decisions: a lost answer to a message is looked up before it is repeated") {
    ReviewStory story;
    story.fixture.start();
    story.slack.script("chat.postMessage", {{"drop_after", true}}, 2);
    story.ask("");
    story.expect_card("Waiting for vendor issue");
    story.expect_direct_message(office::employee, "needs a vendor issue");
    story.link_issue();  // the edit needs the ts that was never answered
    story.expect_card(": In review");
    story.expect_direct_message(office::employee, "is linked to");
    CHECK(story.fixture.stop() == 0);
    CHECK(story.slack.messages(office::review).size() == 1);
    CHECK(story.slack.messages(office::employee).size() == 2);
    CHECK(!story.slack.calls("conversations.history").empty());
    story.expect_good_manners();
}

// Asking for somebody else, what was decided before, and the words of a vote, with the real binary.
#include "tests/support/review_story.hpp"

#include <doctest/doctest.h>

using namespace countersign::tests;

namespace {

const std::string with_link = std::string("see ") + office::issue;

bool in_thread(const ReviewStory& story, const std::string& words) {
    for (const auto& each : story.slack.messages(office::review)) {
        if (!each.thread_ts.empty() && says(each, words)) return true;
    }
    return false;
}

}  // namespace

TEST_CASE("e2e asking: on behalf of a colleague, who follows the request and may not vote on it (R19)") {
    ReviewStory story;
    story.fixture.start();
    story.slack.command(office::employee, office::general, "/app-request", "");
    story.fill(office::employee, "Request an app",
               {{"App", "Sketch Pad"},
                {"Purpose", "Drawings for contracts"},
                {"Vendor issue link", office::issue},
                {"On behalf of", office::legal}});
    story.expect_card(std::string("On behalf of: <@") + office::legal + ">");
    story.expect_direct_message(office::legal, "for you (REQ-1)");
    story.press(office::legal, "Approve");
    story.expect_line(office::legal, "asked for on your behalf");
    story.expect_good_manners();
}

TEST_CASE(
    "e2e asking: a refusal's words stand in the thread, and in the details of the next request (P5, P20)") {
    ReviewStory story;
    story.fixture.start();
    story.ask(with_link);
    story.press(office::legal, "Reject");
    story.fill(office::legal, "Reject", {{"Reason", "the contract has ended"}});
    story.expect_card(": Denied");
    story.wait([&] { return in_thread(story, "*Legal*: rejected by <@U0LEGAL>"); },
               "the words in the thread");
    CHECK(in_thread(story, "the contract has ended"));
    story.ask(with_link);
    story.press(office::security, "Details", 2);
    story.expect_line(office::security, "Earlier decisions");
    story.expect_line(office::security, "in Acme: Denied");
    story.expect_good_manners();
}

TEST_CASE("e2e asking: an app that is approved for the same purpose is suggested (R7)") {
    ReviewStory story;
    story.fixture.start();
    story.become_ready();
    story.press(office::admin, "Approve app");
    story.expect_card(": Approved");
    // Miro describes itself as "Whiteboards for everybody".
    story.slack.command(office::employee, office::general, "/app-request", "");
    story.fill(office::employee, "Request an app",
               {{"App", "Other Board"},
                {"Purpose", "Whiteboards for everybody in sales"},
                {"Vendor issue link", office::issue}});
    story.expect_direct_message(office::employee, "asked for with the same words");
}

TEST_CASE("e2e asking: a refusal is in the person's own language once it is known (R22)") {
    ReviewStory story;
    story.slack.set_locale(office::outsider, "de-DE");
    story.fixture.start();
    story.ask(with_link);
    story.slack.open_home(office::outsider);
    story.expect_home(office::outsider, "Deine Antr");
    story.press(office::outsider, "Approve");
    story.expect_line(office::outsider, "du darfst nicht");
    story.expect_card("In review");
}

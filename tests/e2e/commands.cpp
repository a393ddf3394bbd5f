// Slash commands, from the person's side.
#include "tests/support/review_story.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace countersign::tests;

namespace {

void expect_answer(ReviewStory& story, const std::string& command, const std::string& text,
                   const std::string& words, const char* user = office::employee) {
    const auto heard = [&](const countersign::fakes::Message& each) {
        return each.ephemeral_to == user && says(each, words);
    };
    const auto before = std::ranges::count_if(story.slack.messages(office::general), heard);
    story.slack.command(user, office::general, command, text);
    story.wait([&] { return std::ranges::count_if(story.slack.messages(office::general), heard) > before; },
               command + " " + text + " to answer '" + words + "'");
}

}  // namespace

TEST_CASE("commands: /app-request answers for the caller's eyes, in the ack (R58)") {
    ReviewStory story;
    story.fixture.start();
    expect_answer(story, "/app-request", "list", "You have no app requests");
    expect_answer(story, "/app-request", "help", "opens the request form");
    expect_answer(story, "/app-request", "statsu", "did you mean status?");
    expect_answer(story, "/app-request", "status REQ-77", "I know no request REQ-77");
    const std::string id = story.ask("");
    expect_answer(story, "/app-request", "status", "Waiting for vendor issue");
    expect_answer(story, "/app-request", "status " + id, "Waiting for vendor issue");
    expect_answer(story, "/app-request", "status REQ-1", "you may not, because", office::outsider);
    expect_answer(story, "/app-request", "link REQ-1 http://gitlab.com/x/-/issues/1", "begin with https://");
    expect_answer(story, "/app-request", std::string("link REQ-1 ") + office::issue, "Linked REQ-1");
    story.expect_card(": In review");
    expect_answer(story, "/app-request", "list", "REQ-1");
    expect_answer(story, "/app-request", "find Miro", "In review", office::outsider);
    expect_answer(story, "/app-request", "withdraw REQ-1", "you may not, because", office::outsider);
    expect_answer(story, "/app-request", "withdraw", "REQ-1 is withdrawn");
    story.expect_card(": Withdrawn");
    expect_answer(story, "/app-request", "withdraw REQ-1", "already decided");
    expect_answer(story, "/installed-apps", "help", "Installed apps");
    story.expect_good_manners();
}

TEST_CASE("commands: link without an address opens the form") {
    ReviewStory story;
    story.fixture.start();
    story.ask("");
    story.slack.command(office::employee, office::general, "/app-request", "link");
    story.fill(office::employee, "Link vendor issue", {{"Vendor issue link", office::issue}});
    story.expect_card(": In review");
    story.expect_good_manners();
}

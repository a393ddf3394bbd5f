// Many at once.
#include "tests/support/review_story.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <set>

using namespace countersign::tests;

TEST_CASE("burst: 500 requests at once: all cards, in order, no 429 provoked") {
    constexpr int many = 500;
    DaemonOptions options;
    options.slack.ack_deadline =
        std::chrono::seconds(60);  // how fast is the bench's business, on a quiet machine
    ReviewStory story(options);
    for (int i = 0; i < many; ++i) {
        story.slack.add_app({.id = fmt::format("A0APP{:04}", i), .name = fmt::format("App {:04}", i)});
    }
    story.fixture.start();
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < many; ++i) {
        story.slack.request_app(office::employee, fmt::format("A0APP{:04}", i), office::issue);
    }
    const auto posted = [&] {
        return story.slack.message_count(office::review) == many &&
               story.slack.message_count(office::employee) == many;
    };
    REQUIRE(story.slack.wait(posted, std::chrono::seconds(90)));
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    MESSAGE("500 cards in " << took.count() << " s at 50 times Slack's rate");
    const auto cards = story.slack.messages(office::review);
    // In the order in which they were received; over two connections that is not the order of sending (R50).
    std::set<std::string> apps;
    for (int i = 0; i < many; ++i) {
        const auto& text = cards[static_cast<std::size_t>(i)].text;
        CHECK(text.starts_with(fmt::format("REQ-{} App ", i + 1)));
        apps.insert(text.substr(text.find("App "), 8));
    }
    CHECK(apps.size() == many);
    CHECK(story.slack.acks().size() == many);
    story.expect_good_manners();
}

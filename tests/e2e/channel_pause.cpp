// A channel integration that is paused posts nothing, says so, and goes on when it is let.
#include "tests/support/review_story.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <algorithm>

using namespace countersign::tests;

TEST_CASE("channels: a paused integration posts no result, by itself or after a restart, until it goes on") {
    constexpr const char* quiet = "C0QUIET";
    ReviewStory story;
    story.slack.add_channel(quiet, "quiet");
    story.fixture.start();
    const auto command = [&](const std::string& user, const std::string& text) {
        story.slack.command(user, office::general, "/installed-apps", text);
    };
    const auto posted = [&](const char* channel, const std::string& words) {
        return std::ranges::any_of(story.slack.messages(channel),
                                   [&](const auto& each) { return says(each, words); });
    };
    const auto add = [&](const char* name, const char* channel) {
        command(office::employee, "add");
        story.fill(office::employee, "Add an integration",
                   {{"Name", name},
                    {"Stored authorization", "Countersign's own bot (this workspace)"},
                    {"Use it for", "Channel: review results"},
                    {"Channel id", channel}});
        story.wait([&] { return posted(channel, "posts the results of app requests here"); }, "the greeting");
    };
    add("Quiet", quiet);
    add("Loud", office::general);
    const auto reject = [&](int number) {
        story.ask();
        story.press(office::legal, "Reject");
        story.fill(office::legal, "Reject", {{"Reason", "no"}});
        const auto words = "(REQ-" + std::to_string(number) + "): Denied";
        story.wait([&] { return posted(office::general, words); }, words);
        return words;
    };
    command(office::outsider, "edit Quiet");  // neither its owner nor an admin
    story.wait(
        [&] {
            return std::ranges::any_of(story.slack.messages(office::general), [](const auto& each) {
                return each.ephemeral_to == office::outsider && says(each, "only admins");
            });
        },
        "the refusal");
    const auto work = [&](const char* choice) {
        command(office::employee, "edit Quiet");
        story.fill(office::employee, "Edit", {{"Work", choice}});
    };
    work("Is paused");
    story.expect_direct_message(office::employee, "paused");
    const auto first = reject(1);
    CHECK_FALSE(posted(quiet, first));
    REQUIRE(story.fixture.stop() == 0);
    story.fixture.start();
    CHECK_FALSE(posted(quiet, reject(2)));
    work("Goes on");
    story.wait(
        [&] {
            const auto told = story.slack.messages(office::employee);
            return std::ranges::any_of(told, [](const auto& each) {
                return says(each, "Saved.") && says(each, "Quiet") && says(each, "connected");
            });
        },
        "the answer");
    const auto third = reject(3);
    story.wait([&] { return posted(quiet, third); }, "the result in the channel that goes on");
    CHECK_FALSE(posted(quiet, first));  // what was missed is not made up for
    story.expect_good_manners();
}

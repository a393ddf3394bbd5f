// O3: when nothing can be decided any more, people hear of it, with the step that gives approval back to
// them.
#include "tests/support/review_story.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <thread>

using namespace countersign::tests;

namespace {

bool watch_says(const ReviewStory& story, int code, const std::string& text) {
    const auto seen = story.fixture.run_command({"check", "--watch"});
    return seen.code == code && seen.output.find(text) != std::string::npos;
}

// The daemon's file changes without Slack hearing of it, so this asks again and again.
void expect_watch(const ReviewStory& story, int code, const std::string& text) {
    const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    bool said = false;
    while (!said && std::chrono::steady_clock::now() < limit) {
        said = watch_says(story, code, text);
        if (!said) std::this_thread::sleep_for(std::chrono::milliseconds(200));
    }
    CHECK_MESSAGE(said, "check --watch never ended with " << code << " and '" << text << "'\n"
                                                          << story.fixture.log());
}

}  // namespace

TEST_CASE("O3: a revoked admin token is told with the release step, and monitoring sees it") {
    ReviewStory story;
    story.fixture.start();
    expect_watch(story, 0, "acts: connected");
    story.slack.script("admin.apps.requests.list", {{"error", "token_revoked"}}, 1'000);
    story.slack.script("auth.teams.list", {{"error", "token_revoked"}}, 1'000);
    story.slack.send_envelope(
        "events_api",
        story.slack.make_event(
            {{"type", "tokens_revoked"},
             {"tokens", {{"oauth", {"U0ORGADMIN"}}, {"bot", countersign::fakes::Json::array()}}}}));
    story.expect_alarm("cannot act: Slack does not take a token any more: SLACK_ADMIN_TOKEN: token_revoked");
    story.expect_alarm("To switch them on again: revoke SLACK_ADMIN_TOKEN");
    expect_watch(story, 1, "SLACK_ADMIN_TOKEN: token_revoked");
}

TEST_CASE("O3: a lost connection is told while messages can still be sent, and so is its end") {
    ReviewStory story;
    story.fixture.start();
    story.slack.upgrade_status(std::vector<int>(1'000, 503));
    story.slack.abort_connections();
    story.expect_alarm("cannot act: not connected to Slack");
    expect_watch(story, 1, "not connected to Slack");
    story.slack.upgrade_status({});
    story.expect_alarm("Countersign can act again");
}

TEST_CASE("O3: without a daemon check --watch says no") {
    ReviewStory story;
    CHECK(watch_says(story, 1, "does not run"));
    story.fixture.start();
    CHECK(story.fixture.stop() == 0);
    CHECK(watch_says(story, 1, "does not run"));
}

TEST_CASE("O3: the step that check --watch names after a stop is that of the driver that ran") {
    DaemonOptions options;
    const std::string in_workspace = "Requests to install", in_organisation = "revoke SLACK_ADMIN_TOKEN";
    SUBCASE("workspace") {
        options.admin_token = false;
        options.slack.enterprise = false;
    }
    SUBCASE("organisation") {}
    ReviewStory story(options);
    story.fixture.start();
    expect_watch(story, 0, "acts: connected");
    CHECK(story.fixture.stop() == 0);
    CHECK(watch_says(story, 1, "does not run"));
    CHECK(watch_says(story, 1, in_organisation) == options.admin_token);
    CHECK(watch_says(story, 1, in_workspace) == !options.admin_token);
}

TEST_CASE("O5: after a gap in the connection Slack's lists are read at once") {
    ReviewStory story;
    story.fixture.start();
    story.wait([&] { return story.count("admin.apps.requests.list") >= 2; }, "the sweep at the start");
    const auto id = story.ask(std::string("see ") + office::issue);
    story.slack.decide_outside(id, "approve");
    story.slack.abort_connections();
    story.expect_card(": Approved · decided outside");
}

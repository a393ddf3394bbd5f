// A backup is taken of a daemon at work, and is a moment of it, whole.
#include "tests/support/review_story.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace countersign::tests;

TEST_CASE(
    "backup: under load it holds all that was acknowledged before, and once restored repeats nothing (O18)") {
    constexpr int many = 120;
    DaemonOptions options;
    options.slack.ack_deadline = std::chrono::seconds(60);
    ReviewStory story(options);
    for (int i = 0; i < many; ++i)
        story.slack.add_app({.id = fmt::format("A0APP{:04}", i), .name = fmt::format("App {:04}", i)});
    story.fixture.start();
    int asked = 0;
    const auto ask = [&] {
        story.slack.request_app(office::employee, fmt::format("A0APP{:04}", asked++), office::issue);
    };
    std::vector<std::filesystem::path> backups;
    std::vector<int> acknowledged;
    while (asked < many) {
        for (int i = 0; i < many / 6; ++i)
            ask();
        story.wait([&] { return static_cast<int>(story.slack.ack_count()) + 10 > asked; }, "most acks");
        acknowledged.push_back(static_cast<int>(story.slack.ack_count()));
        backups.push_back(story.fixture.directory() / fmt::format("backup-{}.db", asked));
        const auto made = story.fixture.run_command({"backup", "--to", backups.back().string()});
        REQUIRE_MESSAGE(made.code == 0, made.errors);
    }
    // Not into a database that a daemon works on.
    const auto refused = story.fixture.run_command({"restore", "--from", backups.front().string()});
    CHECK(refused.code != 0);
    CHECK(refused.errors.contains("is in use by another countersign"));
    story.wait([&] { return static_cast<int>(story.slack.ack_count()) == many; }, "every ack");

    for (std::size_t i = 0; i < backups.size(); ++i) {
        CAPTURE(i);
        SQLite::Database database(backups[i].string());
        CHECK(database.execAndGet("PRAGMA integrity_check").getString() == "ok");
        const auto kept = database.execAndGet("SELECT count(*) FROM inbox").getInt();
        CHECK(kept >= acknowledged[i]);
        // A moment of it: each envelope with all that it led to.
        CHECK(database.execAndGet("SELECT count(*) FROM app_request").getInt() == kept);
    }

    // The last one takes the place of what was lost; nobody is told anything twice by it.
    const auto cards = [&] { return story.slack.messages(office::review).size(); };
    story.wait([&] { return cards() == many; }, "every card");
    CHECK(story.fixture.stop() == 0);
    std::filesystem::remove(story.fixture.database());
    CHECK(story.fixture.run_command({"restore", "--from", backups.back().string()}).code == 0);
    CHECK(story.fixture.run_command({"audit", "verify"}).code == 0);
    story.fixture.start();
    story.wait([&] { return story.slack.connections() == 2; }, "both connections");
    story.press(office::security, "Approve", 1);
    story.expect_card(std::string("approved by <@") + office::security, 1);
    CHECK(cards() == many);
    CHECK(story.fixture.stop() == 0);
}

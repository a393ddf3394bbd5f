// The daemon is killed with -9 under load, at random moments and at every failpoint in turn. What was
// acknowledged has its card, its message and its row; nothing was told twice. `./dev test --long` kills it a
// thousand times.
#include "tests/support/review_story.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <array>
#include <cstdlib>
#include <map>
#include <random>

using namespace countersign::tests;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

constexpr std::array points{"after_receive", "before_commit", "after_commit",  "after_ack",   "after_claim",
                            "before_send",   "after_send",    "before_record", "after_record"};

int kills_wanted() {
    return std::getenv("COUNTERSIGN_LONG_TESTS") != nullptr ? 1'000 : 30;
}

DaemonOptions busy() {
    DaemonOptions options;
    // Slack would bring an event again after a minute and after five (R46).
    options.slack.redelivery = std::vector<milliseconds>(60, milliseconds(250));
    return options;
}

void expect_rows(ReviewStory& story) {
    SQLite::Database database(story.fixture.database().string(), SQLite::OPEN_READONLY);
    SQLite::Statement known(
        database, "SELECT 1 FROM inbox WHERE envelope_id = ?1 AND outcome IN ('handled', 'unknown')");
    for (const auto& ack : story.slack.acks()) {
        known.bind(1, ack.envelope_id);
        CHECK_MESSAGE(known.executeStep(), ack.envelope_id << " was acknowledged and is not there");
        known.reset();
    }
}

}  // namespace

TEST_CASE("kills: under load, at random moments and at every failpoint, nothing acknowledged is lost (O4)") {
    const int kills = kills_wanted();
    ReviewStory story(busy());
    std::mt19937 random(2026);
    story.fixture.start();
    int at_failpoints = 0;
    for (int i = 0; i < kills; ++i) {
        const auto app = fmt::format("A0K{:04}", i);
        story.slack.add_app({.id = app, .name = fmt::format("App {:04}", i)});
        story.slack.request_app(office::employee, app, office::issue);
        if (i % 2 == 0) {
            story.slack.wait([] { return false; }, milliseconds(random() % 300));
            story.fixture.kill();
        } else if (story.fixture.wait_for_death(seconds(2))) {
            ++at_failpoints;
        } else {
            story.fixture.kill();
        }
        // The next round dies at a point of its own, if it comes there.
        story.fixture.launch(i % 2 == 0 ? points.at(static_cast<std::size_t>(i / 2) % points.size()) : "");
    }
    story.fixture.kill();
    story.fixture.start();
    const auto wanted = static_cast<std::size_t>(kills);
    story.wait(
        [&] {
            return story.slack.message_count(office::review) >= wanted &&
                   story.slack.message_count(office::employee) >= wanted;
        },
        "a card and a message for each request");
    CHECK(story.fixture.stop() == 0);

    std::map<std::string, int> times;
    for (const char* place : {office::review, office::employee, office::alarms}) {
        for (const auto& message : story.slack.messages(place))
            ++times[message.metadata.at("event_payload").at("effect").get<std::string>()];
    }
    for (const auto& [effect, count] : times)
        CHECK_MESSAGE(count == 1, effect << " was told " << count << " times");
    CHECK(story.slack.message_count(office::review) == wanted);
    CHECK(at_failpoints > kills / 4);
    expect_rows(story);
    MESSAGE(kills << " kills, " << at_failpoints << " of them at failpoints, " << story.slack.acks().size()
                  << " envelopes acknowledged");
}

// The daemon is killed with -9 under load, at random moments and at every failpoint in turn. What was
// acknowledged has its card, its message, its vote and its row; nothing was told twice. `./dev test --long`
// kills it a thousand times.
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

// Lines that only one person sees apart: they carry no key by which they could be told apart.
std::vector<countersign::fakes::Message> cards_of(const ReviewStory& story) {
    auto cards = story.slack.messages(office::review);
    std::erase_if(cards, [](const auto& each) { return !each.ephemeral_to.empty(); });
    return cards;
}

// A party's clicks on cards that are there. Slack brings none of them again: what was not acknowledged, the
// person sees as an error.
class Clicks {
  public:
    void press(ReviewStory& story, std::size_t any) {
        const auto cards = cards_of(story);
        if (cards.empty()) return;
        const auto& card = cards.at(any % cards.size());
        pressed_[story.slack.press_by_text(office::legal, card.channel, card.ts, "Approve")] = card.ts;
    }

    // How many were acknowledged. Each of these cards has this person's vote, once.
    [[nodiscard]] int expect_votes(ReviewStory& story, const SQLite::Database& database) const {
        SQLite::Statement votes(database,
                                "SELECT count(*) FROM vote JOIN message_ref ON name = 'card:' || request "
                                "WHERE ts = ?1 AND voter = ?2 AND answer = 'approve'");
        int acknowledged = 0;
        for (const auto& ack : story.slack.acks()) {
            const auto press = pressed_.find(ack.envelope_id);
            if (press == pressed_.end()) continue;
            ++acknowledged;
            votes.bind(1, press->second);
            votes.bind(2, office::legal);
            REQUIRE(votes.executeStep());
            CHECK_MESSAGE(votes.getColumn(0).getInt() == 1, "the vote on the card " << press->second);
            votes.reset();
        }
        return acknowledged;
    }

  private:
    std::map<std::string, std::string> pressed_;  // envelope -> card
};

void expect_rows(ReviewStory& story, const SQLite::Database& database) {
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
    Clicks clicks;
    story.fixture.start();
    int at_failpoints = 0;
    for (int i = 0; i < kills; ++i) {
        const auto app = fmt::format("A0K{:04}", i);
        story.slack.add_app({.id = app, .name = fmt::format("App {:04}", i)});
        story.slack.request_app(office::employee, app, office::issue);
        // A click needs a connection; now and then the daemon dies before it has one.
        if (i % 4 != 0 && story.slack.wait([&] { return story.slack.connections() > 0; }, seconds(2)))
            clicks.press(story, random());
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
            return cards_of(story).size() >= wanted && story.slack.message_count(office::employee) >= wanted;
        },
        "a card and a message for each request");
    CHECK(story.fixture.stop() == 0);

    std::map<std::string, int> times;
    for (const char* place : {office::review, office::employee, office::alarms}) {
        for (const auto& message : story.slack.messages(place))
            if (message.ephemeral_to.empty())
                ++times[message.metadata.at("event_payload").at("effect").get<std::string>()];
    }
    for (const auto& [effect, count] : times)
        CHECK_MESSAGE(count == 1, effect << " was told " << count << " times");
    CHECK(cards_of(story).size() == wanted);
    CHECK(at_failpoints > kills / 4);
    const SQLite::Database database(story.fixture.database().string(), SQLite::OPEN_READONLY);
    expect_rows(story, database);
    const int clicked = clicks.expect_votes(story, database);
    CHECK(clicked > kills / 10);
    MESSAGE(kills << " kills, " << at_failpoints << " of them at failpoints, " << story.slack.acks().size()
                  << " envelopes acknowledged, " << clicked << " of them clicks");
}

// Rows that somebody or something changed behind the daemon's back: told to the operator, and no reason to
// stop.
#include "tests/support/review_story.hpp"

#include <SQLiteCpp/Database.h>
#include <doctest/doctest.h>

using namespace countersign::tests;

namespace {

void put_row(SQLite::Database& database, const std::string& key, const std::string& method,
             const std::string& message, const std::string& state) {
    database.exec(
        "INSERT INTO outbox(key, method, token, args, purpose, context, lane, bucket, message, "
        "interactive, state, blocked, waiting, enqueued_at, claimed_at) VALUES ('" +
        key + "', '" + method + "', 'bot', '{\"channel\":', 'notice', 'nope', '', '" + key + "', '" +
        message + "', 0, '" + state + "', 0, 0, 1, 1)");
}

}  // namespace

TEST_CASE("damaged rows: each is told in the alarm channel, and a new request goes its way") {
    ReviewStory story;
    story.fixture.start();
    (void)story.ask("for the design team");
    REQUIRE(story.fixture.stop() == 0);
    {
        SQLite::Database database(story.fixture.database().string(), SQLite::OPEN_READWRITE);
        put_row(database, "damaged-post", "chat.postMessage", "", "pending");
        put_row(database, "damaged-card", "chat.update", "card:1", "pending");
        put_row(database, "damaged-claim", "chat.postMessage", "", "claimed");
        put_row(database, "damaged-approve", "admin.apps.approve", "", "claimed");
        REQUIRE(database.exec("INSERT INTO timer(name, due, event) VALUES ('damaged-timer', 1, '{')") == 1);
    }
    story.fixture.start();
    for (const auto* name :
         {"damaged-post", "damaged-card", "damaged-claim", "damaged-approve", "damaged-timer"})
        story.expect_alarm(name);
    const auto cards = story.slack.messages(office::review).size();
    story.slack.add_app({.id = "A0FIGMA", .name = "Figma"});
    story.slack.request_app(office::employee, "A0FIGMA", "for the design team");
    story.wait([&] { return story.slack.messages(office::review).size() > cards; },
               "the card of the next request");
    CHECK(story.fixture.runs());
    CHECK(story.fixture.stop() == 0);
}

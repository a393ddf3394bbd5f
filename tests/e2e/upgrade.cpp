// The real program on a database that an earlier version left in the middle of a review.
#include "storage/schema.hpp"
#include "tests/support/older_database.hpp"
#include "tests/support/review_story.hpp"

#include <doctest/doctest.h>

using namespace countersign::tests;
namespace fs = std::filesystem;

namespace {

int schema_of(const fs::path& file) {
    return SQLite::Database(file.string()).execAndGet("PRAGMA user_version").getInt();
}

// A request in review with its issue, one party's vote, and everything told. The daemon has stopped.
void leave_in_review(ReviewStory& story) {
    story.fixture.start();
    story.ask("to draw");
    story.link_issue();
    story.press(office::security, "Approve");
    story.expect_card(std::string("approved by <@") + office::security);
    REQUIRE(story.fixture.stop() == 0);
}

// The rest of the review, on the same card.
void expect_that_it_goes_on(ReviewStory& story) {
    const auto cards = story.slack.messages(office::review).size();
    story.fixture.start();
    story.wait([&] { return story.slack.connections() == 2; }, "both connections");
    story.expect_card(std::string("approved by <@") + office::security);
    for (const char* user : {office::legal, office::procurement, office::it}) {
        story.press(user, "Approve");
        story.expect_card(std::string("approved by <@") + user);
    }
    story.expect_card(": Ready");
    CHECK(story.slack.messages(office::review).size() == cards);
    CHECK(story.fixture.run_command({"audit", "verify"}).code == 0);
    CHECK(story.fixture.stop() == 0);
}

}  // namespace

TEST_CASE("upgrade: a backup of an older schema is restored, and the review in it goes on") {
    const int newest = countersign::storage::newest_schema();
    int schema = 1;
    SUBCASE("the first schema") {}
    SUBCASE("the one before this") {
        schema = newest - 1;
    }
    CAPTURE(schema);
    ReviewStory story;
    leave_in_review(story);
    const auto older = story.fixture.directory() / "older.db";
    copy_as_older(story.fixture.database(), older, schema);
    fs::remove(story.fixture.database());
    const auto restored = story.fixture.run_command({"restore", "--from", older.string()});
    CHECK_MESSAGE(restored.code == 0, restored.errors);
    CHECK(schema_of(story.fixture.database()) == newest);
    expect_that_it_goes_on(story);
}

TEST_CASE("upgrade: a start upgrades the database, and the one before it is there to go back to") {
    const int newest = countersign::storage::newest_schema();
    ReviewStory story;
    leave_in_review(story);
    const auto database = story.fixture.database();
    const auto kept = fs::path(fmt::format("{}.schema-{}", database.string(), newest - 1));
    const auto older = story.fixture.directory() / "older.db";
    copy_as_older(database, older, newest - 1);
    fs::rename(older, database);
    expect_that_it_goes_on(story);
    CHECK(schema_of(database) == newest);
    CHECK(schema_of(kept) == newest - 1);

    // The way back, for which this program is the older one.
    const auto before = fs::path(fmt::format("{}.schema-{}", database.string(), newest));
    REQUIRE(story.fixture.run_command({"backup", "--to", before.string()}).code == 0);
    SQLite::Database(database.string(), SQLite::OPEN_READWRITE)
        .exec(fmt::format("PRAGMA user_version = {}; CREATE TABLE of_the_newer(x)", newest + 1));
    const auto refused = story.fixture.run_command({"run"});
    CHECK(refused.code != 0);
    CHECK_MESSAGE(refused.errors.contains("or restore " + before.string()), refused.errors);
    const auto back = story.fixture.run_command({"restore", "--from", before.string()});
    CHECK_MESSAGE(back.code == 0, back.errors);
    CHECK(back.output.contains(".before-restore"));
    story.fixture.start();
    story.press(office::admin, "Approve app");
    story.wait([&] { return story.count("admin.apps.approve") == 1; }, "the approval");
    CHECK(story.fixture.stop() == 0);
}

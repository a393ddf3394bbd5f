// M20 with the real binary: owners are asked, answer or not, and nothing is removed by itself.
#include "storage/database.hpp"
#include "storage/query.hpp"
#include "tests/support/review_story.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>

using namespace countersign;
using namespace countersign::tests;
using nlohmann::json;

namespace {

struct Office {
    ReviewStory story;

    Office() {
        story.fixture.start();
        const auto file = story.fixture.directory() / "log.json";
        json logs = json::array();
        for (const auto* name : {"Miro", "Trello"})
            logs.push_back({{"app_id", std::string("A0") + name},
                            {"app_type", name},
                            {"user_id", office::employee},
                            {"change_type", "added"},
                            {"date", "1790000000"}});
        std::ofstream(file) << json{{"logs", logs}}.dump();
        REQUIRE(
            story.fixture.run_command({"inventory", "import", "--from", file.string(), "--team", "T0ACME"})
                .code == 0);
        story.slack.command(office::admin, office::general, "/installed-apps", "edit Miro");
        story.fill(office::admin, "Edit", {{"Owner", office::employee}});
        story.expect_direct_message(office::admin, "Saved.");
    }
    // As if so many days had gone by since every app was seen first, and asked about; the daily question is
    // due.
    void days_pass(int days) {
        REQUIRE(story.fixture.stop() == 0);
        {
            auto database = storage::Database::open_writer(story.fixture.database());
            REQUIRE(database);
            const auto time = std::int64_t{days} * 24 * 3'600 * 1'000;
            database->transaction([&] {
                storage::Query(*database,
                               "UPDATE inventory SET first_seen = first_seen - ?1, "
                               "asked_at = asked_at - ?1, "
                               // Seen installed: what was imported is asked about sooner (M28), and of
                               // whoever set it up.
                               "source = 'event', set_up_by = ''")
                    .bind(time)
                    .run();
                storage::Query(*database, "UPDATE timer SET due = 1 WHERE name = 'recertify'").run();
            });
        }
        story.fixture.start();
    }
    [[nodiscard]] std::ptrdiff_t asked() const {
        const auto told = story.slack.messages(office::employee);
        return std::ranges::count_if(told,
                                     [](const auto& each) { return says(each, "Is it still needed?"); });
    }
    void press_alarm(const std::string& user, const std::string& words, const std::string& label) {
        story.expect_alarm(words);
        for (const auto& message : story.slack.messages(office::alarms)) {
            if (!says(message, words)) continue;
            story.slack.press_by_text(user, office::alarms, message.ts, label);
            return;
        }
    }
};

}  // namespace

TEST_CASE("M20: owners are asked after a year, silence escalates, answers are kept, and nothing is removed") {
    Office office_;
    auto& story = office_.story;
    office_.days_pass(300);
    story.fixture.expect_log("event=ready");
    CHECK(office_.asked() == 0);
    office_.days_pass(100);
    story.expect_direct_message(office::employee, "You answer for *Miro*");
    story.expect_alarm("Nobody has said whether *Trello*");  // it has no owner
    // The owner says nothing for two weeks.
    office_.days_pass(15);
    story.expect_alarm("Nobody has said whether *Miro*");
    CHECK(office_.asked() == 1);

    office_.press_alarm(office::outsider, "Nobody has said whether *Trello*", "Not needed");
    story.wait(
        [&] {
            return std::ranges::any_of(story.slack.messages(office::alarms), [](const auto& each) {
                return each.ephemeral_to == office::outsider && says(each, "only admins");
            });
        },
        "the refusal");
    office_.press_alarm(office::admin, "Nobody has said whether *Trello*", "Not needed");
    story.expect_alarm("says that *Trello* is not needed any more");
    story.press_direct(office::employee, "Still needed");
    story.expect_direct_message(office::employee, "Thank you: *Miro* stays");
    const auto list = json::parse(story.fixture.run_command({"inventory", "list", "--json"}).output);
    for (const auto& each : list.at("inventory"))
        CHECK(each.at("state") == "installed");
    CHECK(story.count("admin.apps.uninstall") == 0);
    const auto log = story.fixture.run_command({"audit", "export"}).output;
    for (const auto* action :
         {"inventory.recertification_asked", "inventory.recertified", "inventory.not_needed"})
        CHECK_MESSAGE(log.contains(action), action);
    story.expect_good_manners();
}

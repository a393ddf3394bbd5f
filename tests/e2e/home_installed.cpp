// Installed apps on the Home tab, with the real binary: 500 of them, pages, lists, details, edit, removal.
#include "tests/support/review_story.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>

using namespace countersign::tests;
using countersign::fakes::Json;
using countersign::fakes::View;

namespace {

View home_of(ReviewStory& story, const std::string& user) {
    for (const auto& view : story.slack.views(user)) {
        if (view.kind == "home") return view;
    }
    return {};
}

void expect_home(ReviewStory& story, const std::string& user, const std::string& text) {
    story.wait([&] { return home_of(story, user).view.dump().contains(text); },
               "the Home tab of " + user + " to say '" + text + "'");
}

// A button of the tab by its label; of an entry by the entry's block.
void press(ReviewStory& story, const std::string& user, const std::string& label,
           const std::string& block_id) {
    const auto home = home_of(story, user);
    for (const auto& block : home.view["blocks"]) {
        if (block.value("block_id", "") != block_id) continue;
        for (const auto& element : block["elements"]) {
            const std::string text = element["text"]["text"];
            if (text == label || text.starts_with(label + " (")) {
                story.slack.press_in_view(user, home.id, text, element["value"]);
                return;
            }
        }
    }
    FAIL("no button " << label << " in " << block_id);
}

}  // namespace

TEST_CASE("I1, M13, M14: 500 installed apps on Home: pages, lists, details, edit and removal") {
    ReviewStory story;
    story.fixture.start();
    const auto file = story.fixture.directory() / "log.json";
    Json logs = Json::array();
    for (int at = 0; at < 500; ++at)
        logs.push_back({{"app_id", fmt::format("A{:03}", at)},
                        {"app_type", fmt::format("App {:03}", at)},
                        {"user_id", "U0EMP"},
                        {"change_type", "added"},
                        {"date", std::to_string(1'790'000'000 + at)}});
    std::ofstream(file) << Json{{"logs", logs}}.dump();
    REQUIRE(
        story.fixture.run_command({"inventory", "import", "--from", file.string(), "--team", "T1"}).code ==
        0);

    story.slack.open_home(office::employee);
    expect_home(story, office::employee, "1–8 of 500");
    CHECK_FALSE(home_of(story, office::employee).view.dump().contains("Unapproved"));
    press(story, office::employee, "Next page", "installed_pages");
    expect_home(story, office::employee, "9–16 of 500");
    press(story, office::employee, "Details", "installed:app:A009/T1");
    CHECK(story.form(office::employee, "Installed app").view.dump().contains("App 009"));

    story.slack.open_home(office::admin);
    expect_home(story, office::admin, "Unapproved (500)");
    press(story, office::admin, "Edit", "installed:app:A001/T1");
    story.fill(office::admin, "Edit", {{"Owner", office::employee}, {"Purpose", "Boards"}});
    story.expect_direct_message(office::admin, "Saved.");
    // The new owner's tab follows, and offers what an owner may do.
    expect_home(story, office::employee, "Mine (1)");
    press(story, office::employee, "Mine", "installed");
    expect_home(story, office::employee, "1–1 of 1");
    press(story, office::employee, "Edit", "installed:app:A001/T1");
    (void)story.form(office::employee, "Edit");

    press(story, office::admin, "Remove", "installed:app:A001/T1");
    story.fill(office::admin, "Remove", {{"Type its name to remove it", "App 001"}});
    story.expect_direct_message(office::admin, "was removed");
    // The owner's form is about something that is gone, and so is the button on the tab as it was.
    story.fill_refused(office::employee, "Edit", {{"Purpose", "Films"}}, "not there any more");
    story.slack.open_home(office::employee);
    expect_home(story, office::employee, "Mine (0)");
    story.expect_good_manners();
}

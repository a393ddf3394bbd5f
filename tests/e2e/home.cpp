// The Home tab, shortcuts and languages, from the person's side.
#include "tests/support/review_story.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace countersign::tests;
using countersign::fakes::Json;
using countersign::fakes::View;

namespace {

std::string value_of(const View& home, const std::string& label) {
    for (const auto& block : home.view["blocks"]) {
        for (const auto& element : block.value("elements", Json::array())) {
            if (element.contains("value") && element["text"]["text"] == label) return element["value"];
        }
    }
    return {};
}

}  // namespace

TEST_CASE("P11 R23: Home shows each role its own, votes count from there, and it follows what happens") {
    ReviewStory story;
    story.fixture.start();
    story.slack.open_home(office::employee);
    story.expect_home(office::employee, "You have not asked for an app yet");
    story.ask(office::issue);
    story.expect_home(office::employee, "REQ-1");

    story.slack.open_home(office::security);
    story.expect_home(office::security, "Waits for your vote");
    story.expect_home(office::security, "queue:REQ-1");
    const auto home = story.home_of(office::security);
    story.slack.press_in_view(office::security, home.id, "Approve", value_of(home, "Approve"));
    story.expect_card(std::string("approved by <@") + office::security + ">");
    story.expect_home(office::security, "Nothing waits for your vote");
    CHECK(story.home_of(office::outsider).id.empty());

    story.slack.open_home(office::admin);
    story.expect_home(office::admin, "I approve, restrict and cancel in Slack myself");
    story.slack.press_in_view(office::admin, story.home_of(office::admin).id, "Find an app");
    story.slack.submit(office::admin, story.form(office::admin, "Find an app").id, {{"App", "Miro"}});
    story.wait([&] { return story.form(office::admin, "Find an app").view.dump().contains("REQ-1"); },
               "the form to be answered in its place");
    story.expect_good_manners();
}

TEST_CASE("R1 R2: shortcuts open the form, also from a message, and list my requests") {
    ReviewStory story;
    story.fixture.start();
    story.slack.shortcut(office::employee, "shortcut_my_requests");
    story.expect_line(office::employee, "You have no app requests");
    const auto ts = story.slack.say(office::employee, office::general,
                                    "look: <https://slack.com/marketplace/A061BL8RQ0-board>");
    story.slack.message_shortcut(office::employee, "request_this_app", office::general, ts);
    CHECK(story.form(office::employee, "Request an app").view.dump().contains("A061BL8RQ0"));
    story.fill(office::employee, "Request an app", {{"Purpose", "boards"}});
    story.expect_direct_message(office::employee, "needs a vendor issue");
    story.expect_good_manners();
}

TEST_CASE("R22: a person with a German Slack reads German, everybody else and the card English") {
    ReviewStory story;
    story.slack.set_locale(office::employee, "de-DE");
    story.fixture.start();
    story.slack.open_home(office::employee);
    story.slack.command(office::employee, office::general, "/app-request", "help");
    story.expect_home(office::employee, "Du hast noch keine App beantragt");
    story.ask("");
    story.expect_direct_message(office::employee, "braucht einen Anbieter-Vorgang");
    story.press_direct(office::employee, "Vorgang verknüpfen");
    story.fill(office::employee, "Vorgang verknüpfen", {{"Link zum Vorgang", office::issue}});
    story.expect_card(": In review");
    story.slack.open_home(office::security);
    story.expect_home(office::security, "Waits for your vote");
    story.expect_good_manners();
}

// The junk gate, and a person who reads German, with the real binary (M22, R22).
#include "tests/support/english_words.hpp"
#include "tests/support/review_story.hpp"

#include <doctest/doctest.h>

using namespace countersign::tests;

TEST_CASE("e2e gate: a newcomer is held, told, and let through by an admin, as Slack's list agrees (M22)") {
    ReviewStory story({.policy = "[gate]\nhold_first_request = true\n"});
    story.fixture.start();
    story.ask(std::string("see ") + office::issue);
    story.expect_card(": Held");
    story.expect_direct_message(office::employee, "It is your first one here");
    story.expect_alarm("is held");
    CHECK_FALSE(says(story.card(), office::legal));
    CHECK(story.slack.resolution("A0MIRO") == "");
    // The daemon comes back and compares Slack's list with ours: held still, once.
    CHECK(story.fixture.stop() == 0);
    const auto lists = story.count("admin.apps.requests.list");
    story.fixture.start();
    story.wait([&] { return story.count("admin.apps.requests.list") > lists; }, "the comparison");
    CHECK(story.slack.messages(office::review).size() == 1);
    story.press(office::security, "Let through");
    story.expect_line(office::security, "only admins decide this");
    story.press(office::admin, "Let through");
    story.expect_card(": In review");
    story.expect_direct_message(office::employee, "was let through by <@U0ADMIN>");
    story.approve_as_all_parties();
    story.expect_card(": Ready");
    story.expect_good_manners();
}

TEST_CASE("e2e language: a requester with a German locale is told everything in German (R22)") {
    ReviewStory story({.policy = "[[rule]]\nid = \"dateien\"\nwhen.scopes = [\"files:read\"]\n"
                                 "decide = \"deny\"\nreason = \"Hier liest keine App Dateien.\"\n"});
    story.slack.set_locale(office::employee, "de-DE");
    story.slack.set_locale(office::security, "de-DE");
    story.fixture.start();
    for (const auto* person : {office::employee, office::security}) {
        story.slack.open_home(person);
        story.expect_home(person, "Deine Antr");
    }
    story.slack.add_app({.id = "A0FILES",
                         .name = "Filer",
                         .description = "Dateien",
                         .scopes = {{{"name", "files:read"},
                                     {"description", "Dateien"},
                                     {"is_sensitive", true},
                                     {"token_type", "bot"}}}});
    story.slack.request_app(office::employee, "A0FILES", "bitte");
    story.expect_direct_message(office::employee, "Regel dateien: Hier liest keine App Dateien.");
    story.expect_card("Filer");
    story.press(office::security, "Details");
    story.expect_line(office::security, "Alle Rechte");
    for (const auto* person : {office::employee, office::security}) {
        for (const auto& place : {std::string(person), std::string(office::review)}) {
            for (const auto& message : story.slack.messages(place)) {
                if (place == office::review && message.ephemeral_to != person) continue;
                CAPTURE(message.text);
                CHECK(english_word_in(message.text) == "");
            }
        }
    }
    story.expect_good_manners();
}

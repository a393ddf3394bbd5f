// The inventory's mirror in a canvas, with the real binary (M27).
#include "tests/support/review_story.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace countersign::tests;
using countersign::fakes::Json;

namespace {

DaemonOptions with_canvases() {
    DaemonOptions options;
    for (const auto* scope : {"canvases:read", "canvases:write"})
        options.slack.bot_scopes.emplace_back(scope);
    return options;
}

void type(ReviewStory& story, const std::string& words) {
    story.slack.command(office::admin, office::general, "/installed-apps", words);
}

void install(ReviewStory& story, const std::string& app, const std::string& name) {
    story.slack.send_envelope("events_api", story.slack.make_event({{"type", "app_installed"},
                                                                    {"app_id", app},
                                                                    {"app_name", name},
                                                                    {"user_id", office::employee},
                                                                    {"team_id", "T0ACME"},
                                                                    {"team_domain", "acme"}}));
}

// The newest text that was sent to a canvas.
std::string newest_canvas(ReviewStory& story) {
    const auto edits = story.slack.calls("canvases.edit");
    if (!edits.empty())
        return edits.back().args["changes"][0]["document_content"]["markdown"].get<std::string>();
    const auto made = story.slack.calls("conversations.canvases.create");
    return made.empty() ? "" : made.back().args["document_content"]["markdown"].get<std::string>();
}

}  // namespace

TEST_CASE("inventory canvas: made for a channel, follows the inventory, a change by hand is flagged (M27)") {
    ReviewStory story(with_canvases());
    story.fixture.start();
    install(story, "A0MIRO", "Miro");
    story.wait(
        [&] {
            return story.fixture.run_command({"inventory", "list", "--json"}).output.find("A0MIRO") !=
                   std::string::npos;
        },
        "the app in the inventory");
    CHECK(story.count("conversations.canvases.create") == 0);
    type(story, "mirror C0GENERAL");
    story.wait([&] { return story.count("conversations.canvases.create") == 1; }, "the canvas");
    CHECK(newest_canvas(story).find("Written by Countersign (") != std::string::npos);
    CHECK(newest_canvas(story).find("Miro") != std::string::npos);

    // What changes is written; at once only where the daemon starts anew, else within five minutes.
    install(story, "A0FIGMA", "Figma");
    story.wait(
        [&] {
            return story.fixture.run_command({"inventory", "list", "--json"}).output.find("A0FIGMA") !=
                   std::string::npos;
        },
        "the second app in the inventory");
    REQUIRE(story.fixture.stop() == 0);
    story.slack.script("canvases.sections.lookup", {{"answer", {{"sections", Json::array()}}}});
    story.fixture.start();
    story.wait([&] { return newest_canvas(story).find("Figma") != std::string::npos; },
               "the canvas with both");
    story.expect_alarm("changed the canvas of C0GENERAL");
    CHECK(story.count("canvases.edit") == 1);
    REQUIRE(story.fixture.stop() == 0);
    story.fixture.start();  // nothing has changed: nothing is written
    type(story, "mirror off");
    story.wait(
        [&] {
            return story.slack.acks().back().payload.dump().find("not written any more") != std::string::npos;
        },
        "the answer to off");
    CHECK(story.count("conversations.canvases.create") == 1);
    CHECK(story.count("canvases.edit") == 1);
    CHECK(story.fixture.stop() == 0);
    story.expect_good_manners();
    CHECK(story.fixture.run_command({"audit", "verify"}).code == 0);
}

TEST_CASE("inventory canvas: without the scope or the plan one notice says what to do (M27)") {
    ReviewStory story;  // the bot has no canvases:write
    story.fixture.start();
    type(story, "mirror here");
    story.expect_alarm("missing_scope");
    story.expect_alarm("canvases:write");
    story.slack.script("conversations.canvases.create", {{"error", "canvas_disabled_user_team"}});
    type(story, "mirror here");
    story.expect_alarm("canvas_disabled_user_team");
    CHECK(story.slack.calls("conversations.canvases.create").size() == 2);
    CHECK(story.fixture.stop() == 0);
    story.expect_good_manners();
}

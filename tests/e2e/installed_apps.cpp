// Installed apps in Slack: add, list, edit, remove and reconnect, as people do it.
#include "tests/fakes/token_server.hpp"
#include "tests/support/canary.hpp"
#include "tests/support/review_story.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>

using namespace countersign::tests;
using countersign::fakes::TokenServer;
using nlohmann::json;

namespace {

constexpr const char* key = "1 AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n";

DaemonOptions with_trackers_at(const std::string& url) {
    DaemonOptions options;
    for (const auto* name : {"it", "changes"})
        options.more_sections += fmt::format(
            "[[tracker]]\nname = \"{}\"\nkind = \"gitlab\"\nurl = \"{}\"\nprojects = [\"acme/{}\"]\n"
            "purpose = \"it-request\"\n",
            name, url, name);
    return options;
}

struct Office {
    TokenServer gitlab;
    ReviewStory story;

    Office() : story(with_trackers_at(gitlab.url())) {
        story.fixture.set_secret("countersign_key", key);
        for (int at = 1; at <= 3; ++at)
            gitlab.add({.value = "glpat-canary-" + std::to_string(at),
                        .login = "bot" + std::to_string(at),
                        .id = at});
        story.fixture.start();
    }
    Finished store(const std::string& name, int token, std::vector<std::string> more = {}) {
        std::vector<std::string> arguments{"authorizations", "add",    "--kind", "gitlab",       "--url",
                                           gitlab.url(),     "--name", name,     "--token-stdin"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return story.fixture.run_command(arguments, "glpat-canary-" + std::to_string(token) + "\n");
    }
    void command(const std::string& user, const std::string& text) {
        story.slack.command(user, office::general, "/installed-apps", text);
    }
    // The answer that only this person sees, in the channel of the command.
    void expect_answer(const std::string& user, const std::string& text, const std::string& words) {
        const auto heard = [&](const countersign::fakes::Message& each) {
            return each.ephemeral_to == user && says(each, words);
        };
        const auto before = std::ranges::count_if(story.slack.messages(office::general), heard);
        command(user, text);
        story.wait(
            [&] { return std::ranges::count_if(story.slack.messages(office::general), heard) > before; },
            text + " to answer '" + words + "'");
    }
    void add(const std::string& user, const std::string& name, const std::string& tracker) {
        command(user, "add");
        story.fill(user, "Add an integration",
                   {{"Name", name}, {"Use it for", "Tracker " + tracker + " (IT requests)"}});
        story.expect_direct_message(user, "Connected.");
    }
};

}  // namespace

TEST_CASE(
    "installed apps: two people build on one authorization, it is removed, both mend it (I2, I6, I7, I8, "
    "M15, M16)") {
    Office office_;
    auto& story = office_.story;
    office_.expect_answer(office::employee, "list", "No installed apps are recorded yet");
    REQUIRE(office_.store("GitLab", 1).code == 0);
    const auto tracker_has_token = [&] {
        return !story.fixture.run_command({"check"}).output.contains("tracker it: has no token");
    };
    CHECK_FALSE(tracker_has_token());
    office_.add(office::employee, "IT requests", "it");
    CHECK(tracker_has_token());
    office_.command(office::legal, "add");
    story.fill_refused(office::legal, "Add an integration",
                       {{"Name", "Mine"}, {"Use it for", "Tracker it (IT requests)"}}, "connected already");
    story.fill_refused(office::legal, "Add an integration",
                       {{"Name", "it REQUESTS"}, {"Use it for", "Tracker changes (IT requests)"}},
                       "of this name already");
    story.fill_refused(office::legal, "Add an integration",
                       {{"Name", "Mine"}, {"Use it for", "Tracker procurement (vendor issues)"}},
                       "the tracker is at");
    story.fill(office::legal, "Add an integration",
               {{"Name", "Changes"}, {"Use it for", "Tracker changes (IT requests)"}});
    story.expect_direct_message(office::legal, "Connected.");
    office_.expect_answer(office::outsider, "list", "2 uses");
    office_.expect_answer(office::outsider, "show gitlab", "What stops working without it");
    office_.expect_answer(office::outsider, "sohw", "did you mean show?");
    office_.expect_answer(office::outsider, "show nothing", "I know no installed app");

    // I3, M14: refused at the press, and written down.
    office_.expect_answer(office::employee, "remove GitLab", "you may not, because only admins");
    office_.expect_answer(office::employee, "edit GitLab", "you may not, because only admins");
    office_.expect_answer(office::legal, "edit IT requests", "you may not, because only admins");
    office_.command(office::admin, "remove GitLab");
    (void)story.form(office::admin, "Remove");
    story.fill_refused(office::admin, "Remove", {{"Type its name to remove it", "gitlab"}}, "exactly");
    story.fill(office::admin, "Remove", {{"Type its name to remove it", "GitLab"}});
    story.expect_direct_message(office::employee, "IT requests");
    story.expect_direct_message(office::legal, "has stopped");
    story.expect_alarm("0 of 2 integrations that used it work again");
    CHECK_FALSE(tracker_has_token());
    const auto list = story.fixture.run_command({"authorizations", "list", "--json"});
    CHECK(json::parse(list.output).at("authorizations").empty());

    story.press_direct(office::employee, "Reconnect");
    story.expect_direct_message(office::employee, "No other authorization");
    REQUIRE(office_.store("GitLab again", 2).code == 0);
    story.press_direct(office::employee, "Reconnect");
    story.fill_refused(office::employee, "Reconnect", {}, "would act as");  // I8
    story.fill(office::employee, "Reconnect", {{"If it is another account: its name", "bot2"}});
    story.expect_alarm("1 of 2 integrations that used it work again");
    CHECK(tracker_has_token());
    // Not before the server has shown its project.
    office_.gitlab.hide("acme/changes");
    story.press_direct(office::legal, "Reconnect");
    story.fill(office::legal, "Reconnect", {{"If it is another account: its name", "bot2"}});
    story.expect_direct_message(office::legal, "is not connected: the account bot2 cannot read acme/changes");
    office_.gitlab.hide("acme/changes", false);
    office_.command(office::legal, "test Changes");
    story.expect_alarm("2 of 2 integrations that used it work again");
    story.press_direct(office::legal, "Reconnect");
    story.expect_direct_message(office::legal, "It works already");
    // Told once each (I7).
    for (const auto* user : {office::employee, office::legal}) {
        const auto messages = story.slack.messages(user);
        CHECK(std::ranges::count_if(messages, [](const auto& each) { return says(each, "has stopped"); }) ==
              1);
    }
    CHECK(story.fixture.run_command({"audit", "verify"}).code == 0);
    CHECK(story.fixture.run_command({"audit", "export"}).output.contains("integration.reconnected"));
    expect_no_canary(story.fixture);
    story.expect_good_manners();
}

TEST_CASE(
    "installed apps: removed at the command line the owners are told, reconnected in place all goes on (I7, "
    "I9)") {
    Office office_;
    auto& story = office_.story;
    REQUIRE(office_.store("GitLab", 1).code == 0);
    office_.add(office::employee, "IT requests", "it");
    // I8: the same name, another account, needs a word; the id stays.
    const auto id = json::parse(story.fixture.run_command({"authorizations", "list", "--json"}).output)
                        .at("authorizations")
                        .at(0)
                        .at("id");
    CHECK(office_.store("gitlab", 2, {"--reconnect"}).code == 1);
    CHECK(
        office_.store("gitlab", 2, {"--reconnect", "--confirm", "GitLab"}).output.starts_with("reconnected"));
    const auto listed = json::parse(story.fixture.run_command({"authorizations", "list", "--json"}).output)
                            .at("authorizations")
                            .at(0);
    CHECK(listed["id"] == id);
    CHECK(listed["account"] == "bot2");
    CHECK(listed["used_by"].at(0).at("state") == "active");

    const auto removed =
        story.fixture.run_command({"authorizations", "remove", "GitLab", "--confirm", "GitLab"});
    CHECK(removed.code == 0);
    CHECK(removed.errors.contains("IT requests (tracker it), owner U0EMP"));
    story.expect_direct_message(office::employee, "has stopped");
    story.expect_alarm("0 of 1 integrations");
    REQUIRE(office_.store("GitLab", 3).code == 0);
    story.press_direct(office::employee, "Reconnect");
    story.fill(office::employee, "Reconnect", {{"If it is another account: its name", "bot3"}});
    story.expect_alarm("1 of 1 integrations");
    story.expect_good_manners();
}

TEST_CASE("installed apps: owners edit the inventory, a conflict is shown, admins remove (M13, M14)") {
    Office office_;
    auto& story = office_.story;
    const auto file = story.fixture.directory() / "log.json";
    json logs = json::array();
    for (int at = 0; at < 40; ++at)
        logs.push_back({{"app_id", fmt::format("A{:03}", at)},
                        {"app_type", fmt::format("App {:03}", at)},
                        {"user_id", "U0EMP"},
                        {"change_type", "added"},
                        {"date", std::to_string(1'790'000'000 + at)}});
    std::ofstream(file) << json{{"logs", logs}}.dump();
    REQUIRE(
        story.fixture.run_command({"inventory", "import", "--from", file.string(), "--team", "T1"}).code ==
        0);
    office_.expect_answer(office::employee, "list", "page 1 of 3");
    office_.expect_answer(office::employee, "list 3", "App 039");
    office_.expect_answer(office::employee, "list app 01", "(10, page 1 of 1)");
    office_.expect_answer(office::employee, "show App 0", "Several are like that");
    office_.expect_answer(office::employee, "edit App 007", "you may not, because only admins");

    office_.command(office::admin, "edit App 007");
    story.fill(office::admin, "Edit",
               {{"Owner", office::employee}, {"Purpose", "Agents"}, {"Data class", "confidential"}});
    story.expect_direct_message(office::admin, "Saved.");
    office_.expect_answer(office::outsider, "show A007/T1", "Data class: confidential");
    // Both open it, both change it: other fields are joined, the same one is not overwritten.
    office_.command(office::employee, "edit App 007");
    office_.command(office::admin, "edit App 007");
    story.fill(office::employee, "Edit", {{"Purpose", "Spies"}, {"Connected to", "MI6"}});
    story.expect_direct_message(office::employee, "Saved.");
    story.fill_refused(office::admin, "Edit", {{"Purpose", "Films"}}, "Spies");
    office_.expect_answer(office::employee, "remove App 007", "you may not, because only admins");
    office_.command(office::admin, "remove App 007");
    story.fill(office::admin, "Remove", {{"Type its name to remove it", "App 007"}});
    story.expect_direct_message(office::admin, "was removed");
    office_.expect_answer(office::employee, "show A007/T1", "I know no installed app");
    story.expect_good_manners();
}

TEST_CASE("installed apps: whoever is of another company is looked up and told that members do this (I5)") {
    Office office_;
    auto& story = office_.story;
    REQUIRE(office_.store("GitLab", 1).code == 0);
    story.slack.script("users.info",
                       {{"answer", {{"user", {{"id", office::outsider}, {"is_stranger", true}}}}}}, 2);
    office_.expect_answer(office::outsider, "add", "guests cannot use installed apps");
    story.slack.script("users.info",
                       {{"answer", {{"user", {{"id", office::legal}, {"is_restricted", true}}}}}}, 2);
    office_.expect_answer(office::legal, "test GitLab", "guests cannot use installed apps");
    office_.add(office::employee, "IT requests", "it");
    CHECK(story.fixture.run_command({"audit", "export"}).output.contains("press.refused"));
    story.expect_good_manners();
}

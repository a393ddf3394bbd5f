// The inventory of installed apps, with the real binary: events, import, lists, exports.
#include "tests/support/review_story.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <fstream>

using namespace countersign::tests;
using nlohmann::json;

namespace {

json listed(const DaemonFixture& fixture, std::vector<std::string> more = {}) {
    std::vector<std::string> arguments{"inventory", "list", "--json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const auto done = fixture.run_command(arguments);
    REQUIRE_MESSAGE(done.code == 0, done.errors);
    return json::parse(done.output).at("inventory");
}

json log_entry(const std::string& app, const std::string& name, const std::string& change, int date) {
    return {{"app_id", app},        {"app_type", name},      {"user_id", "U0EMP"},
            {"user_name", "emma"},  {"change_type", change}, {"date", std::to_string(date)},
            {"scope", "chat:write"}};
}

std::string save(const DaemonFixture& fixture, const std::string& name, const json& content) {
    const auto file = fixture.directory() / name;
    std::ofstream(file) << content.dump();
    return file.string();
}

}  // namespace

TEST_CASE("inventory: an approved app is listed when it is installed, and no earlier (M12, M15)") {
    ReviewStory story;
    story.fixture.start();
    story.become_ready();
    story.press(office::admin, "Approve app");
    story.expect_card(": Approved");
    CHECK(listed(story.fixture).empty());
    const auto tell = [&](const char* type) {
        story.slack.send_envelope("events_api", story.slack.make_event({{"type", type},
                                                                        {"app_id", "A0MIRO"},
                                                                        {"app_name", "Miro"},
                                                                        {"user_id", office::employee},
                                                                        {"team_id", "T0ACME"}}));
    };
    tell("app_installed");
    story.expect_direct_message(office::employee, "is installed");
    const auto list = listed(story.fixture);
    REQUIRE(list.size() == 1);
    CHECK(list[0]["app_id"] == "A0MIRO");
    CHECK(list[0]["state"] == "installed");
    CHECK(list[0]["set_up_by"] == office::employee);
    CHECK(list[0]["source"] == "event");
    CHECK(list[0]["request"] == "REQ-1");
    CHECK(list[0]["vendor_issue"] == office::issue);
    CHECK(story.fixture.run_command({"requests", "list"}).output.contains("installed"));
    story.expect_card(": Approved");
    tell("app_uninstalled_team");
    story.wait([&] { return listed(story.fixture).at(0).at("state") == "removed"; }, "the app to be gone");
    CHECK(listed(story.fixture, {"--state", "installed"}).empty());
    story.expect_good_manners();
}

TEST_CASE(
    "inventory: day one is imported from saved pages, again without a change, beside the daemon (M28)") {
    DaemonFixture fixture;
    fixture.start();
    const auto first = save(fixture, "one.json",
                            {{"ok", true},
                             {"logs",
                              {log_entry("A3", "=HYPERLINK(\"http://evil\")", "added", 1'790'000'300),
                               log_entry("A2", "Trello", "removed", 1'790'000'200),
                               log_entry("A2", "Trello", "added", 1'790'000'100)}},
                             {"paging", {{"page", 1}, {"pages", 2}}}});
    const auto second =
        save(fixture, "two.json",
             json::array({{{"logs", {log_entry("A1", "Asana, \"Inc\"", "added", 1'780'000'000)}}}}));
    const std::vector<std::string> command{"inventory", "import", "--from", first,
                                           "--from",    second,   "--team", "T1"};
    const auto imported = fixture.run_command(command);
    CHECK_MESSAGE(imported.code == 0, imported.errors);
    CHECK(imported.output == "read 4 entries of the log: 3 new, 3 apps are recorded now\n");
    const auto before = listed(fixture);
    REQUIRE(before.size() == 3);
    CHECK(before[1]["app_name"] == "Asana, \"Inc\"");
    CHECK(before[2]["state"] == "removed");
    CHECK(fixture.run_command(command).output.contains("0 new, 3 apps"));
    CHECK(listed(fixture).at(2).at("set_up_at") == before[2]["set_up_at"]);
    CHECK(listed(fixture, {"--unapproved"}).size() == 2);
    CHECK(listed(fixture, {"--app", "asana"}).size() == 1);

    // U2: a spreadsheet opens it and runs nothing.
    const auto csv = fixture.run_command({"inventory", "export", "--format", "csv"});
    CHECK(csv.code == 0);
    CHECK(csv.output.contains("\"'=HYPERLINK(\"\"http://evil\"\")\""));
    CHECK(csv.output.contains("\"Asana, \"\"Inc\"\"\""));
    CHECK(csv.output.starts_with("\"app_id\",\"app_name\""));
    CHECK(json::parse(fixture.run_command({"inventory", "export"}).output).at("inventory").size() == 3);

    const auto nowhere = fixture.run_command({"inventory", "import", "--from", second});
    CHECK(nowhere.code == 1);
    CHECK(nowhere.errors.contains("name it with --team"));
    CHECK(listed(fixture).size() == 3);
    CHECK(fixture.run_command({"inventory", "import", "--from", "/nowhere"}).code == 1);
    CHECK(fixture.run_command({"inventory", "import", "--from", save(fixture, "bad.json", {{"ok", false}})})
              .code == 1);
    CHECK(fixture.run_command({"inventory", "export", "--format", "xml"}).code == 2);
    CHECK(fixture.run_command({"audit", "verify"}).code == 0);
    CHECK(fixture.stop() == 0);
}

TEST_CASE("inventory: day one is read from Slack, and what broke off is not called complete (M28)") {
    DaemonOptions options;
    options.slack.admin_scopes.emplace_back("admin");
    ReviewStory story(options);  // the daemon, which asks for the same, is not running
    constexpr int pages = 30, on_page = 100;
    const auto page = [&](int number) {
        auto logs = json::array();
        for (int at = 0; at < on_page; ++at) {
            const auto index = number * on_page + at;
            logs.push_back(
                log_entry("A" + std::to_string(100'000 + index), "App", "added", 1'790'000'000 - index));
        }
        return json{
            {"answer",
             {{"logs", logs},
              {"paging",
               {{"count", on_page}, {"total", pages * on_page}, {"page", number + 1}, {"pages", pages}}}}}};
    };
    const auto import = [&] { return story.fixture.run_command({"inventory", "import", "--json"}); };
    const auto expect_nothing_read = [&](const std::string& words, int code) {
        const auto done = import();
        CHECK(done.code == code);
        CHECK_MESSAGE(done.errors.contains(words), done.errors);
        CHECK(done.output.empty());
    };
    const auto expect_incomplete = [&](const Finished& done, const std::string& words) {
        CHECK(done.code == 75);
        CHECK_MESSAGE(done.errors.contains(words), done.errors);
        CHECK(done.errors.contains("not everything was read"));
        CHECK(json::parse(done.output).at("complete") == false);
    };
    for (int at = 0; at < 16; ++at)
        story.slack.script("team.integrationLogs", page(at));
    story.slack.script("team.integrationLogs", {{"error", "internal_error"}});
    expect_incomplete(import(), "page 17 of workspace");
    CHECK(listed(story.fixture).size() == 1'600);
    // Slack answers, and not with a page of the log.
    story.slack.script("team.integrationLogs", {{"answer", {{"logs", "none"}}}});
    expect_nothing_read("is no page of the log", 75);
    story.slack.script("team.integrationLogs", {{"answer", {{"logs", json::array()}, {"paging", nullptr}}}});
    expect_nothing_read("is no page of the log", 75);
    story.slack.script("team.integrationLogs", {{"error", "missing_scope"}});
    expect_nothing_read("missing_scope", 77);
    // Which workspaces there are is part of it.
    story.slack.script("auth.teams.list", {{"error", "internal_error"}});
    expect_nothing_read("workspaces could not be read", 75);

    for (int at = 0; at < pages; ++at) {
        if (at == 20) story.slack.script("team.integrationLogs", {{"status", 429}, {"retry_after", 1}});
        story.slack.script("team.integrationLogs", page(at));
    }
    const auto whole = import();
    CHECK_MESSAGE(whole.code == 0, whole.errors);
    const auto told = json::parse(whole.output);
    CHECK(told.at("complete") == true);
    CHECK(told.at("new") == 1'400);
    CHECK(listed(story.fixture).size() == pages * on_page);
    CHECK(story.fixture.run_command({"audit", "export"}).output.contains("page 17 of workspace"));
}

// What an auditor takes along: exports by app, person and period, deviations, a folder of evidence, erasure.
#include "tests/support/review_story.hpp"

#include <SQLiteCpp/Database.h>
#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <sstream>

using namespace countersign::tests;
using nlohmann::json;

namespace {

json output_of(const DaemonFixture& fixture, std::vector<std::string> arguments) {
    const auto done = fixture.run_command(std::move(arguments));
    REQUIRE_MESSAGE(done.code == 0, done.errors);
    return json::parse(done.output);
}

std::string content(const std::filesystem::path& file) {
    std::ostringstream out;
    out << std::ifstream(file, std::ios::binary).rdbuf();
    return out.str();
}

}  // namespace

TEST_CASE(
    "auditor: exports are cut by app, person and period, and why an app was allowed is in them (U2, U3, "
    "U4), and are worked out again (U7)") {
    ReviewStory story;
    story.fixture.start();
    story.become_ready();
    story.press(office::admin, "Approve app");
    story.expect_card(": Approved");
    story.slack.send_envelope("events_api", story.slack.make_event({{"type", "app_installed"},
                                                                    {"app_id", "A0EVIL"},
                                                                    {"app_name", "=cmd|calc"},
                                                                    {"user_id", office::outsider},
                                                                    {"team_id", "T0ACME"}}));
    story.expect_alarm("no approval is known here");
    const auto& fixture = story.fixture;
    const auto requests = [&](std::vector<std::string> more) {
        std::vector<std::string> arguments{"requests", "export"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return output_of(fixture, arguments).at("requests");
    };
    CHECK(requests({}).size() == 1);
    CHECK(requests({"--app", "Miro"}).size() == 1);
    CHECK(requests({"--app", "A0OTHER"}).empty());
    CHECK(requests({"--person", office::legal}).size() == 1);
    CHECK(requests({"--person", office::outsider}).empty());
    CHECK(requests({"--until", "2001-01-01"}).empty());  // an empty period is an empty list
    CHECK(requests({"--since", "2001-01-01"}).size() == 1);
    const auto request = requests({}).at(0);
    const auto& decision = request.at("decisions").back();
    CHECK(decision.at("kind") == "approve");
    CHECK_FALSE(decision.at("policy").get<std::string>().empty());
    CHECK(request.at("policies").contains(decision.at("policy").get<std::string>()));
    CHECK(request.at("votes").size() == 4);
    const auto shown = fixture.run_command({"requests", "show", "REQ-1"});
    CHECK(shown.output.contains("approve by U0ADMIN"));
    CHECK(shown.output.contains("by rules"));

    const auto entries = [&](std::vector<std::string> more) {
        std::vector<std::string> arguments{"audit", "export"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return output_of(fixture, arguments).at("entries");
    };
    const auto all = entries({}).size();
    const auto of_app = entries({"--app", "A0MIRO"});
    CHECK(of_app.size() > 3);
    CHECK(of_app.size() < all);
    CHECK(std::ranges::all_of(entries({"--person", office::legal}),
                              [](const json& entry) { return entry.dump().contains("U0LEGAL"); }));
    const auto odd = entries({"--deviations"});
    CHECK(std::ranges::any_of(odd, [](const json& entry) { return entry["action"] == "install.deviation"; }));
    CHECK(odd.size() < all);
    CHECK(fixture.run_command({"audit", "export", "--since", "yesterday"}).code == 2);
    CHECK(fixture.run_command({"audit", "export", "--since", "2026-02-01", "--until", "2026-01-01"}).code ==
          2);
    const auto csv = fixture.run_command({"audit", "export", "--format", "csv", "--app", "A0EVIL"});
    CHECK(csv.output.starts_with("\"seq\",\"at\""));
    CHECK(fixture.run_command({"requests", "export", "--format", "csv"}).output.contains("\"REQ-1\""));
    CHECK(fixture.run_command({"inventory", "export", "--format", "csv"}).output.contains("\"'=cmd|calc\""));

    const auto checked = output_of(fixture, {"audit", "recheck", "--json"});
    CHECK(checked["ok"] == true);
    CHECK(checked["approvals"] == 1);
    CHECK(checked["not_worked_out"] == 0);
    CHECK_MESSAGE(checked["findings"].empty(), checked.dump());

    const auto folder = fixture.directory() / "evidence";
    const auto packed =
        fixture.run_command({"audit", "export", "--pack", folder.string(), "--since", "2001-01-01"});
    CHECK_MESSAGE(packed.code == 0, packed.errors);
    for (const auto* name : {"index.html", "requests.json", "requests.csv", "audit.json", "audit.csv",
                             "deviations.csv", "inventory.csv", "recheck.json"})
        CHECK_MESSAGE(std::filesystem::file_size(folder / name) > 0, name);
    // U4: also what no entry of the log tells: imported, never approved.
    CHECK_FALSE(content(folder / "deviations.csv").contains("A0IMPORTED"));
    const auto saved = fixture.directory() / "logs.json";
    std::ofstream(saved) << json{{"logs",
                                  {{{"app_id", "A0IMPORTED"},
                                    {"app_type", "=Old"},
                                    {"user_id", "U0EMP"},
                                    {"change_type", "added"},
                                    {"date", "1790000000"},
                                    {"scope", "chat:write"}}}}};
    REQUIRE(fixture.run_command({"inventory", "import", "--from", saved.string(), "--team", "T0ACME"}).code ==
            0);
    const auto packed_again = [&](const std::string& name, std::vector<std::string> more) {
        std::vector<std::string> arguments{"audit", "export", "--pack",
                                           (fixture.directory() / name).string()};
        arguments.insert(arguments.end(), more.begin(), more.end());
        CHECK(fixture.run_command(arguments).code == 0);
        return content(fixture.directory() / name / "deviations.csv");
    };
    const auto standing = packed_again("after", {});
    CHECK(standing.contains("\"inventory.unapproved\",\"A0IMPORTED/T0ACME\""));
    CHECK(standing.contains("\"inventory.unapproved\",\"A0EVIL/T0ACME\""));
    CHECK_FALSE(standing.contains("A0MIRO"));
    CHECK_FALSE(packed_again("before", {"--until", "2020-01-01"}).contains("A0IMPORTED"));
    CHECK_FALSE(packed_again("other", {"--person", office::legal}).contains("A0IMPORTED"));
    const auto page = content(folder / "index.html");
    CHECK(page.contains("REQ-1"));
    CHECK(page.contains("<svg"));
    CHECK(page.contains("Audit log: whole"));
    CHECK_FALSE(page.contains("<script"));
    CHECK(fixture.run_command({"audit", "export", "--pack", folder.string()}).code ==
          1);  // never over another

    SQLite::Database(fixture.database().string(), SQLite::OPEN_READWRITE)
        .exec("DELETE FROM vote WHERE party = 'Legal'");
    const auto altered = fixture.run_command({"audit", "recheck"});
    CHECK(altered.code == 1);
    CHECK_MESSAGE(altered.output.contains("without Legal"), altered.output);
    CHECK(altered.output.contains("1 contradictions"));
    CHECK(packed_again("altered", {}).contains("\"recheck.approval\",\"REQ-1\""));
}

TEST_CASE("auditor: a gap in the audit log is a deviation, whatever the report is cut down to (U4)") {
    ReviewStory story;
    story.fixture.start();
    story.become_ready();
    auto& fixture = story.fixture;
    REQUIRE(fixture.stop() == 0);
    const auto last = output_of(fixture, {"audit", "export"}).at("entries").size();
    REQUIRE(last > 4);
    const auto packed = [&](const std::string& name, int code) {
        const auto folder = fixture.directory() / name;
        CHECK(fixture
                  .run_command(
                      {"audit", "export", "--pack", folder.string(), "--person", std::string(office::legal)})
                  .code == code);
        return content(folder / "deviations.csv");
    };
    CHECK_FALSE(packed("whole", 0).contains("audit.broken"));
    SQLite::Database(fixture.database().string(), SQLite::OPEN_READWRITE)
        .exec("DROP TRIGGER audit_kept; DELETE FROM audit WHERE seq IN (2, 3)");
    const auto verified = fixture.run_command({"audit", "verify"});
    CHECK(verified.code == 1);
    CHECK_MESSAGE(verified.output.contains("broken at entry 2"), verified.output);
    CHECK_MESSAGE(verified.output.contains("entries 2 to 3 are missing"), verified.output);
    const auto told = packed("gap", 1);
    CHECK_MESSAGE(told.contains("\"audit.broken\",\"2\""), told);
    CHECK(told.contains("entries 2 to 3 are missing"));
    CHECK(content(fixture.directory() / "gap" / "index.html").contains("BROKEN at entry 2"));
}

TEST_CASE("auditor: a person's words are erased from the files, and the audit chain stays whole") {
    ReviewStory story;
    story.fixture.start();
    story.ask("my secret project Zephyr");
    const auto& fixture = story.fixture;
    story.press(office::security, "Need info");
    story.fill(office::security, "Need info", {{"Question", "Which project is it for?"}});
    story.expect_direct_message(office::employee, "Which project is it for?");
    story.press_direct(office::employee, "Answer");
    story.fill(office::employee, "Answer", {{"Answer", "Zephyr, as I said"}});
    story.expect_direct_message(office::security, "Zephyr, as I said");
    const auto lies_in_files = [&](std::string_view word) {
        return content(fixture.database()).contains(word) ||
               content(fixture.database().string() + "-wal").contains(word);
    };
    CHECK(lies_in_files("Zephyr"));
    CHECK(output_of(fixture, {"requests", "show", "REQ-1", "--json"}).dump().contains("Zephyr"));
    CHECK(fixture.run_command({"audit", "erase-person", office::employee}, "no\n").code == 1);
    story.wait(
        [&] {
            const auto outbox = output_of(fixture, {"status", "--json"})["outbox"];
            return outbox["pending"] == 0 && outbox["claimed"] == 0;
        },
        "all to have left");
    const auto erased = fixture.run_command({"audit", "erase-person", office::employee}, "U0EMP\n");
    CHECK_MESSAGE(erased.code == 0, erased.errors);
    CHECK(erased.output.contains("in 1 requests"));
    CHECK(erased.output.contains("What decisions rest on stays as long as the database"));
    CHECK_FALSE(lies_in_files("Zephyr"));
    CHECK(lies_in_files("Which project is it for?"));
    CHECK_FALSE(output_of(fixture, {"requests", "show", "REQ-1", "--json"}).dump().contains("Zephyr"));
    CHECK(fixture.run_command({"audit", "verify"}).code == 0);
    CHECK(fixture.run_command({"audit", "export"}).output.contains("person.erased"));

    // The request still waits in Slack, whose list has the words; a start reads it.
    CHECK(story.fixture.stop() == 0);
    const auto lists = story.slack.calls("admin.apps.requests.list").size();
    story.fixture.start();
    story.wait([&] { return story.slack.calls("admin.apps.requests.list").size() > lists; }, "the list");
    story.press(office::security, "Approve");
    story.expect_card(std::string("approved by <@") + office::security);
    CHECK_FALSE(lies_in_files("Zephyr"));
}

TEST_CASE("auditor: the words of a request that ended go after their term (O18)") {
    ReviewStory story;
    auto& fixture = story.fixture;
    fixture.change_config("[storage]\n", "[storage]\nerase_after_days = 30\n");
    fixture.start();
    story.become_ready();
    story.press(office::admin, "Approve app");
    story.expect_card("Approved");
    const auto words = [&] {
        return output_of(fixture, {"requests", "show", "REQ-1", "--json"}).dump().contains("design team");
    };
    CHECK(words());
    REQUIRE(fixture.stop() == 0);
    SQLite::Database(fixture.database().string(), SQLite::OPEN_READWRITE)
        .exec("UPDATE app_request SET state_since = state_since - 31 * 86400000");
    fixture.start();
    story.wait([&] { return !words(); }, "the words to go");
    CHECK(fixture.run_command({"audit", "verify"}).code == 0);
    CHECK(fixture.run_command({"audit", "recheck"}).code == 0);
    CHECK(fixture.run_command({"audit", "export"}).output.contains("words.erased"));
}

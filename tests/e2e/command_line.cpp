#include "storage/audit.hpp"
#include "storage/database.hpp"
#include "storage/writer.hpp"
#include "tests/fakes/fake_slack.hpp"
#include "tests/support/child_process.hpp"
#include "tests/support/paths.hpp"
#include "tests/support/temp_db.hpp"

#include <SQLiteCpp/Database.h>
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

using namespace countersign;
using namespace countersign::tests;
namespace fs = std::filesystem;
using Json = nlohmann::json;

namespace {

std::string text_of(const fs::path& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

// A folder with a configuration, and the program run against it.
class Installation {
  public:
    explicit Installation(const std::string& more = "") { configure(more); }

    void configure(const std::string& more) {
        std::ofstream(config()) << "[review]\nchannel = \"C0REVIEW\"\nadmins = [\"U0ADMIN\"]\n"
                                   "[[review.party]]\nname = \"Security\"\nmembers = [\"U0SEC\"]\n"
                                << more << "[storage]\npath = \"" << database().string() << "\"\n";
    }
    [[nodiscard]] fs::path config() const { return folder.path() / "countersign.toml"; }
    [[nodiscard]] fs::path database() const { return folder.path() / "countersign.db"; }

    Finished run(std::vector<std::string> arguments,
                 std::map<std::string, std::string> environment = {}) const {
        arguments.insert(arguments.end(), {"--config", config().string()});
        return run_process(
            countersign_binary(),
            {.arguments = std::move(arguments), .environment = std::move(environment), .directory = {}});
    }
    Json json(std::vector<std::string> arguments, std::map<std::string, std::string> environment = {}) const {
        arguments.emplace_back("--json");
        const auto result = run(std::move(arguments), std::move(environment));
        const auto answer = Json::parse(result.output, nullptr, false);
        REQUIRE_MESSAGE(answer.is_object(), result.output << result.errors);
        CHECK(answer["schema"] == 1);
        return answer;
    }

    // A database with two requests and an audit entry each.
    void fill() const {
        auto database = storage::Database::open_writer(this->database());
        REQUIRE(database.has_value());
        for (std::int64_t id = 1; id <= 2; ++id) {
            storage::AppRequest request;
            request.id = {id};
            request.slack_id = SlackRequestId("Ar" + std::to_string(id));
            request.app_id = AppId("A0ASANA");
            request.app_name = id == 1 ? "Asana" : "Evil\x1b[31m\nname";
            request.requester = UserId("U0EMPLOYEE");
            request.scopes = {{.name = "chat:write",
                               .token_type = storage::TokenType::bot,
                               .description = "",
                               .sensitive = false,
                               .optional = false}};
            request.state = id == 1 ? storage::RequestState::in_review : storage::RequestState::approved;
            request.created_at = request.state_since = from_millis(1'795'305'600'000);
            database->transaction([&] {
                storage::apply(*database, storage::SaveRequest{request}, from_millis(1'795'305'600'000));
                storage::Audit(*database).append({.seq = 0,
                                                  .at = from_millis(1'795'305'600'000),
                                                  .actor = "slack",
                                                  .action = "request.received",
                                                  .subject = to_text(request.id),
                                                  .details = "{\"n\":1}",
                                                  .previous_hash = "",
                                                  .hash = ""});
            });
        }
    }

    TempDir folder;
};

Finished countersign_with(std::vector<std::string> arguments) {
    return run_process(countersign_binary(),
                       {.arguments = std::move(arguments), .environment = {}, .directory = {}});
}

}  // namespace

TEST_CASE("usage: help is exit 0 on stdout, a wrong word is exit 2 on stderr") {
    const auto help = countersign_with({"--help"});
    CHECK(help.code == 0);
    for (const auto* command : {"run", "check", "init", "status", "requests", "audit", "policy", "inventory",
                                "authorizations", "backup", "restore", "manifest", "version", "--config"})
        CHECK_MESSAGE(help.output.contains(command), command);
    for (const std::vector<std::string>& words : {std::vector<std::string>{"requests", "list", "--help"},
                                                  {"audit", "verify", "--help"},
                                                  {"backup", "--help"}}) {
        const auto result = countersign_with(words);
        CHECK(result.code == 0);
        CHECK(result.output.contains("--json"));
        CHECK(result.output.contains("--config"));
    }
    for (const std::vector<std::string>& words : {std::vector<std::string>{},
                                                  {"bogus"},
                                                  {"requests"},
                                                  {"requests", "list", "--state", "nonsense"},
                                                  {"requests", "list", "--limit", "0"},
                                                  {"requests", "show"},
                                                  {"backup"},
                                                  {"run", "extra"},
                                                  {"status", "--nope"},
                                                  {"check", "--config"}}) {
        const auto result = countersign_with(words);
        CAPTURE(result.errors);
        CHECK(result.code == 2);
        CHECK(result.output.empty());
        CHECK(result.errors.starts_with("countersign: "));
    }
    CHECK(countersign_with({"statsu"})
              .errors.starts_with("countersign: there is no command \"statsu\"; did you mean status?"));
    CHECK(countersign_with({"requests", "lsit"})
              .errors.contains("there is no command \"lsit\"; did you mean list?"));
    CHECK(countersign_with({"zebra"}).errors.contains("there is no command \"zebra\""));
}

TEST_CASE("version and manifest need no configuration") {
    CHECK(countersign_with({"version"}).output.starts_with("countersign 0."));
    CHECK(Json::parse(countersign_with({"version", "--json"}).output)["schema"] == 1);
    const auto manifest = countersign_with({"manifest"});
    CHECK(manifest.code == 0);
    CHECK(Json::parse(manifest.output)["settings"]["socket_mode_enabled"] == true);
}

TEST_CASE("init writes a configuration that loads, and never overwrites") {
    const TempDir folder;
    const auto file = folder.path() / "new" / "countersign.toml";
    const auto first = countersign_with({"init", "--config", file.string()});
    CHECK(first.code == 0);
    CHECK(text_of(file).contains("[review]"));
    std::ofstream(file) << "mine";
    const auto second = countersign_with({"init", "--config", file.string()});
    CHECK(second.code == 1);
    CHECK(second.errors.contains("exists"));
    CHECK(text_of(file) == "mine");
}

TEST_CASE("a faulty configuration and faulty secrets are named together: exit 78, nothing written") {
    Installation at;
    at.configure("chanel = 1\nquorum = \"x\"\n");
    const auto result = at.run({"run"}, {{"SLACK_APP_TOKEN", "xoxb-1-canary"}, {"SLACK_BOT_TOKEN", ""}});
    CHECK(result.code == 78);
    CHECK(result.errors.contains(at.config().string() + ":7: review.party.chanel: unknown key; expected "));
    CHECK(result.errors.contains(at.config().string() + ":8: review.party.quorum: is a string; expected "));
    CHECK(result.errors.contains("SLACK_APP_TOKEN: is a bot token (xoxb-); expected "));
    CHECK(result.errors.contains("SLACK_BOT_TOKEN: is empty; expected "));
    CHECK(std::ranges::count(result.errors, '\n') == 4);
    CHECK_FALSE(result.errors.contains("canary"));
    CHECK_FALSE(fs::exists(at.database()));
    for (const auto* command : {"status", "check"})
        CHECK(at.run({command}).code == 78);
    CHECK(countersign_with({"run", "--config", "/nonexistent.toml"}).code == 78);
}

TEST_CASE("commands that read say when there is no database: exit 1") {
    const Installation at;
    for (const std::vector<std::string>& words : {std::vector<std::string>{"status"},
                                                  {"requests", "list"},
                                                  {"requests", "show", "REQ-1"},
                                                  {"requests", "export"},
                                                  {"audit", "verify"},
                                                  {"audit", "export"},
                                                  {"inventory", "list"},
                                                  {"authorizations", "list"},
                                                  {"backup", "--to", "/tmp/x"}}) {
        const auto result = at.run(words);
        CHECK(result.code == 1);
        CHECK(result.errors.contains(at.database().string() + " does not exist"));
    }
    CHECK_FALSE(fs::exists(at.database()));
}

TEST_CASE("requests: list, filter, show by either id, export") {
    const Installation at;
    at.fill();
    const auto list = at.json({"requests", "list"});
    REQUIRE(list["requests"].size() == 2);
    CHECK(list["requests"][0]["id"] == "REQ-2");  // newest first
    CHECK(at.json({"requests", "list", "--state", "in_review"})["requests"].size() == 1);
    CHECK(at.json({"requests", "list", "--requester", "U0NOBODY"})["requests"].empty());
    const auto text = at.run({"requests", "list"});
    CHECK(text.code == 0);
    CHECK(std::ranges::count(text.output, '\n') == 3);
    CHECK_FALSE(text.output.contains("\x1b"));

    for (const auto* id : {"REQ-1", "1", "Ar1"}) {
        const auto shown = at.json({"requests", "show", id})["request"];
        CHECK(shown["id"] == "REQ-1");
        CHECK(shown["scopes"][0]["name"] == "chat:write");
        CHECK(shown["audit"][0]["details"]["n"] == 1);
    }
    CHECK(at.run({"requests", "show", "REQ-1"}).output.contains("in_review"));
    CHECK(at.run({"requests", "show", "REQ-9"}).code == 1);
    CHECK(Json::parse(at.run({"requests", "export"}).output)["requests"].size() == 2);
    CHECK(at.json({"status"})["requests"]["approved"] == 1);
    CHECK(at.json({"status"})["running"] == false);
    CHECK(at.json({"inventory", "list"})["inventory"].empty());
    CHECK(at.json({"authorizations", "list"})["authorizations"].empty());
    CHECK(at.json({"policy", "explain", "REQ-1"})["parties"][0]["name"] == "Security");
    CHECK(at.run({"policy", "explain", "REQ-9"}).code == 1);
}

TEST_CASE("audit verify finds a changed entry: exit 1") {
    const Installation at;
    at.fill();
    CHECK(at.run({"audit", "verify"}).code == 0);
    CHECK(at.json({"audit", "export"})["entries"].size() == 2);
    SQLite::Database(at.database().string(), SQLite::OPEN_READWRITE)
        .exec("DROP TRIGGER audit_unchanged; UPDATE audit SET actor = 'other' WHERE seq = 2");
    CHECK(at.run({"audit", "verify"}).code == 1);
    const auto verdict = at.json({"audit", "verify"});
    CHECK(verdict["ok"] == false);
    CHECK(verdict["first_broken"] == 2);
}

TEST_CASE("backup and restore: a whole backup comes back, and what it replaces is kept") {
    const Installation at;
    at.fill();
    const auto backup = at.folder.path() / "b.db";
    CHECK(at.run({"backup", "--to", backup.string()}).code == 0);
    CHECK(at.run({"backup", "--to", backup.string()}).code == 75);  // never overwrites
    const auto before = at.run({"requests", "export"}).output;
    fs::remove(at.database());
    CHECK(at.run({"restore", "--from", backup.string()}).code == 0);
    CHECK(at.run({"requests", "export"}).output == before);
    CHECK(fs::status(at.database()).permissions() == (fs::perms::owner_read | fs::perms::owner_write));

    SQLite::Database(at.database().string(), SQLite::OPEN_READWRITE)
        .exec("DROP TRIGGER audit_kept; DELETE FROM audit");
    const auto again = at.run({"restore", "--from", backup.string()});
    CHECK(again.code == 0);
    CHECK(again.output.contains(".before-restore"));
    CHECK(fs::exists(at.database().string() + ".before-restore"));
    CHECK(at.run({"audit", "verify"}).code == 0);
    CHECK(at.json({"audit", "export"})["entries"].size() == 2);
}

TEST_CASE("backup: one that restore would refuse is kept, and named: exit 1") {
    const Installation at;
    at.fill();
    {
        SQLite::Database(at.database().string(), SQLite::OPEN_READWRITE)
            .exec("DROP TRIGGER audit_unchanged; UPDATE audit SET actor = 'other' WHERE seq = 2");
    }
    const auto backup = at.folder.path() / "b.db";
    const auto made = at.run({"backup", "--to", backup.string()});
    CHECK(made.code == 1);
    CHECK(made.output.contains("wrote " + backup.string()));
    CHECK(made.errors.contains("the backup is kept, but restore will refuse it: "));
    CHECK(made.errors.contains("entry 2 was changed after it was written"));
    CHECK(fs::exists(backup));
    CHECK(at.run({"restore", "--from", backup.string()}).code == 1);
}

TEST_CASE("restore names what is wrong with a file and changes nothing") {
    const Installation at;
    at.fill();
    const auto backup = at.folder.path() / "b.db", bad = at.folder.path() / "bad.db";
    REQUIRE(at.run({"backup", "--to", backup.string()}).code == 0);
    const auto whole = text_of(backup), database = at.run({"requests", "export"}).output;
    const auto refused = [&](const std::string& content, const std::string& reason) {
        std::ofstream(bad, std::ios::binary | std::ios::trunc) << content;
        const auto result = at.run({"restore", "--from", bad.string()});
        CAPTURE(result.errors);
        CHECK(result.code == 1);
        CHECK(result.errors.contains(reason));
        CHECK(at.run({"requests", "export"}).output == database);
        CHECK_FALSE(fs::exists(at.database().string() + ".restoring"));
    };
    refused(whole.substr(0, whole.size() / 2), "is truncated");
    refused(whole.substr(0, whole.size() - 1), "is truncated");
    refused(whole.substr(0, 50), "is truncated");
    refused("", "is truncated");
    refused(std::string(5000, 'x'), "is not a backup of countersign");
    auto altered = whole;
    const auto name = altered.find("Asana");
    REQUIRE(name != std::string::npos);
    altered[name] = 'B';  // inside a text, where SQLite itself sees nothing
    refused(altered, "was altered");
    refused(whole + "x", "was altered");
    auto newer = whole;
    newer[63] = 99;  // user_version
    refused(newer, "was written by a newer countersign");
    SQLite::Database((at.folder.path() / "other.db").string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE)
        .exec("CREATE TABLE t(x)");
    refused(text_of(at.folder.path() / "other.db"), "belongs to another program");
    CHECK(at.run({"restore", "--from", "/nonexistent"}).code == 1);
    std::ofstream(bad.string() + "-wal") << "left behind";
    refused(whole, "has a log beside it, " + bad.string() + "-wal");

    {
        SQLite::Database reader(at.database().string());
        reader.exec("BEGIN");
        REQUIRE(reader.execAndGet("SELECT count(*) FROM app_request").getInt() == 2);
        const auto open = at.run({"restore", "--from", backup.string()});
        CHECK(open.code == 75);
        CHECK(open.errors.contains("is open in another program"));
        CHECK_FALSE(fs::exists(at.database().string() + ".before-restore"));
    }

    const auto daemon = storage::Database::open_writer(at.database());
    REQUIRE(daemon.has_value());
    const auto busy = at.run({"restore", "--from", backup.string()});
    CHECK(busy.code == 75);
    CHECK(busy.errors.contains("in use by another countersign"));
}

namespace {

// A world in which everything is right; each test then breaks one thing.
struct World {
    explicit World(fakes::FakeSlackOptions options = {}) : slack(std::move(options)) {
        slack.add_channel("C0REVIEW", "app-review");
        slack.add_user("U0ADMIN", "admin");
        slack.add_user("U0SEC", "sec");
        at.configure(fmt::format("[slack]\napi_url = \"{}\"\n", slack.api_url()));
    }
    Finished check() const { return at.run({"check"}, environment); }

    fakes::FakeSlack slack;
    Installation at;
    std::map<std::string, std::string> environment{{"SLACK_APP_TOKEN", fakes::tokens::app},
                                                   {"SLACK_BOT_TOKEN", fakes::tokens::bot},
                                                   {"SLACK_ADMIN_TOKEN", fakes::tokens::admin}};
};

// One fault: exit 1, and exactly the named line says FAIL.
void expect_fault(const World& world, const std::string& name, const std::string& text) {
    const auto result = world.check();
    CAPTURE(result.output);
    CAPTURE(result.errors);
    CHECK(result.code == 1);
    const auto start = result.output.find("FAIL  " + name + ": ");
    REQUIRE(start != std::string::npos);
    CHECK(result.output.substr(start, result.output.find('\n', start) - start).contains(text));
    CHECK_FALSE(result.output.contains("xoxb-"));
    CHECK_FALSE(result.output.contains("xapp-"));
}

}  // namespace

TEST_CASE("logs: one line an event on stderr, with a priority each under the journal") {
    const World world;
    auto environment = world.environment;
    environment["JOURNAL_STREAM"] = "8:1";
    ChildProcess daemon(countersign_binary(), {.arguments = {"run", "--config", world.at.config().string()},
                                               .environment = environment,
                                               .directory = {}});
    REQUIRE(daemon.wait_for("event=ready"));
    const auto status = world.at.json({"status"});
    CHECK(status["running"] == true);
    CHECK(status["pid"] == daemon.pid());
    const auto busy = world.at.run({"restore", "--from", "/nonexistent"});
    CHECK(busy.code == 75);
    CHECK(daemon.terminate() == 0);
    CHECK(daemon.output().empty());
    std::istringstream lines(daemon.errors());
    int read = 0;
    for (std::string line; std::getline(lines, line); ++read) {
        CAPTURE(line);
        CHECK(line.size() > 9);
        CHECK(line.starts_with("<"));
        CHECK(line.substr(2, 7) == ">event=");
        CHECK_FALSE(line.contains("xoxb-"));
        CHECK_FALSE(line.contains("ticket="));
    }
    CHECK(read > 0);
}

TEST_CASE("check: a sound installation passes, and nothing is written") {
    const World world;
    const auto result = world.check();
    CAPTURE(result.output);
    CAPTURE(result.errors);
    CHECK(result.code == 0);
    for (const auto* line :
         {"ok    config: ", "ok    bot_token: ", "ok    app_token: ", "ok    bot_scopes: ",
          "ok    admin_token: ", "ok    admin_api: ", "ok    channel C0REVIEW (review.channel): ",
          "ok    party Security: ", "ok    database: ", "ok    driver: organisation"})
        CHECK_MESSAGE(result.output.contains(line), line);
    CHECK_FALSE(result.output.contains("FAIL"));
    CHECK_FALSE(fs::exists(world.at.database()));
    CHECK(world.at.json({"check"}, world.environment)["ok"] == true);
}

TEST_CASE("check: without an admin token it says what the workspace driver cannot do") {
    fakes::FakeSlackOptions options;
    options.enterprise = false;
    World world(options);
    world.environment.erase("SLACK_ADMIN_TOKEN");
    const auto result = world.check();
    CHECK_MESSAGE(result.code == 0, result.output);
    CHECK(result.output.contains("driver: workspace: "));
    CHECK(result.output.contains("cannot approve"));
}

TEST_CASE("check: each single fault is named") {
    SUBCASE("bot token refused") {
        World world;
        world.environment["SLACK_BOT_TOKEN"] = "xoxb-unknown";
        expect_fault(world, "bot_token", "invalid_auth");
    }
    SUBCASE("app token refused") {
        World world;
        world.environment["SLACK_APP_TOKEN"] = "xapp-1-A0COUNTER-9-unknown";
        expect_fault(world, "app_token", "invalid_auth");
    }
    SUBCASE("admin token refused") {
        World world;
        world.environment["SLACK_ADMIN_TOKEN"] = "xoxp-unknown";
        expect_fault(world, "admin_token", "invalid_auth");
    }
    SUBCASE("a bot scope is missing") {
        fakes::FakeSlackOptions options;
        std::erase(options.bot_scopes, "chat:write");
        const World world(options);
        expect_fault(world, "bot_scopes", "misses chat:write");
    }
    SUBCASE("an admin scope is missing") {
        fakes::FakeSlackOptions options;
        std::erase(options.admin_scopes, "admin.apps:write");
        const World world(options);
        expect_fault(world, "admin_scopes", "misses admin.apps:write");
    }
    SUBCASE("not a member of the review channel") {
        World world;
        world.slack.add_channel("C0OTHER", "other", false);
        world.at.configure(fmt::format("[slack]\napi_url = \"{}\"\n", world.slack.api_url()));
        std::ofstream(world.at.config(), std::ios::app) << "[slackbot]\nchannel = \"C0OTHER\"\n";
        expect_fault(world, "channel C0OTHER (slackbot.channel)", "not a member");
    }
    SUBCASE("an unknown channel") {
        World world;
        std::ofstream(world.at.config(), std::ios::app) << "[slackbot]\nchannel = \"C0NOWHERE\"\n";
        expect_fault(world, "channel C0NOWHERE (slackbot.channel)", "channel_not_found");
    }
    SUBCASE("user groups: unknown, empty, and smaller than the quorum") {
        World world;
        world.slack.add_user_group("S0SMALL", {"U0SEC"});
        world.slack.add_user_group("S0EMPTY", {});
        world.at.configure(
            fmt::format("[[review.party]]\nname = \"Legal\"\nmembers = [\"S0SMALL\"]\nquorum = 2\n"
                        "[[review.party]]\nname = \"IT\"\nmembers = [\"S0NONE\", \"S0EMPTY\"]\n"
                        "[slack]\napi_url = \"{}\"\n",
                        world.slack.api_url()));
        expect_fault(world, "party Legal", "needs 2 approvals but only 1");
        expect_fault(world, "user_group S0NONE", "no_such_subteam");
        expect_fault(world, "user_group S0EMPTY", "has no members");
    }
    SUBCASE("the admin API refuses") {
        World world;
        world.slack.script("admin.apps.requests.list", {{"error", "feature_not_enabled"}}, 5);
        expect_fault(world, "admin_api", "feature_not_enabled");
    }
    SUBCASE("Socket Mode is off") {
        World world;
        world.slack.script("apps.connections.open", {{"error", "forbidden_team"}}, 5);
        expect_fault(world, "app_token", "forbidden_team");
    }
    SUBCASE("nobody answers") {
        World world;
        world.slack.refuse_connections(true);
        expect_fault(world, "slack", "");
    }
    SUBCASE("the database is no database") {
        const World world;
        std::ofstream(world.at.database()) << std::string(8192, 'x');
        expect_fault(world, "database", "");
    }
    SUBCASE("the database's folder does not exist") {
        World world;
        world.at.configure(fmt::format("[slack]\napi_url = \"{}\"\n", world.slack.api_url()));
        auto text = text_of(world.at.config());
        text.replace(text.find("countersign.db"), 0, "nowhere/");
        std::ofstream(world.at.config()) << text;
        expect_fault(world, "database", "No such file or directory");
    }
}

// The policy file with the real binary: what it decides, how it is explained, and a reload that is refused.
#include "tests/support/review_story.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <doctest/doctest.h>

#include <algorithm>
#include <csignal>
#include <fstream>

using namespace countersign::tests;
using Json = countersign::fakes::Json;

namespace {

const std::string no_legal = R"(
[[rule]]
id = "no-legal-for-miro"
when.apps = ["A0MIRO"]
not_required = ["Legal"]
reason = "Legal looked at it for good."

[[rule]]
id = "refuse-files"
when.scopes = ["files:read"]
decide = "deny"
reason = "No app reads files here."
)";

}  // namespace

TEST_CASE(
    "e2e policy: rules decide who is asked and what is refused, and explain and replay say why (M9, M10)") {
    ReviewStory story({.policy = no_legal});
    story.fixture.start();
    story.ask(std::string("see ") + office::issue);
    story.expect_card("Legal: not required");
    story.press(office::security, "Approve");
    story.press(office::procurement, "Approve");
    story.press(office::it, "Approve");
    story.expect_card(": Ready");
    story.press(office::admin, "Approve app");
    story.expect_card(": Approved");
    story.slack.add_app({.id = "A0FILES",
                         .name = "Filer",
                         .description = "Reads files",
                         .scopes = {{{"name", "files:read"},
                                     {"description", "Reads"},
                                     {"is_sensitive", true},
                                     {"token_type", "bot"}}}});
    story.slack.request_app(office::employee, "A0FILES", "please");
    story.expect_direct_message(office::employee, "No app reads files here.");
    story.expect_card(": Denied", 2);

    const auto explained = story.fixture.run_command({"policy", "explain", "REQ-1", "--json"});
    REQUIRE(explained.code == 0);
    const auto json = Json::parse(explained.output);
    CHECK(json["rules"] == Json{"no-legal-for-miro"});
    CHECK(json["parties"][1]["required"] == false);
    CHECK(json["decisions"][0]["rules"] == Json{"no-legal-for-miro"});
    CHECK(json["decisions"][0]["policy"] == json["policy"]);

    const auto other = story.fixture.directory() / "other.toml";
    std::ofstream(other) << "parties = \"all\"\n";
    const auto replayed =
        story.fixture.run_command({"policy", "replay", "--policy", other.string(), "--json"});
    REQUIRE_MESSAGE(replayed.code == 0, replayed.errors);
    CHECK(Json::parse(replayed.output)["requests"].size() == 2);
    std::ofstream(other) << "partis = \"all\"\n";
    const auto refused = story.fixture.run_command({"policy", "replay", "--policy", other.string()});
    CHECK(refused.code == 78);
    CHECK(refused.errors.find("other.toml:1: partis: unknown key; expected parties") != std::string::npos);
    story.expect_good_manners();
}

TEST_CASE("e2e policy: a reload with a mistake keeps the old policy and says so (R69, M9)") {
    ReviewStory story({.policy = no_legal});
    story.fixture.start();
    std::ofstream(story.fixture.directory() / "policy.toml") << "[[rule]]\nid = \"x\"\ndecide = \"maybe\"\n";
    story.fixture.signal(SIGHUP);
    story.expect_alarm("rule.decide: is \"maybe\"");
    CHECK(story.fixture.log().find("event=reload_refused") != std::string::npos);
    story.ask(std::string("see ") + office::issue);
    story.expect_card("Legal: not required");  // the old one still holds
}

TEST_CASE("e2e policy: a protected app is approved but not taken away, until a reload lets go of it (M25)") {
    ReviewStory story({.policy = "protected_apps = [\"A0MIRO\"]\n"});
    story.fixture.start();
    story.become_ready();
    story.press(office::admin, "Approve app");
    story.expect_card(": Approved");
    const auto suspend = [&] {
        story.slack.command(office::admin, office::review, "/app-request", "suspend A0MIRO token stolen");
    };
    suspend();
    story.expect_line(office::admin, "the policy protects A0MIRO");
    CHECK(story.slack.resolution("A0MIRO") == "approved");
    std::ofstream(story.fixture.directory() / "policy.toml") << "parties = \"all\"\n";
    story.fixture.signal(SIGHUP);
    story.fixture.expect_log("event=reloaded");
    suspend();
    story.expect_card(": Restricted");
    CHECK(story.slack.resolution("A0MIRO") == "restricted");
    story.expect_good_manners();
}

TEST_CASE(
    "e2e policy: history older than the policy format is replayed and explained, and said to be (M10)") {
    ReviewStory story;
    story.fixture.start();
    story.become_ready();
    story.press(office::admin, "Approve app");
    story.expect_card(": Approved");
    const auto other = story.fixture.directory() / "other.toml";
    std::ofstream(other) << no_legal;
    const std::vector<std::string> replay{"policy", "replay", "--policy", other.string()};
    CHECK(story.fixture.run_command(replay).output.find("were decided before") == std::string::npos);
    REQUIRE(story.fixture.stop() == 0);
    // As the first version left it, then as a damaged or later one might.
    for (const std::string change :
         {"policy = '', policy_rules = '[]'", "policy = 'f00', policy_rules = 'rule v0'",
          "policy = 'f00', policy_rules = '{\"format\":99}'"}) {
        CAPTURE(change);
        SQLite::Database(story.fixture.database().string(), SQLite::OPEN_READWRITE)
            .exec("UPDATE decision SET " + change);
        const auto replayed = story.fixture.run_command(replay);
        CHECK(replayed.code == 0);
        CHECK(replayed.output.find("1 of 1 requests would differ") != std::string::npos);
        CHECK(replayed.output.find("1 of them were decided before policies were kept") != std::string::npos);
        auto as_json = replay;
        as_json.emplace_back("--json");
        CHECK(Json::parse(story.fixture.run_command(as_json).output)["older"] == 1);
        const auto explained = story.fixture.run_command({"policy", "explain", "REQ-1"});
        CHECK(explained.code == 0);
        const bool unknown = explained.output.find("before policies were kept") != std::string::npos ||
                             explained.output.find("a policy whose text is gone") != std::string::npos;
        CHECK(unknown);
        CHECK(story.fixture.run_command({"requests", "show", "REQ-1"}).code == 0);
        CHECK(story.fixture.run_command({"requests", "export"}).code == 0);
    }
}

TEST_CASE(
    "e2e policy: why an app was allowed is told when the policy file is gone, and when it is broken (U3)") {
    ReviewStory story({.policy = no_legal});
    story.fixture.set_secret("countersign_key", "1 AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n");
    story.fixture.start();
    story.ask(std::string("see ") + office::issue);
    story.expect_card("Legal: not required");
    for (const auto* user : {office::security, office::procurement, office::it})
        story.press(user, "Approve");
    story.expect_card(": Ready");
    story.press(office::admin, "Approve app");
    story.expect_card(": Approved");
    CHECK(story.fixture.stop() == 0);
    const auto file = story.fixture.directory() / "policy.toml";
    const auto expect_answers = [&] {
        for (const auto& command : std::vector<std::vector<std::string>>{{"requests", "show", "REQ-1"},
                                                                         {"requests", "list"},
                                                                         {"requests", "export"},
                                                                         {"audit", "verify"},
                                                                         {"audit", "export"},
                                                                         {"audit", "recheck"},
                                                                         {"inventory", "list"},
                                                                         {"authorizations", "list"},
                                                                         {"status"}}) {
            CAPTURE(command.back());
            const auto done = story.fixture.run_command(command);
            CHECK_MESSAGE(done.code == 0, done.errors);
            CHECK_MESSAGE(done.errors.starts_with("warning: "), done.errors);
            CHECK(std::ranges::count(done.errors, '\n') == 1);
        }
        CHECK(story.fixture.run_command({"requests", "show", "REQ-1"}).output.contains("no-legal-for-miro"));
        // What decides needs the policy that it decides by.
        CHECK(story.fixture.run_command({"run"}).code == 78);
        CHECK(story.fixture.run_command({"policy", "replay"}).code == 78);
    };
    std::filesystem::remove(file);
    expect_answers();
    std::ofstream(file) << "[[rule]]\nid = \"x\"\ndecide = \"maybe\"\n";
    expect_answers();
}

// An app leaves, an owner leaves, and a key is lost: with the real binary.
#include "tests/fakes/token_server.hpp"
#include "tests/support/review_story.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>
#include <sys/resource.h>

using namespace countersign::tests;
using nlohmann::json;

namespace {

void import_miro(ReviewStory& story) {
    const auto file = story.fixture.directory() / "log.json";
    std::ofstream(file) << json{{"logs",
                                 {{{"app_id", "A0MIRO"},
                                   {"app_type", "Miro"},
                                   {"user_id", office::employee},
                                   {"change_type", "added"},
                                   {"date", "1790000000"}}}}}
                               .dump();
    REQUIRE(story.fixture.run_command({"inventory", "import", "--from", file.string(), "--team", "T0ACME"})
                .code == 0);
}

}  // namespace

TEST_CASE("app care: an app is uninstalled through Slack, and an owner's departure is told (M18, I14)") {
    DaemonOptions options;
    options.more_sections = "[installed]\nuninstall_grace_days = 0\n";
    ReviewStory story(options);
    story.fixture.start();
    import_miro(story);
    const auto command = [&](const std::string& user, const std::string& text) {
        story.slack.command(user, office::general, "/installed-apps", text);
    };
    command(office::admin, "edit Miro");
    story.fill(office::admin, "Edit", {{"Owner", office::employee}});
    story.expect_direct_message(office::admin, "Saved.");
    story.slack.send_envelope(
        "events_api", story.slack.make_event({{"type", "user_change"},
                                              {"user", {{"id", office::employee}, {"deleted", true}}}}));
    story.expect_alarm("has left and answers for this");
    command(office::admin, "uninstall Miro");
    story.fill_refused(office::admin, "Uninstall", {{"Type its name to uninstall it", "miro"}}, "exactly");
    story.fill(office::admin, "Uninstall", {{"Type its name to uninstall it", "Miro"}});
    story.expect_alarm("will be uninstalled on");
    story.expect_alarm("was uninstalled. To bring it back");
    CHECK(story.count("admin.apps.uninstall") == 1);
    CHECK(story.fixture.run_command({"inventory", "list"}).output.contains("removed"));
    story.expect_good_manners();
}

TEST_CASE("authorizations: a key that is lost for ever is left behind by an explicit command alone (C9)") {
    countersign::fakes::TokenServer gitlab;
    gitlab.add({.value = "glpat-canary-1", .login = "bot", .id = 7});
    DaemonFixture daemon;
    daemon.set_secret("countersign_key", "1 AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n");
    const auto add = [&](std::vector<std::string> more) {
        std::vector<std::string> arguments{"authorizations", "add",    "--kind", "gitlab",       "--url",
                                           gitlab.url(),     "--name", "GitLab", "--token-stdin"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return daemon.run_command(arguments, "glpat-canary-1\n");
    };
    REQUIRE(add({}).code == 0);
    CHECK(daemon.run_command({"authorizations", "lost-key", "--confirm", "LOST"}).code ==
          1);  // nothing is lost
    daemon.set_secret("countersign_key", "2 ICEiIyQlJicoKSorLC0uL5CRkpOUlZaXmJmam5ydnp8=\n");
    CHECK(daemon.run_command({"run"}).code == 78);
    {
        auto asking = daemon.start_command({"authorizations", "lost-key"});
        REQUIRE_MESSAGE(asking->wait_for("cannot be read any more"), asking->errors());
        rlimit core{};
        REQUIRE(::prlimit(asking->pid(), RLIMIT_CORE, nullptr, &core) == 0);
        CHECK(core.rlim_max == 0);  // C10: a command holds the keys, too
        asking->type("lost\n");
        CHECK(asking->wait() == 1);
    }
    CHECK(daemon.run_command({"run"}).code == 78);
    const auto lost = daemon.run_command({"authorizations", "lost-key"}, "LOST\n");
    CHECK_MESSAGE(lost.code == 0, lost.errors);
    CHECK(lost.output.contains("1 authorization needs to be connected again"));
    daemon.start();
    const auto listed = json::parse(daemon.run_command({"authorizations", "list", "--json"}).output);
    CHECK(listed.at("authorizations").at(0).at("state") == "needs_reauth");
    CHECK(add({"--reconnect"}).code == 0);
    const auto again = json::parse(daemon.run_command({"authorizations", "list", "--json"}).output);
    CHECK(again.at("authorizations").at(0).at("state") == "active");
    CHECK(daemon.run_command({"audit", "export"}).output.contains("sealing_key.lost"));
    CHECK(daemon.run_command({"audit", "verify"}).code == 0);
    CHECK(daemon.stop() == 0);
}

TEST_CASE(
    "authorizations: a backup that comes back under another key is refused until the right one is there "
    "(C9)") {
    constexpr const char* first = "1 AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n";
    constexpr const char* second = "2 ICEiIyQlJicoKSorLC0uL5CRkpOUlZaXmJmam5ydnp8=\n";
    countersign::fakes::TokenServer gitlab;
    gitlab.add({.value = "glpat-canary-1", .login = "bot", .id = 7});
    DaemonFixture daemon;
    daemon.set_secret("countersign_key", first);
    REQUIRE(daemon
                .run_command({"authorizations", "add", "--kind", "gitlab", "--url", gitlab.url(), "--name",
                              "GitLab", "--token-stdin"},
                             "glpat-canary-1\n")
                .code == 0);
    const auto backup = (daemon.directory() / "backup.db").string();
    REQUIRE(daemon.run_command({"backup", "--to", backup}).code == 0);
    // Another host, another key, and no database yet.
    std::filesystem::remove(daemon.database());
    constexpr const char* one_other = "3 ICEiIyQlJicoKSorLC0uL5CRkpOUlZaXmJmam5ydnp8=\n";
    for (const auto* other : {second, one_other, "1 ICEiIyQlJicoKSorLC0uL5CRkpOUlZaXmJmam5ydnp8=\n"}) {
        daemon.set_secret("countersign_key", other);
        const auto restored = daemon.run_command({"restore", "--from", backup});
        CHECK(restored.code == 0);
        CHECK_MESSAGE(restored.errors.contains("warning: COUNTERSIGN_KEY"), restored.errors);
        CHECK(restored.errors.contains("exit code 78"));
        const auto run = daemon.run_command({"run"});
        CHECK(run.code == 78);
        CHECK(run.errors.contains("COUNTERSIGN_KEY"));
        CHECK(daemon.run_command({"authorizations", "list"}).code == 78);
    }
    // Nothing was changed by that: with its own key it goes on where it was.
    daemon.set_secret("countersign_key", first);
    const auto silent = daemon.run_command({"restore", "--from", backup});
    CHECK(silent.code == 0);
    CHECK(silent.errors.empty());
    daemon.start();
    const auto listed = json::parse(daemon.run_command({"authorizations", "list", "--json"}).output);
    CHECK(listed.at("authorizations").at(0).at("state") == "active");
    CHECK(daemon.stop() == 0);
}

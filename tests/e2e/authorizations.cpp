// Stored authorizations on the command line, with the real binary, beside the daemon and without it.
#include "tests/fakes/token_server.hpp"
#include "tests/support/canary.hpp"
#include "tests/support/daemon_fixture.hpp"

#include <SQLiteCpp/Database.h>
#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <sstream>

using namespace countersign::tests;
using countersign::fakes::TokenServer;
using nlohmann::json;

namespace {

constexpr const char* key_one = "1 AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n";
constexpr const char* key_two = "2 ICEiIyQlJicoKSorLC0uL5CRkpOUlZaXmJmam5ydnp8=\n";
constexpr const char* canary = "glpat-canary-5b1d7e90";

struct Office {
    DaemonFixture daemon;
    TokenServer gitlab;

    Office() {
        daemon.set_secret("countersign_key", key_one);
        gitlab.add({.value = canary, .login = "procurement_bot", .id = 4711});
    }
    Finished add(const std::string& name, const std::string& token,
                 std::vector<std::string> more = {}) const {
        std::vector<std::string> arguments{"authorizations", "add",    "--kind", "gitlab",       "--url",
                                           gitlab.url(),     "--name", name,     "--token-stdin"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return daemon.run_command(arguments, token + "\n");
    }
    json list() const {
        const auto listed = daemon.run_command({"authorizations", "list", "--json"});
        REQUIRE_MESSAGE(listed.code == 0, listed.errors);
        return json::parse(listed.output).at("authorizations");
    }
};

std::string content(const std::filesystem::path& file) {
    std::ostringstream out;
    out << std::ifstream(file, std::ios::binary).rdbuf();
    return out.str();
}

}  // namespace

TEST_CASE("authorizations: a token comes in through standard input and is seen nowhere again (C7, O8)") {
    Office office;
    office.daemon.start();
    const auto added = office.add("Procurement", canary);
    CHECK_MESSAGE(added.code == 0, added.errors);
    CHECK(added.output == "added the gitlab authorization \"Procurement\": connected as procurement_bot at " +
                              office.gitlab.url() + "\n");
    const auto list = office.list();
    REQUIRE(list.size() == 1);
    CHECK(list[0]["account"] == "procurement_bot");
    CHECK(list[0]["account_id"] == "4711");
    CHECK(list[0]["scopes"] == json::array({"api"}));
    CHECK(list[0]["state"] == "active");
    CHECK(list[0]["uses"] == 0);
    CHECK(list[0]["fingerprint"].get<std::string>().size() == 8);
    const auto shown = office.daemon.run_command({"authorizations", "list"});
    CHECK(shown.output.contains("Procurement"));

    // I11, and refusals that store nothing.
    CHECK(office.add(" procurement ", canary).code == 1);
    office.gitlab.add({.value = "glpat-canary-weak", .login = "weak", .id = 2, .scopes = {"read_user"}});
    const auto weak = office.add("Weak", "glpat-canary-weak");
    CHECK(weak.code == 77);
    CHECK(weak.errors.contains("no scope api"));
    const auto unknown = office.add("Unknown", "glpat-canary-unknown");
    CHECK(unknown.code == 1);
    CHECK(unknown.errors.contains("refuses the token"));
    for (const auto* wrong : {"xoxb-canary", "ghp_canary", "two canary words", "", "canary-\xC3\xA4"}) {
        const auto refused = office.add("Wrong", wrong);
        CHECK(refused.code == 78);
        CHECK_FALSE((refused.errors + refused.output).contains("canary"));
    }
    CHECK(office.list().size() == 1);
    // O8: what it may do beside that is said and kept in view.
    office.gitlab.add(
        {.value = "glpat-canary-strong", .login = "strong", .id = 3, .scopes = {"api", "sudo", "read_user"}});
    const auto strong = office.add("Strong", "glpat-canary-strong");
    CHECK(strong.code == 0);
    CHECK_MESSAGE(strong.errors.contains("warning: it may do more than is needed: sudo\n"), strong.errors);
    CHECK(office.list().at(1).at("state_note") == "it may do more than is needed: sudo");

    REQUIRE(office.daemon.run_command({"backup", "--to", (office.daemon.directory() / "copy.db").string()})
                .code == 0);
    const auto audit = office.daemon.run_command({"audit", "export"});
    CHECK(audit.output.contains("authorization.added"));
    CHECK_FALSE(audit.output.contains("canary"));
    CHECK_FALSE(
        (weak.errors + unknown.errors + added.output + added.errors + shown.output).contains("canary"));
    CHECK_FALSE(office.daemon.log().contains("canary"));
    expect_no_canary(office.daemon);
    CHECK(office.daemon.stop() == 0);
    expect_no_canary(office.daemon);
}

TEST_CASE("authorizations: usage errors name what is wrong before anything is read") {
    const Office office;
    const auto run = [&](std::vector<std::string> arguments) {
        return office.daemon.run_command(std::move(arguments), std::string(canary) + "\n");
    };
    CHECK(run({"authorizations", "add", "--kind", "jira", "--url", office.gitlab.url(), "--name", "A",
               "--token-stdin"})
              .code == 2);
    CHECK(run({"authorizations", "add", "--kind", "gitlab", "--url", office.gitlab.url(), "--name", "A"})
              .code == 2);
    CHECK(run({"authorizations", "add", "--kind", "gitlab", "--url", office.gitlab.url(), "--name", "\u200B",
               "--token-stdin"})
              .code == 2);
    const auto plain = run({"authorizations", "add", "--kind", "gitlab", "--url", "http://gitlab.example.com",
                            "--name", "A", "--token-stdin"});
    CHECK(plain.code == 2);
    CHECK(plain.errors.contains("expected https://"));
    CHECK(office.gitlab.calls() == 0);
    CHECK_FALSE(std::filesystem::exists(office.daemon.database()));
}

TEST_CASE("authorizations: a server that cannot be asked leaves it pending, with a warning") {
    Office office;
    office.gitlab.break_with(503);
    const auto added = office.add("Procurement", canary);
    CHECK(added.code == 0);
    CHECK(added.errors.contains("the token was not checked"));
    CHECK(office.list().at(0).at("state") == "pending");
}

TEST_CASE("authorizations: without the right key nothing runs once something is sealed (C1, C2)") {
    Office office;
    REQUIRE(office.add("Procurement", canary).code == 0);
    const auto before = content(office.daemon.database());
    const auto expect_refusal = [&](const std::string& words) {
        CAPTURE(words);
        for (const auto& command : std::vector<std::vector<std::string>>{
                 {"run"},
                 {"authorizations", "list"},
                 {"authorizations", "rotate-key"},
                 {"authorizations", "remove", "Procurement", "--confirm", "Procurement"}}) {
            const auto refused = office.daemon.run_command(command);
            CHECK(refused.code == 78);
            CHECK_MESSAGE(refused.errors.contains(words), refused.errors);
            CHECK(std::ranges::count(refused.errors, '\n') == 1);
        }
        CHECK(content(office.daemon.database()) == before);
    };
    office.daemon.set_secret("countersign_key", key_two);
    expect_refusal("has no key");
    office.daemon.set_secret("countersign_key", std::string("1") + (key_two + 1));
    expect_refusal("is not the one");
    office.daemon.set_secret("countersign_key", "1 c2hvcnQ=\n");
    expect_refusal("line 1 is not a key");
    // C1: a key that others can read, though it is the right one.
    office.daemon.set_secret("countersign_key", key_one);
    std::filesystem::permissions(office.daemon.directory() / "credentials" / "countersign_key",
                                 std::filesystem::perms::owner_read | std::filesystem::perms::others_read);
    expect_refusal("countersign_key");
    std::filesystem::remove(office.daemon.directory() / "credentials" / "countersign_key");
    expect_refusal("COUNTERSIGN_KEY is missing");
    CHECK(office.daemon.slack().calls().empty());  // C2: before anything else
    const auto checked = office.daemon.run_command({"check"});
    CHECK(checked.code == 78);
    CHECK(checked.errors.contains("COUNTERSIGN_KEY"));
    office.daemon.set_secret("countersign_key", key_one);
    office.daemon.start();
    CHECK(office.daemon.stop() == 0);
}

TEST_CASE("authorizations: the name is typed to remove one, its token is taken back (I6, O14)") {
    Office office;
    office.daemon.start();
    REQUIRE(office.add("Procurement", canary).code == 0);
    const auto wrong =
        office.daemon.run_command({"authorizations", "remove", "procurement"}, "procurement\n");
    CHECK(wrong.code == 1);
    CHECK(wrong.errors.contains("nothing was removed"));
    CHECK(office.daemon.run_command({"authorizations", "remove", "procurement"}).code == 1);
    CHECK(office.list().size() == 1);
    CHECK(office.daemon.run_command({"authorizations", "remove", "Other"}, "Other\n").code == 1);
    const auto removed =
        office.daemon.run_command({"authorizations", "remove", "procurement"}, "Procurement\n");
    CHECK_MESSAGE(removed.code == 0, removed.errors);
    CHECK(removed.errors.contains("nothing uses \"Procurement\""));
    CHECK(removed.output.contains("taken back by its server"));
    CHECK_FALSE(office.gitlab.knows(canary));
    CHECK(office.list().empty());
    const auto audit = office.daemon.run_command({"audit", "export"});
    CHECK(audit.output.contains("authorization.removed"));
    CHECK(audit.output.contains("authorization.revoked"));
    CHECK(office.daemon.run_command({"audit", "verify"}).code == 0);
}

TEST_CASE(
    "authorizations: keys are rotated while the daemon runs, and kill -9 at any step loses nothing (C6)") {
    Office office;
    constexpr int tokens = 45;
    for (int at = 0; at < tokens; ++at) {
        const auto token = std::string(canary) + std::to_string(at);
        office.gitlab.add({.value = token, .login = "bot" + std::to_string(at), .id = at + 1});
        REQUIRE(office.add("Authorization " + std::to_string(at), token).code == 0);
    }
    office.daemon.start();
    office.daemon.set_secret("countersign_key", std::string(key_two) + key_one);
    // The running daemon has only the old key.
    const auto early = office.daemon.run_command({"authorizations", "rotate-key"});
    CHECK(early.code == 75);
    CHECK(early.errors.contains("reload it with the new COUNTERSIGN_KEY first"));
    office.daemon.signal(SIGHUP);
    office.daemon.expect_log("event=reloaded");
    for (const auto* point : {"rotate_commit", "rotate_step:2", "rotate_commit:2"}) {
        CAPTURE(point);
        Finished killed{};
        // The daemon writes down its new keys just after it says that it reloaded.
        do {
            killed = office.daemon.run_command({"authorizations", "rotate-key"}, "", point);
        } while (killed.code == 75);
        CHECK(killed.code == 128 + SIGKILL);
        CHECK(office.list().size() == tokens);  // which checks every key in use
    }
    const auto rotated = office.daemon.run_command({"authorizations", "rotate-key", "--json"});
    CHECK_MESSAGE(rotated.code == 0, rotated.errors);
    const auto counts = json::parse(rotated.output);
    CHECK(counts["keys"] ==
          json::parse(R"([{"id":"1","secrets":0,"active":false},{"id":"2","secrets":45,"active":true}])"));
    CHECK(office.daemon.run_command({"audit", "export"}).output.contains("key.rotated"));  // I17
    office.daemon.set_secret("countersign_key", key_two);
    CHECK(office.list().size() == tokens);
    // The token itself still opens: it can be taken back.
    REQUIRE(office.daemon
                .run_command({"authorizations", "remove", "Authorization 7", "--confirm", "Authorization 7"})
                .code == 0);
    CHECK_FALSE(office.gitlab.knows(std::string(canary) + "7"));
    CHECK(office.daemon.run_command({"audit", "verify"}).code == 0);
    CHECK(office.daemon.stop() == 0);
}

TEST_CASE("authorizations: a device grant shows a code, waits, and asks whose account it is (O1-O4, O17)") {
    Office office;
    const auto add = [&](const std::string& client, const std::string& typed) {
        return office.daemon.run_command(
            {"authorizations", "add", "--kind", "gitlab", "--url", office.gitlab.url(), "--name", "Granted",
             "--device", "--client-id", client},
            typed + "\n");
    };
    const auto none = add("app1", "granted_bot");
    CHECK(none.code == 1);
    CHECK(none.errors.contains("has no device grant"));
    office.gitlab.allow_device_grant("app1",
                                     {.value = "gloas-canary-granted", .login = "granted_bot", .id = 9}, 1);
    CHECK(add("other", "granted_bot").code == 1);
    const auto other = add("app1", "somebody_else");
    CHECK(other.code == 1);
    CHECK(other.errors.contains("This is the account granted_bot"));
    CHECK(!std::filesystem::exists(office.daemon.database()));
    CHECK_FALSE(office.gitlab.knows("gloas-canary-granted"));  // nor does it stay valid
    // A grant is looked at like a token that somebody typed (O8).
    office.gitlab.allow_device_grant(
        "app1",
        {.value = "gloas-canary-granted", .login = "granted_bot", .id = 9, .scopes = {"read_repository"}}, 0);
    const auto weak = add("app1", "granted_bot");
    CHECK(weak.code == 77);
    CHECK(weak.errors.contains("no scope api"));
    CHECK_FALSE(office.gitlab.knows("gloas-canary-granted"));
    office.gitlab.allow_device_grant("app1",
                                     {.value = "gloas-canary-granted", .login = "granted_bot", .id = 9}, 1);
    const auto added = add("app1", "granted_bot");
    CHECK_MESSAGE(added.code == 0, added.errors);
    CHECK(added.errors.contains("/oauth/device and enter the code ABCD-1234"));
    CHECK(added.output.contains("it expires on"));
    const auto list = office.list();
    REQUIRE(list.size() == 1);
    CHECK(list[0]["flow"] == "device");
    CHECK(list[0]["scopes"] == json::array({"api"}));
    CHECK(list[0]["renewable"] == false);
    CHECK_FALSE((added.errors + added.output + other.errors).contains("canary"));
    expect_no_canary(office.daemon);
    // What an application was granted is given back with the application (O14): GitLab takes it back no
    // other way.
    REQUIRE(office.gitlab.knows("gloas-canary-granted"));
    const auto removed = office.daemon.run_command({"authorizations", "remove", "granted"}, "Granted\n");
    CHECK_MESSAGE(removed.code == 0, removed.errors);
    CHECK_MESSAGE(removed.output.contains("taken back by its server"), removed.output);
    CHECK_FALSE(office.gitlab.knows("gloas-canary-granted"));
    expect_no_canary(office.daemon);
}

TEST_CASE(
    "authorizations: the token that a new one replaces is taken back, unless it is the same one or dead "
    "(O14, I9)") {
    Office office;
    const auto reconnect = [&](const std::string& token, bool known = true) {
        if (known) office.gitlab.add({.value = token, .login = "procurement_bot", .id = 4711});
        const auto done = office.add("Procurement", token, {"--reconnect"});
        CHECK_MESSAGE(done.code == 0, done.errors);
        CHECK(office.list().size() == 1);
        CHECK_FALSE((done.output + done.errors).contains("canary"));
        return done.output;
    };
    REQUIRE(office.add("Procurement", canary).code == 0);
    CHECK(reconnect("glpat-canary-second").contains("its old token was taken back by its server"));
    CHECK_FALSE(office.gitlab.knows(canary));
    CHECK(office.gitlab.knows("glpat-canary-second"));
    CHECK(reconnect("glpat-canary-second", false).contains("was left valid: it is the same token"));
    office.daemon.set_secret("countersign_key", std::string(key_two) + key_one);  // after a rotation, too
    CHECK(reconnect("glpat-canary-second", false).contains("was left valid: it is the same token"));
    // A fingerprint of an earlier version, which went with the key.
    CHECK(SQLite::Database(office.daemon.database().string(), SQLite::OPEN_READWRITE)
              .exec("UPDATE authorization SET fingerprint = '00000000'") == 1);
    CHECK(reconnect("glpat-canary-second", false).contains("was left valid: it is the same token"));
    CHECK(office.gitlab.knows("glpat-canary-second"));
    // Another authorization holds it too.
    REQUIRE(office.add("Twin", "glpat-canary-second").code == 0);
    office.gitlab.add({.value = "glpat-canary-third", .login = "procurement_bot", .id = 4711});
    CHECK(office.add("Procurement", "glpat-canary-third", {"--reconnect"})
              .output.contains("was left valid: another authorization holds it too"));
    CHECK(office.gitlab.knows("glpat-canary-second"));
    office.gitlab.revoke("glpat-canary-third");
    office.gitlab.add({.value = "glpat-canary-fourth", .login = "procurement_bot", .id = 4711});
    CHECK(office.add("Procurement", "glpat-canary-fourth", {"--reconnect"})
              .output.contains("was not valid any more at its server"));
    const auto log = office.daemon.run_command({"audit", "export"}).output;
    CHECK(log.contains("taken back by its server"));
    CHECK(log.contains("left valid: it is the same token"));
    CHECK(office.daemon.run_command({"audit", "verify"}).code == 0);
    CanarySearch search;
    search.queries = office.gitlab.queries();
    expect_no_canary(office.daemon, search);
}

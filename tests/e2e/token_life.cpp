// How stored authorizations come, live and end, with the real binary against a server with GitLab's paths.
#include "tests/fakes/raw_client.hpp"
#include "tests/fakes/token_server.hpp"
#include "tests/support/canary.hpp"
#include "tests/support/review_story.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <sstream>
#include <vector>

using namespace countersign::tests;
using countersign::fakes::TokenServer;
using nlohmann::json;

namespace {

constexpr const char* key = "1 AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n";
constexpr const char* public_url = "https://countersign.example.com";
constexpr const char* callback = "https://countersign.example.com/oauth/callback";

DaemonOptions options_for(const std::string& url, bool listening) {
    DaemonOptions options;
    options.more_sections = fmt::format(
        "[[tracker]]\nname = \"it\"\nkind = \"gitlab\"\nurl = \"{}\"\nprojects = [\"acme/it\"]\n"
        "purpose = \"it-request\"\n",
        url);
    if (listening)
        options.more_sections +=
            fmt::format("[http]\nlisten = \"127.0.0.1:0\"\npublic_url = \"{}\"\n", public_url);
    return options;
}

struct Office {
    TokenServer gitlab;
    ReviewStory story;

    explicit Office(bool listening = false) : story(options_for(gitlab.url(), listening)) {
        story.fixture.set_secret("countersign_key", key);
    }
    [[nodiscard]] Finished run(std::vector<std::string> arguments, const std::string& input = "") const {
        return story.fixture.run_command(std::move(arguments), input);
    }
    [[nodiscard]] static TokenServer::Token account(const std::string& login, int id) {
        return {.value = "gloas-canary-" + login, .login = login, .id = id};
    }
    // By the device grant, for two hours or `lives` seconds.
    void grant(int lives) {
        gitlab.make_renewable(lives);
        gitlab.allow_device_grant("app1", account("bot", 7), 0);
        const auto added = run({"authorizations", "add", "--kind", "gitlab", "--url", gitlab.url(), "--name",
                                "GitLab", "--device", "--client-id", "app1"},
                               "bot\n");
        REQUIRE_MESSAGE(added.code == 0, added.errors);
    }
    [[nodiscard]] json listed() const {
        const auto list = run({"authorizations", "list", "--json"});
        REQUIRE_MESSAGE(list.code == 0, list.errors);
        return json::parse(list.output).at("authorizations");
    }
    [[nodiscard]] std::string state() const { return listed().at(0).at("state"); }
    void command(const std::string& user, const std::string& text) {
        story.slack.command(user, office::general, "/installed-apps", text);
    }
    void add_integration() {
        command(office::employee, "add");
        story.fill(office::employee, "Add an integration",
                   {{"Name", "IT requests"}, {"Use it for", "Tracker it (IT requests)"}});
        story.expect_direct_message(office::employee, "Connected.");
    }
    // C7: in no file of the directory, in no line of the log, in nothing that was said to Slack.
    // With the verifiers that the server was shown, which leave by no other way.
    void expect_no_canary() {
        CanarySearch search;
        for (auto& verifier : gitlab.verifiers())
            search.secrets.push_back(std::move(verifier));
        search.own_files = {"client_secret"};
        search.queries = gitlab.queries();
        countersign::tests::expect_no_canary(story.fixture, search);
    }
    [[nodiscard]] std::string get(const std::string& target) {
        story.fixture.expect_log("event=http_listening");
        const auto log = story.fixture.log();
        const auto at = log.find("port=", log.find("event=http_listening")) + 5;
        countersign::fakes::RawClient client(static_cast<std::uint16_t>(std::stoi(log.substr(at))));
        client.write("GET " + target + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        return client.read_until("no such end");
    }
    // The newest link of a direct message.
    [[nodiscard]] std::string link_for(const std::string& user) {
        std::string found;
        story.wait(
            [&] {
                for (const auto& message : story.slack.messages(user)) {
                    const auto at = message.text.find("<" + gitlab.url() + "/oauth/authorize?");
                    if (at == std::string::npos) continue;
                    const auto end = message.text.find_first_of("|>", at);
                    const auto link = message.text.substr(at + 1, end - at - 1);
                    found.clear();
                    for (std::size_t letter = 0; letter < link.size(); ++letter) {
                        found += link[letter];
                        if (link.compare(letter, 5, "&amp;") == 0) letter += 4;
                    }
                }
                return !found.empty();
            },
            "a link for " + user);
        return found;
    }
    void begin_link() {
        command(office::admin, "add authorization");
        story.fill(office::admin, "Add an authorization",
                   {{"Name", "GitLab"}, {"How", "gitlab at " + gitlab.url() + ": follow a link"}});
    }
};

}  // namespace

TEST_CASE("token life: a device grant is renewed by the daemon before it ends, again and again (O10, C7)") {
    Office office_;
    auto& story = office_.story;
    office_.grant(4);
    story.fixture.start();
    REQUIRE(story.slack.wait([&] { return office_.gitlab.renewals() >= 3; }));
    CHECK(office_.state() == "active");
    CHECK(office_.listed().at(0).at("renewable") == true);
    // Used once each: the server would have ended the family otherwise.
    CHECK(office_.gitlab.knows(office_.gitlab.newest()));
    const auto audit = office_.run({"audit", "export"});
    CHECK(audit.output.contains("authorization.refreshed"));
    CHECK(office_.run({"audit", "verify"}).code == 0);
    REQUIRE(office_.run({"backup", "--to", (story.fixture.directory() / "copy.db").string()}).code == 0);
    office_.expect_no_canary();
    CHECK_FALSE(audit.output.contains("canary"));
    CHECK(story.fixture.stop() == 0);
    office_.expect_no_canary();
}

TEST_CASE("token life: a 401 leads to one renewal, and then to re-authentication, told once (O10, I7, I12)") {
    Office office_;
    auto& story = office_.story;
    office_.grant(7200);
    story.fixture.start();
    office_.add_integration();
    office_.gitlab.revoke(office_.gitlab.newest());
    office_.command(office::outsider, "test GitLab");
    story.expect_direct_message(office::outsider, "refuses the token");
    REQUIRE(story.slack.wait([&] { return office_.gitlab.renewals() == 1; }));
    story.wait([&] { return office_.state() == "active" && office_.gitlab.knows(office_.gitlab.newest()); },
               "the renewed token");
    office_.command(office::outsider, "test IT requests");
    story.expect_direct_message(office::outsider, "works, as bot");
    office_.gitlab.revoke(office_.gitlab.newest());
    office_.command(office::outsider, "test IT requests");
    story.expect_alarm("does not work any more");
    story.expect_direct_message(office::employee, "has stopped");
    CHECK(office_.state() == "needs_reauth");
    CHECK(office_.gitlab.renewals() == 1);
    CHECK(office_.run({"audit", "export"}).output.contains("authorization.tested"));  // I17
    story.expect_good_manners();
}

TEST_CASE("token life: people who use a token that has ended at the same moment cause one renewal (O10)") {
    Office office_;
    auto& story = office_.story;
    office_.grant(7200);
    story.fixture.start();
    office_.add_integration();
    office_.gitlab.delay_renewals(std::chrono::milliseconds(1'500));  // all of them are refused meanwhile
    office_.gitlab.revoke(office_.gitlab.newest());
    const std::vector<const char*> people{office::outsider, office::legal, office::it, office::security};
    for (const auto* person : people)
        office_.command(person, "test IT requests");
    for (const auto* person : people)
        story.expect_direct_message(person, "refuses the token");
    story.wait([&] { return office_.run({"audit", "export"}).output.contains("authorization.refreshed"); },
               "the renewal");
    office_.command(office::it, "test IT requests");
    story.expect_direct_message(office::it, "works, as bot");
    CHECK(office_.gitlab.renewals() == 1);
    CHECK(office_.gitlab.knows(office_.gitlab.newest()));
    office_.expect_no_canary();
    story.expect_good_manners();
}

TEST_CASE(
    "token life: a token that is renewed while its authorization is removed does not stay valid (O14, I19)") {
    Office office_;
    auto& story = office_.story;
    office_.gitlab.delay_renewals(std::chrono::seconds(5));
    office_.grant(4);
    story.fixture.start();
    REQUIRE(story.slack.wait([&] { return office_.gitlab.renewals() == 1; }));
    const auto token = office_.gitlab.newest();
    REQUIRE(office_.run({"authorizations", "remove", "GitLab", "--confirm", "GitLab"}).code == 0);
    CHECK(office_.gitlab.knows(token));  // the answer that carries it is still on its way
    story.expect_alarm("was taken back by");
    CHECK_FALSE(office_.gitlab.knows(token));
    CHECK(office_.listed().empty());
    CHECK(office_.gitlab.renewals() == 1);
    office_.expect_no_canary();
    story.expect_good_manners();
}

TEST_CASE("token life: outages keep the token and are over when they are over (O13)") {
    Office office_;
    auto& story = office_.story;
    office_.gitlab.break_renewals(503, 1);
    office_.grant(6);
    story.fixture.start();
    story.wait([&] { return office_.state() == "refresh_failed"; }, "a renewal that fails");
    CHECK(office_.gitlab.renewals() == 0);
    CHECK(story.fixture.log().contains("has trouble (HTTP 503)"));
    // What else the server might say of it, it may say later: the token is the same.
    CHECK(office_.gitlab.knows(office_.gitlab.newest()));
    office_.expect_no_canary();
}

TEST_CASE(
    "token life: a renewal whose answer was lost is asked for once more, also after a crash, and stops "
    "(O11)") {
    Office office_;
    auto& story = office_.story;
    office_.gitlab.break_renewals(0, 1);  // it takes effect, and nobody hears of it
    office_.grant(4);
    story.fixture.start();
    story.wait([&] { return office_.state() == "refresh_failed"; }, "the lost answer");
    CHECK(office_.gitlab.renewals() == 1);
    story.fixture.kill();
    story.fixture.start();
    story.wait([&] { return office_.state() == "needs_reauth"; }, "re-authentication needed");
    story.expect_alarm("does not work any more");
    CHECK(story.fixture.stop() == 0);
    story.fixture.start();
    CHECK(office_.state() == "needs_reauth");
    CHECK(office_.gitlab.renewals() == 1);
    CHECK(story.fixture.stop() == 0);
    office_.expect_no_canary();
}

TEST_CASE("authorizations: an address is pasted back, checked, and exchanged with PKCE (O6, O7, C7)") {
    Office office_;
    const auto& fixture = office_.story.fixture;
    constexpr const char* redirect = "https://wiki.example.com/landing";
    const auto secret_file = fixture.directory() / "client_secret";
    std::ofstream(secret_file) << "canary-client-secret\n";
    office_.gitlab.make_renewable(7200);
    office_.gitlab.allow_code_grant("app1", redirect, Office::account("bot", 7), "canary-client-secret");
    std::vector<std::string> arguments{"authorizations",
                                       "add",
                                       "--kind",
                                       "gitlab",
                                       "--url",
                                       office_.gitlab.url(),
                                       "--name",
                                       "Pasted",
                                       "--paste",
                                       "--client-id",
                                       "app1",
                                       "--redirect-url",
                                       redirect,
                                       "--client-secret-file",
                                       secret_file.string()};
    const auto begin = [&] {
        auto process = fixture.start_command(arguments);
        REQUIRE_MESSAGE(process->wait_for("code_challenge_method=S256\n"), process->errors());
        return process;
    };
    const auto link_of = [](const ChildProcess& process) {
        const auto text = process.errors();
        const auto at = text.find("http://");
        return text.substr(at, text.find('\n', at) - at);
    };
    const auto refused = [&](const std::function<std::string(const std::string&)>& pasted,
                             const std::string& words) {
        CAPTURE(words);
        auto process = begin();
        process->type(pasted(link_of(*process)) + "\n");
        CHECK(process->wait().value_or(0) != 0);
        CHECK_MESSAGE(process->errors().contains(words), process->errors());
        CHECK_FALSE(process->errors().contains("canary"));
    };
    const auto& gitlab = office_.gitlab;
    auto& server = office_.gitlab;
    std::string used;
    refused([](const auto&) { return "https://evil.example.com/landing?code=canary&state=x"; },
            "not the address");
    refused([](const auto&) { return std::string(redirect) + "?code=canary&code=canary&state=x"; },
            "one code");
    refused([](const auto&) { return std::string(redirect) + "?code=canary&state=another"; },
            "another state");
    refused([](const auto&) { return std::string(redirect) + "?error=access_denied&state=x"; },
            "denied there");
    refused([&](const auto& link) { return used = server.visit(link) + "0"; }, "another state");
    CHECK(!std::filesystem::exists(fixture.database()));

    auto process = begin();
    const auto address = server.visit(link_of(*process));
    process->type(address + "\nbot\n");
    CHECK(process->wait() == 0);
    CHECK_MESSAGE(process->output().contains("connected as bot"), (process->output() + process->errors()));
    const auto list = office_.listed();
    REQUIRE(list.size() == 1);
    CHECK(list[0]["flow"] == "paste");
    CHECK(list[0]["renewable"] == true);
    CHECK(gitlab.knows(gitlab.newest()));
    // The same address again belongs to no other command.
    arguments[7] = "Again";
    refused([&](const auto&) { return address; }, "another state");
    office_.expect_no_canary();
}

TEST_CASE("installed apps: an admin begins a device grant in Slack and keeps the account (O1, O4, O5, C7)") {
    Office office_;
    auto& story = office_.story;
    REQUIRE(office_
                .run({"authorizations", "register", "--kind", "gitlab", "--url", office_.gitlab.url(),
                      "--client-id", "app1"})
                .code == 0);
    office_.gitlab.make_renewable(7200);
    office_.gitlab.allow_device_grant("app1", Office::account("bot", 7), 1'000);
    story.fixture.start();
    const auto begin = [&] {
        office_.command(office::admin, "add authorization");
        story.fill(office::admin, "Add an authorization",
                   {{"Name", "GitLab"}, {"How", "gitlab at " + office_.gitlab.url() + ": enter a code"}});
        story.expect_direct_message(office::admin, "enter the code");
    };
    office_.command(office::employee, "add authorization");
    story.wait(
        [&] {
            return std::ranges::any_of(story.slack.messages(office::general), [](const auto& each) {
                return each.ephemeral_to == office::employee && says(each, "only admins");
            });
        },
        "the refusal");
    begin();
    story.press_direct(office::admin, "Cancel");
    story.expect_direct_message(office::admin, "nothing was kept");
    office_.gitlab.allow_device_grant("app1", Office::account("wrong", 6), 0);
    begin();
    story.expect_direct_message(office::admin, "was granted as *wrong*");
    REQUIRE(office_.gitlab.knows("gloas-canary-wrong"));
    story.press_direct(office::admin, "Cancel");
    story.expect_alarm("was taken back by");
    CHECK_FALSE(office_.gitlab.knows("gloas-canary-wrong"));
    office_.gitlab.allow_device_grant("app1", Office::account("bot", 7), 1);
    begin();
    story.expect_direct_message(office::admin, "was granted as *bot*");
    CHECK(office_.listed().empty());  // until it is confirmed
    story.press_direct(office::admin, "Keep");
    story.expect_direct_message(office::admin, "Connected.");
    const auto list = office_.listed();
    REQUIRE(list.size() == 1);
    CHECK(list[0]["account"] == "bot");
    CHECK(list[0]["flow"] == "device");
    office_.add_integration();
    // I9, I8: in place, as another account after a question.
    const auto id = list[0]["id"];
    office_.gitlab.allow_device_grant("app1", Office::account("other", 8), 0);
    office_.command(office::admin, "reconnect GitLab");
    story.fill(office::admin, "Connect again", {});
    story.expect_direct_message(office::admin, "It was connected as *bot* before");
    story.press_direct(office::admin, "Keep the other account");
    story.expect_direct_message(office::admin, "Connected again");
    CHECK(office_.listed().at(0).at("id") == id);
    CHECK(office_.listed().at(0).at("account") == "other");
    story.expect_alarm("The old token of *GitLab* was taken back by");
    CHECK_FALSE(office_.gitlab.knows("gloas-canary-bot"));
    CHECK(office_.gitlab.knows("gloas-canary-other"));
    CHECK(office_.run({"audit", "export"}).output.contains("authorization.reconnected"));
    office_.expect_no_canary();
    story.expect_good_manners();
}

TEST_CASE("installed apps: an admin follows a link, and the callback takes it once, in time (O6, O7, C7)") {
    Office office_(true);
    auto& story = office_.story;
    const auto secret_file = story.fixture.directory() / "client_secret";
    std::ofstream(secret_file) << "canary-client-secret\n";
    REQUIRE(office_
                .run({"authorizations", "register", "--kind", "gitlab", "--url", office_.gitlab.url(),
                      "--client-id", "app1", "--client-secret-file", secret_file.string()})
                .code == 0);
    office_.gitlab.make_renewable(7200);
    office_.gitlab.allow_code_grant("app1", callback, Office::account("bot", 7), "canary-client-secret");
    story.fixture.start();
    for (const auto* query :
         {"", "?code=canary", "?state=canary", "?code=canary&state=canary",
          "?code=canary&state=canary&state=canary", "?error=access_denied&state=canary"}) {
        const auto page = office_.get(std::string("/oauth/callback") + query);
        CHECK(page.starts_with("HTTP/1.1 400"));
        CHECK_FALSE(page.contains("canary"));
    }
    office_.begin_link();
    const auto link = office_.link_for(office::admin);
    const auto address = office_.gitlab.visit(link);
    const auto target = address.substr(std::string(public_url).size());
    const auto page = office_.get(target);
    CHECK(page.starts_with("HTTP/1.1 200"));
    CHECK(page.contains("Referrer-Policy: no-referrer"));
    CHECK_FALSE(page.contains("canary"));
    CHECK_FALSE(page.contains("GitLab"));
    story.expect_direct_message(office::admin, "was granted as *bot*");
    CHECK(office_.get(target).starts_with("HTTP/1.1 400"));  // replayed
    story.press_direct(office::admin, "Keep");
    story.expect_direct_message(office::admin, "Connected.");
    CHECK(office_.listed().at(0).at("flow") == "link");
    CHECK(office_.listed().at(0).at("renewable") == true);
    // Removing takes it back at the server (O14).
    office_.command(office::admin, "remove GitLab");
    story.fill(office::admin, "Remove", {{"Type its name to remove it", "GitLab"}});
    story.expect_alarm("was taken back by");
    CHECK_FALSE(office_.gitlab.knows(office_.gitlab.newest()));
    CHECK(office_.listed().empty());
    // Denied there.
    office_.begin_link();
    std::string state;
    story.wait(
        [&] {
            const auto next = office_.link_for(office::admin);
            const auto at = next.find("&state=") + 7;
            state = next.substr(at, next.find('&', at) - at);
            return next != link;
        },
        "another link");
    CHECK(office_.get("/oauth/callback?error=access_denied&state=" + state).starts_with("HTTP/1.1 200"));
    story.expect_direct_message(office::admin, "denied there");
    CHECK(office_.listed().empty());
    office_.expect_no_canary();
    story.expect_good_manners();
}

// Two servers, one of which passes on what it should not (O6, O15; RFC 9700 §4.4), with the real binary.
#include "storage/database.hpp"
#include "storage/query.hpp"
#include "tests/fakes/raw_client.hpp"
#include "tests/fakes/token_server.hpp"
#include "tests/support/canary.hpp"
#include "tests/support/review_story.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <algorithm>

using namespace countersign;
using namespace countersign::tests;
using fakes::TokenServer;
using nlohmann::json;

namespace {

constexpr const char* key = "1 AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n";
const std::string public_url = "https://countersign.example.com";
const std::string honest_redirect = public_url + "/oauth/callback";
const std::string other_redirect = public_url + "/oauth/callback/2";

struct Office {
    TokenServer honest, other;
    ReviewStory story{DaemonOptions{.more_sections = "[http]\nlisten = \"127.0.0.1:0\"\npublic_url = \"" +
                                                     public_url + "\"\n"}};

    Office() {
        story.fixture.set_secret("countersign_key", key);
        honest.allow_code_grant("app-h", honest_redirect,
                                {.value = "gloas-canary-h", .login = "bot", .id = 7});
        other.allow_code_grant("app-o", other_redirect, {.value = "gloas-canary-o", .login = "bot", .id = 7});
        CHECK(registered(honest, "app-h").output.contains("leads back to " + honest_redirect + "\n"));
        CHECK(registered(other, "app-o").output.contains("leads back to " + other_redirect + "\n"));
    }
    [[nodiscard]] Finished registered(const TokenServer& server, const std::string& client,
                                      const std::vector<std::string>& more = {}) const {
        std::vector<std::string> arguments{"authorizations", "register",   "--kind",      "gitlab",
                                           "--url",          server.url(), "--client-id", client};
        arguments.insert(arguments.end(), more.begin(), more.end());
        auto done = story.fixture.run_command(arguments);
        CHECK_MESSAGE(done.code == 0, done.errors);
        return done;
    }
    // The link that the admin is given, and where the server leads a browser that follows it: path and query.
    [[nodiscard]] std::string led_back_from(TokenServer& server, const std::string& name) {
        story.slack.command(office::admin, office::general, "/installed-apps", "add authorization");
        story.fill(office::admin, "Add an authorization",
                   {{"Name", name}, {"How", "gitlab at " + server.url() + ": follow a link"}});
        std::string link;
        story.wait(
            [&] {
                for (const auto& message : story.slack.messages(office::admin)) {
                    const auto at = message.text.find("<" + server.url() + "/oauth/authorize?");
                    if (at == std::string::npos || !says(message, "*" + name + "*")) continue;
                    link = message.text.substr(at + 1, message.text.find_first_of("|>", at) - at - 1);
                }
                return !link.empty();
            },
            "the link for " + name);
        for (auto at = link.find("&amp;"); at != std::string::npos; at = link.find("&amp;"))
            link.erase(at + 1, 4);
        return server.visit(link).substr(public_url.size());
    }
    [[nodiscard]] int get(const std::string& target) {
        story.fixture.expect_log("event=http_listening");
        const auto log = story.fixture.log();
        const auto at = log.find("port=", log.find("event=http_listening")) + 5;
        fakes::RawClient client(static_cast<std::uint16_t>(std::stoi(log.substr(at))));
        client.write("GET " + target + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        const auto page = client.read_until("no such end");
        CHECK_FALSE(page.contains("canary"));
        return std::stoi(page.substr(std::string("HTTP/1.1 ").size()));
    }
    void expect_no_canary() {
        CanarySearch search;
        search.queries = honest.queries();
        const auto more = other.queries();
        search.queries.insert(search.queries.end(), more.begin(), more.end());
        countersign::tests::expect_no_canary(story.fixture, search);
    }
};

std::string query_of(const std::string& target) {
    return target.substr(target.find('?'));
}
std::string state_of(const std::string& target) {
    return target.substr(target.find("&state="));
}

}  // namespace

TEST_CASE(
    "mix-up: an answer on another server's path is not taken, and no code goes to the server that did not "
    "give it "
    "(O6, O15)") {
    Office office_;
    auto& [honest, other, story] = office_;
    story.fixture.start();
    const auto good = office_.led_back_from(honest, "Honest");
    const auto theirs = office_.led_back_from(other, "Other");
    REQUIRE(good.starts_with("/oauth/callback?"));
    REQUIRE(theirs.starts_with("/oauth/callback/2?"));
    // The other server sends the browser on to the honest one with its own state: what comes back would be
    // redeemed at the other one.
    const auto mixed = good.substr(0, good.find("&state=")) + state_of(theirs);
    CHECK(office_.get(mixed) == 400);
    // An answer of either on the other's path.
    CHECK(office_.get("/oauth/callback/2" + query_of(good)) == 400);
    CHECK(office_.get("/oauth/callback" + query_of(theirs)) == 400);
    CHECK(office_.get("/oauth/callback/3" + query_of(theirs)) == 400);
    CHECK(office_.get("/oauth/callback/" + query_of(good)) == 400);
    // A no is bound like a yes.
    CHECK(office_.get("/oauth/callback/2?error=access_denied" + state_of(good)) == 400);
    // Each where it belongs: none of that has used anything up.
    CHECK(office_.get(good) == 200);
    story.expect_direct_message(office::admin, "*Honest* was granted as *bot*");
    CHECK(office_.get(good) == 400);  // once
    CHECK(honest.codes_shown().size() == 1);
    CHECK(other.codes_shown().empty());
    CHECK(office_.get(theirs) == 200);
    story.expect_direct_message(office::admin, "*Other* was granted as *bot*");
    REQUIRE(honest.codes_shown().size() == 1);
    REQUIRE(other.codes_shown().size() == 1);
    CHECK(good.contains(honest.codes_shown().front()));
    CHECK(theirs.contains(other.codes_shown().front()));
    office_.expect_no_canary();
    story.expect_good_manners();
}

TEST_CASE("mix-up: a state is good for ten minutes, and a code that comes later is not redeemed (O6)") {
    Office office_;
    auto& [honest, other, story] = office_;
    story.fixture.start();
    const auto late = office_.led_back_from(honest, "Late");
    const auto in_time = office_.led_back_from(other, "In time");
    REQUIRE(story.fixture.stop() == 0);
    {
        // As if so much time had gone by; the daemon that would clean up has not looked yet.
        auto database = storage::Database::open_writer(story.fixture.database());
        REQUIRE(database);
        const auto pass = [&](const char* name, int seconds) {
            database->transaction([&] {
                storage::Query(*database, "UPDATE pending_grant SET ends_at = ends_at - ?1 WHERE name = ?2")
                    .bind(std::int64_t{1'000} * seconds, name)
                    .run();
            });
        };
        pass("Late", 600);
        pass("In time", 540);
    }
    story.fixture.start();
    CHECK(office_.get(late) == 400);
    CHECK(office_.get(in_time) == 200);
    story.expect_direct_message(office::admin, "*In time* was granted as *bot*");
    CHECK(honest.codes_shown().empty());
    office_.expect_no_canary();
}

TEST_CASE("mix-up: two servers that lead back to one address are warned of (O15)") {
    Office office_;
    const auto again = office_.registered(office_.honest, "app-h");  // keeps its own
    CHECK(again.output.contains("leads back to " + honest_redirect + "\n"));
    CHECK(again.errors.empty());
    const auto shared = office_.registered(office_.other, "app-o", {"--redirect-url", honest_redirect});
    CHECK(shared.errors.contains("warning: another server leads back there too"));
}

// Review results in channels of this and of another workspace, and "Add to Slack".
#include "tests/fakes/raw_client.hpp"
#include "tests/fakes/slack_wire.hpp"
#include "tests/support/canary.hpp"
#include "tests/support/review_story.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <atomic>
#include <fstream>

using namespace countersign::tests;
using countersign::fakes::FakeSlack;
using nlohmann::json;

namespace {

constexpr const char* key = "1 AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n";
constexpr const char* partner = "C0PARTNER";

DaemonOptions listening() {
    DaemonOptions options;
    options.more_sections =
        "[http]\nlisten = \"127.0.0.1:0\"\npublic_url = \"https://countersign.example.com\"\n";
    return options;
}

struct Office {
    FakeSlack other;  // the partner's workspace
    ReviewStory story;

    Office() : story(listening()) {
        story.fixture.set_secret("countersign_key", key);
        other.add_channel(partner, "results");
        story.slack.host("xoxb-partner-canary", other);
        story.slack.host("xoxb-added-canary", other);
    }
    void command(const std::string& user, const std::string& text) {
        story.slack.command(user, office::general, "/installed-apps", text);
    }
    void expect_there(const std::string& words) {
        REQUIRE_MESSAGE(other.wait([&] {
            return std::ranges::any_of(other.messages(partner),
                                       [&](const auto& each) { return says(each, words); });
        }),
                        words);
    }
    void expect_no_canary() {
        CanarySearch search;
        search.other_slacks = {&other};
        search.own_files = {"client_secret"};
        countersign::tests::expect_no_canary(story.fixture, search);
    }
};

}  // namespace

TEST_CASE(
    "channels: results go to another workspace by a stored authorization, and to our own (issue 5 §3b, C7)") {
    Office office_;
    auto& story = office_.story;
    story.fixture.start();
    const auto stored = story.fixture.run_command(
        {"authorizations", "add", "--kind", "slack", "--name", "Partner", "--token-stdin"},
        "xoxb-partner-canary\n");
    REQUIRE_MESSAGE(stored.code == 0, stored.errors);
    office_.command(office::employee, "add");
    story.fill_refused(office::employee, "Add an integration",
                       {{"Name", "Partner results"}, {"Use it for", "Channel: review results"}},
                       "channel's id");
    story.fill(
        office::employee, "Add an integration",
        {{"Name", "Partner results"}, {"Use it for", "Channel: review results"}, {"Channel id", partner}});
    story.expect_direct_message(office::employee, "Connected.");
    office_.expect_there("Countersign posts the results of app requests here");
    office_.command(office::legal, "add");
    story.fill(office::legal, "Add an integration",
               {{"Name", "Our results"},
                {"Stored authorization", "Countersign's own bot (this workspace)"},
                {"Use it for", "Channel: review results"},
                {"Channel id", office::general}});
    story.expect_direct_message(office::legal, "Connected.");

    story.ask();
    story.press(office::legal, "Reject");
    story.fill(office::legal, "Reject", {{"Reason", "Too many rights, and a secret reason"}});
    office_.expect_there("*Miro* (REQ-1): Denied");
    story.wait(
        [&] {
            return std::ranges::any_of(story.slack.messages(office::general),
                                       [](const auto& each) { return says(each, "*Miro* (REQ-1): Denied"); });
        },
        "the result in our own channel");
    for (const auto& message : office_.other.messages(partner))
        CHECK_FALSE(says(message, "secret reason"));

    office_.command(office::outsider, "test Partner results");
    office_.expect_there("This is a test");
    story.expect_direct_message(office::outsider, "is in the channel");
    office_.command(office::employee, "list");
    // Removed by its owner; the authorization stays.
    office_.command(office::employee, "remove Partner results");
    story.fill(office::employee, "Remove", {{"Type its name to remove it", "Partner results"}});
    story.expect_direct_message(office::employee, "was removed");
    CHECK(story.fixture.run_command({"audit", "verify"}).code == 0);
    CHECK(story.fixture.run_command({"audit", "export"}).output.contains("integration.tested"));
    office_.expect_no_canary();
    story.expect_good_manners();
}

TEST_CASE(
    "channels: \"Add to Slack\" stores a workspace's token by oauth.v2.access, with PKCE (O6, O7, C7)") {
    Office office_;
    auto& story = office_.story;
    const auto secret = story.fixture.directory() / "client_secret";
    std::ofstream(secret) << "canary-client-secret\n";
    std::atomic<int> exchanged = 0;
    story.slack.serve("/api/oauth.v2.access", [&](const countersign::fakes::HttpQuery& query) {
        const auto form = countersign::fakes::decode_form(query.body);
        countersign::fakes::HttpReply reply;
        const bool good = query.headers.contains("authorization") &&
                          query.headers.at("authorization").starts_with("Basic ") &&
                          form.contains("code_verifier") && form.at("code") == "canary-code" &&
                          !form.contains("client_secret");
        if (good) ++exchanged;
        reply.body = good ? json{{"ok", true},
                                 {"access_token", "xoxb-added-canary"},
                                 {"token_type", "bot"},
                                 {"scope", "chat:write,channels:read"},
                                 {"expires_in", 43200},
                                 {"refresh_token", "xoxe-1-canary"},
                                 {"team", {{"id", "T0OTHER"}, {"name", "Other"}}}}
                                .dump()
                          : R"({"ok":false,"error":"invalid_code"})";
        return reply;
    });
    REQUIRE(story.fixture
                .run_command({"authorizations", "register", "--kind", "slack", "--client-id", "1.2",
                              "--client-secret-file", secret.string()})
                .code == 0);
    story.fixture.start();
    story.fixture.expect_log("event=http_listening");
    office_.command(office::admin, "add authorization");
    story.fill(office::admin, "Add an authorization", {{"Name", "Partner"}, {"How", "Add to Slack"}});
    std::string state;
    story.wait(
        [&] {
            for (const auto& message : story.slack.messages(office::admin)) {
                const auto at = message.text.find("state=");
                if (!says(message, "/oauth/v2/authorize?") || at == std::string::npos) continue;
                state = message.text.substr(at + 6, message.text.find('&', at) - at - 6);
            }
            return !state.empty();
        },
        "the link");
    const auto log = story.fixture.log();
    const auto at = log.find("port=", log.find("event=http_listening")) + 5;
    countersign::fakes::RawClient client(static_cast<std::uint16_t>(std::stoi(log.substr(at))));
    client.write("GET /oauth/callback?code=canary-code&state=" + state +
                 " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    CHECK(client.read_until("no such end").starts_with("HTTP/1.1 200"));
    story.expect_direct_message(office::admin, "was granted as");
    story.press_direct(office::admin, "Keep");
    story.expect_direct_message(office::admin, "Connected.");
    CHECK(exchanged == 1);
    const auto list = json::parse(story.fixture.run_command({"authorizations", "list", "--json"}).output)
                          .at("authorizations");
    REQUIRE(list.size() == 1);
    CHECK(list[0]["kind"] == "slack");
    CHECK(list[0]["renewable"] == true);
    office_.expect_no_canary();
    story.expect_good_manners();
}

TEST_CASE(
    "channels: an authorization is opened to one person and one channel, a German reader hears why not, and "
    "its use is counted (I10, I17, R22)") {
    Office office_;
    auto& story = office_.story;
    story.slack.set_locale(office::legal, "de-DE");
    story.fixture.start();
    story.slack.open_home(office::legal);
    story.expect_home(office::legal, "Deine Antr");
    REQUIRE(
        story.fixture
            .run_command({"authorizations", "add", "--kind", "slack", "--name", "Partner", "--token-stdin"},
                         "xoxb-partner-canary\n")
            .code == 0);
    // Opened before the list was written: refused all the same.
    office_.command(office::legal, "add");
    (void)story.form(office::legal, "Integration hinzufügen");
    office_.command(office::admin, "edit Partner");
    story.fill_refused(office::admin, "Edit", {{"Channels it may post in", "#results"}}, "is no channel id");
    story.fill(office::admin, "Edit",
               {{"Who may build on it", office::employee}, {"Channels it may post in", partner}});
    story.expect_direct_message(office::admin, "Saved.");
    story.fill_refused(
        office::legal, "Integration hinzufügen",
        {{"Name", "Ergebnisse"}, {"Verwenden für", "Kanal: Ergebnisse der Prüfung"}, {"Kanal-Id", partner}},
        "nur bestimmte Leute");
    office_.command(office::employee, "add");
    story.fill_refused(
        office::employee, "Add an integration",
        {{"Name", "Results"}, {"Use it for", "Channel: review results"}, {"Channel id", "C0OTHER"}},
        "may not be used for the channel C0OTHER");
    story.slack.submit(
        office::employee, story.form(office::employee, "Add an integration").id,
        {{"Name", "Results"}, {"Use it for", "Channel: review results"}, {"Channel id", partner}});
    story.expect_direct_message(office::employee, "Connected.");
    office_.expect_there("Countersign posts the results of app requests here");

    // The answer to the greeting may still be on its way.
    const auto shows = [&](const char* user, const std::string& words) {
        for (int round = 0; round < 50; ++round) {
            const auto heard = [&] {
                auto said = story.slack.messages(office::general);
                std::erase_if(said, [&](const auto& each) { return each.ephemeral_to != user; });
                return said;
            };
            const auto before = heard().size();
            office_.command(user, "show Partner");
            story.wait([&] { return heard().size() > before; }, "show to answer");
            if (says(heard().back(), words)) return true;
        }
        return false;
    };
    CHECK(shows(office::employee, "calls in all: 1"));
    CHECK(shows(office::legal, "Damit bauen dürfen"));
    const auto log = story.fixture.run_command({"audit", "export"}).output;
    CHECK(log.contains("authorization.first_used"));
    CHECK(log.contains("not_on_list"));
    // What was counted today is written down before the row goes.
    office_.command(office::admin, "remove Partner");
    story.fill(office::admin, "Remove", {{"Type its name to remove it", "Partner"}});
    story.expect_direct_message(office::admin, "was removed");
    CHECK(story.fixture.run_command({"audit", "export"}).output.contains("authorization.used"));
    CHECK(story.fixture.run_command({"audit", "verify"}).code == 0);
    office_.expect_no_canary();
    story.expect_good_manners();
}

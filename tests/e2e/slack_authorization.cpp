// A stored authorization of another workspace: added by "Add to Slack", renewed with token rotation, taken
// away there, given back here. With the real binary and a second fake Slack.
#include "tests/fakes/raw_client.hpp"
#include "tests/fakes/slack_oauth.hpp"
#include "tests/support/canary.hpp"
#include "tests/support/review_story.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>

using namespace countersign::tests;
using countersign::fakes::FakeSlack;
using countersign::fakes::SlackOauth;
using nlohmann::json;
using std::chrono::seconds;

namespace {

constexpr const char* key = "1 AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n";
constexpr const char* partner = "C0PARTNER";
const std::string public_url = "https://countersign.example.com";

struct Office {
    FakeSlack other;  // the partner's workspace
    ReviewStory story;
    SlackOauth oauth;

    explicit Office(seconds token_lives)
        : story(DaemonOptions{.more_sections =
                                  "[http]\nlisten = \"127.0.0.1:0\"\npublic_url = \"" + public_url + "\"\n"}),
          oauth(story.slack, other, {"1.2", "canary-client-secret", public_url + "/oauth/callback"},
                token_lives) {
        story.fixture.set_secret("countersign_key", key);
        other.add_channel(partner, "results");
        const auto secret = story.fixture.directory() / "client_secret";
        std::ofstream(secret) << "canary-client-secret\n";
        REQUIRE(story.fixture
                    .run_command({"authorizations", "register", "--kind", "slack", "--client-id", "1.2",
                                  "--client-secret-file", secret.string()})
                    .code == 0);
        story.fixture.start();
        story.fixture.expect_log("event=http_listening");
    }
    void command(const std::string& user, const std::string& text) {
        story.slack.command(user, office::general, "/installed-apps", text);
    }
    [[nodiscard]] std::ptrdiff_t heard(const std::string& user, const std::string& words) const {
        return std::ranges::count_if(story.slack.messages(user),
                                     [&](const auto& each) { return says(each, words); });
    }
    void expect_heard(const std::string& user, const std::string& words, std::ptrdiff_t times) {
        story.wait([&] { return heard(user, words) >= times; },
                   fmt::format("'{}' {} times for {}", words, times, user));
    }
    void expect_there(const std::string& words) {
        REQUIRE_MESSAGE(other.wait([&] {
            return std::ranges::any_of(other.messages(partner),
                                       [&](const auto& each) { return says(each, words); });
        }),
                        words);
    }
    // Follows the `round`th link that the admin was given, and keeps what comes of it.
    void follow_link(int round) {
        std::string link;
        story.wait(
            [&] {
                int links = 0;
                for (const auto& message : story.slack.messages(office::admin)) {
                    const auto at = message.text.find("/oauth/v2/authorize?");
                    if (at == std::string::npos) continue;
                    ++links;
                    link = message.text.substr(at, message.text.find_first_of("|>", at) - at);
                }
                return links == round;
            },
            "the link");
        for (auto at = link.find("&amp;"); at != std::string::npos; at = link.find("&amp;"))
            link.erase(at + 1, 4);
        const auto log = story.fixture.log();
        const auto at = log.find("port=", log.find("event=http_listening")) + 5;
        countersign::fakes::RawClient client(static_cast<std::uint16_t>(std::stoi(log.substr(at))));
        client.write("GET " + oauth.visit(link).substr(public_url.size()) +
                     " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        CHECK(client.read_until("no such end").starts_with("HTTP/1.1 200"));
        expect_heard(office::admin, "was granted as", round);
        story.press_direct(office::admin, "Keep");
    }
    void connect() {
        command(office::admin, "add authorization");
        story.fill(office::admin, "Add an authorization", {{"Name", "Partner"}, {"How", "Add to Slack"}});
        follow_link(1);
        story.expect_direct_message(office::admin, "Connected.");
    }
    void add_channel() {
        command(office::employee, "add");
        story.fill(office::employee, "Add an integration",
                   {{"Name", "Results"}, {"Use it for", "Channel: review results"}, {"Channel id", partner}});
    }
    [[nodiscard]] json listed() const {
        return json::parse(story.fixture.run_command({"authorizations", "list", "--json"}).output)
            .at("authorizations");
    }
    void expect_state(const std::string& state) {
        story.wait([&] { return listed().at(0).at("state") == state; }, "the state " + state);
        story.wait([&] { return listed().at(0).at("used_by").at(0).at("state") == state; },
                   "what is built on it to be " + state);
    }
    // From the other workspace, where our app is installed, too.
    void send_event(const json& inner) {
        auto event = story.slack.make_event(inner);
        event["team_id"] = "T0OTHER";
        event["enterprise_id"] = nullptr;
        story.slack.send_envelope("events_api", event);
    }
    [[nodiscard]] std::size_t revoked_there() const { return other.calls("auth.revoke").size(); }
    void expect_no_canary() {
        CanarySearch search;
        search.other_slacks = {&other};
        search.own_files = {"client_secret"};
        countersign::tests::expect_no_canary(story.fixture, search);
    }
};

}  // namespace

TEST_CASE(
    "Slack authorization: its token is rotated before it ends, the newest one posts, and removal gives it "
    "back "
    "(O10, O14)") {
    Office office_(seconds(4));
    auto& story = office_.story;
    office_.connect();
    const auto first = office_.oauth.newest();
    story.wait([&] { return office_.oauth.renewals() >= 2; }, "two renewals");
    CHECK(office_.oauth.newest() != first);
    CHECK(office_.oauth.complaints().empty());
    office_.story.slack.forget(first);  // its time is over
    office_.add_channel();
    story.expect_direct_message(office::employee, "A first message is on its way");
    story.expect_direct_message(office::employee, "Connected.");
    office_.expect_there("Countersign posts the results of app requests here from now on");
    office_.command(office::admin, "remove Partner");
    story.fill(office::admin, "Remove", {{"Type its name to remove it", "Partner"}});
    story.expect_alarm("was taken back by");
    story.wait([&] { return !office_.oauth.knows(office_.oauth.newest()); }, "the newest token to be dead");
    CHECK(office_.revoked_there() >= 1);
    CHECK(office_.listed().empty());
    CHECK(office_.oauth.complaints().empty());
    CHECK(story.fixture.run_command({"audit", "export"}).output.contains("taken back by its server"));
    office_.expect_no_canary();
    story.expect_good_manners();
}

TEST_CASE(
    "Slack authorization: tokens_revoked ends it and what posts by it, Reconnect heals both, app_uninstalled "
    "ends "
    "it again (I7, I9, I15)") {
    Office office_(seconds(43'200));
    auto& story = office_.story;
    office_.connect();
    office_.add_channel();
    story.expect_direct_message(office::employee, "Connected.");
    // Of somebody else's token: this one is looked at, and works.
    const auto looks = office_.other.calls("auth.test").size();
    office_.send_event(
        {{"type", "tokens_revoked"}, {"tokens", {{"oauth", {"U0ELSE"}}, {"bot", json::array()}}}});
    story.wait([&] { return office_.other.calls("auth.test").size() > looks; }, "another look");
    office_.expect_state("active");
    office_.oauth.uninstall();
    office_.send_event(
        {{"type", "tokens_revoked"}, {"tokens", {{"bot", {countersign::fakes::ids::bot_user}}}}});
    office_.expect_state("needs_reauth");
    story.expect_alarm("Slack says that it was revoked");
    story.expect_direct_message(office::employee, "has stopped");
    const auto posts = office_.other.messages(partner).size();

    office_.command(office::admin, "reconnect Partner");
    story.fill(office::admin, "Connect again", {{"How", "Add to Slack"}});
    office_.follow_link(2);
    story.expect_direct_message(office::admin, "Connected again");
    office_.expect_there("Countersign posts the results of app requests here again");
    office_.expect_heard(office::employee, "Connected.", 2);
    office_.expect_state("active");
    CHECK(office_.other.messages(partner).size() == posts + 1);
    // The new token is of the same installation: to give the old one back could end it.
    CHECK(office_.revoked_there() == 0);
    CHECK(story.fixture.run_command({"audit", "export"}).output.contains("both are of one installation"));

    office_.oauth.uninstall();
    office_.send_event({{"type", "app_uninstalled"}});
    office_.expect_state("needs_reauth");
    office_.expect_heard(office::employee, "has stopped", 2);
    CHECK(office_.heard(office::employee, "has stopped") == 2);
    for (const auto& alarm : story.slack.messages(office::alarms))  // nothing of our own is gone
        CHECK_FALSE(says(alarm, "the installation of Countersign"));
    CHECK(office_.oauth.complaints().empty());
    office_.expect_no_canary();
    story.expect_good_manners();
}

TEST_CASE(
    "Slack authorization: a workspace that took it away and says nothing is noticed at the next renewal, "
    "told once "
    "(O11)") {
    Office office_(seconds(6));
    auto& story = office_.story;
    office_.connect();
    office_.add_channel();
    story.expect_direct_message(office::employee, "Connected.");
    office_.oauth.uninstall();
    office_.expect_state("needs_reauth");
    story.expect_direct_message(office::employee, "has stopped");
    story.expect_alarm("does not work any more");
    const auto refused = office_.oauth.complaints().size();
    // However often it is asked for: no second renewal with a token that is dead.
    office_.command(office::employee, "test Results");
    story.wait(
        [&] {
            return std::ranges::any_of(story.slack.messages(office::general), [](const auto& each) {
                return says(each, "re-authentication is needed first");
            });
        },
        "the answer");
    CHECK(office_.oauth.complaints().size() == refused);
    CHECK(office_.heard(office::employee, "has stopped") == 1);
    office_.expect_no_canary();
    story.expect_good_manners();
}

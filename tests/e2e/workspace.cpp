// Without an admin token: the votes are the same, Slack's own button is pressed by a person (domain.md §0.1).
#include "tests/fakes/slackbot_messages.hpp"
#include "tests/support/review_story.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <ctime>
#include <fstream>

using namespace countersign::tests;
namespace fakes = countersign::fakes;

namespace {

constexpr const char* requests_channel = "C0REQUESTS";

DaemonOptions without_admin() {
    DaemonOptions options;
    options.admin_token = false;
    options.slack.enterprise = false;
    return options;
}

// Slack routes requests to a channel that the bot is in.
DaemonOptions routed() {
    auto options = without_admin();
    options.more_sections = "[slackbot]\nchannel = \"C0REQUESTS\"\n";
    options.slack.slackbot_channel = requests_channel;
    return options;
}

// Each manager hears of requests in a conversation with Slackbot; one of them has given a token.
DaemonOptions by_reviewer() {
    auto options = without_admin();
    options.reviewer_token = true;
    options.slack.reviewer_user = office::admin;
    options.slack.app_managers = {office::admin, office::admin_two};
    return options;
}

void open_channel(ReviewStory& story) {
    story.slack.add_channel(requests_channel, "app-requests");
}

}  // namespace

TEST_CASE("workspace: Slackbot's message becomes a request, its edit the decision (O9)") {
    auto options = routed();
    SUBCASE("2019") {
        options.slack.slackbot_words = "2019";
    }
    SUBCASE("2026") {
        options.slack.slackbot_words = "2026";
    }
    SUBCASE("German") {
        options.slack.slackbot_words = "de";
    }
    SUBCASE("Portuguese") {
        options.slack.slackbot_words = "pt";
    }
    ReviewStory story(options);
    open_channel(story);
    story.fixture.start();
    const auto id = story.ask(std::string("for the design team, see ") + office::issue);
    story.expect_card("REQ-1 Miro: In review");
    story.approve_as_all_parties();
    story.expect_card(": Ready");
    const auto label = fakes::notice_words(options.slack.slackbot_words).approve;
    story.expect_direct_message(office::admin, "https://acme.slack.com/archives/C0REQUESTS/p");
    story.expect_direct_message(office::admin, label);
    story.expect_direct_message(office::admin_two, label);
    story.slack.decide_outside(id, "approve", office::admin_two);
    story.expect_card(": Approved");
    CHECK_FALSE(says(story.card(), "decided outside"));
    story.expect_direct_message(office::employee, "is approved by <@U0ADMIN2>");
    CHECK(story.fixture.stop() == 0);
    story.expect_good_manners();
}

TEST_CASE("workspace: a decision that nobody here agreed to is seen as made outside (M11)") {
    ReviewStory story(routed());
    open_channel(story);
    story.fixture.start();
    const auto id = story.ask("please");
    story.expect_card("REQ-1 Miro: Waiting for vendor issue");
    SUBCASE("approved") {
        story.slack.decide_outside(id, "approve", office::admin);
        story.expect_card(": Approved · decided outside");
        story.expect_alarm("was approved outside Countersign without the agreement of");
    }
    SUBCASE("restricted") {
        story.slack.decide_outside(id, "restrict", office::admin);
        story.expect_card(": Restricted · decided outside");
    }
    SUBCASE("cancelled") {
        story.slack.decide_outside(id, "cancel", office::admin);
        story.expect_card(": Withdrawn · cancelled outside");
    }
    story.expect_good_manners();
}

TEST_CASE("workspace: the conversation of a manager with Slackbot is read, and one request stays one") {
    auto options = by_reviewer();
    SUBCASE("by asking from time to time") {}
    SUBCASE("by events too") {
        options.slack.reviewer_events = true;
    }
    ReviewStory story(options);
    story.fixture.start();
    const auto id = story.ask(std::string("see ") + office::issue);
    story.expect_card("REQ-1 Miro: In review");
    story.approve_as_all_parties();
    // The link opens for the person whose conversation it is; the other is told in words where to look.
    story.expect_direct_message(office::admin, "https://acme.slack.com/archives/D0ADMINSB/p");
    story.expect_direct_message(office::admin_two, "your conversation with Slackbot");
    story.slack.decide_outside(id, "approve", office::admin_two);
    story.expect_card(": Approved");
    CHECK(story.fixture.run_command({"requests", "list", "--json"}).output.find("REQ-2") ==
          std::string::npos);
    story.expect_good_manners();
}

TEST_CASE("workspace: what Slackbot wrote while the daemon was down is found at the start") {
    ReviewStory story(by_reviewer());
    const auto id = story.slack.request_app(office::employee, "A0MIRO", std::string("see ") + office::issue);
    story.fixture.start();
    story.expect_card("REQ-1 Miro: In review");
    CHECK(story.fixture.stop() == 0);
    story.slack.decide_outside(id, "restrict", office::admin);
    story.fixture.start();
    story.expect_card(": Restricted · decided outside");
}

TEST_CASE("workspace: what Slackbot wrote in the routed channel while nobody listened is found (O5)") {
    auto options = routed();
    options.slack.redelivery.clear();  // Slack has given its events up
    ReviewStory story(options);
    open_channel(story);
    std::string id;
    const auto ask = [&] {
        id = story.slack.request_app(office::employee, "A0MIRO", std::string("see ") + office::issue);
    };
    SUBCASE("at the start") {
        ask();
        story.fixture.start();
        story.expect_card("REQ-1 Miro: In review");
        CHECK(story.fixture.stop() == 0);
        story.slack.decide_outside(id, "restrict", office::admin);
        story.fixture.start();
    }
    SUBCASE("after a gap in the connection") {
        story.fixture.start();
        const auto without_connection = [&](const auto& what) {
            story.slack.upgrade_status(std::vector<int>(1'000, 503));
            story.slack.abort_connections();
            what();
            story.slack.upgrade_status({});
        };
        without_connection(ask);
        story.expect_card("REQ-1 Miro: In review");
        without_connection([&] { story.slack.decide_outside(id, "restrict", office::admin); });
    }
    story.expect_card(": Restricted · decided outside");
    for (const auto& call : story.slack.calls("conversations.history"))
        CHECK(call.token_kind == "bot");
}

TEST_CASE("workspace: a routed channel without the app in it is an alarm that says to invite it") {
    ReviewStory story(routed());
    story.slack.add_channel(requests_channel, "app-requests", false);
    story.fixture.start();
    story.expect_alarm("Slackbot's messages in the channel C0REQUESTS cannot be read");
    story.expect_alarm("Invite the app to that channel (/invite)");
}

TEST_CASE("workspace: what is approved is installed once Slack's log says so (R15)") {
    auto options = by_reviewer();
    options.slack.reviewer_scopes = {"im:history", "im:read", "admin"};
    ReviewStory story(options);
    story.fixture.start();
    const auto id = story.ask(std::string("see ") + office::issue);
    story.approve_as_all_parties();
    story.slack.decide_outside(id, "approve", office::admin_two);
    story.expect_card(": Approved");
    const fakes::Json log{{{"app_id", "A0MIRO"},
                           {"app_type", "Miro"},
                           {"user_id", office::employee},
                           {"date", std::to_string(std::time(nullptr) + 60)},
                           {"change_type", "added"}}};
    story.slack.script("team.integrationLogs",
                       {{"answer", {{"logs", log}, {"paging", {{"page", 1}, {"pages", 1}}}}}}, 1'000);
    const auto installed = [&] {
        return story.fixture.run_command({"requests", "list", "--json"}).output.contains("\"installed\"");
    };
    story.wait(installed, "the log's installation to be seen");
}

TEST_CASE("workspace: the integration log closes a request whose message says nothing new (M11)") {
    auto options = by_reviewer();
    options.slack.reviewer_scopes = {"im:history", "im:read", "admin"};
    ReviewStory story(options);
    story.fixture.start();
    story.slack.command(office::employee, office::general, "/app-request", "");
    story.fill(office::employee, "Request an app",
               {{"App", "Miro"}, {"Purpose", "whiteboards"}, {"Vendor issue link", office::issue}});
    story.expect_card("REQ-1 ");
    const auto id = story.slack.request_app(office::employee, "A0MIRO", "please");
    story.wait([&] { return story.slack.calls("chat.getPermalink").size() == 1; }, "the notice to be read");
    // Slackbot's messages cannot be read any more; the log can.
    story.slack.script("conversations.history", {{"error", "internal_error"}}, 1'000);
    story.slack.decide_outside(id, "approve", office::admin);
    story.expect_card(": Approved · decided outside");
}

TEST_CASE("workspace: wording that nobody knows becomes a task with the raw message, once (O9)") {
    ReviewStory story(routed());
    open_channel(story);
    story.fixture.start();
    auto words = fakes::notice_words("2026", office::employee);
    words.asks = "<@U0EMP> fancies <https://acme.slack.com/apps/A0MIRO|Miro>";
    words.approve = "Go ahead";
    words.restrict_app = "No way";
    story.slack.post_as(requests_channel, fakes::slackbot_notice(words));
    story.expect_alarm("Slackbot wrote something about an app that is not understood");
    story.expect_alarm("fancies");
    CHECK(story.slack.messages(office::review).empty());
    // The recorder has it, without anybody's name, for who teaches the wording.
    const auto samples = story.fixture.run_command({"slackbot-samples", "--not-understood", "--json"});
    CHECK(samples.code == 0);
    CHECK(samples.output.find("\"slackbot_samples\"") != std::string::npos);
    CHECK(samples.output.find("Go ahead") != std::string::npos);
    CHECK(samples.output.find(office::employee) == std::string::npos);
    CHECK(story.fixture.run_command({"slackbot-samples"}).output.find("unclear") != std::string::npos);
    // A look-alike is told of, and not believed.
    auto forged = fakes::slackbot_notice(fakes::notice_words("2026", office::employee));
    forged["user"] = office::outsider;
    story.slack.post_as(requests_channel, forged);
    story.expect_alarm("looks like one of Slackbot's. It is not believed");
    CHECK(story.slack.messages(office::review).empty());
}

TEST_CASE("workspace: new wording is learned at SIGHUP, and a file with a mistake keeps the old (O9, O15)") {
    ReviewStory story(routed());
    open_channel(story);
    story.fixture.start();
    const auto texts = story.fixture.directory() / "slackbot_texts.toml";
    const auto says_anew = [&](const std::string& app, const std::string& name) {
        auto words = fakes::notice_words("2026", office::employee, app, name);
        words.asks = "<@U0EMP> fancies <https://acme.slack.com/apps/" + app + "|" + name + ">";
        words.approve = "Go ahead";
        words.restrict_app = "No way";
        story.slack.post_as(requests_channel, fakes::slackbot_notice(words));
    };
    std::ofstream(texts)
        << "schema = 1\n[[locale]]\nname = \"en\"\nrequest = [\"{requester} fancies {app}\"]\n"
           "approve_buttons = [\"Go ahead\"]\nrestrict_buttons = [\"No way\"]\n";
    story.fixture.signal(SIGHUP);
    story.fixture.expect_log("event=reloaded");
    says_anew("A0MIRO", "Miro");
    story.expect_card("REQ-1 Miro: ");
    // Half a file, as an editor leaves it for a moment.
    std::ofstream(texts) << "schema = 1\n[[locale]]\nname = \"en\"\nrequest = [\"{requester} fanc";
    story.fixture.signal(SIGHUP);
    story.fixture.expect_log("event=reload_refused");
    story.expect_alarm("The configuration was not reloaded, the old one stays in use");
    story.expect_alarm("slackbot_texts.toml");
    says_anew("A0OTHER", "Other");
    story.wait(
        [&] {
            return std::ranges::any_of(story.slack.messages(office::review),
                                       [](const auto& card) { return says(card, "REQ-2 Other: "); });
        },
        "a card, as the old file still reads it");
}

TEST_CASE("workspace: a manager's Done closes a request whose edit never comes") {
    ReviewStory story(routed());
    open_channel(story);
    story.fixture.start();
    (void)story.ask(std::string("see ") + office::issue);
    story.approve_as_all_parties();
    story.expect_direct_message(office::admin, "press `Done` on the card");
    story.press(office::admin, "Done");
    story.expect_card(": Approved");
    story.expect_good_manners();
}

TEST_CASE("workspace: the admins are told what to press, and mark it done (M1)") {
    DaemonOptions options;
    options.admin_token = false;
    options.slack.enterprise = false;
    ReviewStory story(options);
    story.fixture.start();
    story.slack.command(office::employee, office::general, "/app-request", "");
    story.fill(office::employee, "Request an app",
               {{"App", "Miro"}, {"Purpose", "whiteboards"}, {"Vendor issue link", office::issue}});
    story.expect_card("REQ-1 Miro: In review");
    story.approve_as_all_parties();
    story.expect_card(": Ready");
    story.press(office::admin, "Done");
    story.expect_line(office::admin, "press `Approve app` or `Restrict app` first");
    story.press(office::admin, "Approve app");
    story.expect_line(office::admin, "Approve for Workspace");
    story.press(office::outsider, "Done");
    story.expect_line(office::outsider, "you may not, because");
    story.press(office::admin, "Done");
    story.expect_card(": Approved");
    story.expect_direct_message(office::employee, "is approved by <@U0ADMIN>");
    for (const auto& call : story.slack.calls())
        CHECK(call.token_kind != "admin");
    CHECK(story.fixture.stop() == 0);
    story.expect_good_manners();
}

TEST_CASE("workspace: restricted by hand, with the reason told") {
    DaemonOptions options;
    options.admin_token = false;
    options.slack.enterprise = false;
    ReviewStory story(options);
    story.fixture.start();
    story.slack.command(office::employee, office::general, "/app-request", "");
    story.fill(office::employee, "Request an app", {{"App", "Miro"}, {"Purpose", "whiteboards"}});
    story.expect_card("REQ-1 Miro: Waiting for vendor issue");
    story.press(office::admin, "Restrict app");
    story.fill(office::admin, "Restrict app", {{"Reason", "we have another whiteboard"}});
    story.press(office::admin, "Done");
    story.expect_card(": Restricted");
    story.expect_direct_message(office::employee, "we have another whiteboard");
    story.expect_good_manners();
}

TEST_CASE("workspace: check names each scope that the reviewer's token lacks") {
    auto options = by_reviewer();
    options.slack.reviewer_scopes = {"im:history"};
    ReviewStory story(options);
    const auto checked = story.fixture.run_command({"check"});
    CHECK(checked.code == 1);
    CHECK((checked.output + checked.errors).find("misses im:read") != std::string::npos);
}

TEST_CASE("workspace: check says where reminders of installing can have no effect (R15)") {
    auto options = by_reviewer();
    options.policy = "[deadlines]\nremind_install = [\"1 day\"]\n";
    const std::string no_effect = "remind_install and install_limit have no effect";
    bool readable = false;
    SUBCASE("without the scope") {}
    SUBCASE("with it") {
        options.slack.reviewer_scopes = {"im:history", "im:read", "admin"};
        readable = true;
    }
    ReviewStory story(options);
    const auto checked = story.fixture.run_command({"check"});
    CHECK((checked.output.find(no_effect) != std::string::npos) == !readable);
    CHECK((checked.output.find("installs: Slack's integration log can be read") != std::string::npos) ==
          readable);
}

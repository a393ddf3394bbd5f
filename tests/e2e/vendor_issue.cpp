// The vendor issue as the evidence (P5-P7, R5, U8, A16, A18, S8): the real binary between the fake Slack and
// a fake GitLab.
#include "tests/fakes/fake_gitlab.hpp"
#include "tests/fakes/raw_client.hpp"
#include "tests/support/tracker_story.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <csignal>
#include <filesystem>

using namespace countersign::tests;
using countersign::fakes::FakeGitlab;
using countersign::fakes::Json;

namespace {

using TrackerStory = BasicTrackerStory<FakeGitlab>;

}  // namespace

TEST_CASE(
    "P5, P6, U8: four labels on the issue make the request ready, and the decision stands on the issue") {
    TrackerStory story;
    const auto issue = story.open_issue();
    story.fixture.start();
    story.ask("see " + story.tracker.issue_url(issue));
    story.expect_card("In review");
    story.expect_note(issue, "- Security: waiting");
    // P7: somebody outside the roster is flagged, not counted.
    story.tracker.sign(issue, "mallory.gl", "Legal::Approved");
    story.expect_card("may not sign for Legal");
    story.tracker.unsign(issue, "mallory.gl", "Legal::Approved");
    story.sign_all(issue);
    story.expect_card(": Ready");
    story.expect_card("Security: approved by <@U0SEC1>, signed in GitLab");
    story.press(office::admin, "Approve app");
    story.expect_card(": Approved");
    story.expect_note(issue, "**Decision**: Approved by");
    const auto shown = story.fixture.run_command({"requests", "show", "REQ-1", "--json"});
    const auto json = Json::parse(shown.output);
    REQUIRE(!json["request"]["evidence"].empty());
    CHECK(json["request"]["evidence"].back()["verdict"]["verdict"] == "approved");
    CHECK(story.fixture.run_command({"requests", "show", "REQ-1"}).output.contains("Security label"));
    // A16: opened again after the approval.
    story.tracker.close(issue, "eva.gl");
    CHECK(story.tracker.would_be_actions().empty());
    CHECK(story.tracker.violations().empty());
    story.expect_good_manners();
}

TEST_CASE("R14: an answer stands on the issue as a comment, a confidential one only says that it came") {
    TrackerStory story;
    const auto issue = story.open_issue();
    story.fixture.start();
    story.ask("see " + story.tracker.issue_url(issue));
    story.expect_card("In review");
    story.expect_note(issue, "- Security: waiting");
    const auto comments = [&](const std::string& words) {
        return std::ranges::count_if(story.tracker.issue(issue).notes,
                                     [&](const auto& note) { return note.body.contains(words); });
    };
    const auto ask_and_answer = [&](const std::string& question, const std::string& answer) {
        story.press(office::security, "Need info");
        story.fill(office::security, "Need info", {{"Question", question}});
        story.expect_direct_message(office::employee, question);
        story.press_direct(office::employee, "Answer");
        story.fill(office::employee, "Answer", {{"Answer", answer}});
    };
    ask_and_answer("Which data does it see?", "Only its own boards");
    story.expect_direct_message(office::security, "Only its own boards");
    CHECK(story.tracker.wait([&] { return comments("answers the question of Security") == 1; }));
    CHECK(comments("Only its own boards") == 1);
    ask_and_answer("What does it cost?", "confidential: seven million");
    story.expect_direct_message(office::security, "seven million");
    CHECK(story.tracker.wait([&] { return comments("The answer is confidential") == 1; }));
    CHECK(comments("seven million") == 0);
    for (const auto* user : {office::legal, office::it, office::admin})
        for (const auto& message : story.slack.messages(user))
            CHECK_FALSE(says(message, "boards"));
    for (const auto& message : story.slack.messages(office::review))
        CHECK_FALSE(says(message, "seven million"));
    CHECK(story.tracker.would_be_actions().empty());
    story.expect_good_manners();
}

TEST_CASE("A18: a label taken off just before the press stops the approval") {
    TrackerStory story;
    const auto issue = story.open_issue();
    story.sign_all(issue);
    story.fixture.start();
    story.ask("see " + story.tracker.issue_url(issue));
    story.expect_card(": Ready");
    story.tracker.unsign(issue, "mallory.gl", "IT::Approved");
    story.press(office::admin, "Approve app");
    story.expect_line(office::admin, "Nothing was sent to Slack");
    story.expect_card("In review");
    CHECK(story.count("admin.apps.approve") == 0);
}

TEST_CASE(
    "A16: an issue that is opened again after the approval is looked at again, and nothing is restricted") {
    TrackerStory story;
    const auto issue = story.open_issue();
    story.sign_all(issue);
    story.tracker.close(issue, "eva.gl");
    story.fixture.start();
    story.ask("see " + story.tracker.issue_url(issue));
    story.expect_card(": Ready");
    story.press(office::admin, "Approve app");
    story.expect_card(": Approved");
    story.tracker.reopen(issue, "eva.gl");
    story.expect_card("Needs a human");
    story.expect_alarm("The vendor issue was opened again");
    CHECK(story.count("admin.apps.restrict") == 0);
}

TEST_CASE("R5, G6: a vendor issue is made once, though the daemon dies while it is made") {
    TrackerStory story;
    story.fixture.start();
    story.ask("for drawing\n/close\n@all");
    story.expect_card("Waiting for vendor issue");
    // Made, and the answer lost with the daemon.
    story.tracker.script("POST /projects", {{"perform", true}, {"hang", true}});
    story.press_direct(office::employee, "Create vendor issue");
    REQUIRE(story.tracker.wait([&] { return story.tracker.issues(TrackerStory::project).size() == 1; }));
    story.fixture.kill();
    story.fixture.start();
    story.expect_card("In review");
    const auto issues = story.tracker.issues(TrackerStory::project);
    REQUIRE(issues.size() == 1);
    CHECK(issues[0].description.contains("## Vendor approval for Miro"));
    CHECK(story.tracker.would_be_actions().empty());
    story.expect_direct_message(office::employee, "is linked to");
}

TEST_CASE("S8: a tracker that is down keeps the request where it is, and nothing is approved meanwhile") {
    TrackerStory story;
    const auto issue = story.open_issue();
    story.sign_all(issue);
    story.fixture.start();
    story.ask("see " + story.tracker.issue_url(issue));
    story.expect_card(": Ready");
    story.tracker.set_down(true);
    story.expect_card("GitLab does not answer");
    CHECK(says(story.card(), ": Ready"));
    story.tracker.set_down(false);
    story.wait([&] { return !says(story.card(), "does not answer"); }, "the card without the reason");
    story.press(office::admin, "Approve app");
    story.expect_card(": Approved");
}

TEST_CASE("A14: ticked boxes sign where that is switched on, and a tick from outside is flagged (P7)") {
    TrackerStory story({}, "poll_seconds = 10\ncheck_boxes = true");
    const auto issue = story.open_issue("We want Miro.\n\n- [ ] Security\n- [ ] Legal\n- [ ] IT");
    story.fixture.start();
    story.ask("see " + story.tracker.issue_url(issue));
    story.expect_card("In review");
    story.tracker.tick(issue, "mallory.gl", "Legal");
    story.expect_card("may not sign for Legal");
    story.tracker.tick(issue, "sam.gl", "Security");
    story.expect_card("Security: approved by <@U0SEC1>, signed in GitLab");
    story.tracker.untick(issue, "mallory.gl", "Security");
    story.expect_card("Security: waiting");
    CHECK(story.tracker.violations().empty());
}

TEST_CASE("§6: a webhook is heard at once, where polling would come in an hour") {
    DaemonOptions options;
    options.more_sections = "\n[http]\nlisten = \"127.0.0.1:0\"\n";
    TrackerStory story(std::move(options), "poll_seconds = 3600");
    story.fixture.set_secret("procurement_webhook_secret", "hook-secret");
    const auto issue = story.open_issue();
    story.fixture.start();
    story.fixture.expect_log("event=http_listening");
    const auto log = story.fixture.log();
    const auto port = static_cast<std::uint16_t>(
        std::stoi(log.substr(log.find("port=", log.find("event=http_listening")) + 5)));
    story.ask("see " + story.tracker.issue_url(issue));
    story.expect_note(issue, "- Security: waiting");
    story.tracker.sign(issue, "sam.gl", "Security::Approved");
    const auto body = fmt::format(R"({{"object_kind":"issue","project":{{"path_with_namespace":"{}"}},)"
                                  R"("object_attributes":{{"iid":{}}}}})",
                                  issue.project, issue.iid);
    countersign::fakes::RawClient hook(port);
    hook.write(
        fmt::format("POST /webhooks/procurement HTTP/1.1\r\nHost: x\r\nX-Gitlab-Event: Issue Hook\r\n"
                    "X-Gitlab-Token: hook-secret\r\nIdempotency-Key: 1\r\nContent-Length: {}\r\n\r\n{}",
                    body.size(), body));
    CHECK(hook.read_until("\r\n\r\n").starts_with("HTTP/1.1 200 "));
    story.expect_card("Security: approved by <@U0SEC1>, signed in GitLab");
}

TEST_CASE("S6: a token that comes by SIGHUP begins the polling, also of issues that were linked before") {
    TrackerStory story;
    std::filesystem::remove(story.fixture.directory() / "credentials" / "procurement_token");
    const auto issue = story.open_issue();
    story.sign_all(issue);
    story.fixture.start();
    story.ask("see " + story.tracker.issue_url(issue));
    story.expect_card("In review");
    CHECK(story.tracker.calls().empty());
    story.give_token();
    story.fixture.signal(SIGHUP);
    story.expect_card(": Ready");
    story.expect_note(issue, "approved by");
}

namespace {

// What the daemon answered to the newest slash command, in its ack.
std::string typed(TrackerStory& story, const std::string& user, const std::string& text) {
    const auto envelope = story.slack.command(user, office::review, "/app-request", text);
    std::string answer;
    story.wait(
        [&] {
            for (const auto& ack : story.slack.acks())
                if (ack.envelope_id == envelope && ack.payload.is_object())
                    answer = ack.payload.value("text", "");
            return !answer.empty();
        },
        "an answer to /app-request " + text);
    return answer;
}

std::string code_in(const std::string& answer) {
    const auto at = answer.find("```countersign-");
    REQUIRE_MESSAGE(at != std::string::npos, answer);
    return answer.substr(at + 3, answer.find("```", at + 3) - at - 3);
}

}  // namespace

TEST_CASE("P9: a person connects their own account with a code that only they have, and then signs with it") {
    TrackerStory story;
    story.tracker.add_account("second.gl", "Second of Security");
    const auto issue = story.open_issue();
    story.fixture.start();
    story.ask("see " + story.tracker.issue_url(issue));
    story.expect_note(issue, "- Security: waiting");
    story.tracker.sign(issue, "second.gl", "Security::Approved");
    story.expect_card("may not sign for Security");

    CHECK(typed(story, office::security_two, "connect yes").contains("nothing to confirm"));
    CHECK(typed(story, office::security_two, "connect elsewhere").contains("I know no tracker elsewhere"));
    // The configuration says who this person is.
    CHECK(typed(story, office::security, "connect").contains("configuration already says"));
    // Two accounts with one code prove nothing.
    const auto stolen = code_in(typed(story, office::security_two, "connect"));
    story.tracker.comment(issue, "second.gl", stolen);
    story.tracker.comment(issue, "mallory.gl", stolen);
    story.wait(
        [&] {
            const auto told = story.slack.messages(office::security_two);
            return std::ranges::any_of(told, [](const auto& each) {
                return says(each, "Two accounts wrote your code") || says(each, "Your code was written by");
            });
        },
        "a word about the code");
    const auto code = code_in(typed(story, office::security_two, "connect"));
    CHECK(code != stolen);
    story.tracker.comment(issue, "second.gl", "look: " + code);
    story.tracker.comment(issue, "second.gl", code);
    story.expect_direct_message(office::security_two, "on GitLab (account");
    story.expect_card("Security: waiting");
    CHECK(typed(story, office::security_two, "connect yes").contains("You are now known as"));
    story.tracker.unsign(issue, "second.gl", "Security::Approved");
    // Taken off and put on in one moment tells nobody what came last.
    story.tracker.pass(std::chrono::seconds(2));
    story.tracker.sign(issue, "second.gl", "Security::Approved");
    story.expect_card("Security: approved by <@U0SEC2>, signed in GitLab");
    CHECK(typed(story, office::security_two, "disconnect").contains("Done"));
    CHECK(typed(story, office::security_two, "disconnect").contains("connected to no account"));
}

TEST_CASE(
    "P14: comments stand in the card's thread, replies there on the issue, and nothing internal leaks") {
    TrackerStory story;
    const auto issue = story.open_issue();
    story.tracker.comment(issue, "eva.gl", "from before the link");
    // The moment of the link counts by the second.
    const auto second = [] { return floor<std::chrono::seconds>(std::chrono::system_clock::now()); };
    story.wait([&, then = second()] { return second() > then; }, "the next second");
    story.fixture.start();
    story.ask("see " + story.tracker.issue_url(issue));
    story.expect_note(issue, "- Security: waiting");
    const auto card = story.card();
    const auto thread = [&] {
        std::vector<std::string> texts;
        for (const auto& each : story.slack.messages(office::review))
            if (each.thread_ts == card.ts) texts.push_back(each.text);
        return texts;
    };
    const auto expect_thread = [&](std::size_t count, const std::string& words) {
        story.wait(
            [&] {
                const auto texts = thread();
                return texts.size() == count &&
                       std::ranges::any_of(texts, [&](const auto& each) { return each.contains(words); });
            },
            "a reply with " + words);
    };
    story.tracker.comment(issue, "mallory.gl", "secret of the project", true);
    const auto note = story.tracker.comment(
        issue, "eva.gl", "<!channel> is *safe*? ![plan](/uploads/0123/plan.png) <@U0SEC1>");
    expect_thread(1, "(a file)");
    CHECK(thread()[0].contains("(a file)"));
    CHECK_FALSE(thread()[0].contains("<!channel>"));
    CHECK_FALSE(thread()[0].contains("<@U0SEC1>"));
    CHECK_FALSE(thread()[0].contains("uploads"));
    story.tracker.edit_comment(issue, note, "Is it safe?");
    expect_thread(1, "Is it safe?");

    // A reply goes the other way, once; our own and other bots' words do not.
    const auto say = [&](const std::string& ts, countersign::fakes::Json more) {
        Json inner{{"type", "message"}, {"channel", office::review}, {"channel_type", "channel"},
                   {"ts", ts},          {"thread_ts", card.ts},      {"user", office::legal}};
        inner.update(more);
        story.slack.send_envelope("events_api", story.slack.make_event(std::move(inner)));
    };
    say("1795000001.000100", {{"text", "It is.\n/close\n@all &lt;b&gt;"}});
    say("1795000002.000100", {{"text", "from a bot"}, {"bot_id", "B0OTHER"}});
    const auto replies = [&] {
        std::vector<std::string> bodies;
        for (const auto& each : story.tracker.issue(issue).notes)
            if (each.body.contains("countersign:reply")) bodies.push_back(each.body);
        return bodies;
    };
    REQUIRE(story.tracker.wait([&] { return replies().size() == 1; }));
    CHECK(replies()[0].contains("It is."));
    say("1795000003.000100", {{"subtype", "message_changed"},
                              {"message",
                               {{"type", "message"},
                                {"user", office::legal},
                                {"ts", "1795000001.000100"},
                                {"thread_ts", card.ts},
                                {"text", "It is not."}}}});
    REQUIRE(story.tracker.wait([&] { return replies().size() == 1 && replies()[0].contains("It is not."); }));
    say("1795000004.000100", {{"subtype", "message_deleted"},
                              {"deleted_ts", "1795000001.000100"},
                              {"previous_message",
                               {{"type", "message"},
                                {"user", office::legal},
                                {"ts", "1795000001.000100"},
                                {"thread_ts", card.ts},
                                {"text", "It is not."}}}});
    REQUIRE(story.tracker.wait([&] { return replies().size() == 1 && replies()[0].contains("taken away"); }));
    CHECK(story.tracker.would_be_actions().empty());

    story.tracker.set_confidential(issue, true);
    expect_thread(1, "which is confidential now");
    CHECK_FALSE(thread()[0].contains("safe"));
    story.tracker.comment(issue, "eva.gl", "only among us");
    story.tracker.sign(issue, "sam.gl", "Security::Approved");
    story.expect_card("Security: approved by <@U0SEC1>");
    CHECK(thread().size() == 1);
    story.expect_good_manners();
}

TEST_CASE("A18: without an admin token the issue is read again before a manager is sent to Slack's button") {
    DaemonOptions options;
    options.admin_token = false;
    options.slack.enterprise = false;
    options.more_sections = "[slackbot]\nchannel = \"C0REQUESTS\"\n";
    options.slack.slackbot_channel = "C0REQUESTS";
    TrackerStory story(std::move(options), "poll_seconds = 3600");
    story.slack.add_channel("C0REQUESTS", "app-requests");
    const auto issue = story.open_issue();
    for (std::size_t at = 0; at < 3; ++at)
        story.tracker.sign(issue, TrackerStory::signers[at].second, TrackerStory::signers[at].first);
    story.fixture.start();
    story.ask("see " + story.tracker.issue_url(issue));
    story.expect_card("Procurement: approved by");
    // Taken off after the last reading; the vote that makes it ready is one in Slack.
    story.tracker.unsign(issue, "mallory.gl", "Legal::Approved");
    story.press(office::it, "Approve");
    story.expect_card("Legal: waiting");
    for (const auto& each : story.slack.messages(office::admin))
        CHECK_FALSE(says(each, "Approve for Workspace"));
    story.press(office::legal, "Approve");
    story.expect_card(": Ready");
    story.expect_direct_message(office::admin, "Approve for Workspace");
    story.tracker.remove(issue);
    story.press(office::admin, "Approve app");
    story.expect_line(office::admin, "Please press nothing in Slack yet");
}

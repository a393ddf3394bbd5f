#include "config/base/time_zone.hpp"
#include "tests/support/issue_world.hpp"
#include "tests/support/slackbot_world.hpp"

using namespace countersign;
using namespace countersign::tests;
using fakes::notice_words;
using std::chrono::days;

namespace {

using People = std::vector<std::string>;

const std::string two_admins = "[apply]\ntwo_admins = [\"low\", \"medium\", \"high\", \"critical\"]\n";
const std::string slacks_button = "Review and Approve for Workspace";

std::string day(const ReviewWorld& world, days from_today = days(0)) {
    return time_zone::date_text(world.clock.now() + from_today, "UTC");
}

std::string blackout_on(const std::string& date) {
    return "[[blackout]]\nfrom = \"" + date + "\"\nuntil = \"" + date + "\"\nreason = \"Year end\"\n";
}

void agree(ReviewWorld& world) {
    for (const auto* voter : {"U0SEC1", "U0LEGAL"})
        world.press(voter, ids::vote_approve, 1);
}

// Slackbot has written, and every party agrees. The message's time stamp.
std::string agreed_request(SlackbotWorld& world, const std::string& policy,
                           const std::string& requester = "U0EMP") {
    world.settings.policy = with_policy(policy).policy;
    const auto ts = world.ts();
    world.posted(world.notice(good_link, requester), ts);
    world.run();
    agree(world);
    world.run();
    return ts;
}

// Everybody who was told to press Slack's own button, once for each time.
People sent_to_button(const ReviewWorld& world) {
    People people;
    for (const auto& effect : world.performed) {
        const auto args = Json::parse(effect.args);
        if (args.value("text", "").contains(slacks_button))
            people.push_back(args.value("user", args.value("channel", "")));
    }
    std::ranges::sort(people);
    return people;
}

// What whoever presses reads.
std::string answer_to(ReviewWorld& world, const std::string& user, std::string_view action) {
    world.press(user, action, 1);
    world.run();
    return world.heard(user).back();
}

void override_blackout(ReviewWorld& world, const std::string& admin) {
    world.submit(admin, ids::form_override, 1, {{"reason", "an incident"}});
    world.run();
}

void approved_in_slack(SlackbotWorld& world, const std::string& ts) {
    world.edited(fakes::slackbot_decision("<@U0ADMIN2> approved this app"), ts);
    world.run();
    REQUIRE(world.state(1) == RequestState::approved);
}

void check_agreed(SlackbotWorld& world) {
    CHECK(world.state(1) == RequestState::approved);
    CHECK(world.request(1).outside == storage::Outside::no);
    CHECK_FALSE(world.audited("decision.deviation", "REQ-1"));
}

void check_outside(SlackbotWorld& world, const std::string& missing) {
    CHECK(world.request(1).outside == storage::Outside::decided);
    CHECK(world.audited("decision.deviation", "REQ-1"));
    CHECK(world.alarmed("was approved outside Countersign without the agreement of " + missing + "."));
}

// Slackbot's message with the button stands in the channel.
void give_notice(ReviewWorld& world, std::int64_t id) {
    const storage::SlackbotNotice notice{.channel = ChannelId(routed),
                                         .ts = "1.0001",
                                         .request = RequestId{id},
                                         .kind = "request",
                                         .digest = "d",
                                         .approve_label = slacks_button,
                                         .restrict_label = {},
                                         .permalink = "https://acme.slack.com/archives/C0REQUESTS/p1",
                                         .seen_at = world.clock.now()};
    world.db.writer().transaction(
        [&] { storage::apply(world.db.writer(), storage::SaveSlackbotNotice{notice}, world.clock.now()); });
}

// Without the Admin API.
std::int64_t noticed_request(IssueWorld& world) {
    world.capabilities.admin = false;
    const auto id = world.linked_request();
    give_notice(world, id);
    return id;
}

void reload(ReviewWorld& world, const std::string& hash) {
    world.settings.hash = hash;
    world.handle(handlers::EventKind::reloaded, Json::object(), world.next("reloaded"));
    world.run();
    world.pass(std::chrono::seconds(2));
    world.run();
}

}  // namespace

TEST_CASE("O9: a notice opens one request, whoever else sees the same one") {
    SlackbotWorld world;
    const auto first = world.ts();
    world.posted(world.notice(), first);
    REQUIRE(world.requests() == 1);
    const auto request = world.request(1);
    CHECK(request.source == storage::RequestSource::slackbot);
    CHECK(request.app_id == AppId("A0MIRO"));
    CHECK(request.requester == UserId("U0EMP"));
    CHECK(request.team_id == TeamId("T1"));
    CHECK(request.state == RequestState::in_review);  // the link in the reason counts
    CHECK(world.view().vendor_issue(RequestId{1})->iid == 12);
    SUBCASE("the same message again") {
        CHECK(world.posted(world.notice(), first).changes.empty());
    }
    SUBCASE("another manager's") {
        world.posted(world.notice(), world.ts(5), manager_im);
    }
    SUBCASE("another manager's, after the decision") {
        world.edited(fakes::slackbot_decision("<@U0ADMIN> approved this app"), first);
        world.posted(world.notice(), world.ts(30), manager_im);
        CHECK(world.state(1) == RequestState::approved);
    }
    SUBCASE("the event of the Admin API") {
        world.capabilities.admin = true;
        world.app_requested(slack_request("Ar1", "A0MIRO", "U0EMP",
                                          {slack_scope("chat:write"), slack_scope("users:read", "user")}));
        CHECK(world.request(1).slack_id == SlackRequestId("Ar1"));
    }
    CHECK(world.requests() == 1);
}

TEST_CASE("O9: other people, other apps and later times are other requests") {
    SlackbotWorld world;
    world.posted(world.notice(), world.ts());
    world.posted(world.notice(good_link, "U0OTHER"), world.ts(1));
    CHECK(world.requests() == 2);
    world.edited(fakes::slackbot_decision("<@U0ADMIN> dismissed this request"), world.ts());
    CHECK(world.state(1) == RequestState::withdrawn);
    CHECK(world.request(1).outside == storage::Outside::cancelled);
    world.pass(std::chrono::hours(1));
    world.posted(world.notice(), world.ts());
    CHECK(world.requests() == 3);
}

TEST_CASE("O9: asking again soon after the end is a new request, another manager's copy of it is not") {
    SlackbotWorld world;
    world.posted(world.notice(), world.ts());
    world.run();
    world.submit("U0SEC1", ids::form_reject, 1, {{"reason", "say what it is for"}});
    REQUIRE(world.state(1) == RequestState::denied);
    world.posted(world.notice(), world.ts(2), manager_im);
    REQUIRE(world.requests() == 1);
    world.pass(std::chrono::minutes(5));
    world.posted(world.notice("for the design team, see " + good_link), world.ts());
    REQUIRE(world.requests() == 2);
    CHECK_FALSE(storage::is_final(world.state(2)));
    world.posted(world.notice("for the design team, see " + good_link), world.ts(2), manager_im);
    CHECK(world.requests() == 2);
}

TEST_CASE("O9: apps that Slackbot names without a link are told apart by their names") {
    SlackbotWorld world;
    const auto asked = [&](const std::string& user, const std::string& app, int n) {
        auto words = fakes::notice_words("2026", user, "", app);
        words.asks = "<@" + user + "> would like to install the app " + app + " on the workspace Acme";
        words.reason = good_link;
        world.posted(fakes::slackbot_notice(words), world.ts(n));
    };
    asked("U0EMP", "Miro", 0);
    asked("U0EMP", "Draw", 1);
    asked("U0OTHER", "Paint", 2);
    REQUIRE(world.requests() == 3);
    CHECK(world.request(1).app_name == "Miro");
    CHECK(world.request(2).app_name == "Draw");
    CHECK(world.state(3) == RequestState::in_review);
    asked("U0OTHER", "Draw", 3);
    REQUIRE(world.requests() == 4);
    CHECK(world.state(4) == RequestState::superseded);
}

TEST_CASE("O9: who asks for an app that is looked at again has a request of their own") {
    SlackbotWorld world;
    const auto ts = agreed_request(world, "");
    world.edited(fakes::slackbot_decision("<@U0ADMIN> approved this request"), ts);
    world.run();
    REQUIRE(world.state(1) == RequestState::approved);
    world.command("U0LEGAL", "object REQ-1 late");
    world.run();
    REQUIRE(world.state(1) == RequestState::reconsider);
    world.posted(world.notice(), world.ts(2), manager_im);
    CHECK(world.requests() == 1);
    world.pass(std::chrono::hours(1));
    world.posted(world.notice(), world.ts());
    REQUIRE(world.requests() == 2);
    CHECK(world.state(2) == RequestState::in_review);
}

TEST_CASE("O9: a form that was filled in before is the same request") {
    SlackbotWorld world;
    storage::AppRequest form;
    form.id = {1};
    form.source = storage::RequestSource::form;
    form.app_name = "miro";
    form.team_id = TeamId("T1");
    form.requester = UserId("U0EMP");
    form.state = RequestState::awaiting_issue;
    form.created_at = world.clock.now();
    world.db.writer().transaction(
        [&] { storage::apply(world.db.writer(), storage::SaveRequest{form}, world.clock.now()); });
    world.posted(world.notice(), world.ts());
    CHECK(world.requests() == 1);
    CHECK(world.request(1).app_id == AppId("A0MIRO"));
    CHECK(world.request(1).scopes.size() == 2);
    CHECK(world.state(1) == RequestState::in_review);
}

TEST_CASE("M11: the edit of a notice is the decision, with who") {
    SlackbotWorld world;
    const auto ts = world.ts();
    world.posted(world.notice(), ts);
    SUBCASE("restricted") {
        world.edited(fakes::slackbot_decision("<@U0ADMIN> restricted this app"), ts);
        CHECK(world.state(1) == RequestState::restricted);
        CHECK(world.request(1).decided_by == UserId("U0ADMIN"));
        CHECK(world.request(1).outside == storage::Outside::decided);
    }
    SUBCASE("denied") {
        world.edited(fakes::slackbot_decision("<@U0ADMIN> denied this request"), ts);
        CHECK(world.state(1) == RequestState::denied);
    }
    SUBCASE("approved without the parties: a deviation") {
        world.edited(fakes::slackbot_decision("<@U0ADMIN> approved this app"), ts);
        CHECK(world.state(1) == RequestState::approved);
        CHECK(world.audited("decision.deviation", "REQ-1"));
    }
    // Twice, and contradicted: said, and nothing changes.
    const auto state = world.state(1);
    world.edited(fakes::slackbot_decision("<@U0ADMIN> cancelled this request"), ts);
    CHECK(world.state(1) == state);
}

TEST_CASE("M11: an old edit that is read late decides nothing of what was taken up again") {
    SlackbotWorld world;
    const auto ts = world.ts();
    const auto copy = world.ts(2);
    world.posted(world.notice(), ts);
    world.posted(world.notice(), copy, manager_im);
    REQUIRE(world.requests() == 1);
    world.pass(std::chrono::minutes(1));
    world.edited(fakes::slackbot_decision("<@U0ADMIN> approved this app"), ts);
    REQUIRE(world.state(1) == RequestState::approved);
    world.command("U0LEGAL", "object REQ-1 the vendor was sold");
    REQUIRE(world.state(1) == RequestState::reconsider);
    world.pass(std::chrono::hours(48));
    world.edited(fakes::slackbot_decision("<@U0ADMIN> approved this app"), copy, manager_im);
    CHECK(world.state(1) == RequestState::reconsider);
    CHECK(world.view().decisions(RequestId{1}).size() == 1);
}

TEST_CASE("O9: what an edit does not say clearly changes nothing, and is a task") {
    SlackbotWorld world;
    const auto ts = world.ts();
    world.posted(world.notice(), ts);
    SUBCASE("new words") {
        world.edited(fakes::slackbot_decision("<@U0ADMIN> waved it through"), ts);
    }
    SUBCASE("another app") {
        world.edited(fakes::slackbot_decision("x", notice_words("2026", "U0EMP", "A0OTHER", "Other")), ts);
    }
    SUBCASE("two decisions") {
        world.edited(fakes::slackbot_decision("<@U0ADMIN> approved this app\n<@U0ADMIN> restricted this app"),
                     ts);
    }
    SUBCASE("the buttons are gone and nothing else") {
        world.edited({{"user", "USLACKBOT"}, {"text", ""}}, ts);
    }
    world.run();
    CHECK(world.state(1) == RequestState::in_review);
    CHECK(world.alarmed("the new words are not understood"));
    CHECK(world.audited("slackbot.not_understood", "REQ-1"));
}

TEST_CASE("O9: decisions that stand alone, and outcomes in a channel, are not believed") {
    SlackbotWorld world;
    world.posted(world.notice(), world.ts());
    // A reminder can make Slackbot say this.
    world.posted(
        {{"type", "message"},
         {"user", "USLACKBOT"},
         {"text", "Reminder: look\n<@U0ADMIN> approved this app <https://slack.com/apps/A0MIRO|Miro>"}},
        world.ts(1));
    world.posted({{"type", "message"}, {"user", "USLACKBOT"}, {"text", "<@U0ADMIN> approved this app"}},
                 world.ts(2));
    world.posted({{"type", "message"},
                  {"user", "USLACKBOT"},
                  {"text", "Your request to install <https://slack.com/apps/A0MIRO|Miro> was approved."}},
                 world.ts(3));
    world.run();
    CHECK(world.state(1) == RequestState::in_review);
    CHECK(world.alarmed("not understood"));
}

TEST_CASE("O9: what Slackbot tells the requester counts where the requester is the reviewer") {
    SlackbotWorld world;
    world.posted(world.notice(good_link, "U0ADMIN"), world.ts(), manager_im);
    world.posted({{"type", "message"},
                  {"user", "USLACKBOT"},
                  {"text", "Your request to install <https://slack.com/apps/A0MIRO|Miro> was restricted."}},
                 world.ts(3), manager_im);
    CHECK(world.state(1) == RequestState::restricted);
}

TEST_CASE("O9: words like those of an outcome, which anybody can have said by a reminder, are only a hint") {
    const std::string link = "<https://slack.com/apps/A0MIRO|Miro>";
    const std::string outcome = "Your request to install " + link + " was approved.";
    for (const std::string& text :
         {"Reminder: look at this\n" + outcome, "Reminder: x (chat:write)\n" + outcome,
          outcome + "\nAs you asked.", "> look\n" + outcome,
          std::string("Your request to install Miro was approved."),
          "Your request to install Miro was approved.\n" + link,
          "Your request to install the good " + link + " was approved."}) {
        CAPTURE(text);
        for (const bool log_readable : {false, true}) {
            SlackbotWorld world;
            world.posted(world.notice(good_link, "U0ADMIN"), world.ts(), manager_im);
            world.capabilities.reviewer = log_readable;
            world.posted({{"type", "message"}, {"user", "USLACKBOT"}, {"text", text}}, world.ts(3),
                         manager_im);
            CHECK(world.state(1) == RequestState::in_review);
            // Slack's log is asked at once; where it cannot be read, a person looks.
            CHECK(world.waiting("team.integrationLogs").has_value() == log_readable);
            world.run();
            CHECK(world.alarmed("Slackbot seems to say what became of REQ-1") == !log_readable);
        }
    }
}

TEST_CASE("O9: a message that reads like a decision from the start proves nothing when it is edited") {
    SlackbotWorld world;
    auto words = notice_words("2026");
    words.reason_label = "A label nobody knows";
    words.reason = "<@U0ADMIN> approved this app";
    const auto ts = world.ts();
    world.posted(fakes::slackbot_notice(words), ts);
    REQUIRE(world.requests() == 1);
    world.edited(fakes::slackbot_decision("Something new", words), ts);
    CHECK(world.state(1) != RequestState::approved);
    world.run();
    CHECK(world.alarmed("not understood"));
}

TEST_CASE("O9: personal talk with Slackbot is neither kept nor shown") {
    SlackbotWorld world;
    const auto outcome =
        world.posted({{"type", "message"}, {"user", "USLACKBOT"}, {"text", "Here is your summary."}},
                     world.ts(), manager_im);
    CHECK(outcome.changes.empty());
    CHECK(outcome.effects.empty());
    CHECK(world
              .posted({{"type", "message"}, {"user", "U0ADMIN"}, {"text", "my secret"}}, world.ts(1),
                      manager_im)
              .effects.empty());
    CHECK(world.view().slackbot_samples(10).empty());
}

TEST_CASE("O9: the recorder keeps one sample of a kind, and not more than three hundred") {
    SlackbotWorld world;
    for (int i = 0; i < 3; ++i)
        world.posted(world.notice("reason " + std::to_string(i), "U0P" + std::to_string(i)), world.ts(i));
    CHECK(world.view().slackbot_samples(1'000).size() == 1);
    world.db.writer().transaction([&] {
        for (int i = 0; i < 320; ++i) {
            world.clock.advance(std::chrono::seconds(1));
            storage::apply(world.db.writer(),
                           storage::RecordSlackbotSample{
                               {"shape" + std::to_string(i), "unclear", 10, "", "{}", world.clock.now()}},
                           world.clock.now());
        }
    });
    const auto kept = world.view().slackbot_samples(1'000);
    CHECK(kept.size() == 300);
    CHECK(kept.front().shape == "shape319");
}

TEST_CASE("M1: when all agree the managers are shown Slack's own message, and Done closes it") {
    SlackbotWorld world;
    const auto ts = world.ts();
    world.posted(world.notice(), ts);
    const auto call = world.expect("chat.getPermalink");
    CHECK(call.token == storage::TokenKind::bot);
    world.answer(call, {"ok", "", {{"permalink", "https://acme.slack.com/archives/C0REQUESTS/p1"}}});
    world.press("U0SEC1", ids::vote_approve, 1);
    world.press("U0LEGAL", ids::vote_approve, 1);
    world.run();
    REQUIRE(world.state(1) == RequestState::ready);
    const auto told = world.heard("U0ADMIN");
    REQUIRE(told.size() == 1);
    CHECK(told[0].find("https://acme.slack.com/archives/C0REQUESTS/p1") != std::string::npos);
    CHECK(told[0].find("Review and Approve for Workspace") != std::string::npos);
    SUBCASE("Done") {
        world.press("U0ADMIN", ids::done, 1);
        CHECK(world.state(1) == RequestState::approved);
    }
    SUBCASE("the edit: nothing about it is outside the process") {
        world.edited(fakes::slackbot_decision("<@U0ADMIN2> approved this app"), ts);
        CHECK(world.state(1) == RequestState::approved);
        CHECK(world.request(1).outside == storage::Outside::no);
        CHECK_FALSE(world.audited("decision.deviation", "REQ-1"));
    }
    CHECK(world.request(1).decided_by.value.starts_with("U0ADMIN"));
}

TEST_CASE("domain.md 2.2: each event of an app has its effect") {
    ReviewWorld world;
    world.start();
    const auto event = [&](Json inner) {
        world.clock.advance(std::chrono::seconds(1));
        const auto outcome =
            world.handle(handlers::EventKind::events_api,
                         {{"type", "event_callback"}, {"event", std::move(inner)}}, world.next("env"));
        CHECK(outcome.recognised);
        world.run();
    };
    const auto sweeps = [&] { return world.performed_of("auth.teams.list").size(); };
    auto before = sweeps();
    SUBCASE("installed without approval") {
        event({{"type", "app_installed"},
               {"app_id", "A9"},
               {"app_name", "Nine"},
               {"user_id", "U1"},
               {"team_id", "T1"}});
        CHECK(world.audited("install.deviation", "A9"));
    }
    SUBCASE("installed after approval: the requester hears of it") {
        const auto id = world.ready_request();
        world.press("U0ADMIN", ids::approve_app, id);
        world.run();
        REQUIRE(world.state(id) == RequestState::approved);
        before = sweeps();
        event({{"type", "app_installed"},
               {"app_id", "A1"},
               {"app_name", "x"},
               {"user_id", "U1"},
               {"team_id", "T1"}});
        CHECK(world.heard("U0REQ").back().find("is installed by <@U1>") != std::string::npos);
        CHECK_FALSE(world.audited("install.deviation", "A1"));
        return;
    }
    SUBCASE("uninstalled") {
        event({{"type", "app_uninstalled_team"}, {"app_id", "A9"}, {"team_id", "T1"}});
    }
    SUBCASE("deleted") {
        event({{"type", "app_deleted"}, {"app_id", "A9"}});
    }
    SUBCASE("tokens revoked") {
        event({{"type", "tokens_revoked"}, {"tokens", {{"oauth", {"U1"}}}}});
    }
    SUBCASE("our own uninstall") {
        event({{"type", "app_uninstalled"}});
    }
    SUBCASE("a workspace more") {
        event({{"type", "team_access_granted"}, {"team_ids", {"T7"}}});
    }
    SUBCASE("a workspace less") {
        event({{"type", "team_access_revoked"}, {"team_ids", nullptr}});
    }
    SUBCASE("rate limited: no inner event at all (O8)") {
        const auto outcome =
            world.handle(handlers::EventKind::events_api,
                         {{"type", "app_rate_limited"}, {"minute_rate_limited", 1518467820}}, "e1");
        CHECK(outcome.recognised);
        world.pass(std::chrono::minutes(1));
        world.run();
    }
    CHECK(sweeps() == before + 1);
}

TEST_CASE("R16: an approval until a day that Slackbot tells of ends on it too") {
    SlackbotWorld world;
    const auto ts = world.ts();
    world.posted(world.notice(), ts);
    world.press("U0SEC1", ids::vote_approve, 1);
    world.press("U0LEGAL", ids::vote_approve, 1);
    world.run();
    world.submit("U0ADMIN", ids::form_limits, 1,
                 {{"until", time_zone::date_text(world.clock.now() + days(2), "UTC")}});
    world.run();
    world.edited(fakes::slackbot_decision("<@U0ADMIN2> approved this app"), ts);
    REQUIRE(world.state(1) == RequestState::approved);
    world.pass(days(4));
    CHECK(world.state(1) == RequestState::reconsider);
}

TEST_CASE("M1: who asked for a restriction is not told to approve when the parties agree later") {
    SlackbotWorld world;
    const auto ts = world.ts();
    world.posted(world.notice(), ts);
    world.submit(
        "U0ADMIN", ids::form_restrict, 1,
        {{"reason", "no contract"}, {"until", time_zone::date_text(world.clock.now() + days(2), "UTC")}});
    world.press("U0SEC1", ids::vote_approve, 1);
    world.press("U0LEGAL", ids::vote_approve, 1);
    world.run();
    REQUIRE(world.state(1) == RequestState::ready);
    for (const auto& text : world.heard("U0ADMIN"))
        CHECK_FALSE(text.contains("Review and Approve"));
    world.edited(fakes::slackbot_decision("<@U0ADMIN2> restricted this app"), ts);
    CHECK(world.state(1) == RequestState::restricted);
    world.pass(days(4));
    world.run();
    CHECK(world.alarmed("The restriction of"));
}

TEST_CASE("8.4 O9: a notice that is cancelled while its request waits for another ends that request alone") {
    SlackbotWorld world;
    world.posted(world.notice(), world.ts());
    const auto second = world.ts(1);
    world.posted(world.notice("me too", "U0TWO"), second);
    world.run();
    REQUIRE(world.state(2) == RequestState::superseded);
    world.edited(fakes::slackbot_decision("<@U0ADMIN> cancelled this request"), second);
    world.run();
    CHECK(world.state(1) == RequestState::in_review);
    CHECK(world.state(2) == RequestState::withdrawn);
    CHECK(world.request(2).outside == storage::Outside::cancelled);
    CHECK(world.heard("U0TWO").back().contains("cancelled in Slack"));
    // Nobody waits for it in Slack any more: it does not stand on its own again.
    world.press("U0EMP", ids::withdraw, 1);
    world.run();
    CHECK(world.state(2) == RequestState::withdrawn);
    CHECK(world.heard("U0TWO").back().contains("REQ-1"));
}

TEST_CASE("M1: nobody is sent to a message of Slackbot's whose buttons are gone") {
    SlackbotWorld world;
    const auto ts = world.ts();
    world.posted(world.notice(), ts);
    world.answer(world.expect("chat.getPermalink"),
                 {"ok", "", {{"permalink", "https://acme.slack.com/archives/C0REQUESTS/p1"}}});
    world.submit("U0SEC1", ids::form_reject, 1, {{"reason", "not yet"}});
    world.edited(fakes::slackbot_decision("<@U0ADMIN> cancelled this request"), ts);
    world.run();
    REQUIRE(world.state(1) == RequestState::denied);
    world.pass(std::chrono::minutes(1));
    world.press("U0ADMIN", ids::reopen, 1);
    const auto told = world.heard("U0ADMIN").size();
    world.press("U0SEC1", ids::vote_approve, 1);
    world.press("U0LEGAL", ids::vote_approve, 1);
    world.run();
    REQUIRE(world.state(1) == RequestState::ready);
    CHECK(world.heard("U0ADMIN").size() == told);
    world.press("U0ADMIN", ids::approve_app, 1);
    world.run();
    CHECK_FALSE(world.heard("U0ADMIN").back().contains("archives/C0REQUESTS"));
    world.press("U0ADMIN", ids::done, 1);
    CHECK(world.state(1) == RequestState::approved);
}

TEST_CASE("invariant 6: a message that asks for fewer permissions approves no more than it asks for") {
    SlackbotWorld world;
    const auto first = world.ts();
    world.posted(world.notice(), first);
    auto more = fakes::sample_scopes;
    more.first += "\nView messages (channels:history)";
    auto words = notice_words("2026");
    words.reason = good_link;
    const auto second = world.ts(1);
    world.posted(fakes::slackbot_notice(words, more), second);
    REQUIRE(world.requests() == 1);
    REQUIRE(world.request(1).scopes.size() == 3);
    world.edited(fakes::slackbot_decision("<@U0ADMIN> approved this app"), first);
    world.run();
    CHECK(world.state(1) == RequestState::in_review);
    CHECK(world.alarmed("a message that asks for fewer permissions"));
    auto decided = fakes::slackbot_notice(words, more);
    decided["blocks"].erase(decided["blocks"].size() - 1);
    decided["blocks"].push_back(fakes::mrkdwn_section("<@U0ADMIN> approved this app"));
    world.edited(decided, second);
    CHECK(world.state(1) == RequestState::approved);
}

TEST_CASE("M1, P17: of two admins the last is sent to Slack's own button, and Done counts for neither") {
    SlackbotWorld world;
    const auto ts = agreed_request(world, two_admins);
    REQUIRE(world.state(1) == RequestState::ready);
    CHECK(sent_to_button(world) == People{});
    CHECK(world.card(1).contains("<@U0ADMIN> <@U0ADMIN2> <!subteam^S0ADMINS>: press `Approve app`, follow"));
    const std::string wants = "The policy wants 2 admins for REQ-1; ";
    CHECK(answer_to(world, "U0ADMIN", ids::done) == wants + "2 more have to press `Approve app`.");
    CHECK(answer_to(world, "U0ADMIN", ids::approve_app) ==
          "Noted. " + wants + "1 more has to press `Approve app`.");
    for (const auto* admin : {"U0ADMIN", "U0ADMIN2"})
        CHECK(answer_to(world, admin, ids::done) == wants + "1 more has to press `Approve app`.");
    CHECK(world.state(1) == RequestState::ready);
    CHECK(world.request(1).decision == storage::DecisionKind::none);
    CHECK(sent_to_button(world) == People{});
    world.press("U0ADMIN2", ids::approve_app, 1);
    world.run();
    CHECK(sent_to_button(world) == People{"U0ADMIN2"});
    SUBCASE("Done") {
        world.press("U0ADMIN", ids::done, 1);
        check_agreed(world);
        CHECK(world.request(1).decided_by == UserId("U0ADMIN"));
    }
    SUBCASE("the edit") {
        approved_in_slack(world, ts);
        check_agreed(world);
        CHECK(world.request(1).decided_by == UserId("U0ADMIN2"));
    }
    SUBCASE("what they agreed to lapses with a vote") {
        world.pass(std::chrono::minutes(1));
        world.press("U0SEC1", ids::take_back, 1);
        world.press("U0SEC1", ids::vote_approve, 1);
        world.run();
        REQUIRE(world.state(1) == RequestState::ready);
        CHECK(answer_to(world, "U0ADMIN", ids::done) == wants + "2 more have to press `Approve app`.");
        CHECK(sent_to_button(world) == People{"U0ADMIN2"});
        approved_in_slack(world, ts);
        check_outside(world, "2 more admins");
    }
}

TEST_CASE("M11, P17: Slack's approval before enough admins have agreed is one outside") {
    SlackbotWorld world;
    const auto ts = agreed_request(world, two_admins);
    std::string missing = "2 more admins";
    SUBCASE("nobody has") {}
    SUBCASE("one has") {
        world.press("U0ADMIN", ids::approve_app, 1);
        missing = "1 more admin";
    }
    SUBCASE("one of them is none any more") {
        for (const auto* admin : {"U0ADMIN", "U0ADMIN2"})
            world.press(admin, ids::approve_app, 1);
        std::erase(world.settings.review.admins, "U0ADMIN");
        missing = "1 more admin";
    }
    approved_in_slack(world, ts);
    check_outside(world, missing);
}

TEST_CASE(
    "P17: who asks for an app is none of two admins, not by Done either, nor for having pressed before") {
    SlackbotWorld world;
    const std::string own =
        "REQ-1 needs more than one admin, and you asked for the app yourself: the others "
        "decide.";
    SUBCASE("by Done") {
        agreed_request(world, two_admins, "U0ADMIN");
        for (const auto* admin : {"U0ADMIN2", "U0ADMIN3"})
            world.press(admin, ids::approve_app, 1);
        world.run();
        CHECK(answer_to(world, "U0ADMIN", ids::done) == own);
        CHECK(world.state(1) == RequestState::ready);
        world.press("U0ADMIN2", ids::done, 1);
        check_agreed(world);
    }
    SUBCASE("who asks since then") {
        const auto ts = agreed_request(world, two_admins);
        for (const auto* admin : {"U0ADMIN", "U0ADMIN2"})
            world.press(admin, ids::approve_app, 1);
        world.posted(world.notice("me too", "U0ADMIN"), world.ts(1));
        world.run();
        REQUIRE(world.state(2) == RequestState::superseded);
        CHECK(answer_to(world, "U0ADMIN2", ids::done) ==
              "The policy wants 2 admins for REQ-1; 1 more has to press `Approve app`.");
        approved_in_slack(world, ts);
        check_outside(world, "1 more admin");
    }
}

TEST_CASE("M1, M21: a reload that lets one admin alone or at once tells the managers then, once") {
    SlackbotWorld world;
    world.start();
    SUBCASE("one admin is enough") {
        agreed_request(world, two_admins);
        REQUIRE(world.state(1) == RequestState::ready);
    }
    SUBCASE("the blackout is off") {
        agreed_request(world, blackout_on(day(world)));
        REQUIRE(world.state(1) == RequestState::held);
    }
    REQUIRE(sent_to_button(world) == People{});
    world.settings.policy = review_settings().policy;
    reload(world, "other");
    CHECK(world.state(1) == RequestState::ready);
    const People managers{"U0ADMIN", "U0ADMIN2", "U0ADMIN3"};
    CHECK(sent_to_button(world) == managers);
    reload(world, "another");
    CHECK(sent_to_button(world) == managers);
    world.press("U0ADMIN2", ids::done, 1);
    check_agreed(world);
}

TEST_CASE("M21: the managers are sent to Slack's own button when the blackout ends, and Done waits as long") {
    SlackbotWorld world;
    const auto ends = day(world, days(1));
    const auto ts = agreed_request(world, blackout_on(day(world)));
    CHECK(world.state(1) == RequestState::held);
    CHECK(world.card(1).contains("Next: Every party has agreed. Nothing is applied until " + ends +
                                 ": Year end."));
    CHECK(answer_to(world, "U0ADMIN", ids::done) ==
          "nothing is applied until " + ends + ". Press `Approve app` to say why it cannot wait.");
    CHECK(world.state(1) == RequestState::held);
    CHECK(sent_to_button(world) == People{});
    SUBCASE("it ends") {
        world.pass(days(1));
        world.run();
        CHECK(world.state(1) == RequestState::ready);
        CHECK(sent_to_button(world) == People{"U0ADMIN", "U0ADMIN2"});
        approved_in_slack(world, ts);
        check_agreed(world);
    }
    SUBCASE("Slack's approval in it is one outside") {
        approved_in_slack(world, ts);
        check_outside(world, "an admin who overrides the blackout");
    }
    SUBCASE("a restriction does not wait") {
        world.submit("U0ADMIN", ids::form_restrict, 1, {{"reason", "no contract"}});
        world.run();
        CHECK(world.state(1) == RequestState::ready);
        CHECK(world.heard("U0ADMIN").back().contains("Review and Restrict for Workspace"));
        world.press("U0ADMIN", ids::done, 1);
        CHECK(world.state(1) == RequestState::restricted);
    }
    SUBCASE("nor for a second admin") {
        world.settings.policy = with_policy(two_admins + blackout_on(day(world))).policy;
        world.submit("U0ADMIN", ids::form_restrict, 1, {{"reason", "no contract"}});
        world.press("U0ADMIN", ids::done, 1);
        CHECK(world.state(1) == RequestState::restricted);
    }
}

TEST_CASE("M21: with a reason one admin alone is sent to Slack's own button in a blackout") {
    SlackbotWorld world;
    const auto ends = day(world, days(1));
    const auto later = days(3);
    const auto ts = agreed_request(world, blackout_on(day(world)) + blackout_on(day(world, later)));
    world.press("U0ADMIN", ids::approve_app, 1);
    CHECK(world.expect("views.open").args.contains("Year end"));
    override_blackout(world, "U0ADMIN");
    CHECK(world.state(1) == RequestState::ready);
    CHECK(world.request(1).state_note.empty());
    CHECK(sent_to_button(world) == People{"U0ADMIN"});
    SUBCASE("Done") {
        world.press("U0ADMIN2", ids::done, 1);
        check_agreed(world);
        CHECK(world.request(1).decision_reason == "an incident");
    }
    SUBCASE("the edit") {
        approved_in_slack(world, ts);
        check_agreed(world);
        CHECK(world.request(1).decision_reason == "an incident");
    }
    SUBCASE("what was overridden lapses with a vote") {
        world.pass(std::chrono::minutes(1));
        world.press("U0SEC1", ids::take_back, 1);
        world.press("U0SEC1", ids::vote_approve, 1);
        world.run();
        CHECK(world.state(1) == RequestState::held);
        CHECK(answer_to(world, "U0ADMIN", ids::done).starts_with("nothing is applied until " + ends));
        approved_in_slack(world, ts);
        check_outside(world, "an admin who overrides the blackout");
    }
    SUBCASE("it says nothing of the next blackout") {
        world.pass(later);
        world.run();
        CHECK(answer_to(world, "U0ADMIN", ids::done)
                  .starts_with("nothing is applied until " + day(world, days(1))));
        approved_in_slack(world, ts);
        check_outside(world, "an admin who overrides the blackout");
    }
}

TEST_CASE("M21, P17: in a blackout each of two admins says why, and the last is sent to Slack's own button") {
    SlackbotWorld world;
    const auto ts = agreed_request(world, two_admins + blackout_on(day(world)));
    CHECK(world.state(1) == RequestState::ready);
    override_blackout(world, "U0ADMIN");
    CHECK(sent_to_button(world) == People{});
    override_blackout(world, "U0ADMIN2");
    CHECK(world.state(1) == RequestState::ready);
    CHECK(sent_to_button(world) == People{"U0ADMIN2"});
    SUBCASE("Done") {
        world.press("U0ADMIN", ids::done, 1);
    }
    SUBCASE("the edit") {
        approved_in_slack(world, ts);
    }
    check_agreed(world);
}

TEST_CASE("M21: steps that an admin was shown before a blackout are not taken in it without a reason") {
    SlackbotWorld world;
    std::string policy;
    SUBCASE("one admin") {}
    SUBCASE("two admins") {
        policy = two_admins;
    }
    const auto ts = agreed_request(world, policy);
    for (const auto* admin : {"U0ADMIN", "U0ADMIN2"})
        world.press(admin, ids::approve_app, 1);
    world.run();
    world.pass(std::chrono::minutes(1));
    world.settings.policy = with_policy(policy + blackout_on(day(world))).policy;
    CHECK(answer_to(world, "U0ADMIN", ids::done) == "nothing is applied until " + day(world, days(1)) +
                                                        ". Press `Approve app` to say why it cannot wait.");
    CHECK(world.state(1) == RequestState::ready);
    approved_in_slack(world, ts);
    check_outside(world, "an admin who overrides the blackout");
}

TEST_CASE(
    "A18, P17: nobody else is sent to Slack's button while the issue is read for the last of two admins") {
    IssueWorld world;
    const auto id = noticed_request(world);
    world.settings.policy = with_policy(two_admins).policy;
    world.story.label(IssueStory::legal_label, true, IssueStory::legal);
    for (const auto account : {IssueStory::sec, IssueStory::sec2})
        world.story.comment(account, "approved: Security");
    world.poll();
    REQUIRE(world.state(id) == RequestState::ready);
    world.clock.advance(std::chrono::minutes(5));
    for (const auto* admin : {"U0ADMIN", "U0ADMIN2"})
        world.press(admin, ids::approve_app, id);
    SUBCASE("somebody votes meanwhile") {
        world.press("U0SEC1", ids::vote_abstain, id);
        world.run_all({"tracker.read_issue"});
        CHECK(sent_to_button(world) == People{});
        world.run_all();
        CHECK(sent_to_button(world) == People{"U0ADMIN2"});
    }
    SUBCASE("one of the signs is gone, and the party agrees all the same") {
        world.story.facts.comments.pop_back();
        world.story.tick();
        world.run_all();
        CHECK(world.state(id) == RequestState::ready);
        CHECK(world.heard("U0ADMIN2").back().contains("Please press nothing in Slack yet"));
        CHECK(sent_to_button(world) == People{});
        world.press("U0ADMIN2", ids::approve_app, id);
        world.run_all();
        CHECK(sent_to_button(world) == People{"U0ADMIN2"});
    }
}

TEST_CASE(
    "A18: a sign that goes before the managers are told, without which the party agrees, holds up nobody") {
    IssueWorld world;
    const auto id = noticed_request(world);
    for (const auto account : {IssueStory::sec, IssueStory::sec2})
        world.story.comment(account, "approved: Security");
    world.poll();
    world.story.facts.comments.pop_back();
    world.story.tick();
    world.clock.advance(std::chrono::minutes(5));
    world.press("U0LEGAL", ids::vote_approve, id);
    world.run_all();
    CHECK(world.state(id) == RequestState::ready);
    CHECK(world.card(id).contains("Security: approved by <@U0SEC1>, signed"));
    CHECK(sent_to_button(world) == People{"U0ADMIN", "U0ADMIN2", "U0ADMIN3"});
    CHECK_FALSE(world.audited("decision.stopped", "REQ-1"));
}

TEST_CASE("A18: a sign that is found gone when an admin presses is told to the others, too") {
    IssueWorld world;
    const auto id = noticed_request(world);
    world.story.sign_all();
    world.poll();
    REQUIRE(world.state(id) == RequestState::ready);
    world.story.label(IssueStory::security_label, false, IssueStory::outsider);
    world.clock.advance(std::chrono::minutes(5));
    world.press("U0ADMIN", ids::approve_app, id);
    world.run_all();
    CHECK(world.state(id) == RequestState::in_review);
    CHECK(world.audited("decision.stopped", "REQ-1"));
    REQUIRE_FALSE(world.alarms().empty());
    CHECK(world.alarms().back().contains("REQ-1 is not ready any more. Security: the sign of"));
}

TEST_CASE("A18: nobody is sent to Slack's button on signs of an issue that is found to be a duplicate") {
    auto settings = tracker_settings();
    settings.review.require_vendor_issue = false;
    IssueWorld world(settings);
    const auto id = noticed_request(world);
    world.story.sign_all();
    world.poll();
    REQUIRE(world.state(id) == RequestState::ready);
    world.submit("U0ADMIN2", ids::form_need_info, id, {{"question", "Why?"}});
    world.run_all();
    REQUIRE(world.state(id) == RequestState::need_info);
    const auto shown = world.heard("U0ADMIN").size();
    world.clock.advance(std::chrono::minutes(5));
    world.press("U0ADMIN", ids::approve_app, id);
    REQUIRE(world.waiting("tracker.read_issue"));
    world.story.facts.duplicate = true;
    world.story.tick();
    world.run_all();
    CHECK(world.request(id).decision == storage::DecisionKind::none);
    const auto heard = world.heard("U0ADMIN");
    CHECK(std::none_of(heard.begin() + static_cast<std::ptrdiff_t>(shown), heard.end(),
                       [](const auto& text) { return text.contains("Approve for Workspace"); }));
}

TEST_CASE("A18: a suspended app is not let in again on a sign that is gone by then") {
    IssueWorld world;
    const auto id = noticed_request(world);
    world.story.sign_all();
    world.poll();
    REQUIRE(world.state(id) == RequestState::ready);
    world.press("U0ADMIN", ids::approve_app, id);
    world.run_all();
    world.press("U0ADMIN", ids::done, id);
    world.run_all();
    REQUIRE(world.state(id) == RequestState::approved);
    world.command("U0ADMIN", "suspend REQ-1 stolen");
    world.run_all();
    REQUIRE(world.state(id) == RequestState::manual);
    const auto sent = sent_to_button(world).size();
    world.story.label(IssueStory::legal_label, false, IssueStory::legal);
    world.clock.advance(std::chrono::minutes(5));
    world.press("U0ADMIN", ids::approve_app, id);
    world.run_all();
    CHECK(sent_to_button(world).size() == sent);
    world.press("U0ADMIN", ids::done, id);
    world.run_all();
    CHECK(world.state(id) != RequestState::approved);
}

TEST_CASE("A18: another issue that is linked before the managers are told is read first") {
    IssueWorld world;
    const auto id = noticed_request(world);
    world.clock.advance(std::chrono::minutes(5));
    agree(world);
    world.run_all({"tracker.read_issue"});
    REQUIRE(world.state(id) == RequestState::ready);
    const auto reading = world.expect("tracker.read_issue");
    const auto told = world.tracker(reading);
    auto managers = People{"U0ADMIN", "U0ADMIN2", "U0ADMIN3"};
    world.story.facts.iid = 13;
    world.story.facts.url = "https://gitlab.com/acme/vendors/-/issues/13";
    SUBCASE("it is of this app") {}
    SUBCASE("it is of another app") {
        world.story.facts.title = "Slack app: Elsewhere";
        world.story.facts.description = "";
        managers.clear();
    }
    world.submit("U0REQ", ids::form_link, id, {{std::string(ids::field_issue), world.story.facts.url}});
    world.run_all({"tracker.read_issue"});
    world.answer(reading, told);
    world.run_all({"tracker.read_issue"});
    CHECK(sent_to_button(world) == People{});
    world.run_all();
    CHECK(sent_to_button(world) == managers);
}

TEST_CASE("A18, M21: what is overridden stays so while the vendor issue is read again") {
    IssueWorld world;
    world.capabilities.admin = false;
    const auto id = world.linked_request();
    world.settings.policy = with_policy(blackout_on(day(world))).policy;
    agree(world);
    world.run_all();
    REQUIRE(world.state(id) == RequestState::held);
    world.clock.advance(std::chrono::minutes(5));
    world.before_reading = [&] { world.clock.advance(std::chrono::seconds(1)); };
    world.submit("U0ADMIN", ids::form_override, id, {{"reason", "an incident"}});
    world.run_all();
    CHECK(world.state(id) == RequestState::ready);
    CHECK(world.heard("U0ADMIN").back().contains("Approve for Workspace"));
    world.press("U0ADMIN2", ids::done, id);
    CHECK(world.state(id) == RequestState::approved);
    CHECK(world.request(id).decision_reason == "an incident");
}

TEST_CASE("A18, M21: a blackout that begins before the vendor issue can be read again is waited for") {
    IssueWorld world;
    const auto id = noticed_request(world);
    world.clock.advance(std::chrono::minutes(5));
    world.fails = "unreachable";
    agree(world);
    world.run_all();
    REQUIRE(world.state(id) == RequestState::ready);
    REQUIRE(sent_to_button(world) == People{});
    world.settings.policy = with_policy(blackout_on(day(world))).policy;
    world.pass(std::chrono::minutes(1));
    world.run_all();
    CHECK(world.state(id) == RequestState::held);
    world.fails.clear();
    world.pass(days(1));
    world.run_all();
    CHECK(world.state(id) == RequestState::ready);
    CHECK(sent_to_button(world) == People{"U0ADMIN", "U0ADMIN2", "U0ADMIN3"});
}

#include "config/base/time_zone.hpp"
#include "handlers/figures.hpp"
#include "handlers/judging.hpp"
#include "tests/support/review_world.hpp"

#include <doctest/doctest.h>

using namespace countersign;
using namespace countersign::tests;
using namespace std::chrono;

namespace {

std::int64_t ask(ReviewWorld& world, const std::string& id = "Ar1", const std::string& app = "A1",
                 const std::vector<Json>& scopes = {slack_scope("chat:write")},
                 const std::string& message = good_link) {
    world.app_requested(slack_request(id, app, "U0REQ", scopes, message));
    world.run();
    return world.view().next_request_id().value - 1;
}

std::string day_in(ReviewWorld& world, days offset) {
    return time_zone::date_text(world.clock.now() + offset, "UTC");
}

std::string errors(const handlers::Outcome& outcome) {
    return outcome.ack;
}

bool heard(ReviewWorld& world, const std::string& user, const std::string& words) {
    const auto all = world.heard(user);
    return std::ranges::any_of(all, [&](const auto& text) { return text.contains(words); });
}

// Lets the clock pass in steps, so that every timer gets its turn.
void wait(ReviewWorld& world, hours time) {
    for (hours passed{0}; passed < time; passed += hours(6)) {
        world.pass(hours(6));
        world.run();
    }
}

}  // namespace

TEST_CASE("P3: a condition with a day to come counts, is shown, and lapses after its day") {
    ReviewWorld world;
    const auto id = ask(world);
    world.press("U0LEGAL", ids::vote_conditional, id);
    CHECK(world.expect("views.open").args.contains("Until"));
    const auto submit = [&](const std::string& condition, const std::string& until) {
        return world.submit("U0LEGAL", ids::form_conditional, id,
                            {{"condition", condition}, {"until", until}});
    };
    CHECK(errors(submit("", day_in(world, days(3)))).contains("say what has to happen"));
    CHECK(errors(submit("sign", "soon")).contains("write a day"));
    CHECK(errors(submit("sign", "2026-02-30")).contains("write a day"));
    CHECK(errors(submit("sign", day_in(world, days(-1)))).contains("has passed"));
    const auto until = day_in(world, days(3));
    submit("sign the contract", until);
    world.press("U0SEC1", ids::vote_approve, id);
    world.run();
    CHECK(world.state(id) == RequestState::ready);
    CHECK(world.card(1).contains("conditional until " + until));
    wait(world, hours(24 * 5));
    CHECK(world.state(id) == RequestState::in_review);
    CHECK(world.card(1).contains("the condition was due on " + until));
    // A plain approval lifts it; a second condition replaces the first.
    world.press("U0LEGAL", ids::vote_approve, id);
    CHECK(world.state(id) == RequestState::ready);
}

TEST_CASE("P3: a condition that is not met after the approval makes the admins look again") {
    ReviewWorld world;
    const auto id = ask(world);
    world.submit("U0LEGAL", ids::form_conditional, id,
                 {{"condition", "sign"}, {"until", day_in(world, days(2))}});
    world.press("U0SEC1", ids::vote_approve, id);
    world.press("U0ADMIN", ids::approve_app, id);
    world.run();
    REQUIRE(world.state(id) == RequestState::approved);
    wait(world, hours(24 * 4));
    CHECK(world.state(id) == RequestState::reconsider);
    CHECK(world.card(1).contains("Needs a human"));
    CHECK(heard(world, "C0ITALARMS", "needs a human"));
    // Keep: read back from Slack, not assumed.
    world.press("U0ADMIN", ids::keep_decision, id);
    CHECK(errors(world.submit("U0ADMIN", ids::form_keep, id, {{"reason", " "}})).contains("say why"));
    world.submit("U0NOBODY", ids::form_keep, id, {{"reason", "x"}});
    world.run();
    CHECK(heard(world, "U0NOBODY", "only admins"));
    world.submit("U0ADMIN", ids::form_keep, id, {{"reason", "signed meanwhile"}});
    CHECK(world.state(id) == RequestState::reconsider);
    world.run();
    CHECK(world.state(id) == RequestState::approved);
    CHECK(world.request(id).outside == storage::Outside::no);
}

TEST_CASE("P3: a condition that is looked at before its day is over is looked at again at its end") {
    ReviewWorld world;
    const auto id = ask(world);
    const auto until = day_in(world, days(2));
    world.submit("U0LEGAL", ids::form_conditional, id, {{"condition", "sign"}, {"until", until}});
    world.press("U0SEC1", ids::vote_approve, id);
    world.run();
    REQUIRE(world.state(id) == RequestState::ready);
    SUBCASE("for the clock was set back, and the timer with it") {
        const auto timer = world.view().timer("condition:REQ-1:Legal:U0LEGAL").value();
        storage::apply(world.db.writer(), storage::SetTimer{{timer.name, world.clock.now(), timer.event}},
                       world.clock.now());
    }
    SUBCASE("for days end later since the policy names another zone") {
        world.settings.policy = with_policy("[calendar]\nzone = \"Pacific/Pago_Pago\"\n").policy;
    }
    SUBCASE("and is no reason to say that it has lapsed, whatever else of its party does not count") {
        world.settings.review.parties[1].members.emplace_back("U0LEGAL2");
        world.submit("U0LEGAL2", ids::form_conditional, id,
                     {{"condition", "ask"}, {"until", day_in(world, days(0))}});
        world.pass(days(1));
        world.run();
        REQUIRE(world.audited("condition.lapsed", "REQ-1"));
        const auto before = storage::audit_of(world.db.writer(), "REQ-1").size();
        const auto timer = world.view().timer("condition:REQ-1:Legal:U0LEGAL").value();
        storage::apply(world.db.writer(), storage::SetTimer{{timer.name, world.clock.now(), timer.event}},
                       world.clock.now());
        world.pass(minutes(1));
        CHECK(storage::audit_of(world.db.writer(), "REQ-1").size() == before);
    }
    wait(world, hours(24 * 4));
    CHECK(world.state(id) == RequestState::in_review);
    CHECK(world.card(1).contains("the condition was due on " + until));
}

TEST_CASE("P3: where the policy does not admit conditions at this risk, one is shown and not enough") {
    ReviewWorld world(
        with_policy("[risk]\nlow = [\"chat:write\"]\n[evidence]\nconditional = [\"critical\"]"));
    const auto id = ask(world);
    world.submit("U0LEGAL", ids::form_conditional, id,
                 {{"condition", "sign"}, {"until", day_in(world, days(2))}});
    world.press("U0SEC1", ids::vote_approve, id);
    CHECK(world.state(id) == RequestState::in_review);
}

TEST_CASE(
    "P16: a claim is the first one's, is given back by pressing again, and falls when its owner leaves") {
    ReviewWorld world;
    const auto id = ask(world);
    world.press("U0SEC1", ids::claim, id);
    world.run();
    CHECK(world.card(1).contains("claimed by <@U0SEC1>"));
    world.press("U0SEC2", ids::claim, id);
    world.run();
    CHECK(heard(world, "U0SEC2", "has taken REQ-1"));
    world.press("U0SEC1", ids::claim, id);
    world.run();
    CHECK_FALSE(world.card(1).contains("claimed by"));
    world.press("U0SEC1", ids::claim, id);
    world.settings.review.parties[0].members = {"U0SEC2"};
    world.press("U0SEC2", ids::claim, id);
    world.run();
    CHECK(world.card(1).contains("claimed by <@U0SEC2>"));
}

TEST_CASE("P15: a party that the rule leaves out may claim to be heard, and is waited for then") {
    ReviewWorld world(
        with_policy("[risk]\nlow = [\"chat:write\"]\n[[rule]]\nid = \"easy\"\nwhen.risk = [\"low\"]\n"
                    "not_required = [\"Legal\"]"));
    const auto id = ask(world);
    world.press("U0LEGAL", ids::claim, id);
    world.press("U0SEC1", ids::vote_approve, id);
    CHECK(world.state(id) == RequestState::in_review);
    world.press("U0LEGAL", ids::vote_approve, id);
    CHECK(world.state(id) == RequestState::ready);
}

TEST_CASE("P10: a delegate votes for whoever is away, on those days only, circles and selves are refused") {
    ReviewWorld world;
    const auto id = ask(world);
    const auto from = day_in(world, days(0)), until = day_in(world, days(2));
    const auto said = [&](const std::string& user, const std::string& text) {
        return world.command(user, text).ack;
    };
    world.press("U0NOBODY", ids::vote_approve, id);
    CHECK(world.view().votes(RequestId{id}).empty());
    CHECK(said("U0LEGAL", "away " + from).contains("From which day"));
    CHECK(said("U0LEGAL", "away 2026-02-30 " + until).contains("From which day"));
    CHECK(said("U0LEGAL", "away " + until + " " + from).contains("lies before"));
    CHECK(said("U0LEGAL", "away 2020-01-01 2020-01-02").contains("have passed"));
    CHECK(said("U0LEGAL", "away " + from + " " + until + " U0LEGAL").contains("own delegate"));
    CHECK(said("U0LEGAL", "away " + from + " " + until + " bob").contains("cannot tell"));
    CHECK(said("U0LEGAL", "away " + from + " " + until + " <@U0NOBODY|nob>").contains("may vote for your"));
    CHECK(said("U0NOBODY", "away " + from + " " + until + " U0LEGAL").contains("away then too"));
    world.press("U0NOBODY", ids::vote_approve, id);
    REQUIRE(world.view().votes(RequestId{id}).size() == 1);
    CHECK(world.view().votes(RequestId{id}).front().party == "Legal");
    // The requester as delegate still never counts.
    said("U0SEC1", "away " + from + " " + until + " U0REQ");
    world.press("U0REQ", ids::vote_approve, id);
    CHECK(world.view().votes(RequestId{id}).size() == 1);
    CHECK(said("U0LEGAL", "back").contains("Welcome back"));
    CHECK(said("U0LEGAL", "back").contains("not away"));
    const auto second = ask(world, "Ar2", "A2");
    world.press("U0NOBODY", ids::vote_approve, second);
    CHECK(world.view().votes(RequestId{second}).empty());
}

TEST_CASE("P10: a delegate who has left votes for nobody, and whoever is away hears of it once") {
    ReviewWorld world;
    const auto id = ask(world);
    const auto from = day_in(world, days(0)), until = day_in(world, days(2));
    world.command("U0LEGAL", "away " + from + " " + until + " U0NOBODY");
    const auto leave = [&](const std::string& envelope) {
        world.handle(
            handlers::EventKind::events_api,
            {{"event", {{"type", "user_change"}, {"user", {{"id", "U0NOBODY"}, {"deleted", true}}}}}},
            envelope);
        world.run();
    };
    leave("left");
    leave("told again");
    const auto heard = world.heard("U0LEGAL");
    CHECK(std::ranges::count_if(heard, [](const auto& text) { return text.contains("has left"); }) == 1);
    world.press("U0NOBODY", ids::vote_approve, id);
    CHECK(world.view().votes(RequestId{id}).empty());
    const auto absence = world.view().absence(UserId("U0LEGAL"));
    REQUIRE(absence);
    CHECK(absence->delegate.empty());
    CHECK(absence->until == until);
    // Nor is one named who is known to have left.
    world.slack.people["U0GONE"] = {{"deleted", true}};
    world.command("U0GONE", "help");
    world.run();
    CHECK(world.command("U0LEGAL", "away " + from + " " + until + " U0GONE").ack.contains("has left"));
}

TEST_CASE("P10: a party stands in for another where the policy says so, one person still counting once") {
    ReviewWorld world(with_policy("[[party]]\nname = \"Security\"\nstand_in = \"Legal\""));
    const auto id = ask(world);
    world.press("U0LEGAL", ids::vote_approve, id);
    world.press("U0LEGAL", ids::vote_approve, id);
    CHECK(world.state(id) == RequestState::in_review);
    world.settings.review.parties[1].members = {"U0LEGAL", "U0LEGAL2"};
    world.press("U0LEGAL2", ids::vote_approve, id);
    CHECK(world.state(id) == RequestState::ready);
}

TEST_CASE("P22: several at once, each with its own line, and a refusal stops none of the others") {
    ReviewWorld world;
    for (int i = 1; i <= 3; ++i)
        ask(world, "Ar" + std::to_string(i), "A" + std::to_string(i));
    world.press("U0LEGAL", ids::vote_reject, 2);
    world.submit("U0LEGAL", ids::form_reject, 2, {{"reason", "no"}});
    const auto ack = world.command("U0SEC1", "approve REQ-1 REQ-2 3 REQ-9 REQ-1 same vendor").ack;
    CHECK(ack.contains("REQ-1: approved for Security"));
    CHECK(ack.contains("REQ-2: not voted: already decided"));
    CHECK(ack.contains("REQ-3: approved for Security"));
    CHECK(ack.contains("REQ-9: I know no such request"));
    CHECK(world.view().votes(RequestId{3}).front().remark == "same vendor");
    CHECK(world.command("U0SEC1", "approve REQ-1").ack.contains("REQ-1: unchanged"));
    CHECK(world.command("U0SEC1", "approve all").ack.contains("Which ones?"));
    CHECK(world.command("U0NOBODY", "approve REQ-1").effects.size() > 0);  // groups are read first
}

TEST_CASE("P23: where the policy asks for it, approving needs the app's name, letter by letter") {
    ReviewWorld world(with_policy("[apply]\nconfirm_by_name = [\"low\"]\n[risk]\nlow = [\"chat:write\"]"));
    const auto id = ask(world);
    world.press("U0SEC1", ids::vote_approve, id);
    CHECK(world.view().votes(RequestId{id}).empty());
    const auto type = [&](const std::string& name) {
        return world.submit("U0SEC1", ids::form_confirm, id, {{"app", name}});
    };
    CHECK(errors(type("Sketchpad")).contains("not the app's name"));
    CHECK(errors(type("sketch pad")).contains("not the app's name"));
    CHECK(errors(type("")).contains("not the app's name"));
    CHECK(errors(type("  Sketch Pad ")) == "");
    CHECK(world.view().votes(RequestId{id}).size() == 1);
    CHECK(world.command("U0LEGAL", "approve REQ-1").ack.contains("wants the app's name"));
}

TEST_CASE("P24: only one's own message becomes a vote") {
    ReviewWorld world;
    const auto id = ask(world);
    const auto choose = [&](const std::string& author, const std::string& text) {
        return world.handle(
            handlers::EventKind::interactive,
            {{"type", "message_action"},
             {"callback_id", "vote_from_comment"},
             {"user", {{"id", "U0SEC1"}}},
             {"team", {{"id", "T1"}}},
             {"channel", {{"id", "C0ANY"}}},
             {"message", {{"type", "message"}, {"user", author}, {"text", text}, {"ts", "1.1"}}},
             {"trigger_id", world.next("trigger")}},
            world.next("env"));
    };
    CHECK(choose("U0LEGAL", "fine").effects.front().args.contains("somebody else's message"));
    CHECK(choose("U0SEC1", "").effects.front().args.contains("no text"));
    const auto opened = choose("U0SEC1", "req-1: fine by us, @channel");
    CHECK(opened.effects.front().args.contains("REQ-1"));
    const auto send = [&](const std::string& request, const std::string& decision,
                          const std::string& remark) {
        return world.submit("U0SEC1", ids::form_comment, "",
                            {{"request_id", request}, {"decision", decision}, {"reason", remark}});
    };
    CHECK(errors(send("REQ-99", "approve", "x")).contains("no such request"));
    CHECK(errors(send("REQ-1", "reject", " ")).contains("say why"));
    send("req-1", "approve", "fine by us");
    REQUIRE(world.view().votes(RequestId{id}).size() == 1);
    CHECK(world.view().votes(RequestId{id}).front().remark == "fine by us");
}

TEST_CASE("P24: a message that was deleted, or whose author Slack does not tell, is no vote") {
    ReviewWorld world;
    const auto id = ask(world);
    const auto choose = [&](const Json& message) {
        return world.handle(handlers::EventKind::interactive,
                            {{"type", "message_action"},
                             {"callback_id", "vote_from_comment"},
                             {"user", {{"id", "U0SEC1"}}},
                             {"team", {{"id", "T1"}}},
                             {"channel", {{"id", "C0ANY"}}},
                             {"message", message},
                             {"trigger_id", world.next("trigger")}},
                            world.next("env"));
    };
    // The root of a thread that was deleted, as Slack shows it; and what may be left of others.
    for (const Json& message : {Json{{"type", "message"},
                                     {"subtype", "tombstone"},
                                     {"hidden", true},
                                     {"user", "USLACKBOT"},
                                     {"text", "This message was deleted."},
                                     {"ts", "1.1"}},
                                Json{{"type", "message"}, {"subtype", "tombstone"}, {"user", "U0SEC1"}},
                                Json{{"text", "REQ-1 approve"}}, Json::object(), Json()}) {
        CAPTURE(message.dump());
        const auto outcome = choose(message);
        CHECK(outcome.effects.front().method == "chat.postEphemeral");
        CHECK(outcome.effects.front().args.contains("was deleted"));
        CHECK(std::ranges::count(outcome.effects, "views.open", &storage::Effect::method) == 0);
        CHECK(outcome.changes.empty());
    }
    CHECK(world.view().votes(RequestId{id}).empty());
    // Deleted while the form was open: the words in the form are what the person signs.
    CHECK(errors(world.submit("U0SEC1", ids::form_comment, "",
                              {{"request_id", ""}, {"decision", "approve"}, {"reason", "x"}}))
              .contains("no such request"));
    CHECK(world.view().votes(RequestId{id}).empty());
}

TEST_CASE("P8: only who is concerned by the new scopes votes again, where the policy says so") {
    ReviewWorld world(
        with_policy("[[party]]\nname = \"Legal\"\nscopes = [\"users:read.email\", \"user:files:read\"]"));
    const auto id = world.ready_request();
    const auto grow = [&](const Json& scope) {
        auto body = world.slack.pending["Ar1"];
        body["scopes"].push_back(scope);
        world.app_requested(body);
        world.run();
    };
    grow(slack_scope("files:read"));  // the bot's, not the person's
    auto matrix = world.card(id);
    CHECK(matrix.contains("Legal: approved"));
    CHECK(matrix.contains("Security: waiting"));
    grow(slack_scope("files:read", "user"));  // the same name for another token
    CHECK(world.card(id).contains("Legal: waiting"));
}

TEST_CASE(
    "P12: reminders come on business days, outside quiet hours, once a step, and not to who has voted") {
    ReviewWorld world(
        with_policy("[deadlines]\nremind_parties = [\"1 business day\", \"2 business days\"]\n"
                    "[calendar]\nquiet = \"19:00-08:00\""));
    const auto id = ask(world);
    world.press("U0SEC1", ids::vote_approve, id);
    world.run();
    const auto count = [&](const std::string& user) {
        const auto all = world.heard(user);
        return std::ranges::count_if(all, [](const auto& text) { return text.contains("A reminder"); });
    };
    CHECK(count("U0LEGAL") == 0);
    wait(world, hours(24 * 10));
    CHECK(count("U0LEGAL") == 2);
    CHECK(count("U0SEC1") == 0);
    CHECK(world.state(id) == RequestState::in_review);  // invariant 7
    CHECK(world.view().votes(RequestId{id}).size() == 1);
}

TEST_CASE("P13: escalation goes along its chain and ends in Held, with no vote, a vote takes it up again") {
    ReviewWorld world(
        with_policy("[deadlines]\nescalate_after = \"1 day\"\nescalate_every = \"1 day\"\n"
                    "chain = [\"U0BOSS\", \"S0ADMINS\"]"));
    world.start();
    const auto id = ask(world);
    wait(world, hours(30));
    CHECK(heard(world, "U0BOSS", "nobody answers"));
    CHECK_FALSE(heard(world, "U0ADMIN3", "nobody answers"));
    wait(world, hours(24));
    CHECK(heard(world, "U0ADMIN3", "nobody answers"));
    wait(world, hours(24));
    CHECK(world.state(id) == RequestState::held);
    CHECK(world.view().votes(RequestId{id}).empty());
    CHECK(heard(world, "C0ITALARMS", "is held"));
    world.press("U0SEC1", ids::vote_approve, id);
    CHECK(world.state(id) == RequestState::in_review);
}

TEST_CASE("P13: a chain whose people are all away still ends in Held") {
    ReviewWorld world(with_policy("[deadlines]\nescalate_after = \"1 day\"\nchain = [\"U0BOSS\"]"));
    world.command("U0BOSS", "away " + day_in(world, days(0)) + " " + day_in(world, days(30)));
    const auto id = ask(world);
    wait(world, hours(24 * 8));
    CHECK_FALSE(heard(world, "U0BOSS", "nobody answers"));
    CHECK(world.state(id) == RequestState::held);
}

TEST_CASE("domain.md 8.4: an answer that never comes expires, and Slack's request is given back") {
    ReviewWorld world(
        with_policy("[deadlines]\nremind_requester = [\"1 day\"]\nrequester_limit = \"3 days\""));
    const auto id = ask(world, "Ar1", "A1", {slack_scope("chat:write")}, "");
    REQUIRE(world.state(id) == RequestState::awaiting_issue);
    wait(world, hours(40));
    CHECK(heard(world, "U0REQ", "A reminder"));
    wait(world, hours(48));
    CHECK(world.state(id) == RequestState::expired);
    CHECK(world.slack.pending.empty());
}

TEST_CASE("M26: figures say what is not known, with the refusals by reason and what is open by age") {
    ReviewWorld world;
    CHECK(world.command("U0ADMIN", "figures").ack.contains("No requests yet"));
    for (int i = 1; i <= 6; ++i) {
        const auto id = ask(world, "Ar" + std::to_string(i), "A" + std::to_string(i));
        world.press("U0SEC1", ids::vote_approve, id);
    }
    world.press("U0LEGAL", ids::vote_reject, 1);
    world.submit("U0LEGAL", ids::form_reject, 1, {{"reason", "no contract"}});
    const auto text = world.command("U0ADMIN", "figures").ack;
    CHECK(text.contains("Legal: not known (1 answers)"));
    CHECK(text.contains("(6 answers)"));
    CHECK(text.contains("1 × no contract"));
    CHECK(text.contains("up to 2 days: 5"));
}

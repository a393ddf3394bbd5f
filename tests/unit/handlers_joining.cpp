#include "handlers/joining.hpp"
#include "tests/support/issue_world.hpp"

using namespace countersign;
using namespace countersign::tests;

namespace {

const std::vector<Json> drawing{slack_scope("chat:write"), slack_scope("files:read", "user")};

// Two people press Slack's own button for one app.
void both_ask(ReviewWorld& world, const std::string& first_says = good_link,
              const std::string& second_says = "me too") {
    world.app_requested(slack_request("Ar1", "A1", "U0REQ", drawing, first_says));
    world.run();
    world.app_requested(slack_request("Ar2", "A1", "U0TWO", drawing, second_says));
    world.run();
}

std::size_t heard_of(const ReviewWorld& world, const std::string& user, std::string_view part) {
    const auto all = world.heard(user);
    return static_cast<std::size_t>(std::ranges::count_if(
        all, [&](const std::string& text) { return text.find(part) != std::string::npos; }));
}

std::size_t cards(const ReviewWorld& world) {
    const auto posts = world.performed_of("chat.postMessage");
    return static_cast<std::size_t>(std::ranges::count_if(
        posts, [](const auto& effect) { return effect.purpose == handlers::purposes::card; }));
}

void sweep(ReviewWorld& world) {
    for (int round = 0; round < 2; ++round) {
        world.pass(world.settings.slack.reconcile);
        world.run();
        world.pass(std::chrono::milliseconds(1));
        world.run();
    }
}

void agree(ReviewWorld& world, std::int64_t id) {
    world.press("U0SEC1", ids::vote_approve, id);
    world.press("U0LEGAL", ids::vote_approve, id);
    world.run();
}

}  // namespace

TEST_CASE("8.4 R8: the same app and scopes by another person through Slack's button join: one review") {
    ReviewWorld world;
    both_ask(world);
    CHECK(world.state(1) == RequestState::in_review);
    CHECK(world.state(2) == RequestState::superseded);
    CHECK(cards(world) == 1);
    CHECK(heard_of(world, "U0TWO", "REQ-1") == 1);
    CHECK(heard_of(world, "U0TWO", "You follow it now") == 1);
    CHECK(world.view().followers(RequestId{1}) == std::vector{UserId("U0TWO")});
    CHECK(world.audited("request.joined", "REQ-2"));
    // Said once, however often Slack delivers it.
    world.app_requested(slack_request("Ar2", "A1", "U0TWO", drawing, "me too"));
    world.run();
    CHECK(world.view().next_request_id() == RequestId{3});
    CHECK(world.heard("U0TWO").size() == 1);
    world.command("U0TWO", "status REQ-2");
    CHECK(world.command("U0TWO", "status REQ-2").ack.find("In review") != std::string::npos);
}

TEST_CASE("8.4 R8: who joins before the card is posted is told of in its thread all the same") {
    ReviewWorld world;
    world.app_requested(slack_request("Ar1", "A1", "U0REQ", drawing, good_link));
    world.app_requested(slack_request("Ar2", "A1", "U0TWO", drawing, "me too"));
    world.run();
    const auto posts = world.performed_of("chat.postMessage");
    const auto line = std::ranges::find_if(
        posts, [](const auto& effect) { return effect.args.contains("asks for this app too"); });
    REQUIRE(line != posts.end());
    CHECK(line->lane == handlers::card_name(RequestId{1}));  // behind the card
    const auto args = Json::parse(line->args);
    CHECK(args[handlers::thread_of] == handlers::card_name(RequestId{1}));
    CHECK(args["channel"] == "C0APPREVIEW");
    CHECK(args["text"].get<std::string>().contains("> me too"));
}

TEST_CASE("8.4 R8: other scopes, no scopes, another app, workspace or the same person do not join") {
    ReviewWorld world;
    world.app_requested(slack_request("Ar1", "A1", "U0REQ", drawing));
    SUBCASE("disjoint") {
        world.app_requested(slack_request("Ar2", "A1", "U0TWO", {slack_scope("users:read")}));
    }
    SUBCASE("fewer") {
        world.app_requested(slack_request("Ar2", "A1", "U0TWO", {slack_scope("chat:write")}));
    }
    SUBCASE("one name, another token") {
        world.app_requested(slack_request("Ar2", "A1", "U0TWO",
                                          {slack_scope("chat:write"), slack_scope("files:read", "bot")}));
    }
    SUBCASE("no scopes told, twice") {
        world.app_requested(slack_request("Ar8", "A8", "U0REQ", {}));
        world.app_requested(slack_request("Ar2", "A8", "U0TWO", {}));
    }
    SUBCASE("another app") {
        world.app_requested(slack_request("Ar2", "A2", "U0TWO", drawing));
    }
    SUBCASE("another workspace") {
        world.app_requested(slack_request("Ar2", "A1", "U0TWO", drawing, good_link, {{"id", "T2"}}));
    }
    SUBCASE("the same person") {
        world.app_requested(slack_request("Ar2", "A1", "U0REQ", drawing));
    }
    const auto second = world.view().request(SlackRequestId("Ar2"));
    REQUIRE(second);
    CHECK(second->state != RequestState::superseded);
    world.run();
    CHECK(heard_of(world, "U0TWO", "You follow it now") == 0);
}

TEST_CASE("8.4: when Slack resolves both, each requester is told once and nobody decided outside") {
    ReviewWorld world;
    world.start();
    both_ask(world);
    agree(world, 1);
    SUBCASE("approved") {
        world.press("U0ADMIN", ids::approve_app, 1);
        world.run();
        REQUIRE(world.state(1) == RequestState::approved);
        CHECK(world.slack.pending.empty());
    }
    SUBCASE("restricted") {
        world.submit("U0ADMIN", ids::form_restrict, 1, {{"reason", "not this one"}});
        world.run();
        REQUIRE(world.state(1) == RequestState::restricted);
    }
    SUBCASE("approved, and Slack lists the other one still") {
        world.slack.resolves_siblings = false;
        world.press("U0ADMIN", ids::approve_app, 1);
        world.run();
        REQUIRE(world.slack.pending.contains("Ar2"));
    }
    sweep(world);
    CHECK(world.state(2) == RequestState::superseded);
    CHECK(world.slack.pending.empty());
    CHECK(world.performed_of("admin.apps.approve").size() <= 1);
    CHECK(world.heard("U0TWO").size() == 2);
    CHECK(heard_of(world, "U0REQ", "REQ-1") == 2);
    CHECK(heard_of(world, "C0ITALARMS", "outside") == 0);
}

TEST_CASE("8.4: what joined a request that ends without a decision takes its place, with the votes") {
    ReviewWorld world;
    world.start();
    both_ask(world);
    world.press("U0SEC1", ids::vote_approve, 1);
    world.app_requested(slack_request("Ar3", "A1", "U0THREE", drawing, "and I"));
    world.run();
    SUBCASE("withdrawn") {
        world.press("U0REQ", ids::withdraw, 1);
    }
    SUBCASE("cancelled in Slack") {
        world.slack.pending.erase("Ar1");
        sweep(world);
    }
    world.run();
    CHECK(world.state(1) == RequestState::withdrawn);
    CHECK(world.state(2) == RequestState::in_review);
    CHECK(world.state(3) == RequestState::superseded);
    CHECK(cards(world) == 2);
    CHECK(world.view().vendor_issue(RequestId{2})->url == good_link);
    CHECK(heard_of(world, "U0TWO", "takes its place") == 1);
    CHECK(heard_of(world, "U0THREE", "REQ-2") == 1);
    // Security has agreed to just this.
    world.press("U0LEGAL", ids::vote_approve, 2);
    CHECK(world.state(2) == RequestState::ready);
    world.press("U0ADMIN", ids::approve_app, 2);
    world.run();
    sweep(world);
    CHECK(world.state(2) == RequestState::approved);
    CHECK(heard_of(world, "U0THREE", "Approved") == 1);
    CHECK(heard_of(world, "C0ITALARMS", "outside") == 0);
}

TEST_CASE("8.4: a denial is the joined one's too: told once with the reason, given back in Slack") {
    ReviewWorld world;
    world.start();
    both_ask(world);
    world.submit("U0SEC1", ids::form_reject, 1, {{"reason", "reads every file"}});
    world.run();
    CHECK(world.state(1) == RequestState::denied);
    CHECK(world.state(2) == RequestState::denied);
    CHECK(world.request(2).decision_reason == "reads every file");
    CHECK(world.slack.pending.empty());
    CHECK(world.heard("U0TWO").size() == 2);
    CHECK(heard_of(world, "U0TWO", "reads every file") == 1);
    sweep(world);
    CHECK(world.heard("U0TWO").size() == 2);
    CHECK(heard_of(world, "C0ITALARMS", "") == 0);
    // Both may ask again; the first review that is reopened tells nobody of a request that ended.
    world.press("U0ADMIN", ids::reopen, 1);
    world.run();
    CHECK(world.state(2) == RequestState::denied);
}

TEST_CASE("P17: whoever joined with a request of their own may not vote for it") {
    ReviewWorld world;
    world.app_requested(slack_request("Ar1", "A1", "U0REQ", drawing));
    world.press("U0LEGAL", ids::vote_approve, 1);
    world.app_requested(slack_request("Ar2", "A1", "U0SEC1", drawing));
    world.run();
    world.press("U0SEC1", ids::vote_approve, 1);
    world.run();
    CHECK(world.state(1) == RequestState::in_review);
    CHECK(heard_of(world, "U0SEC1", "you asked for this app yourself") == 1);
    world.press("U0SEC2", ids::vote_approve, 1);
    CHECK(world.state(1) == RequestState::ready);
}

TEST_CASE(
    "P17: a vote that its giver's own request has barred counts again when that request is taken back") {
    ReviewWorld world;
    world.start();
    world.app_requested(slack_request("Ar1", "A1", "U0REQ", drawing));
    world.run();
    agree(world, 1);
    REQUIRE(world.state(1) == RequestState::ready);
    world.app_requested(slack_request("Ar2", "A1", "U0SEC1", drawing));
    world.run();
    REQUIRE(world.state(1) == RequestState::in_review);
    REQUIRE(world.card(1).contains("Security: waiting"));
    SUBCASE("the review goes on") {
        world.command("U0SEC1", "withdraw REQ-2");
        CHECK(world.state(2) == RequestState::withdrawn);
        world.pass(std::chrono::milliseconds(1));
        world.run();
        CHECK(world.state(1) == RequestState::ready);
    }
    SUBCASE("the review ends, and the other's goes on by itself") {
        world.command("U0REQ", "withdraw REQ-1");
        world.run();
        CHECK(world.state(2) == RequestState::in_review);
        world.pass(std::chrono::milliseconds(1));
        world.run();
        CHECK(world.state(1) == RequestState::withdrawn);
    }
    SUBCASE("it goes on without the requests that its giver takes back at once") {
        world.app_requested(slack_request("Ar3", "A1", "U0SEC1", drawing));
        auto more = drawing;
        more.push_back(slack_scope("files:read"));
        world.app_requested(slack_request("Ar3", "A1", "U0SEC1", more));
        world.run();
        REQUIRE(world.state(3) == RequestState::in_review);
        REQUIRE(world.state(1) == RequestState::superseded);
        world.pass(std::chrono::milliseconds(1));
        world.run();
        world.command("U0SEC1", "withdraw REQ-3");
        world.run();
        CHECK(world.state(2) == RequestState::withdrawn);
        world.pass(std::chrono::milliseconds(1));
        world.run();
        CHECK(world.state(1) == RequestState::ready);
    }
    CHECK(world.card(1).contains("Security: approved by <@U0SEC1>"));
}

TEST_CASE("P17: a signature whose giver asks too counts, and is shown, once they do not ask any more") {
    IssueWorld world;
    const auto id = world.linked_request();
    world.app_requested(slack_request("Ar2", "A1", "U0SEC1", {slack_scope("chat:write")}));
    world.run_all();
    REQUIRE(world.state(2) == RequestState::superseded);
    world.story.sign_all();
    world.poll();
    REQUIRE(world.card(id).contains("Security: waiting"));
    SUBCASE("taken back by themselves") {
        world.command("U0SEC1", "withdraw REQ-2");
    }
    SUBCASE("they ask for something else") {
        world.slack.pending["Ar2"]["scopes"] = Json::array({slack_scope("users:read")});
        for (int round = 0; round < 2; ++round) {
            world.pass(world.settings.slack.reconcile);
            world.run_all();
        }
        REQUIRE(world.state(2) != RequestState::superseded);
    }
    world.pass(std::chrono::milliseconds(1));
    world.run_all();
    CHECK(world.card(id).contains("Security: approved by <@U0SEC1>"));
    CHECK(world.state(id) == RequestState::ready);
}

TEST_CASE("8.4: nobody waits for a joined request that the policy refuses as soon as it stands on its own") {
    ReviewWorld world(
        with_policy("[[rule]]\nid = \"not-two\"\nwhen.requesters = [\"U0TWO\"]\n"
                    "decide = \"deny\"\nreason = \"Ask your team.\""));
    both_ask(world);
    world.app_requested(slack_request("Ar3", "A1", "U0THREE", drawing, good_link));
    world.run();
    REQUIRE(world.state(3) == RequestState::superseded);
    world.press("U0REQ", ids::withdraw, 1);
    world.run();
    CHECK(world.state(2) == RequestState::denied);
    CHECK(world.state(3) == RequestState::in_review);
    CHECK(cards(world) == 3);
}

TEST_CASE("R12: a joined request is taken back alone, and its requester hears no more") {
    ReviewWorld world;
    world.start();
    both_ask(world);
    world.command("U0TWO", "withdraw REQ-2");
    world.run();
    CHECK(world.state(1) == RequestState::in_review);
    CHECK(world.state(2) == RequestState::withdrawn);
    CHECK_FALSE(world.slack.pending.contains("Ar2"));
    const auto so_far = world.heard("U0TWO").size();
    agree(world, 1);
    world.press("U0ADMIN", ids::approve_app, 1);
    world.run();
    sweep(world);
    CHECK(world.state(1) == RequestState::approved);
    CHECK(world.heard("U0TWO").size() == so_far);
    CHECK(world.state(2) == RequestState::withdrawn);
}

TEST_CASE("8.4: scopes that change part what was joined") {
    ReviewWorld world;
    world.start();
    both_ask(world);
    SUBCASE("the joined one asks for more: it supersedes the open one") {
        world.slack.pending["Ar2"]["scopes"].push_back(slack_scope("admin"));
        sweep(world);
        CHECK(world.state(1) == RequestState::superseded);
        CHECK(world.state(2) == RequestState::in_review);
        CHECK(world.request(2).scopes.size() == 3);
    }
    SUBCASE("the open one asks for something else: the joined one goes on by itself") {
        world.slack.pending["Ar1"]["scopes"] = Json::array({slack_scope("users:read")});
        sweep(world);
        CHECK(world.state(1) == RequestState::in_review);
        CHECK(world.state(2) == RequestState::in_review);
        CHECK(cards(world) == 2);
    }
    SUBCASE("the open one asks for more: the joined one stays") {
        world.slack.pending["Ar1"]["scopes"].push_back(slack_scope("admin"));
        sweep(world);
        CHECK(world.request(1).scopes.size() == 3);
        CHECK(world.state(2) == RequestState::superseded);
    }
    SUBCASE("one that gave way asks for as much: its card shows it") {
        auto more = drawing;
        more.push_back(slack_scope("admin"));
        world.app_requested(slack_request("Ar3", "A1", "U0THREE", more));
        world.run();
        world.slack.pending["Ar1"]["scopes"] = more;
        sweep(world);
        CHECK(world.request(1).scopes.size() == 3);
        const auto cards_drawn = world.performed_of("chat.update");
        CHECK(std::ranges::any_of(cards_drawn, [](const auto& effect) {
            return effect.args.contains("REQ-1 ") && effect.args.contains("3 permissions");
        }));
    }
    SUBCASE("a third one asks for more: the joined one follows that") {
        auto more = drawing;
        more.push_back(slack_scope("admin"));
        world.app_requested(slack_request("Ar3", "A1", "U0THREE", more));
        world.run();
        CHECK(world.state(1) == RequestState::superseded);
        CHECK(handlers::joined_to(world.request(2),
                                  {world.clock.now(), world.view(), world.settings, world.capabilities})
                  ->id == RequestId{3});
        world.press("U0THREE", ids::withdraw, 3);
        world.run();
        CHECK(world.state(1) == RequestState::in_review);
        CHECK(handlers::joined_to(world.request(2),
                                  {world.clock.now(), world.view(), world.settings, world.capabilities})
                  ->id == RequestId{1});
    }
}

TEST_CASE("8.4: the joined one brings the vendor issue that the open one lacks") {
    ReviewWorld world;
    both_ask(world, "", good_link);
    CHECK(world.state(1) == RequestState::in_review);
    CHECK(world.view().vendor_issue(RequestId{1})->linked_by == UserId("U0TWO"));
    CHECK(heard_of(world, "U0REQ", good_link) == 1);
}

TEST_CASE("8.4: who asks for part of what we approve is answered by it, and that is no deviation") {
    ReviewWorld world;
    world.start();
    world.app_requested(slack_request("Ar1", "A1", "U0REQ", drawing));
    world.app_requested(slack_request("Ar2", "A1", "U0TWO", {slack_scope("chat:write")}));
    world.app_requested(slack_request("Ar3", "A1", "U0THREE", {slack_scope("users:read")}));
    world.run();
    agree(world, 1);
    world.press("U0ADMIN", ids::approve_app, 1);
    world.run();
    sweep(world);
    CHECK(world.state(2) == RequestState::approved);
    CHECK(world.request(2).outside == storage::Outside::no);
    CHECK(heard_of(world, "U0TWO", "Decided together with REQ-1") == 1);
    CHECK_FALSE(world.audited("decision.deviation", "REQ-2"));
    // What was approved says nothing about what it does not hold.
    CHECK(world.request(3).outside == storage::Outside::cancelled);
    CHECK(heard_of(world, "C0ITALARMS", "outside Countersign") == 0);
}

TEST_CASE("8.4: an earlier decision of ours is no excuse for one made outside") {
    ReviewWorld world;
    world.start();
    const auto id = world.ready_request();
    world.press("U0ADMIN", ids::approve_app, id);
    world.run();
    world.submit("U0ADMIN", ids::form_clear, id, {{"reason", "once more"}});
    world.slack.approved.clear();
    world.clock.advance(std::chrono::hours(24));
    auto again = slack_request("Ar2", "A1", "U0TWO", {slack_scope("chat:write")});
    again["date_created"] = to_millis(world.clock.now()) / 1000;
    world.app_requested(again);
    world.run();
    world.slack.decide_outside("Ar2", true);
    sweep(world);
    CHECK(world.state(2) == RequestState::approved);
    CHECK(world.request(2).outside == storage::Outside::decided);
    CHECK(world.audited("decision.deviation", "REQ-2"));
}

TEST_CASE("8.4: what gave way to a request for more stands on its own again when that is not approved") {
    ReviewWorld world;
    world.start();
    auto more = drawing;
    more.push_back(slack_scope("admin"));
    world.app_requested(slack_request("Ar1", "A1", "U0REQ", drawing));
    world.run();
    agree(world, 1);
    world.app_requested(slack_request("Ar2", "A1", "U0TWO", more));
    world.run();
    REQUIRE(world.state(1) == RequestState::superseded);
    REQUIRE(world.state(2) == RequestState::in_review);
    SUBCASE("denied") {
        world.submit("U0SEC1", ids::form_reject, 2, {{"reason", "never admin"}});
        world.run();
        CHECK(world.state(2) == RequestState::denied);
        CHECK(heard_of(world, "U0REQ", "without a decision on yours") == 1);
        CHECK(heard_of(world, "U0REQ", "never admin") == 0);
    }
    SUBCASE("withdrawn") {
        world.press("U0TWO", ids::withdraw, 2);
        world.run();
        CHECK(world.state(2) == RequestState::withdrawn);
    }
    SUBCASE("and that by a still larger one") {
        more.push_back(slack_scope("admin.apps:write", "user"));
        world.app_requested(slack_request("Ar3", "A1", "U0THREE", more));
        world.run();
        REQUIRE(world.state(2) == RequestState::superseded);
        world.submit("U0SEC1", ids::form_reject, 3, {{"reason", "never admin"}});
        world.run();
        CHECK(world.state(2) == RequestState::in_review);
        world.submit("U0SEC1", ids::form_reject, 2, {{"reason", "never admin"}});
        world.run();
    }
    // With its own votes, on the same card.
    CHECK(world.state(1) == RequestState::ready);
    CHECK(world.slack.pending.contains("Ar1"));
    CHECK_FALSE(world.slack.pending.contains("Ar2"));
    CHECK(handlers::review::counting_votes(world.request(1), world.view().votes(RequestId{1})).size() == 2);
    std::string card;
    for (const auto& update : world.performed_of("chat.update"))
        if (update.request == RequestId{1}) card = Json::parse(update.args)["text"];
    CHECK(card.contains("Ready"));
    sweep(world);
    world.press("U0ADMIN", ids::approve_app, 1);
    world.run();
    CHECK(world.state(1) == RequestState::approved);
    CHECK(world.slack.pending.empty());
}

TEST_CASE("8.4: whoever asked for more and was refused is not asked about less, and Slack holds nothing") {
    ReviewWorld world;
    world.start();
    auto more = drawing;
    more.push_back(slack_scope("admin"));
    world.app_requested(slack_request("Ar1", "A1", "U0REQ", drawing));
    world.app_requested(slack_request("Ar2", "A1", "U0REQ", more));
    world.run();
    REQUIRE(world.state(1) == RequestState::superseded);
    world.submit("U0SEC1", ids::form_reject, 2, {{"reason", "never admin"}});
    world.run();
    CHECK(world.state(1) == RequestState::denied);
    CHECK(world.slack.pending.empty());
    CHECK(heard_of(world, "U0REQ", "never admin") == 1);
}

TEST_CASE("8.4: what ends with another of the same person was withdrawn by them only if that one was") {
    ReviewWorld world;
    world.start();
    auto more = drawing;
    more.push_back(slack_scope("admin"));
    world.app_requested(slack_request("Ar1", "A1", "U0REQ", drawing));
    world.app_requested(slack_request("Ar2", "A1", "U0REQ", more));
    world.run();
    REQUIRE(world.state(1) == RequestState::superseded);
    std::string by;
    SUBCASE("by its requester") {
        world.press("U0REQ", ids::withdraw, 2);
        by = "U0REQ";
    }
    SUBCASE("by somebody in Slack") {
        world.slack.pending.erase("Ar2");
        sweep(world);
    }
    world.run();
    REQUIRE(world.state(2) == RequestState::withdrawn);
    CHECK(world.state(1) == RequestState::withdrawn);
    CHECK(world.request(1).decided_by == UserId(by));
    const auto decisions = world.view().decisions(RequestId{1});
    REQUIRE(decisions.size() == 1);
    CHECK(decisions.front().actor == UserId(by));
    CHECK(Json::parse(decisions.front().evidence)["withdrawn_by"] == by);
    CHECK(world.slack.pending.empty());
}

TEST_CASE("8.5: each workspace's request stands on its own again when the organisation's is denied") {
    ReviewWorld world;
    world.slack.teams = {"T1", "T2"};
    world.start();
    world.app_requested(slack_request("Ar1", "A1", "U0REQ", drawing));
    world.app_requested(
        slack_request("Ar2", "A1", "U0TWO", drawing, good_link, {{"id", "T2"}, {"name", "Two"}}));
    auto of_all = slack_request("Ar3", "A1", "U0BOSS", drawing, good_link, nullptr);
    of_all["enterprise"] = {{"id", "E1"}};
    auto& scopes = of_all["scopes"];
    scopes.push_back(slack_scope("admin"));
    world.app_requested(of_all);
    world.run();
    REQUIRE(world.state(1) == RequestState::superseded);
    REQUIRE(world.state(2) == RequestState::superseded);
    world.submit("U0SEC1", ids::form_reject, 3, {{"reason", "not for all"}});
    world.run();
    CHECK(world.state(1) == RequestState::in_review);
    CHECK(world.state(2) == RequestState::in_review);
    CHECK(world.slack.pending.size() == 2);
}

TEST_CASE("8.4: what an approval answered stays answered when it is taken back, and who waited hears of it") {
    ReviewWorld world;
    world.start();
    both_ask(world);
    agree(world, 1);
    world.press("U0ADMIN", ids::approve_app, 1);
    world.run();
    sweep(world);
    REQUIRE(world.state(1) == RequestState::approved);
    const auto heard = world.heard("U0TWO").size();
    SUBCASE("at once") {
        world.command("U0ADMIN", "clear REQ-1 the vendor was sold");
    }
    SUBCASE("after it was looked at again") {
        world.command("U0LEGAL", "object REQ-1 the vendor was sold");
        world.run();
        world.submit("U0ADMIN", ids::form_clear, 1, {{"reason", "the vendor was sold"}});
    }
    world.run();
    CHECK(world.state(1) == RequestState::expired);
    CHECK(world.state(2) == RequestState::superseded);
    CHECK(world.heard("U0TWO").size() == heard + 1);
}

TEST_CASE(
    "8.4: what Slack still lists of a request that an approval answered goes, also once it is cleared") {
    ReviewWorld world;
    world.start();
    both_ask(world);
    agree(world, 1);
    world.press("U0ADMIN", ids::approve_app, 1);
    world.run();
    world.command("U0ADMIN", "clear REQ-1 the vendor was sold");
    world.run();
    REQUIRE(world.state(1) == RequestState::expired);
    world.slack.pending["Ar2"] = slack_request("Ar2", "A1", "U0TWO", drawing, "me too");
    sweep(world);
    CHECK(world.state(2) == RequestState::superseded);
    CHECK_FALSE(world.slack.pending.contains("Ar2"));
}

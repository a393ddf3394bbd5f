// P10: who votes in the place of whoever is away, and who hears of it; handlers/absences.hpp.
#include "config/base/time_zone.hpp"
#include "handlers/membership.hpp"
#include "tests/support/review_world.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <utility>

using namespace countersign;
using namespace countersign::tests;
using namespace std::chrono;

namespace {

std::string day_in(ReviewWorld& world, int offset) {
    return time_zone::date_text(world.clock.now() + days(offset), "UTC");
}

std::ptrdiff_t heard(const ReviewWorld& world, const std::string& user, const std::string& words) {
    const auto all = world.heard(user);
    return std::ranges::count_if(all, [&](const auto& text) { return text.contains(words); });
}

// Hour by hour, so that every timer and every quiet hour gets its turn.
void wait(ReviewWorld& world, hours time) {
    for (hours passed{0}; passed < time; passed += hours(1)) {
        world.pass(hours(1));
        world.run();
    }
}

std::string away(ReviewWorld& world, const std::string& who, int from, int until,
                 const std::string& delegate = "") {
    auto said =
        world.command(who, "away " + day_in(world, from) + " " + day_in(world, until) + " " + delegate);
    world.run();
    return said.ack;
}

void leave(ReviewWorld& world, const std::string& user) {
    world.handle(handlers::EventKind::events_api,
                 {{"event", {{"type", "user_change"}, {"user", {{"id", user}, {"deleted", true}}}}}},
                 world.next("left"));
    world.pass(milliseconds(1));
    world.run();
}

std::string home_of(ReviewWorld& world, const std::string& user) {
    world.handle(handlers::EventKind::events_api,
                 {{"type", "event_callback"},
                  {"event", {{"type", "app_home_opened"}, {"user", user}, {"tab", "home"}}}},
                 world.next("env"));
    world.pass(milliseconds(1));
    world.run();
    std::string newest;
    for (const auto& effect : world.performed_of("views.publish")) {
        const auto args = Json::parse(effect.args);
        if (args["user_id"] == user) newest = args["view"].dump();
    }
    return newest;
}

std::int64_t ask(ReviewWorld& world, const std::string& requester = "U0REQ") {
    const auto id = world.view().next_request_id().value;
    world.app_requested(slack_request("Ar" + std::to_string(id), "A" + std::to_string(id), requester,
                                      {slack_scope("chat:write")}));
    world.run();
    return id;
}

}  // namespace

TEST_CASE("P10: a delegate hears once when the absence begins and once when it is over") {
    ReviewWorld world;
    CHECK(away(world, "U0LEGAL", 1, 3, "U0NOBODY").contains("may vote for your parties then"));
    CHECK(heard(world, "U0NOBODY", "is away until") == 0);
    wait(world, hours(24 * 2));
    CHECK(heard(world, "U0NOBODY", "<@U0LEGAL> is away until") == 1);
    CHECK(heard(world, "U0NOBODY", "you may vote for Legal meanwhile") == 1);
    CHECK(heard(world, "U0NOBODY", "no longer vote") == 0);
    wait(world, hours(24 * 6));
    CHECK(heard(world, "U0NOBODY", "is away until") == 1);
    CHECK(heard(world, "U0NOBODY", "You no longer vote in the place of <@U0LEGAL>") == 1);
    CHECK_FALSE(world.view().absence(UserId("U0LEGAL")));
}

TEST_CASE("P10: one that begins today is told at once, coming back ends it, and nothing is told twice") {
    ReviewWorld world;
    away(world, "U0LEGAL", 0, 5, "U0NOBODY");
    wait(world, hours(48));  // it is Sunday
    CHECK(heard(world, "U0NOBODY", "is away until") == 1);
    world.command("U0LEGAL", "back");
    world.command("U0LEGAL", "back");
    wait(world, hours(24 * 7));
    CHECK(heard(world, "U0NOBODY", "no longer vote") == 1);
    // One that is called off before it begins is nobody's business.
    away(world, "U0LEGAL", 5, 9, "U0NOBODY");
    world.command("U0LEGAL", "back");
    wait(world, hours(24 * 12));
    CHECK(heard(world, "U0NOBODY", "is away until") == 1);
    CHECK(heard(world, "U0NOBODY", "no longer vote") == 1);
}

TEST_CASE("P10: another delegate takes over: the first hears the end, the second the beginning") {
    ReviewWorld world;
    away(world, "U0LEGAL", 0, 5, "U0NOBODY");
    wait(world, hours(24));
    away(world, "U0LEGAL", 0, 5, "U0OTHER");
    wait(world, hours(24));
    CHECK(heard(world, "U0NOBODY", "no longer vote") == 1);
    CHECK(heard(world, "U0OTHER", "you may vote for Legal") == 1);
    // Longer away with the same delegate: the new last day is told, and no end.
    away(world, "U0LEGAL", 0, 9, "U0OTHER");
    wait(world, hours(24));
    CHECK(heard(world, "U0OTHER", "you may vote for Legal") == 2);
    CHECK(heard(world, "U0OTHER", "no longer vote") == 0);
}

TEST_CASE("P10: who belongs to no party makes nobody a delegate of anything") {
    ReviewWorld world;
    away(world, "U0EMP", 0, 2, "U0NOBODY");
    wait(world, hours(24 * 5));
    CHECK(world.heard("U0NOBODY").empty());
}

TEST_CASE("P10: the delegate's Home shows the queue and in whose place, on those days only") {
    ReviewWorld world;
    const auto id = ask(world);
    CHECK_FALSE(home_of(world, "U0NOBODY").contains("queue:REQ-1"));
    away(world, "U0LEGAL", 0, 1, "U0NOBODY");
    const auto home = home_of(world, "U0NOBODY");
    CHECK(home.contains("queue:REQ-1"));
    CHECK(home.contains("In the place of <@U0LEGAL> until " + day_in(world, 1)));
    wait(world, hours(24 * 3));
    CHECK_FALSE(home_of(world, "U0NOBODY").contains("queue:REQ-1"));
    CHECK(world.view().votes(RequestId{id}).empty());
}

TEST_CASE("P10: reminders reach the delegate, but whoever is away where the delegate may not vote") {
    ReviewWorld world(with_policy("[deadlines]\nremind_parties = [\"1 business day\"]\n"));
    away(world, "U0LEGAL", 0, 30, "U0NOBODY");
    const auto id = ask(world);
    const auto own = ask(world, "U0NOBODY");
    const auto theirs = ask(world, "U0LEGAL");
    wait(world, hours(24 * 5));
    CHECK(heard(world, "U0NOBODY", "A reminder: REQ-" + std::to_string(theirs)) == 0);
    CHECK(heard(world, "U0NOBODY", "A reminder: REQ-" + std::to_string(id)) == 1);
    CHECK(heard(world, "U0LEGAL", "A reminder: REQ-" + std::to_string(id)) == 0);
    CHECK(heard(world, "U0LEGAL", "A reminder: REQ-" + std::to_string(own)) == 1);
    CHECK(heard(world, "U0NOBODY", "A reminder: REQ-" + std::to_string(own)) == 0);
    // And the delegate may not vote on it.
    world.press("U0NOBODY", ids::vote_approve, own);
    CHECK(world.view().votes(RequestId{own}).empty());
}

TEST_CASE("P10, P17: whoever asked for the app lends nobody a vote on it, nor a question, nor a claim") {
    ReviewWorld world;
    away(world, "U0LEGAL", 0, 9, "U0NOBODY");
    std::int64_t id = 0;
    SUBCASE("as its requester") {
        id = ask(world, "U0LEGAL");
    }
    SUBCASE("with a request that joined it") {
        id = ask(world);
        world.app_requested(slack_request("Ar9", "A1", "U0LEGAL", {slack_scope("chat:write")}));
        world.run();
        REQUIRE(world.state(id + 1) == RequestState::superseded);
    }
    CHECK(home_of(world, "U0NOBODY").contains("Nothing waits for your vote."));
    const auto words = "only in the place of somebody who asked for this app";
    for (const auto action : {ids::vote_approve, ids::vote_reject, ids::vote_need_info, ids::claim}) {
        CAPTURE(action);
        const auto before = heard(world, "U0NOBODY", words);
        world.press("U0NOBODY", action, id);
        world.run();
        CHECK(heard(world, "U0NOBODY", words) == before + 1);
    }
    CHECK(world.view().votes(RequestId{id}).empty());
    CHECK_FALSE(world.card(id).contains("claimed by"));
    CHECK(world.audited("press.refused", to_text(RequestId{id})));
    const auto other = ask(world);
    world.press("U0NOBODY", ids::vote_approve, other);
    CHECK(world.view().votes(RequestId{other}).size() == 1);
}

TEST_CASE("P10, P17: a say that was lent counts no more when its lender asks for the app too") {
    ReviewWorld world;
    world.start();
    away(world, "U0LEGAL", 0, 9, "U0NOBODY");
    const std::vector<Json> scopes{slack_scope("chat:write")};
    world.app_requested(slack_request("Ar1", "A1", "U0REQ", scopes));
    world.run();
    for (const auto* voter : {"U0SEC1", "U0NOBODY"})
        world.press(voter, ids::vote_approve, 1);
    REQUIRE(world.state(1) == RequestState::ready);
    world.app_requested(slack_request("Ar2", "A1", "U0LEGAL", scopes));
    world.run();
    REQUIRE(world.state(2) == RequestState::superseded);
    CHECK(world.state(1) == RequestState::in_review);
    CHECK(world.card(1).contains("Legal: waiting"));
    world.command("U0LEGAL", "withdraw REQ-2");
    world.pass(std::chrono::milliseconds(1));
    world.run();
    CHECK(world.state(1) == RequestState::ready);
}

TEST_CASE("P10, P17: whoever takes the place of several votes for one who did not ask") {
    ReviewWorld world;
    away(world, "U0SEC1", 0, 9, "U0NOBODY");
    away(world, "U0SEC2", 0, 9, "U0NOBODY");
    for (const auto& [requester, other] : {std::pair{"U0SEC1", "U0SEC2"}, {"U0SEC2", "U0SEC1"}}) {
        const auto id = ask(world, requester);
        world.press("U0NOBODY", ids::vote_approve, id);
        const auto known = world.view().marks(RequestId{id});
        REQUIRE(known.size() == 1);
        CHECK(known.front().kind == handlers::marks::deputy);
        CHECK(known.front().value == other);
    }
}

TEST_CASE("P2, P10: whoever is away and whoever takes their place are one of a quorum") {
    auto settings = review_settings();
    settings.review.parties[0].quorum = 2;
    ReviewWorld world(settings);
    away(world, "U0SEC1", 0, 9, "U0NOBODY");
    const auto id = ask(world);
    const auto agrees = [&](const std::string& person) {
        world.press(person, ids::vote_approve, id);
        world.run();
    };
    agrees("U0LEGAL");
    std::string second;
    std::string first = "U0NOBODY";
    SUBCASE("the delegate comes first") {
        agrees("U0NOBODY");
        second = "U0SEC1";
        agrees(second);
    }
    SUBCASE("the delegate comes first, and a condition is a say too") {
        agrees("U0NOBODY");
        second = "U0SEC1";
        world.submit("U0SEC1", ids::form_conditional, id,
                     {{"condition", "sign"}, {"until", day_in(world, 3)}});
        world.run();
    }
    SUBCASE("the member comes first") {
        agrees("U0SEC1");
        first = "U0SEC1";
        second = "U0NOBODY";
        agrees(second);
    }
    SUBCASE("another delegate follows") {
        agrees("U0NOBODY");
        away(world, "U0SEC1", 0, 9, "U0OTHER");
        second = "U0OTHER";
        agrees(second);
    }
    CHECK(world.state(id) == RequestState::in_review);
    CHECK(world.view().votes(RequestId{id}).size() == 2);
    CHECK(heard(world, second, "<@" + first + "> has agreed for Security already") == 1);
    // What the first takes back, the second may say.
    world.press(first, ids::take_back, id);
    agrees(second);
    CHECK(world.view().votes(RequestId{id}).size() == 4);
    CHECK(world.state(id) == RequestState::in_review);
    agrees("U0SEC2");
    CHECK(world.state(id) == RequestState::ready);
}

TEST_CASE("P10: a circle is refused, and who counts on somebody who goes away too is told") {
    ReviewWorld world;
    away(world, "U0SEC1", 1, 9, "U0SEC2");
    CHECK(away(world, "U0SEC2", 2, 4, "U0SEC1").contains("is away then too"));
    CHECK(heard(world, "U0SEC1", "<@U0SEC2>, who is to vote for you") == 0);
    away(world, "U0SEC2", 2, 4, "U0LEGAL");
    CHECK(heard(world, "U0SEC1", "<@U0SEC2>, who is to vote for you") == 1);
    // Not where the days do not meet.
    away(world, "U0LEGAL", 20, 22);
    CHECK(heard(world, "U0SEC2", "<@U0LEGAL>, who is to vote for you") == 0);
    // A delegate's delegate is nobody's: Security's right does not travel on through U0SEC2.
    wait(world, hours(24 * 2));
    const auto id = ask(world);
    world.press("U0LEGAL", ids::vote_approve, id);
    REQUIRE(world.view().votes(RequestId{id}).size() == 1);
    world.command("U0LEGAL", "away " + day_in(world, 0) + " " + day_in(world, 1) + " U0NOBODY");
    world.press("U0NOBODY", ids::vote_approve, id);
    CHECK(world.view().votes(RequestId{id}).size() == 1);
}

TEST_CASE("P10: whoever is away leaves for good: the delegate hears the end and votes no more") {
    ReviewWorld world;
    away(world, "U0LEGAL", 0, 9, "U0NOBODY");
    wait(world, hours(24));
    leave(world, "U0LEGAL");
    wait(world, hours(24));
    CHECK(heard(world, "U0NOBODY", "no longer vote") == 1);
    CHECK_FALSE(world.view().absence(UserId("U0LEGAL")));
    const auto id = ask(world);
    world.press("U0NOBODY", ids::vote_approve, id);
    CHECK(world.view().votes(RequestId{id}).empty());
}

TEST_CASE("P10: a delegate who has left already is noticed when named, and each who named them is told") {
    ReviewWorld world;
    world.slack.people["U0GONE"] = {{"deleted", true}};
    away(world, "U0LEGAL", 0, 9, "U0GONE");
    away(world, "U0SEC1", 0, 9, "U0OTHER");
    away(world, "U0SEC2", 0, 9, "U0OTHER");
    CHECK(heard(world, "U0LEGAL", "has left") == 1);
    leave(world, "U0OTHER");
    CHECK(heard(world, "U0SEC1", "has left") == 1);
    CHECK(heard(world, "U0SEC2", "has left") == 1);
}

TEST_CASE("P10: the messages are there in German") {
    ReviewWorld world;
    world.slack.locales["U0NOBODY"] = "de-DE";
    world.command("U0NOBODY", "help");
    world.run();
    away(world, "U0LEGAL", 0, 1, "U0NOBODY");
    wait(world, hours(24 * 5));
    CHECK(heard(world, "U0NOBODY", "Du darfst so lange für Legal stimmen") == 1);
    CHECK(heard(world, "U0NOBODY", "Du stimmst nicht mehr anstelle von") == 1);
}

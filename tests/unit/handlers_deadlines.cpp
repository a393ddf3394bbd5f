// domain.md §8.4: what waiting leads to, by the clock and by a policy that changes meanwhile;
// handlers/deadlines.hpp.
#include "tests/support/review_world.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace countersign;
using namespace countersign::tests;
using std::chrono::hours;

namespace {

std::ptrdiff_t reminded(const ReviewWorld& world, const std::string& user) {
    const auto all = world.heard(user);
    return std::ranges::count_if(all, [](const auto& text) { return text.contains("A reminder"); });
}

void wait(ReviewWorld& world, int days) {
    for (int hour = 0; hour < days * 24; ++hour) {
        world.pass(hours(1));
        world.run();
    }
}

void reload(ReviewWorld& world, const std::string& toml) {
    world.settings.policy = with_policy(toml).policy;
    world.handle(handlers::EventKind::reloaded, Json::object(), world.next("reloaded"));
    world.run();
}

}  // namespace

TEST_CASE("domain.md 8.4: who owes a vendor issue is reminded after 2, 5 and 10 business days, by default") {
    ReviewWorld world;
    const auto id = world.ask("no link");
    REQUIRE(world.state(id) == RequestState::awaiting_issue);
    // Asked on a Sunday: the span begins with Monday, and Saturdays and Sundays do not count.
    std::vector<int> days;
    for (int day = 1; day <= 30; ++day) {
        const auto before = reminded(world, "U0REQ");
        wait(world, 1);
        if (reminded(world, "U0REQ") > before) days.push_back(day);
    }
    CHECK(days.size() == 3);
    CHECK(world.state(id) == RequestState::awaiting_issue);  // the shipped policy ends nothing by itself
    CHECK(days == std::vector<int>{4, 9, 16});
}

TEST_CASE("domain.md 8.4: in review a deadline holds or expires, as the policy says, and never approves") {
    for (const auto& [at_end, state] :
         {std::pair{"held", RequestState::held}, {"expired", RequestState::expired}}) {
        CAPTURE(at_end);
        ReviewWorld world(
            with_policy("[deadlines]\nhold_after = \"3 days\"\nat_end = \"" + std::string(at_end) + "\"\n"));
        const auto id = world.ask(good_link);
        wait(world, 2);
        CHECK(world.state(id) == RequestState::in_review);
        wait(world, 2);
        CHECK(world.state(id) == state);
        CHECK(world.slack.pending.empty() == (state == RequestState::expired));
        CHECK(world.performed_of("admin.apps.approve").empty());
    }
}

TEST_CASE("domain.md 8.4: a question that nobody answers expires, and its clock is the requester's alone") {
    ReviewWorld world(with_policy("[deadlines]\nhold_after = \"2 days\"\nrequester_limit = \"4 days\"\n"));
    const auto id = world.ask(good_link);
    wait(world, 1);
    world.submit("U0SEC1", ids::form_need_info, id, {{"question", "Why?"}});
    wait(world, 3);
    CHECK(world.state(id) == RequestState::need_info);  // the parties' clock stands still
    wait(world, 2);
    CHECK(world.state(id) == RequestState::expired);
    CHECK(world.slack.pending.empty());
    CHECK(world.submit("U0REQ", ids::form_answer, id, {{"answer", "late"}}).ack.contains("already decided"));
}

TEST_CASE("M9: a policy with shorter deadlines holds for what waits already, without making up reminders") {
    ReviewWorld world;  // the shipped policy
    world.start();
    const auto waiting = world.ask("no link");
    const auto reviewed = world.ask(good_link);
    wait(world, 7);
    const auto before = reminded(world, "U0REQ");
    reload(world,
           "[deadlines]\nremind_requester = [\"1 day\", \"30 days\"]\nrequester_limit = \"31 days\"\n"
           "hold_after = \"3 days\"\n");
    wait(world, 1);
    CHECK(world.state(reviewed) == RequestState::held);  // it would have been held already
    CHECK(reminded(world, "U0REQ") == before);
    CHECK(world.state(waiting) == RequestState::awaiting_issue);
    wait(world, 24);
    CHECK(world.state(waiting) == RequestState::expired);
}

TEST_CASE(
    "M9: a policy with longer deadlines spares what waits already, and another reload repeats nothing") {
    const std::string brief = "[deadlines]\nremind_parties = [\"1 business day\"]\nhold_after = \"4 days\"\n";
    ReviewWorld world(with_policy(brief));
    world.start();
    const auto id = world.ask(good_link);
    wait(world, 3);
    REQUIRE(reminded(world, "U0LEGAL") == 1);
    reload(world, "[deadlines]\nremind_parties = [\"1 business day\"]\nhold_after = \"20 days\"\n");
    reload(world, "[deadlines]\nremind_parties = [\"1 business day\"]\nhold_after = \"20 days\"\n# again\n");
    wait(world, 10);
    CHECK(world.state(id) == RequestState::in_review);
    CHECK(reminded(world, "U0LEGAL") == 1);
    wait(world, 8);
    CHECK(world.state(id) == RequestState::held);
}

TEST_CASE("M9: deadlines that changed while the daemon was away hold from its start") {
    ReviewWorld world;
    world.start();
    const auto id = world.ask(good_link);
    wait(world, 5);
    world.settings.policy = with_policy("[deadlines]\nhold_after = \"2 days\"\n").policy;
    world.start();
    wait(world, 1);
    CHECK(world.state(id) == RequestState::held);
}

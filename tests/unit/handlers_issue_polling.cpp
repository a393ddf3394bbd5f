// What a tracker's clock may do to how its issues are followed (handlers/issue_polling.hpp).
#include "tests/support/issue_world.hpp"

using namespace countersign;
using namespace countersign::tests;
using namespace std::chrono_literals;

TEST_CASE("S6: a tracker's clock that ran ahead and was set right hides nothing that was signed since") {
    IssueWorld world;
    const auto id = world.linked_request();
    world.story.tick();
    world.story.facts.read_at += 24h;
    world.poll();
    world.story.sign_all();
    world.poll();
    CHECK(world.state(id) == RequestState::ready);
}

TEST_CASE("S6: a reading that another has overtaken takes nothing back") {
    IssueWorld world;
    const auto id = world.linked_request();
    const auto before = world.story;
    world.story.sign_all();
    world.poll();
    REQUIRE(world.state(id) == RequestState::ready);
    world.story = before;
    world.poll();
    CHECK(world.state(id) == RequestState::ready);
    CHECK(world.view().votes(RequestId{id}).size() == 2);
}

TEST_CASE(
    "S6: changes are asked for since the last reading, also where the tracker dated that in the future") {
    IssueWorld world;
    world.linked_request();
    world.story.tick();
    world.story.facts.read_at = world.clock.now() + 24h;
    world.poll();
    const auto read = to_millis(world.clock.now());
    world.pass(30min);
    CHECK(Json::parse(world.expect("tracker.changed_issues").args)["since"].get<std::int64_t>() <= read);
}

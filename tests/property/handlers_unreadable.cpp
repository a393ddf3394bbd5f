#include "tests/support/damage.hpp"
#include "tests/support/review_world.hpp"

#include <doctest/doctest.h>

#include <random>

// domain.md §8.6, invariant 10: what arrives damaged, by an event or in Slack's list, is a request or a task
// with the raw content, and never nothing.
using namespace countersign;
using namespace countersign::tests;

namespace {

bool is_task(const storage::Effect& effect) {
    return effect.purpose == "alarm" && Json::parse(effect.args)["channel"] == "C0ITALARMS";
}

}  // namespace

TEST_CASE("domain.md 8.6: an app request that arrives damaged is taken in or becomes a task, never nothing") {
    int taken_in = 0, tasks = 0;
    for (unsigned seed = 1; seed <= 400; ++seed) {
        CAPTURE(seed);
        ReviewWorld world;
        std::mt19937 random(seed);
        Damage damage(random);
        auto body =
            slack_request("Ar1", "A1", "U0REQ", {slack_scope("chat:write"), slack_scope("files:read")});
        for (unsigned i = 0; i <= seed % 3; ++i)
            damage.harm(body);
        CAPTURE(body.dump());
        const bool by_list = seed % 2 == 0;
        const auto outcome =
            by_list ? world.handle(handlers::EventKind::timer, {{"kind", "listed"}, {"entry", body}},
                                   "listed:Ar1")
                    : world.handle(handlers::EventKind::events_api,
                                   {{"type", "event_callback"},
                                    {"event", {{"type", "app_requested"}, {"app_request", body}}}},
                                   world.next("env"));
        const bool known = world.view().next_request_id().value > 1;
        const bool task = std::ranges::any_of(outcome.effects, is_task);
        CHECK((known || task));
        taken_in += known ? 1 : 0;
        tasks += task ? 1 : 0;
        // What was taken in goes on to its end without anything that cannot be sent.
        world.run();
        for (const auto& effect : world.performed)
            CHECK(Json::accept(effect.args));
    }
    CHECK(taken_in >= 100);
    CHECK(tasks >= 20);
}

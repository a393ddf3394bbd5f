// POST /webhooks/NAME between the listener and the dispatcher.
#include "bot/webhooks.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/run_coro.hpp"

#include <boost/asio/post.hpp>
#include <doctest/doctest.h>

using namespace countersign;
using namespace std::chrono_literals;

namespace {

struct World {
    World() {
        config::Tracker lab;
        lab.name = "lab";
        lab.url = "https://gitlab.com";
        lab.projects = {"acme/vendors"};
        settings.trackers = {lab};
        secrets.webhooks.emplace("lab", Secret(std::string("s")));
        webhooks.use(settings, secrets);
    }
    int post(const std::string& path = "/webhooks/lab") {
        const auto posts = webhooks.posts();
        net::HttpPost message{path, {{"x-gitlab-event", "Issue Hook"}, {"x-gitlab-token", "s"}}, body};
        if (const auto refused = posts.refuse(message)) return refused->status;
        return tests::run(io, posts.answer(std::move(message))).status;
    }

    std::string body =
        R"({"object_kind":"issue","project":{"path_with_namespace":"acme/vendors"},"object_attributes":{"iid":7}})";
    net::asio::io_context io{1};
    tests::ManualClock clock;
    config::Settings settings;
    config::Secrets secrets;
    std::vector<bot::HookIn> offered;
    bool room = true;
    bool committed = true;
    bot::Webhooks webhooks{io.get_executor(), clock, [this](bot::HookIn hook) {
                               if (!room) return false;
                               const auto ticket = hook.ticket;
                               offered.push_back(std::move(hook));
                               if (committed)
                                   net::asio::post(io, [this, ticket] { webhooks.kept({ticket}); });
                               return true;
                           }};
};

}  // namespace

TEST_CASE("a webhook is answered 200 once it is kept, and 503 when there is no room or no commit") {
    World world;
    CHECK(world.post() == 200);
    REQUIRE(world.offered.size() == 1);
    CHECK(world.offered[0].tracker == "lab");
    CHECK(world.offered[0].hook.project == "acme/vendors");
    CHECK(world.offered[0].hook.iid == 7);
    world.room = false;
    CHECK(world.post() == 503);
    world.room = true;
    world.committed = false;  // the disk is full: the tracker may send it again
    CHECK(world.post() == 503);
}

TEST_CASE("a tracker whose webhook secret went away at a reload is nobody") {
    World world;
    world.secrets.webhooks.clear();
    world.webhooks.use(world.settings, world.secrets);
    CHECK(world.post() == 404);
    CHECK(world.post("/metrics") == 404);
    CHECK(world.offered.empty());
}

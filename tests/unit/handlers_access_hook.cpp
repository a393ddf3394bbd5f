// The ends of access that GitHub tells of (I16), as events: who is meant, and who is not.
#include "handlers/token_life.hpp"
#include "storage/installed_view.hpp"
#include "tests/support/review_world.hpp"

using namespace countersign;
using namespace countersign::tests;
using handlers::EventKind;

namespace {

struct World : ReviewWorld {
    World() : ReviewWorld(with_hub()) { start(); }

    static config::Settings with_hub() {
        auto settings = review_settings();
        config::Tracker hub;
        hub.name = "hub";
        hub.kind = config::TrackerKind::github;
        hub.url = "https://github.com";
        hub.projects = {"Acme/it"};
        settings.trackers.push_back(hub);
        return settings;
    }
    void put(const std::string& id, const std::string& flow, const std::string& account,
             const std::string& url = "https://github.com") {
        storage::Authorization row;
        row.id = id;
        row.kind = storage::AuthorizationKind::github;
        row.name = id;
        row.url = url;
        row.flow = flow;
        row.account_id = account;
        row.state = storage::AuthorizationState::active;
        storage::apply(db.writer(), storage::SaveAuthorization{row}, clock.now());
        storage::Integration use;
        use.name = "of " + id;
        use.authorization = id;
        use.authorization_kind = row.kind;
        use.instance = url;
        use.target = "hub";
        use.owner = UserId("U0EMP");
        storage::apply(db.writer(), storage::SaveIntegration{use}, clock.now());
    }
    void hook(const Json& access, const std::string& tracker = "hub") {
        handle(EventKind::tracker_hook, {{"tracker", tracker}, {"access", access}}, next("hook"));
        run();
    }
    bool works(const std::string& id) {
        const auto view = this->view();
        const auto uses = view.installed().built_on(id);
        const bool active = view.installed().authorization(id)->state == storage::AuthorizationState::active;
        CHECK(active == (uses.front().state == storage::IntegrationState::active));
        return active;
    }
};

Json suspended(const std::string& owner) {
    return {{"what", "suspended"}, {"account", "9"}, {"name", owner}};
}

}  // namespace

TEST_CASE("I16: a suspended App ends the grants that reach into its owner's projects, and no others") {
    World world;
    world.put("granted", "link", "1");
    world.put("typed", "token", "1");
    world.put("elsewhere", "link", "1", "https://ghe.example.com");
    for (const auto& nothing : {suspended("other"), suspended("acm"), suspended("")})
        world.hook(nothing);
    world.hook(suspended("acme"), "procurement");
    world.hook(suspended("acme"), "unknown");
    world.hook(Json::object());
    for (const auto* id : {"granted", "typed", "elsewhere"})
        CHECK_MESSAGE(world.works(id), id);
    world.hook(suspended("ACME"));
    CHECK_FALSE(world.works("granted"));
    CHECK(world.works("typed"));
    CHECK(world.works("elsewhere"));
    CHECK(world.heard("U0EMP").size() == 1);
    CHECK(world.heard("C0ITALARMS").back().contains("the App was suspended by ACME"));
    world.hook({{"what", "uninstalled"}, {"account", "9"}, {"name", "Acme"}});
    CHECK(world.heard("U0EMP").size() == 1);
}

TEST_CASE("I16: consent that was taken back ends the grants of that person alone") {
    World world;
    world.put("octo", "device", "583231");
    world.put("hubot", "link", "7");
    world.put("typed", "token", "583231");
    world.hook({{"what", "revoked"}, {"account", "583231"}, {"name", "<!channel>"}});
    CHECK_FALSE(world.works("octo"));
    CHECK(world.works("hubot"));
    CHECK(world.works("typed"));
    CHECK_FALSE(world.heard("C0ITALARMS").back().contains("<!channel>"));
}

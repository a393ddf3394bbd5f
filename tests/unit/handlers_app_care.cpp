// What becomes of installed apps: recertification, uninstalling in stages, owners who leave, channels.
#include "handlers/installed_fields.hpp"
#include "storage/installed_view.hpp"
#include "tests/support/review_world.hpp"

#include <SQLiteCpp/Database.h>

#include <string>
#include <vector>

using namespace countersign;
using namespace countersign::tests;
using std::chrono::days;
using std::chrono::hours;
using storage::IntegrationState;

namespace {

storage::InventoryEntry app(ReviewWorld& world, const std::string& id, const std::string& owner = "") {
    storage::InventoryEntry entry;
    entry.app_id = AppId(id);
    entry.team_id = TeamId("T1");
    entry.app_name = "App " + id;
    entry.owner = UserId(owner);
    entry.scopes = "chat:write";
    entry.first_seen = entry.last_seen = world.clock.now();
    storage::apply(world.db.writer(), storage::SaveInventoryEntry{entry}, world.clock.now());
    return entry;
}

storage::InventoryEntry entry(ReviewWorld& world, const std::string& id) {
    return world.view().installed().entry(AppId(id), TeamId("T1")).value();
}

void know(ReviewWorld& world, const std::string& id, bool active = true) {
    storage::Person known;
    known.id = UserId(id);
    known.active = active;
    known.read_at = world.clock.now();
    storage::apply(world.db.writer(), storage::SavePerson{known}, world.clock.now());
}

std::ptrdiff_t alarms(const ReviewWorld& world, const std::string& words) {
    const auto posts = world.performed_of("chat.postMessage");
    return std::ranges::count_if(posts, [&](const storage::Effect& post) {
        return post.args.contains(words) && post.args.contains("C0ITALARMS");
    });
}

std::ptrdiff_t heard(const ReviewWorld& world, const std::string& user, const std::string& words) {
    const auto all = world.heard(user);
    return std::ranges::count_if(all, [&](const auto& text) { return text.contains(words); });
}

void press(ReviewWorld& world, const std::string& user, std::string_view action, const std::string& target) {
    world.press_with(user, action, target, "D0" + user, "1.1");
    world.run({"admin.apps.uninstall"});
}

// Announced a week ago, it waits for its turn.
storage::Effect uninstall_due(ReviewWorld& world) {
    world.start();
    app(world, "A1", "U0EMP");
    world.submit("U0ADMIN", ids::form_uninstall, "app:A1/T1", {{"name", "App A1"}});
    world.pass(days(7));
    world.run({"admin.apps.uninstall"});
    return world.expect("admin.apps.uninstall");
}

}  // namespace

TEST_CASE("M20: owners are asked once a year, silence escalates once and removes nothing") {
    ReviewWorld world;
    world.start();
    app(world, "A1", "U0EMP");
    app(world, "A2");
    app(world, "A0COUNTERSIGN", "U0EMP");
    for (int day = 0; day < 360; ++day) {
        world.pass(hours(24));
        world.run();
    }
    CHECK(heard(world, "U0EMP", "Is it still needed?") == 0);
    for (int day = 0; day < 60; ++day) {
        world.pass(hours(24));
        world.run();
    }
    CHECK(heard(world, "U0EMP", "Is it still needed?") == 1);
    CHECK(alarms(world, "Nobody has said whether *App A1*") == 1);
    CHECK(alarms(world, "Nobody has said whether *App A2*") == 1);  // it has no owner
    CHECK(entry(world, "A1").state == storage::InstalledState::installed);
    CHECK(world.performed_of("admin.apps.uninstall").empty());

    press(world, "U0EVIL", ids::app_needed, "app:A1/T1");
    CHECK_FALSE(entry(world, "A1").confirmed_at);
    press(world, "U0EMP", ids::app_needed, "app:A1/T1");
    CHECK(entry(world, "A1").confirmed_by == "U0EMP");
    CHECK_FALSE(entry(world, "A1").asked_at);
    for (int day = 0; day < 300; ++day) {
        world.pass(hours(24));
        world.run();
    }
    CHECK(heard(world, "U0EMP", "Is it still needed?") == 1);
    press(world, "U0ADMIN", ids::app_not_needed, "app:A2/T1");
    CHECK(alarms(world, "is not needed any more") == 1);
    CHECK(entry(world, "A2").state == storage::InstalledState::installed);
}

TEST_CASE("M20: a daemon that is started anew every day asks all the same") {
    ReviewWorld world;
    world.start();
    app(world, "A1", "U0EMP");
    world.clock.advance(days(400));
    world.pass(hours(1));
    for (int day = 0; day < 3; ++day) {
        world.start();
        world.pass(hours(20));
        world.run();
    }
    CHECK(heard(world, "U0EMP", "Is it still needed?") == 1);
}

TEST_CASE("M28: what was imported on one day is asked about in waves, never with recertify_months = 0") {
    for (const int months : {12, 0}) {
        auto settings = review_settings();
        settings.installed.recertify_months = months;
        ReviewWorld world(settings);
        world.start();
        for (int at = 0; at < 50; ++at)
            app(world, "A" + std::to_string(100 + at), "U0EMP");
        world.clock.advance(days(400));
        std::vector<std::ptrdiff_t> asked;
        for (int day = 0; day < 4; ++day) {
            world.pass(hours(24));
            const auto all = world.view().installed().inventory({});
            asked.push_back(
                std::ranges::count_if(all, [](const auto& each) { return each.asked_at.has_value(); }));
        }
        CHECK(asked == (months == 0 ? std::vector<std::ptrdiff_t>{0, 0, 0, 0}
                                    : std::vector<std::ptrdiff_t>{20, 40, 50, 50}));
    }
}

TEST_CASE("M28, M20: what was imported without an approval is asked about after two weeks, and of whom") {
    ReviewWorld world;
    world.start();
    know(world, "U0EMP");
    know(world, "U0GONE", false);
    const auto imported = [&](const std::string& id, const std::string& by, const std::string& source) {
        auto made = app(world, id, "");
        made.set_up_by = by;
        made.source = source;
        made.version = entry(world, id).version;
        storage::apply(world.db.writer(), storage::SaveInventoryEntry{made}, world.clock.now());
    };
    imported("A1", "U0EMP", "integration_logs");
    imported("A2", "U0GONE", "file");
    imported("A3", "U0EMP", "event");
    imported("A4", "", "file");
    const auto days_pass = [&](int many) {
        for (int day = 0; day < many; ++day) {
            world.pass(hours(24));
            world.run();
        }
    };
    days_pass(13);
    CHECK(heard(world, "U0EMP", "Is it still needed?") == 0);
    days_pass(3);
    CHECK(heard(world, "U0EMP", "Is it still needed?") == 1);
    CHECK(alarms(world, "Nobody has said whether *App A2*") == 1);
    CHECK(alarms(world, "Nobody has said whether *App A4*") == 1);
    CHECK_FALSE(entry(world, "A3").asked_at);
    // Whoever was asked may answer, though not the owner; nobody else may.
    press(world, "U0EVIL", ids::app_needed, "app:A1/T1");
    CHECK_FALSE(entry(world, "A1").confirmed_at);
    press(world, "U0EMP", ids::app_needed, "app:A1/T1");
    CHECK(entry(world, "A1").confirmed_by == "U0EMP");
    press(world, "U0EMP", ids::app_needed, "app:A2/T1");
    CHECK_FALSE(entry(world, "A2").confirmed_at);
    days_pass(30);
    CHECK(heard(world, "U0EMP", "Is it still needed?") == 1);
    CHECK(alarms(world, "Nobody has said whether *App A2*") == 1);
}

TEST_CASE(
    "M28: three thousand imported apps are asked about twenty a day, each once, until all are answered") {
    ReviewWorld world;
    world.start();
    know(world, "U0EMP");
    constexpr int many = 3'000, wave = 20;
    world.db.writer().transaction([&] {
        for (int at = 0; at < many; ++at) {
            storage::InventoryEntry made;
            made.app_id = AppId("A" + std::to_string(10'000 + at));
            made.team_id = TeamId("T1");
            made.app_name = "App";
            made.set_up_by = "U0EMP";
            made.source = "integration_logs";
            made.first_seen = made.last_seen = world.clock.now();
            storage::apply(world.db.writer(), storage::SaveInventoryEntry{made}, world.clock.now());
        }
    });
    auto& database = world.db.writer().handle();
    const auto count = [&](const std::string& what) {
        return database.execAndGet("SELECT count(" + what).getInt();
    };
    std::vector<int> waves;
    for (int day = 0, before = 0; day < 14 + many / wave + 5; ++day) {
        world.pass(hours(24));
        const int asked = count("*) FROM audit WHERE action = 'inventory.recertification_asked'");
        if (asked > before) waves.push_back(asked - before);
        before = asked;
        // As if each had been pressed; every second one only on the next day.
        database.exec(
            "UPDATE inventory SET confirmed_at = asked_at, asked_at = NULL WHERE asked_at IS NOT NULL AND "
            "(asked_at < " +
            std::to_string(to_millis(world.clock.now())) + " OR CAST(substr(app_id, 2) AS INTEGER) % 2 = 0)");
    }
    CHECK(waves == std::vector<int>(many / wave, wave));
    CHECK(count("DISTINCT subject) FROM audit WHERE action = 'inventory.recertification_asked'") == many);
    CHECK(count("*) FROM outbox WHERE method = 'chat.postMessage' AND args LIKE '%Is it still needed?%'") ==
          many);
    CHECK(count("*) FROM outbox WHERE args LIKE '%Nobody has said whether%'") == 0);
}

TEST_CASE("M20: an app without an owner is asked about of whoever asked for it") {
    ReviewWorld world;
    world.start();
    const auto request = world.request(world.ready_request());
    know(world, request.requester.value);
    auto made = app(world, "A1");
    made.request = request.id;
    made.source = "event";
    made.version = entry(world, "A1").version;
    storage::apply(world.db.writer(), storage::SaveInventoryEntry{made}, world.clock.now());
    world.clock.advance(days(366));
    for (int day = 0; day < 2; ++day) {
        world.pass(hours(24));
        world.run();
    }
    CHECK(heard(world, request.requester.value, "Is it still needed?") == 1);
}

TEST_CASE("M18: an app is uninstalled when the grace period is over and nobody said stop") {
    ReviewWorld world;
    world.start();
    app(world, "A1", "U0EMP");
    app(world, "A2");
    app(world, "A0COUNTERSIGN");
    const std::string typed = "App A1";
    const auto confirm = [&](const std::string& user, const std::string& target, const std::string& name) {
        return world.submit(user, ids::form_uninstall, target, {{"name", name}}).ack;
    };
    CHECK(confirm("U0EMP", "app:A1/T1", typed).contains("only admins"));
    CHECK(confirm("U0ADMIN", "app:A1/T1", "app a1").contains("exactly"));
    CHECK(confirm("U0ADMIN", "app:A9/T1", typed).contains("removed it"));
    CHECK(confirm("U0ADMIN", "app:A0COUNTERSIGN/T1", "App A0COUNTERSIGN")
              .contains("does not uninstall itself"));
    CHECK(confirm("U0ADMIN", "app:A1/T1", typed).empty());
    world.run({"admin.apps.uninstall"});
    CHECK(heard(world, "U0EMP", "will be uninstalled on") == 1);
    CHECK(alarms(world, "will be uninstalled on") == 1);
    world.pass(days(6));
    CHECK_FALSE(world.waiting("admin.apps.uninstall"));
    press(world, "U0EVIL", ids::stop_uninstall, "app:A1/T1");
    CHECK(entry(world, "A1").uninstall_at);
    press(world, "U0EMP", ids::stop_uninstall, "app:A1/T1");
    CHECK_FALSE(entry(world, "A1").uninstall_at);
    world.pass(days(2));
    CHECK_FALSE(world.waiting("admin.apps.uninstall"));

    CHECK(confirm("U0ADMIN", "app:A1/T1", typed).empty());
    world.pass(days(7));
    const auto refused = world.expect("admin.apps.uninstall");
    CHECK(Json::parse(refused.args) == Json{{"app_id", "A1"}, {"team_ids", "T1"}});
    world.answer(refused, {"human", "must_revoke_access", Json::object()});
    CHECK(entry(world, "A1").state == storage::InstalledState::installed);
    world.run({"admin.apps.uninstall"});
    CHECK(alarms(world, "was not uninstalled") == 1);

    CHECK(confirm("U0ADMIN", "app:A1/T1", typed).empty());
    world.pass(days(7));
    world.answer(world.expect("admin.apps.uninstall"), {"ok", "", Json::object()});
    CHECK(entry(world, "A1").state == storage::InstalledState::removed);
    CHECK(entry(world, "A1").removed_by == "U0ADMIN");
    world.run();
    CHECK(alarms(world, "To bring it back") == 1);
    CHECK(world.audited("inventory.uninstalled", "app:A1/T1"));
}

TEST_CASE("M18, M25: what waits to be uninstalled is not, once it is stopped, or protected by the policy") {
    ReviewWorld world;
    const auto call = uninstall_due(world);
    const auto may_leave = [&] {
        const auto reader = world.view();
        return handlers::may_still_leave(call,
                                         {world.clock.now(), reader, world.settings, world.capabilities});
    };
    REQUIRE(may_leave());
    const auto overtaken = [&] {
        CHECK_FALSE(may_leave());
        world.answer(call, {"expired", "overtaken", Json::object()});
        world.run({"admin.apps.uninstall"});
        CHECK(entry(world, "A1").state == storage::InstalledState::installed);
        CHECK_FALSE(world.audited("inventory.uninstall_failed", "app:A1/T1"));
    };
    SUBCASE("stopped") {
        press(world, "U0EMP", ids::stop_uninstall, "app:A1/T1");
        CHECK(heard(world, "U0EMP", "stays installed") == 1);
        overtaken();
        CHECK(alarms(world, "was not uninstalled") == 0);
        CHECK_FALSE(entry(world, "A1").uninstall_at);
    }
    SUBCASE("stopped, and announced anew") {
        press(world, "U0EMP", ids::stop_uninstall, "app:A1/T1");
        world.submit("U0ADMIN", ids::form_uninstall, "app:A1/T1", {{"name", "App A1"}});
        overtaken();
        CHECK(entry(world, "A1").uninstall_at);
    }
    SUBCASE("gone before") {
        auto gone = entry(world, "A1");
        gone.state = storage::InstalledState::removed;
        storage::apply(world.db.writer(), storage::SaveInventoryEntry{gone}, world.clock.now());
        CHECK_FALSE(may_leave());
        world.answer(call, {"expired", "overtaken", Json::object()});
        world.run();
        CHECK(alarms(world, "was not uninstalled") == 0);
    }
    SUBCASE("protected") {
        world.settings.policy = with_policy("protected_apps = [\"A1\"]\n").policy;
        overtaken();
        CHECK(alarms(world, "was not uninstalled. The policy protects this app") == 1);
        CHECK_FALSE(entry(world, "A1").uninstall_at);
    }
}

TEST_CASE("M18: Stop says that it is too late when Slack may have been asked, not that the app stays") {
    ReviewWorld world;
    const auto call = uninstall_due(world);
    storage::Outbox outbox(world.db.writer());
    outbox.claim(call.id, world.clock.now());
    bool late = true;
    SUBCASE("it is under way") {}
    SUBCASE("the program ended meanwhile") {
        outbox.release_claims();
    }
    SUBCASE("Slack has put it off") {
        outbox.retry(call.id, "ratelimited", world.clock.now() + hours(1), false);
        late = false;
    }
    press(world, "U0EMP", ids::stop_uninstall, "app:A1/T1");
    CHECK(heard(world, "U0EMP", "It is too late: Slack is asked to uninstall *App A1*") == (late ? 1 : 0));
    CHECK(heard(world, "U0EMP", "stays installed") == (late ? 0 : 1));
    CHECK(entry(world, "A1").uninstall_at.has_value() == late);
    CHECK(world.audited("inventory.uninstall_stopped", "app:A1/T1") != late);
}

TEST_CASE("I14, M19: an owner who leaves is told to the admins once, with all that needs another") {
    ReviewWorld world;
    world.start();
    app(world, "A1", "U0EMP");
    const auto leave = [&](const std::string& user, bool deleted, const std::string& name) {
        world.handle(handlers::EventKind::events_api,
                     {{"type", "event_callback"},
                      {"event", {{"type", "user_change"}, {"user", {{"id", user}, {"deleted", deleted}}}}}},
                     name);
        world.run();
    };
    leave("U0EMP", false, "one");
    CHECK(alarms(world, "has left") == 0);
    leave("U0EMP", true, "two");
    leave("U0EMP", true, "three");
    leave("U0LEGAL", true, "four");
    CHECK(alarms(world, "has left") == 1);
    CHECK(alarms(world, "App A1") == 1);
}

TEST_CASE("I14: an owner who leaves is noticed within a day though no event tells, and told once") {
    ReviewWorld world;
    world.start();
    app(world, "A1", "U0EMP");
    world.pass(std::chrono::hours(25));
    world.run();
    CHECK(alarms(world, "has left") == 0);
    world.slack.people["U0EMP"] = {{"deleted", true}};
    for (int day = 0; day < 3; ++day) {
        world.pass(std::chrono::hours(25));
        world.run();
    }
    CHECK(alarms(world, "has left") == 1);
    CHECK(alarms(world, "App A1") == 1);
}

TEST_CASE("M19: an installer who had left before the import makes an orphan of the app, told within a day") {
    ReviewWorld world;
    world.start();
    for (const auto* id : {"A1", "A2"}) {
        auto made = app(world, id, id[1] == '2' ? "U0EMP" : "");
        made.set_up_by = "U0GONE";
        made.source = "integration_logs";
        made.version = entry(world, id).version;
        storage::apply(world.db.writer(), storage::SaveInventoryEntry{made}, world.clock.now());
    }
    world.slack.people["U0GONE"] = {{"deleted", true}};
    const auto orphans = [&] {
        return world.view().installed().inventory({.only = storage::InstalledView::Only::orphans}).size();
    };
    CHECK(orphans() == 0);
    for (int day = 0; day < 3; ++day) {
        world.pass(std::chrono::hours(25));
        world.run();
    }
    CHECK(orphans() == 1);
    CHECK(alarms(world, "has left") == 1);
    CHECK(alarms(world, "App A1") == 1);
    CHECK(alarms(world, "App A2") == 0);  // that one has an owner
}

TEST_CASE("M15: before an authorization is removed it is said that others may use it who are unknown here") {
    ReviewWorld world;
    world.start();
    know(world, "U0EMP");
    storage::Authorization row;
    row.id = "auth1";
    row.name = "GitLab";
    row.url = "https://gitlab.com";
    row.state = storage::AuthorizationState::active;
    row.added_at = row.state_since = world.clock.now();
    storage::apply(world.db.writer(), storage::SaveAuthorization{row}, world.clock.now());
    const auto form = [&](const std::string& user, const std::string& name) {
        const auto opened = world.performed_of("views.open").size();
        world.command(user, "remove " + name, true, "/installed-apps");
        world.run({"account.check"});
        const auto all = world.performed_of("views.open");
        REQUIRE(all.size() == opened + 1);
        return all.back().args;
    };
    const std::string unknown =
        "Whether anything else uses this account, outside of Countersign, is not known";
    const auto unused = form("U0ADMIN", "GitLab");
    CHECK(unused.contains("Nothing that is known here depends on"));
    CHECK(unused.contains(unknown));
    CHECK(world
              .submit("U0EMP", ids::form_installed_add, std::string(),
                      {{"name", "Vendors"}, {"authorization", "auth1"}, {"use", "tracker:procurement"}})
              .ack.empty());
    const auto used = form("U0ADMIN", "GitLab");
    CHECK(used.contains("This stops working"));
    CHECK(used.contains("Vendors"));
    CHECK(used.contains(unknown));
    CHECK_FALSE(form("U0EMP", "Vendors").contains(unknown));  // an integration is nobody else's
}

TEST_CASE("I6: block_delete_while_used refuses the removal of what something uses") {
    auto settings = review_settings();
    settings.installed.block_delete_while_used = true;
    ReviewWorld world(settings);
    world.start();
    know(world, "U0EMP");
    storage::Authorization row;
    row.id = "auth1";
    row.name = "GitLab";
    row.url = "https://gitlab.com";
    row.state = storage::AuthorizationState::active;
    row.added_at = row.state_since = world.clock.now();
    storage::apply(world.db.writer(), storage::SaveAuthorization{row}, world.clock.now());
    CHECK(world
              .submit("U0EMP", ids::form_installed_add, std::string(),
                      {{"name", "Vendors"}, {"authorization", "auth1"}, {"use", "tracker:procurement"}})
              .ack.empty());
    const std::map<std::string, std::string> typed{{"name", "GitLab"}};
    const auto target = [&] {
        return "authorization:auth1#" + handlers::digest_of(world.view().installed().integrations());
    };
    CHECK(world.submit("U0ADMIN", ids::form_installed_remove, target(), typed)
              .ack.contains("while something uses it"));
    CHECK(world.view().installed().authorization("auth1"));
    storage::apply(world.db.writer(), storage::RemoveIntegration{1}, world.clock.now());
    CHECK(world.submit("U0ADMIN", ids::form_installed_remove, target(), typed).ack.empty());
    CHECK_FALSE(world.view().installed().authorization("auth1"));
    // O14: taken back, whatever the server says to it.
    world.answer(world.expect("account.revoke"), {"refused", "unavailable", {{"text", "HTTP 503"}}});
    world.run();
    CHECK(alarms(world, "was not taken back") == 1);
}

TEST_CASE("channels: bad ids and other kinds are refused at their field, trouble is told once and passes") {
    ReviewWorld world;
    world.start();
    know(world, "U0EMP");
    const auto add = [&](const std::string& name, const std::string& channel, const std::string& use) {
        return world
            .submit("U0EMP", ids::form_installed_add, std::string(),
                    {{"name", name}, {"authorization", "own"}, {"use", use}, {"channel", channel}})
            .ack;
    };
    for (const auto* wrong : {"", "general", "#general", "U0EMP", "C0 1", "C"})
        CHECK(add("Results", wrong, "channel:results").contains("channel's id"));
    CHECK(add("Results", "C0SALES", "channel:everything").contains("choose what"));
    CHECK(add("Results", "C0SALES", "channel:results").empty());
    CHECK(add("Twice", "C0SALES", "channel:results").contains("already"));
    CHECK(add("Digest", "C0SALES", "channel:digest").empty());
    const auto state = [&] { return world.view().installed().integrations().front().state; };
    const auto greeting = [&] {
        const auto all = world.due();
        return std::ranges::find(all, "channel_post", &storage::Effect::purpose) != all.end();
    };
    for (int purpose = 0; purpose < 2; ++purpose) {  // one after the other in one channel
        REQUIRE(greeting());
        for (const auto& effect : world.due()) {
            if (effect.purpose != "channel_post") continue;
            world.answer(effect, {"human", "not_in_channel", Json::object()});
        }
    }
    CHECK(state() == IntegrationState::degraded);
    world.run();
    CHECK(heard(world, "U0EMP", "is not connected, its first message did not get there") == 2);
    CHECK(heard(world, "U0EMP", "Connected.") == 0);
    // A result gets there: now it is.
    const auto id = world.ready_request();
    world.press("U0LEGAL", ids::vote_reject, id);
    world.submit("U0LEGAL", ids::form_reject, id, {{"reason", "no"}});
    world.run();
    CHECK(state() == IntegrationState::active);
    CHECK(heard(world, "U0EMP", "Connected.") == 1);
    const auto posts = world.performed_of("chat.postMessage");
    const auto results = std::ranges::count_if(posts, [](const storage::Effect& post) {
        return post.args.contains("C0SALES") && post.args.contains("Denied");
    });
    CHECK(results == 1);
    for (int day = 0; day < 3; ++day) {
        world.pass(hours(24));
        world.run();
    }
    const auto later = world.performed_of("chat.postMessage");
    CHECK(std::ranges::count_if(later, [](const storage::Effect& post) {
              return post.args.contains("C0SALES") && post.args.contains("App requests on");
          }) == 3);
}

TEST_CASE(
    "channels: one is connected when its first message is there, by a stored authorization too, and after it "
    "is "
    "connected again (I8, I9)") {
    ReviewWorld world;
    world.start();
    know(world, "U0EMP");
    storage::Authorization row;
    row.id = "slack1";
    row.kind = storage::AuthorizationKind::slack;
    row.name = "Partner";
    row.url = "https://slack.com";
    row.account = "bot";
    row.account_id = "U0BOT";
    row.fingerprint = "fp1";
    row.state = storage::AuthorizationState::active;
    row.added_at = row.state_since = world.clock.now();
    storage::apply(world.db.writer(), storage::SaveAuthorization{row}, world.clock.now());
    const auto add = [&](const std::string& authorization, const std::string& name) {
        return world
            .submit("U0EMP", ids::form_installed_add, std::string(),
                    {{"name", name},
                     {"authorization", authorization},
                     {"use", "channel:results"},
                     {"channel", "C0SALES"}})
            .ack;
    };
    const auto use = [&] { return world.view().installed().integrations().front(); };
    const auto told = [&](const std::string& words) {
        world.run({"account.check", "account.post"});
        return heard(world, "U0EMP", words);
    };
    const auto look = [&] {  // the authorization is asked about, and works
        world.pass(std::chrono::seconds(1));
        while (const auto check = world.waiting("account.check"))
            world.answer(*check, {"ok", "", {{"account", "bot"}, {"account_id", "U0BOT"}}});
    };
    REQUIRE(add("slack1", "Results").empty());
    CHECK(told("A first message is on its way") == 1);
    CHECK_FALSE(world.waiting("account.post"));  // not with a token that nobody has looked at
    look();
    look();
    const auto greeting = world.expect("account.post");
    CHECK(greeting.args.contains("from now on"));
    CHECK(use().state == IntegrationState::degraded);
    CHECK(told("Connected.") == 0);
    world.answer(greeting, {"ok", "", Json::object()});
    CHECK_FALSE(world.waiting("account.post"));  // one greeting, however often it was looked at
    CHECK(use().state == IntegrationState::active);
    CHECK(told("Connected.") == 1);
    look();
    CHECK_FALSE(world.waiting("account.post"));

    // Moved to another one of that kind: again only after a message.
    row.id = "slack2";
    row.name = "Second";
    storage::apply(world.db.writer(), storage::SaveAuthorization{row}, world.clock.now());
    world.clock.advance(std::chrono::seconds(1));
    CHECK(world.submit("U0EMP", ids::form_installed_reconnect, "integration:1", {{"authorization", "slack2"}})
              .ack.empty());
    CHECK(use().state == IntegrationState::degraded);
    look();
    const auto again = world.expect("account.post");
    CHECK(again.args.contains("here again"));
    // Its token is refused: it waits for a better one, and is greeted by that.
    world.answer(again, {"refused", "refused", {{"text", "Slack refuses the token (token_revoked)"}}});
    CHECK(told("Connected.") == 1);
    world.pass(std::chrono::seconds(61));
    look();
    const auto third = world.expect("account.post");
    world.answer(third, {"human", "not_in_channel", Json::object()});
    CHECK(told("is not connected, its first message did not get there") == 1);
    CHECK(use().state == IntegrationState::degraded);
    look();
    CHECK_FALSE(world.waiting("account.post"));  // until somebody has mended it and tests it
    world.command("U0EMP", "test Results", true, "/installed-apps");
    world.answer(world.expect("account.post"), {"ok", "", Json::object()});
    CHECK(told("Connected.") == 2);
    CHECK(use().state == IntegrationState::active);

    // By our own bot, which needs no look: two purposes in one channel are told apart.
    REQUIRE(add("own", "Ours").empty());
    const auto ours = [&] { return world.view().installed().integrations().back(); };
    CHECK(ours().state == IntegrationState::degraded);
    world.run({"account.check", "account.post"});
    CHECK(ours().state == IntegrationState::active);
    CHECK(heard(world, "U0EMP", "Connected.") == 3);
}

TEST_CASE("I1, M19: 500 apps page by page, each once, mine, unapproved and orphans are lists of their own") {
    ReviewWorld world;
    world.start();
    for (int at = 0; at < 500; ++at)
        app(world, "A" + std::to_string(1'000 + at), at % 10 == 0 ? "U0EMP" : at % 10 == 1 ? "U0GONE" : "");
    storage::Person gone;
    gone.id = UserId("U0GONE");
    gone.active = false;
    storage::apply(world.db.writer(), storage::SavePerson{gone}, world.clock.now());
    const auto list = [&](const std::string& words) {
        return world.command("U0EMP", "list" + words, true, "/installed-apps").ack;
    };
    std::set<std::string> seen;
    for (int page = 1; page <= 34; ++page) {
        const auto shown = list(" " + std::to_string(page));
        CHECK(shown.contains("page " + std::to_string(page) + " of 34"));
        for (int at = 0; at < 500; ++at) {
            const auto id = "A" + std::to_string(1'000 + at);
            if (shown.contains("(" + id + ")")) CHECK(seen.insert(id).second);
        }
    }
    CHECK(seen.size() == 500);
    CHECK(list(" mine").contains("(50, page 1 of 4)"));
    CHECK(list(" orphans").contains("(50, page 1 of 4)"));
    CHECK(list(" orphans page 4").contains("page 4 of 4"));
    CHECK(list(" unapproved").contains("(500, page 1 of 34)"));
    CHECK(list(" unconfirmed").contains("No installed app is like that"));
}

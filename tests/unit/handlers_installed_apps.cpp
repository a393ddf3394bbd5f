// Installed apps: rights at the moment of the press, forged presses, expiry.
#include "handlers/installed_apps.hpp"
#include "handlers/installed_fields.hpp"
#include "storage/installed_view.hpp"
#include "tests/support/review_world.hpp"

using namespace countersign;
using namespace countersign::tests;

namespace {

void store(ReviewWorld& world, const std::string& id, const std::string& name,
           std::optional<Timestamp> expires = std::nullopt) {
    storage::Authorization row;
    row.id = id;
    row.name = name;
    row.url = "https://gitlab.com";
    row.account = "bot";
    row.state = storage::AuthorizationState::active;
    row.fingerprint = "0a0b0c0d";
    row.expires_at = expires;
    row.added_at = row.state_since = world.clock.now();
    storage::apply(world.db.writer(), storage::SaveAuthorization{row}, world.clock.now());
}

std::string add(ReviewWorld& world, const std::string& user, const std::string& authorization,
                const std::string& name, const std::string& use = "tracker:procurement") {
    return world
        .submit(user, ids::form_installed_add, std::string(),
                {{"name", name}, {"authorization", authorization}, {"use", use}})
        .ack;
}

}  // namespace

TEST_CASE("I3, I4: forged forms are refused on the server and written down, whatever they carry") {
    ReviewWorld world;
    world.start();
    store(world, "auth1", "GitLab");
    CHECK(add(world, "U0EMP", "auth1", "Vendors").empty());
    const auto integrations = [&] { return world.view().installed().integrations(); };
    REQUIRE(integrations().size() == 1);
    const auto forged = [&](std::string_view form, const std::string& target,
                            const std::map<std::string, std::string>& fields) {
        return world.submit("U0EVIL", form, target, fields).ack;
    };
    CHECK(forged(ids::form_installed_remove, "authorization:auth1#1,", {{"name", "GitLab"}})
              .contains("only admins"));
    CHECK(
        forged(ids::form_installed_edit, "authorization:auth1", {{"name", "Mine"}}).contains("only admins"));
    CHECK(forged(ids::form_installed_edit, "integration:1", {{"name", "Mine"}}).contains("only admins"));
    CHECK(forged(ids::form_installed_remove, "integration:1", {{"name", "Vendors"}}).contains("only admins"));
    CHECK(forged(ids::form_installed_reconnect, "integration:1", {{"authorization", "auth1"}})
              .contains("only admins"));
    for (const auto* target :
         {"", "x", "authorization:", "integration:99999999999999999999", "app:/", "app:A/T#"})
        CHECK_FALSE(forged(ids::form_installed_remove, target, {{"name", ""}}).empty());
    CHECK(world.audited("press.refused", "authorization:auth1"));
    CHECK(world.view().installed().authorization("auth1")->name == "GitLab");
    CHECK(integrations().size() == 1);
    // I6: what the form showed is not what is there any more.
    CHECK(add(world, "U0EMP", "auth1", "Second", "tracker:unknown").contains("not configured"));
    const auto stale =
        world.submit("U0ADMIN", ids::form_installed_remove, "authorization:auth1#", {{"name", "GitLab"}});
    CHECK(stale.ack.contains("has changed"));
    CHECK(world.view().installed().authorization("auth1"));
    // I20: the second of two admins hears that it is gone.
    const std::map<std::string, std::string> typed{{"name", "GitLab"}};
    const auto target = "authorization:auth1#" + handlers::digest_of(integrations());
    CHECK(world.submit("U0ADMIN", ids::form_installed_remove, target, typed).ack.empty());
    CHECK(world.submit("U0ADMIN2", ids::form_installed_remove, target, typed).ack.contains("removed it"));
    CHECK(integrations().front().state == storage::IntegrationState::needs_reauth);
}

TEST_CASE("I5: guests and people who left do not use installed apps") {
    ReviewWorld world;
    world.start();
    store(world, "auth1", "GitLab");
    for (const bool guest : {true, false}) {
        storage::Person person;
        person.id = UserId("U0GUEST");
        person.guest = guest;
        person.active = guest;
        storage::apply(world.db.writer(), storage::SavePerson{person}, world.clock.now());
        CHECK(add(world, "U0GUEST", "auth1", "Mine").contains("guests cannot"));
    }
    CHECK(world.view().installed().integrations().empty());
}

TEST_CASE("O15: a tracker is never connected with an authorization of another server") {
    ReviewWorld world;
    world.start();
    storage::Authorization row;
    row.id = "other";
    row.name = "Other";
    row.url = "https://gitlab.example.com";
    row.state = storage::AuthorizationState::active;
    storage::apply(world.db.writer(), storage::SaveAuthorization{row}, world.clock.now());
    CHECK(add(world, "U0EMP", "other", "Vendors").contains("the tracker is at https://gitlab.com"));
}

TEST_CASE("I13: the end of an authorization is told at 30, 14, 7 and 1 days and when it came, once each") {
    ReviewWorld world;
    world.start();
    store(world, "auth1", "GitLab", world.clock.now() + std::chrono::days(40));
    CHECK(add(world, "U0EMP", "auth1", "Vendors").empty());
    world.run();
    const auto told = [&](const std::string& words) {
        const auto posts = world.performed_of("chat.postMessage");
        return std::ranges::count_if(posts, [&](const storage::Effect& post) {
            return post.args.contains(words) && post.args.contains("C0ITALARMS");
        });
    };
    for (int day = 0; day < 45; ++day) {
        world.pass(std::chrono::hours(24));
        world.run();
    }
    for (const auto* words : {"expires within 30 days", "expires within 14 days", "expires within 7 days",
                              "expires within a day", "has expired"})
        CHECK_MESSAGE(told(words) == 1, words);
    const auto view = world.view();
    CHECK(view.installed().authorization("auth1")->state == storage::AuthorizationState::needs_reauth);
    CHECK(view.installed().integrations().front().state == storage::IntegrationState::needs_reauth);
    CHECK(world.heard("U0EMP").back().contains("has stopped"));
}

// Installed apps: rights at the moment of the press, forged presses, expiry.
#include "handlers/installed_apps.hpp"
#include "handlers/installed_fields.hpp"
#include "storage/installed_view.hpp"
#include "tests/support/edit_form.hpp"
#include "tests/support/review_world.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

using namespace countersign;
using namespace countersign::tests;

namespace {

void know(ReviewWorld& world, const std::string& id, bool active = true, bool guest = false) {
    storage::Person person;
    person.id = UserId(id);
    person.active = active;
    person.guest = guest;
    person.read_at = world.clock.now();
    storage::apply(world.db.writer(), storage::SavePerson{person}, world.clock.now());
}

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
    know(world, "U0EMP");
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

TEST_CASE("I5: whoever nobody has met yet is looked up first, and external people are no members") {
    ReviewWorld world;
    world.start();
    store(world, "auth1", "GitLab");
    const auto integrations = [&] { return world.view().installed().integrations().size(); };
    const auto ask = [&](const std::string& user, const nlohmann::json& as) {
        world.slack.people[user] = as;
        (void)add(world, user, "auth1", "Of " + user);
        CHECK(integrations() == 0);  // not before it is known
        world.run();
        world.pass(std::chrono::seconds(1));
        world.run({"account.check"});
    };
    ask("U0STRANGER", {{"is_stranger", true}});
    ask("U0GUEST", {{"is_ultra_restricted", true}});
    ask("U0LEFT", {{"deleted", true}});
    CHECK(integrations() == 0);
    const auto told = [&](const std::string& user) {
        const auto heard = world.heard(user);
        return std::ranges::any_of(heard, [](const auto& text) { return text.contains("guests cannot"); });
    };
    CHECK(told("U0STRANGER"));
    CHECK(told("U0GUEST"));
    ask("U0MEMBER", nlohmann::json::object());
    CHECK(integrations() == 1);
    CHECK_FALSE(told("U0MEMBER"));
    // Slack that does not say it lets nobody in.
    world.submit("U0NOBODY", ids::form_installed_add, std::string(),
                 {{"name", "Mine"}, {"authorization", "auth1"}, {"use", "tracker:procurement"}});
    world.answer(world.expect("users.info"), {"human", "user_not_found"});
    CHECK(integrations() == 1);
}

TEST_CASE("I14: nobody who is a guest, has left or is unknown becomes an owner") {
    ReviewWorld world;
    world.start();
    store(world, "auth1", "GitLab");
    know(world, "U0EMP");
    know(world, "U0OTHER");
    know(world, "U0GUEST", true, true);
    know(world, "U0LEFT", false);
    REQUIRE_FALSE(add(world, "U0EMP", "auth1", "Vendors").contains("errors"));
    const auto use = world.view().installed().integrations().front();
    const auto give = [&](const std::string& thing, const std::string& name, const std::string& owner) {
        return world
            .submit("U0ADMIN", ids::form_installed_edit, as_shown(world, thing),
                    {{"name", name}, {"owner", owner}, {"pause", "active"}})
            .ack;
    };
    const std::string integration = fmt::format("integration:{}", use.id);
    for (const auto& [thing, name] :
         {std::pair{integration, "Vendors"}, std::pair{std::string("authorization:auth1"), "GitLab"}}) {
        CAPTURE(thing);
        CHECK(give(thing, name, "U0GUEST").contains("has to be a member"));
        CHECK(give(thing, name, "U0LEFT").contains("has to be a member"));
    }
    CHECK(world.view().installed().integration(use.id)->owner.value == "U0EMP");
    CHECK_FALSE(give(integration, "Vendors", "U0OTHER").contains("errors"));
    CHECK_FALSE(give("authorization:auth1", "GitLab", "U0OTHER").contains("errors"));
    CHECK(world.view().installed().integration(use.id)->owner.value == "U0OTHER");
    CHECK(world.view().installed().authorization("auth1")->owner.value == "U0OTHER");
    // Whom nobody has met is looked up first.
    const auto owner = [&] { return world.view().installed().integration(use.id)->owner.value; };
    const auto look_up = [&](const std::string& user, const nlohmann::json& as) {
        world.slack.people[user] = as;
        CHECK(give(integration, "Vendors", user).empty());
        CHECK(owner() == "U0OTHER");
        world.run({"account.check"});
        world.pass(std::chrono::seconds(1));
        world.run({"account.check"});
    };
    look_up("U0STRANGER", {{"is_stranger", true}});
    CHECK(owner() == "U0OTHER");
    look_up("U0NEW", nlohmann::json::object());
    CHECK(owner() == "U0NEW");
}

TEST_CASE("I8: a pause outlives the authorization that it was made on") {
    ReviewWorld world;
    world.start();
    store(world, "auth1", "GitLab");
    store(world, "auth2", "Other");
    know(world, "U0EMP");
    (void)add(world, "U0EMP", "auth1", "Vendors");
    const auto use = [&] { return world.view().installed().integrations().front(); };
    const auto edit = [&](const std::string& pause) {
        (void)world.submit("U0EMP", ids::form_installed_edit,
                           as_shown(world, fmt::format("integration:{}", use().id)),
                           {{"name", "Vendors"}, {"owner", "U0EMP"}, {"pause", pause}});
    };
    const auto move = [&](const std::string& to) {
        storage::apply(world.db.writer(), storage::RemoveAuthorization{use().authorization, "U0ADMIN"},
                       world.clock.now());
        REQUIRE(use().state == storage::IntegrationState::needs_reauth);
        world.clock.advance(std::chrono::seconds(1));
        (void)world.submit("U0EMP", ids::form_installed_reconnect, fmt::format("integration:{}", use().id),
                           {{"authorization", to}});
        CHECK(use().authorization == to);
    };
    edit("paused");
    CHECK(use().state == storage::IntegrationState::paused);
    move("auth2");
    CHECK(use().state == storage::IntegrationState::paused);
    edit("active");
    CHECK(use().state == storage::IntegrationState::active);
    store(world, "auth3", "Third");
    move("auth3");
    CHECK(use().state == storage::IntegrationState::degraded);  // until its project is reached
}

TEST_CASE("M13, I10: who edits an authorization undoes nothing that another admin changed meanwhile") {
    ReviewWorld world;
    world.start();
    store(world, "auth1", "Partner");
    auto row = world.view().installed().authorization("auth1").value();
    row.kind = storage::AuthorizationKind::slack;
    row.id = "auth2";
    storage::apply(world.db.writer(), storage::SaveAuthorization{row}, world.clock.now());
    const auto opened = as_shown(world, "authorization:auth2");
    const auto send = [&](const std::string& user, const std::string& form,
                          const std::map<std::string, std::string>& fields) {
        return world.submit(user, ids::form_installed_edit, form, fields).ack;
    };
    CHECK(send("U0ADMIN2", opened,
               {{"name", "Partner"},
                {"owner", "U0EMP"},
                {"notes", "theirs"},
                {"allowed_users", "U0EMP"},
                {"allowed_channels", "C0SALES"}})
              .empty());
    CHECK(send("U0ADMIN", opened, {{"name", "Partner two"}}).empty());
    const auto refused = send("U0ADMIN", opened, {{"name", "Partner"}, {"allowed_users", "U0EVIL"}});
    CHECK(Json::parse(refused) ==
          Json{{"response_action", "errors"},
               {"errors",
                {{"allowed_users",
                  "somebody has changed this meanwhile; it says \"U0EMP\" now. Close the "
                  "form and open it again."}}}});
    // Of a form of an earlier version nobody knows what it showed.
    CHECK(send("U0ADMIN", "authorization:auth2", {{"name", "Mine"}}).contains("changed this meanwhile"));
    const auto now = world.view().installed().authorization("auth2").value();
    CHECK(now.name == "Partner two");
    CHECK(now.owner.value == "U0EMP");
    CHECK(now.notes == "theirs");
    CHECK(now.allowed_users == "U0EMP");
    CHECK(now.allowed_channels == "C0SALES");
}

TEST_CASE("M13: an edit leaves words alone that the form shows in one line, or only the beginning of") {
    ReviewWorld world;
    world.start();
    storage::Person employee;
    employee.id = UserId("U0EMP");
    storage::apply(world.db.writer(), storage::SavePerson{employee}, world.clock.now());
    for (const auto& words :
         {std::string("Boards\nData: Internal"), std::string(600, 'x'), std::string("a  b <@U1>")}) {
        CAPTURE(words);
        storage::InventoryEntry entry;
        entry.app_id = AppId("A1");
        entry.team_id = TeamId("T1");
        entry.purpose = words;
        storage::apply(world.db.writer(), storage::SaveInventoryEntry{entry}, world.clock.now());
        world.command("U0ADMIN", "edit A1/T1", true, "/installed-apps");
        const auto form = Json::parse(world.expect("views.open").args)["view"];
        world.run();
        std::map<std::string, std::string> fields{{"owner", "U0EMP"}};
        for (const auto& block : form["blocks"])
            if (block.contains("element") && block["element"].contains("initial_value"))
                fields[block["element"]["action_id"]] = block["element"]["initial_value"];
        CHECK(world
                  .submit("U0ADMIN", ids::form_installed_edit, form["private_metadata"].get<std::string>(),
                          fields)
                  .ack.empty());
        world.run();
        const auto now = world.view().installed().entry(AppId("A1"), TeamId("T1")).value();
        CHECK(now.owner.value == "U0EMP");
        CHECK(now.purpose == words);
    }
}

TEST_CASE("M13, I8: who renames an integration neither resumes nor pauses it against another's word") {
    ReviewWorld world;
    world.start();
    store(world, "auth1", "GitLab");
    know(world, "U0LEGAL");
    REQUIRE(add(world, "U0EMP", "auth1", "Vendors").empty());
    const auto use = [&] { return world.view().installed().integrations().front(); };
    const auto form = [&] { return as_shown(world, fmt::format("integration:{}", use().id)); };
    const auto send = [&](const std::string& user, const std::string& opened, const std::string& name,
                          const std::string& owner, const std::string& pause) {
        return world
            .submit(user, ids::form_installed_edit, opened,
                    {{"name", name}, {"owner", owner}, {"pause", pause}})
            .ack;
    };
    const auto working = form();
    CHECK(send("U0ADMIN", working, "Vendors", "U0LEGAL", "paused").empty());
    CHECK(send("U0ADMIN2", working, "Issues", "U0EMP", "on").empty());
    CHECK(use().name == "Issues");
    CHECK(use().owner.value == "U0LEGAL");
    CHECK(use().state == storage::IntegrationState::paused);
    CHECK(world.view().meta(fmt::format("paused:{}", use().id)) == "1");
    const auto paused = form();
    CHECK(send("U0ADMIN", paused, "Issues", "U0LEGAL", "on").empty());
    CHECK(send("U0ADMIN2", paused, "Vendors", "U0LEGAL", "paused").empty());
    CHECK(use().name == "Vendors");
    CHECK(use().state == storage::IntegrationState::active);
    CHECK(world.view().meta(fmt::format("paused:{}", use().id)).empty());
    CHECK(send("U0ADMIN", paused, "Third", "U0LEGAL", "paused").contains(R"(it says \"Vendors\" now)"));
    CHECK(use().name == "Vendors");
}

TEST_CASE("O15: a tracker is never connected with an authorization of another server") {
    ReviewWorld world;
    world.start();
    know(world, "U0EMP");
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

TEST_CASE(
    "I13: one that lives shorter and cannot be renewed is told of at once, one that renews itself never") {
    for (const bool renewable : {false, true}) {
        CAPTURE(renewable);
        ReviewWorld world;
        world.start();
        store(world, "auth1", "GitLab", world.clock.now() + std::chrono::hours(2));
        auto row = world.view().installed().authorization("auth1").value();
        row.owner = UserId("U0EMP");
        row.renewable = renewable;
        storage::apply(world.db.writer(), storage::SaveAuthorization{row}, world.clock.now());
        const auto look = [&] {
            world.handle(handlers::EventKind::timer, {{"kind", "authorization_expiry"}},
                         "authorization_expiry");
            world.run({"account.check", "account.refresh"});
        };
        look();
        look();
        const auto told = world.heard("U0EMP");
        CHECK(std::ranges::count_if(told, [](const auto& text) {
                  return text.contains("expires within a day");
              }) == (renewable ? 0 : 1));
        CHECK(world.view().installed().authorization("auth1")->state ==
              (renewable ? storage::AuthorizationState::active : storage::AuthorizationState::expiring));
    }
}

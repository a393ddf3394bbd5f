// The Home tab's section about installed apps (I1, M19, M20): who sees what, pages, deeds, bad input.
#include "config/base/text.hpp"
#include "handlers/home_content.hpp"
#include "handlers/views/home_installed_ids.hpp"
#include "handlers/views/home_view.hpp"
#include "storage/installed_view.hpp"
#include "tests/support/block_kit.hpp"
#include "tests/support/edit_form.hpp"
#include "tests/support/review_world.hpp"
#include "tests/support/view_samples.hpp"

#include <fmt/format.h>

#include <set>

using namespace countersign;
using namespace countersign::tests;
using handlers::EventKind;

namespace {

storage::InventoryEntry app(int number) {
    storage::InventoryEntry entry;
    entry.app_id = AppId(fmt::format("A{:03}", number));
    entry.team_id = TeamId("T1");
    entry.app_name = fmt::format("App {:03}", number);
    entry.set_up_by = "U0EMP";
    entry.request = std::nullopt;
    return entry;
}

struct Home : ReviewWorld {
    Home() { start(); }
    void put(const storage::InstalledChange& change) { storage::apply(db.writer(), change, clock.now()); }
    void put_apps(int count) {
        db.writer().transaction([&] {
            for (int number = 0; number < count; ++number)
                put(storage::SaveInventoryEntry{app(number)});
        });
    }
    void put_authorization(const std::string& id, storage::AuthorizationState state) {
        storage::Authorization row;
        row.id = id;
        row.name = "GitLab " + id;
        row.url = "https://gitlab.com";
        row.state = state;
        put(storage::SaveAuthorization{row});
    }
    void put_integration(const std::string& name, const std::string& owner, storage::IntegrationState state) {
        storage::Integration row;
        row.name = name;
        row.authorization = "a1";
        row.authorization_name = "GitLab a1";
        row.instance = "https://gitlab.com";
        row.target = "procurement";
        row.owner = UserId(owner);
        row.state = state;
        put(storage::SaveIntegration{row});
    }
    void put_person(const std::string& id, bool active, bool guest) {
        storage::Person person;
        person.id = UserId(id);
        person.active = active;
        person.guest = guest;
        storage::apply(db.writer(), storage::SavePerson{person}, clock.now());
    }
    Json open(const std::string& user) {
        handle(EventKind::events_api,
               {{"type", "event_callback"},
                {"event", {{"type", "app_home_opened"}, {"user", user}, {"channel", "D1"}, {"tab", "home"}}}},
               next("env"));
        return drawn(user);
    }
    Json press_home(const std::string& user, const std::string& action, const std::string& value) {
        handle(EventKind::interactive,
               {{"type", "block_actions"},
                {"user", {{"id", user}}},
                {"team", {{"id", "T1"}}},
                {"container", {{"type", "view"}, {"view_id", "V1"}}},
                {"trigger_id", next("trigger")},
                {"actions", {{{"type", "button"}, {"action_id", action}, {"value", value}}}}},
               next("env"));
        return drawn(user);
    }
    Json drawn(const std::string& user) {
        pass(std::chrono::milliseconds(1));
        run();
        Json newest;
        for (const auto& effect : performed_of("views.publish")) {
            auto args = Json::parse(effect.args);
            if (args["user_id"] == user) newest = args["view"];
        }
        if (!newest.is_null()) CHECK(to_text(check_view(newest)) == "");
        return newest;
    }
    [[nodiscard]] Json opened_form() const {
        const auto forms = performed_of("views.open");
        return forms.empty() ? Json() : Json::parse(Json::parse(forms.back().args)["view"].dump());
    }
};

// Targets of the entries, in the order shown.
std::vector<std::string> entries(const Json& view) {
    std::vector<std::string> found;
    for (const auto& block : view["blocks"]) {
        const auto id = block.value("block_id", "");
        if (id.starts_with("installed:")) found.push_back(id.substr(10));
    }
    return found;
}

// The buttons of a row: text -> value.
std::map<std::string, std::string> row(const Json& view, const std::string& block_id) {
    std::map<std::string, std::string> found;
    for (const auto& block : view["blocks"]) {
        if (block.value("block_id", "") != block_id) continue;
        for (const auto& element : block["elements"])
            found[element["text"]["text"]] = element["value"];
    }
    return found;
}

std::string list_action(const std::string& name) {
    return std::string(ids::home_list) + name;
}

}  // namespace

TEST_CASE("I1: 500 installed apps are paged on Home, each exactly once, in a stable order, and back again") {
    Home world;
    world.put_apps(500);
    auto view = world.open("U0EMP");
    std::vector<std::string> seen;
    std::size_t pages = 0;
    while (true) {
        ++pages;
        for (const auto& target : entries(view))
            seen.push_back(target);
        const auto paging = row(view, "installed_pages");
        if (!paging.contains("Next page")) break;
        view = world.press_home("U0EMP", "home_installed_page_after", paging.at("Next page"));
        REQUIRE(pages < 100);
    }
    CHECK(pages == 63);
    CHECK(seen.size() == 500);
    CHECK(std::ranges::is_sorted(seen));
    CHECK(std::set<std::string>(seen.begin(), seen.end()).size() == 500);
    CHECK(view.dump().contains("497–500 of 500"));
    view = world.press_home("U0EMP", "home_installed_page_before",
                            row(view, "installed_pages").at("Previous page"));
    CHECK(view.dump().contains("489–496 of 500"));
    view =
        world.press_home("U0EMP", "home_installed_page_first", row(view, "installed_pages").at("First page"));
    CHECK(view.dump().contains("1–8 of 500"));
}

TEST_CASE("I1: a page that is not there any more, and forged ones, end on one that is") {
    Home world;
    world.put_apps(20);
    world.open("U0EMP");
    CHECK(entries(world.press_home("U0EMP", "home_installed_page_after", "16")).size() == 4);
    for (int number = 10; number < 20; ++number)
        world.put(storage::RemoveInventoryEntry{app(number).app_id, TeamId("T1")});
    auto view = world.open("U0EMP");  // the page of before is empty now
    CHECK(view.dump().contains("9–10 of 10"));
    for (const auto* value : {"99999999999999999999", "-1", "x", "", "16:7", "4294967295", "3"}) {
        view = world.press_home("U0EMP", "home_installed_page_after", value);
        CHECK_MESSAGE(!entries(view).empty(), value);
    }
    for (const auto* name : {"nothing", "", ":", "apps:3"}) {
        view = world.press_home("U0EMP", list_action(name), name);
        CHECK_MESSAGE(entries(view).size() == 8, name);
    }
}

TEST_CASE("M19, M20, I1: each list holds what it says, and members are not shown what only admins can mend") {
    Home world;
    world.put_apps(2);
    auto approved = app(2);
    world.app_requested(slack_request("Ar1", "A002", "U0EMP", {slack_scope("chat:write")}));
    approved.request = RequestId{1};
    approved.owner = UserId("U0GONE");
    world.put(storage::SaveInventoryEntry{approved});
    auto owned = app(3);
    owned.owner = UserId("U0EMP");
    owned.asked_at = world.clock.now();
    world.put(storage::SaveInventoryEntry{owned});
    auto removed = app(4);
    removed.state = storage::InstalledState::removed;
    removed.owner = UserId("U0EMP");
    world.put(storage::SaveInventoryEntry{removed});
    world.put_person("U0GONE", false, false);
    world.put_authorization("a1", storage::AuthorizationState::needs_reauth);
    world.put_authorization("a2", storage::AuthorizationState::active);
    world.put_integration("Mine", "U0EMP", storage::IntegrationState::needs_reauth);
    world.put_integration("Theirs", "U0OTHER", storage::IntegrationState::active);

    using Targets = std::vector<std::string>;
    const auto shown = [&](const std::string& user, const std::string& name) {
        return entries(world.press_home(user, list_action(name), name));
    };
    world.open("U0ADMIN");
    world.open("U0EMP");
    for (const auto* user : {"U0ADMIN", "U0EMP"}) {
        CHECK(shown(user, "apps") == Targets{"app:A000/T1", "app:A001/T1", "app:A002/T1", "app:A003/T1"});
        CHECK(shown(user, "integrations") == Targets{"integration:1", "integration:2"});
        CHECK(shown(user, "authorizations") == Targets{"authorization:a1", "authorization:a2"});
        CHECK(shown(user, "reauth") == Targets{"integration:1", "authorization:a1"});
    }
    CHECK(shown("U0EMP", "mine") == Targets{"integration:1", "app:A003/T1"});
    CHECK(shown("U0ADMIN", "mine").empty());
    CHECK(shown("U0ADMIN", "unapproved") == Targets{"app:A000/T1", "app:A001/T1", "app:A003/T1"});
    CHECK(shown("U0ADMIN", "orphans") == Targets{"app:A002/T1"});
    CHECK(shown("U0ADMIN", "unconfirmed") == Targets{"app:A003/T1"});
    // A member's own press on a list for admins shows the first list.
    CHECK(shown("U0EMP", "orphans").size() == 4);
    const auto filters = row(world.open("U0EMP"), "installed");
    CHECK(filters.contains("Slack apps (4)"));
    CHECK(filters.contains("Needs re-authentication (2)"));
    CHECK_FALSE(filters.contains("Orphans (1)"));
    CHECK_FALSE(filters.contains("Add an authorization"));
    CHECK(row(world.open("U0ADMIN"), "installed").contains("Orphans (1)"));
    CHECK(row(world.open("U0ADMIN"), "installed").contains("Add an authorization"));

    // The same lists by command.
    CHECK(world.command("U0EMP", "list mine", true, "/installed-apps").ack.contains("App 003"));
    CHECK(world.command("U0EMP", "list reauth", true, "/installed-apps").ack.contains("GitLab a1"));
    CHECK_FALSE(world.command("U0EMP", "list orphans", true, "/installed-apps").ack.contains("App 003"));
}

TEST_CASE("I3, I5, M14: Home offers what a person may do, checks it at the press, and guests see nothing") {
    Home world;
    world.put_apps(1);
    world.put_authorization("a1", storage::AuthorizationState::needs_reauth);
    world.put_integration("Mine", "U0EMP", storage::IntegrationState::needs_reauth);
    world.put_person("U0GUEST", true, true);
    CHECK_FALSE(world.open("U0GUEST").dump().contains("Installed apps"));

    world.open("U0EMP");
    auto view = world.press_home("U0EMP", list_action("reauth"), "reauth");
    CHECK(row(view, "installed:integration:1").contains("Reconnect"));
    CHECK(row(view, "installed:integration:1").contains("Remove"));
    CHECK(row(view, "installed:authorization:a1").size() == 1);  // Details
    world.open("U0ADMIN");
    view = world.press_home("U0ADMIN", list_action("reauth"), "reauth");
    CHECK(row(view, "installed:authorization:a1").contains("Reconnect"));
    CHECK(row(view, "installed:authorization:a1").contains("Remove"));

    // Forged: the button was never shown to this person.
    for (const auto* target : {"authorization:a1", "app:A000/T1", "integration:1"}) {
        for (const auto action : {ids::home_edit, ids::home_remove}) {
            world.press_home("U0EVIL", std::string(action), target);
            CHECK(world.heard("U0EVIL").back().contains("only admins"));
        }
    }
    CHECK(world.performed_of("views.open").empty());
    CHECK(world.audited("press.refused", "authorization:a1"));

    world.press_home("U0EMP", std::string(ids::home_details), "app:A000/T1");
    CHECK(to_text(check_view(world.opened_form())) == "");
    CHECK(world.opened_form().dump().contains("App 000"));
    world.press_home("U0EMP", std::string(ids::home_details), "authorization:a1");
    CHECK(world.opened_form().dump().contains("What stops working without it"));
    world.press_home("U0ADMIN", std::string(ids::home_remove), "app:A000/T1");
    CHECK(world.opened_form()["callback_id"] == ids::form_installed_remove);
    world.press_home("U0EMP", std::string(ids::installed_reconnect), "1");
    world.press_home("U0EMP", std::string(ids::home_add), "home");
    CHECK(world.opened_form()["callback_id"] == ids::form_installed_add);
}

TEST_CASE("I20: a button of something that is gone answers, and the tab shows what is there") {
    Home world;
    world.put_apps(1);
    world.open("U0ADMIN");
    world.put(storage::RemoveInventoryEntry{AppId("A000"), TeamId("T1")});
    for (const auto action : {ids::home_details, ids::home_edit, ids::home_remove, ids::home_reconnect}) {
        const auto view = world.press_home("U0ADMIN", std::string(action), "app:A000/T1");
        CHECK(world.heard("U0ADMIN").back().contains("not there any more"));
        CHECK(entries(view).empty());
    }
    for (const auto* target : {"", "x", "app:", "integration:99999999999999999999", "authorization:"})
        world.press_home("U0ADMIN", std::string(ids::home_edit), target);
    CHECK(world.performed_of("views.open").empty());
}

TEST_CASE("M13: what two people change from Home is joined, or refused where it is the same field") {
    Home world;
    world.put_apps(1);
    auto owned = app(0);
    owned.owner = UserId("U0EMP");
    world.put(storage::SaveInventoryEntry{owned});
    world.open("U0EMP");
    world.open("U0ADMIN");
    world.press_home("U0EMP", std::string(ids::home_edit), "app:A000/T1");
    const std::string metadata = world.opened_form()["private_metadata"];
    const auto save = [&](const std::string& user, const std::string& purpose) {
        return world
            .submit(user, ids::form_installed_edit, metadata,
                    {{"owner", "U0EMP"}, {"purpose", purpose}, {"data_class", "none"}})
            .ack;
    };
    CHECK(save("U0ADMIN", "Boards").empty());
    CHECK(save("U0EMP", "Films").contains("Boards"));
    CHECK(world.view().installed().entry(AppId("A000"), TeamId("T1"))->purpose == "Boards");
    // U8: what was typed stands in the inventory, and the log proves it.
    CHECK(world.logged("inventory.edited", "A000") ==
          Json{{"team", "T1"},
               {"owner", "U0EMP"},
               {"purpose", "sha256:" + text::sha256_hex("Boards")},
               {"data_class", ""},
               {"connected_to", ""},
               {"notes", ""}});
}

TEST_CASE("P11: Home follows what happens to the things of whoever looks at it, and bothers nobody else") {
    Home world;
    world.put_authorization("a1", storage::AuthorizationState::active);
    world.put_integration("Mine", "U0EMP", storage::IntegrationState::active);
    world.open("U0EMP");
    world.open("U0OTHER");
    const auto before = world.performed_of("views.publish").size();
    const auto saved = world.submit("U0ADMIN", ids::form_installed_edit, as_shown(world, "integration:1"),
                                    {{"name", "Mine"}, {"owner", "U0EMP"}, {"pause", "paused"}});
    CHECK(saved.ack.empty());
    world.pass(std::chrono::seconds(3));
    world.run();
    CHECK(world.performed_of("views.publish").size() == before + 1);
    CHECK(world.press_home("U0EMP", list_action("mine"), "mine").dump().contains("paused"));
}

TEST_CASE("R22: the section speaks German, and hostile names stay within Slack's limits") {
    namespace views = handlers::views;
    for (const auto language : {views::Language::english, views::Language::german}) {
        for (const auto& text : hostile_texts()) {
            views::HomeInput input;
            input.language = language;
            input.admin = true;
            auto& section = input.installed.emplace();
            section.admin = true;
            section.skip = 8;
            section.total = 500;
            for (const auto& list : views::installed_lists)
                section.lists.push_back({list.name, 500});
            for (int number = 0; number < 8; ++number) {
                storage::Integration use;
                use.name = use.authorization_name = text;
                use.target = "t";
                auto entry = app(number);
                entry.app_name = entry.set_up_by = text;
                storage::Authorization stored;
                stored.name = stored.account = stored.url = text;
                storage::InstalledThing thing = number % 3 == 0   ? storage::InstalledThing(use)
                                                : number % 3 == 1 ? storage::InstalledThing(entry)
                                                                  : storage::InstalledThing(stored);
                section.entries.push_back({.thing = std::move(thing),
                                           .target = "app:A" + std::to_string(number),
                                           .uses = 3,
                                           .may_edit = true,
                                           .may_remove = true});
            }
            const auto view = Json::parse(views::home_view(input));
            CHECK(to_text(check_view(view)) == "");
            CHECK(to_text(check_texts(view)) == "");
            const bool german = view.dump().contains("Installierte Apps");
            CHECK(german == (language == views::Language::german));
        }
    }
}

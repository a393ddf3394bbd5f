// The inventory of installed apps: what evidence says, and what it does to the request it stands on.
#include "handlers/inventory.hpp"
#include "storage/installed_view.hpp"
#include "tests/support/review_world.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <vector>

using namespace countersign;
using namespace countersign::tests;
using handlers::review::InstallEvidence;
using handlers::review::read_integration_log;
using handlers::review::with_evidence;
using storage::InstalledState;

namespace {

Timestamp day(int number) {
    return from_millis(1'795'000'000'000 + std::int64_t{number} * 86'400'000);
}

InstallEvidence evidence(InstallEvidence::What what, int when, const std::string& by = "U1") {
    InstallEvidence made;
    made.what = what;
    made.app = AppId("A1");
    made.team = TeamId("T1");
    made.app_name = "Sketch Pad";
    made.by = by;
    made.source = "event";
    made.at = day(when);
    return made;
}

void app_event(ReviewWorld& world, const std::string& type, const std::string& app, const std::string& team,
               const std::string& user) {
    world.clock.advance(std::chrono::seconds(1));
    Json inner{{"type", type}, {"app_id", app}, {"app_name", "Sketch Pad"}, {"team_id", team}};
    if (!user.empty()) inner["user_id"] = user;
    world.handle(handlers::EventKind::events_api, {{"type", "event_callback"}, {"event", inner}},
                 world.next("env"));
    world.run();
}

}  // namespace

TEST_CASE("M12, M28: an entry of the integration log is evidence only where it tells of an installation") {
    const Json added{{"app_id", "A0MIRO"},   {"app_type", "Miro"},     {"user_id", "U1"},
                     {"date", "1795000000"}, {"change_type", "added"}, {"scope", "chat:write,users:read"}};
    const auto read = [](Json log) { return read_integration_log(log, TeamId("T1"), "file"); };
    const auto seen = read(added);
    REQUIRE(seen);
    CHECK(seen->app.value == "A0MIRO");
    CHECK(seen->app_name == "Miro");
    CHECK(seen->scopes == "chat:write users:read");
    CHECK(seen->at == from_millis(1'795'000'000'000));
    const auto with = [&](const Json& patch) {
        auto log = added;
        log.merge_patch(patch);
        return read(log);
    };
    CHECK(with({{"change_type", "removed"}})->what == InstallEvidence::What::removed);
    CHECK(with({{"change_type", "expanded"}})->what == InstallEvidence::What::updated);
    CHECK(with({{"app_id", nullptr}, {"service_id", 1234567890}, {"service_type", "RSS"}})->app.value ==
          "service:1234567890");
    CHECK_FALSE(with({{"resolution", "approved"}}));  // approval is no installation
    CHECK_FALSE(with({{"change_type", "teleported"}}));
    CHECK_FALSE(with({{"app_id", nullptr}}));
    CHECK_FALSE(with({{"date", "yesterday"}}));
    CHECK_FALSE(read(Json::array()));
    CHECK_FALSE(read(nullptr));
}

TEST_CASE("M12: evidence may come in any order and again, people's words stay") {
    using What = InstallEvidence::What;
    auto entry = with_evidence(std::nullopt, evidence(What::installed, 1), day(9));
    CHECK(entry.state == InstalledState::installed);
    CHECK(entry.set_up_by == "U1");
    entry.owner = UserId("U0OWNER");
    entry.purpose = "Drawing";
    entry = with_evidence(entry, evidence(What::removed, 5, "U2"), day(9));
    CHECK(entry.state == InstalledState::removed);
    CHECK(entry.removed_by == "U2");
    CHECK(entry.set_up_by == "U1");
    const auto old = with_evidence(entry, evidence(What::installed, 2, "U3"), day(9));
    CHECK(old.state == InstalledState::removed);
    CHECK(old.set_up_by == "U1");
    const auto again = with_evidence(entry, evidence(What::installed, 7, "U3"), day(9));
    CHECK(again.state == InstalledState::installed);
    CHECK(again.set_up_by == "U3");
    CHECK_FALSE(again.removed_at);
    CHECK(again.owner.value == "U0OWNER");
    CHECK(again.purpose == "Drawing");
    // Only its removal is known at first; who set it up comes later.
    auto gone = with_evidence(std::nullopt, evidence(What::removed, 5), day(9));
    gone = with_evidence(gone, evidence(What::installed, 1, "U7"), day(9));
    CHECK(gone.state == InstalledState::removed);
    CHECK(gone.set_up_by == "U7");
}

TEST_CASE(
    "U10: evidence dated years ahead counts as heard of now, and does not outdate what comes after it") {
    using What = InstallEvidence::What;
    const auto ahead = with_evidence(std::nullopt, evidence(What::installed, 4'000), day(9));
    CHECK(ahead.state == InstalledState::installed);
    CHECK(ahead.set_up_at == day(9));
    const auto gone = with_evidence(ahead, evidence(What::removed, 10, "U2"), day(10));
    CHECK(gone.state == InstalledState::removed);
    CHECK(gone.removed_by == "U2");
}

TEST_CASE("M12: the newest name and permissions of an app stay, in whatever order they were heard of") {
    using What = InstallEvidence::What;
    std::vector<InstallEvidence> all{evidence(What::installed, 1), evidence(What::updated, 3),
                                     evidence(What::removed, 5, "U2"), evidence(What::updated, 8)};
    all[1].app_name = "Sketch Pad Pro";
    all[1].scopes = "chat:write";
    all[3].app_name = "Drawings";
    all[3].scopes = "chat:write files:read";
    std::vector<std::size_t> order{0, 1, 2, 3};
    do {
        std::optional<storage::InventoryEntry> entry;
        for (const auto at : order)
            entry = with_evidence(entry, all[at], day(9));
        CAPTURE(order[0] * 1'000 + order[1] * 100 + order[2] * 10 + order[3]);
        CHECK(entry->app_name == "Drawings");
        CHECK(entry->scopes == "chat:write files:read");
        CHECK(entry->state == InstalledState::installed);
        CHECK(entry->set_up_by == "U1");
    } while (std::ranges::next_permutation(order).found);
}

TEST_CASE(
    "M12: one app in forty workspaces is forty entries, told apart by their ids, and all of them can go") {
    ReviewWorld world;
    world.start();
    for (int at = 0; at < 40; ++at)
        app_event(world, "app_installed", "A1", "T" + std::to_string(100 + at), "U1");
    const auto installed = [&] { return world.view().installed().inventory_count({.state = "installed"}); };
    CHECK(installed() == 40);
    const auto type = [&](const std::string& words) {
        return world.command("U0ADMIN", words, true, "/installed-apps").ack;
    };
    const auto several = type("show Sketch Pad");
    CHECK(several.contains("Several are like that"));
    CHECK(several.contains("(A1) · T10"));
    CHECK(type("show A1/T117").contains("T117"));
    app_event(world, "app_uninstalled_team", "A1", "T117", "U3");
    CHECK(installed() == 39);
    app_event(world, "app_deleted", "A1", "E1", "");
    CHECK(installed() == 0);
}

TEST_CASE("M12: approval alone never marks an app installed, the event does, and the card stays Approved") {
    ReviewWorld world;
    world.start();
    const auto id = world.ready_request();
    world.press("U0ADMIN", ids::approve_app, id);
    world.run();
    REQUIRE(world.state(id) == RequestState::approved);
    CHECK(world.view().installed().inventory({}).empty());

    app_event(world, "app_installed", "A1", "T1", "U1");
    CHECK(world.state(id) == RequestState::installed);
    CHECK(handlers::views::state_line(world.request(id)) == "Approved");
    const auto entry = world.view().installed().entry(AppId("A1"), TeamId("T1"));
    REQUIRE(entry);
    CHECK(entry->state == InstalledState::installed);
    CHECK(entry->set_up_by == "U1");
    CHECK(entry->request == RequestId{id});
    CHECK_FALSE(entry->scopes.empty());
    CHECK_FALSE(world.audited("install.deviation", "A1"));
    // Installed again, or in another workspace that the approval does not cover.
    app_event(world, "app_installed", "A1", "T1", "U1");
    CHECK_FALSE(world.audited("install.deviation", "A1"));
    app_event(world, "app_installed", "A1", "T2", "U2");
    CHECK(world.audited("install.deviation", "A1"));
    CHECK_FALSE(world.view().installed().entry(AppId("A1"), TeamId("T2"))->request);

    app_event(world, "app_uninstalled_team", "A1", "T1", "U3");
    const auto removed = world.view().installed().entry(AppId("A1"), TeamId("T1"));
    CHECK(removed->state == InstalledState::removed);
    CHECK(removed->removed_by == "U3");
    CHECK(world.view().installed().entry(AppId("A1"), TeamId("T2"))->state == InstalledState::installed);
    app_event(world, "app_deleted", "A1", "E1", "");
    CHECK(world.view().installed().entry(AppId("A1"), TeamId("T2"))->state == InstalledState::removed);
    CHECK(world.audited("inventory.removed", "A1/T2"));
}

TEST_CASE("I1: the inventory pages through 500 apps in a stable order") {
    ReviewWorld world;
    for (int at = 0; at < 500; ++at) {
        storage::InventoryEntry entry;
        entry.app_id = AppId("A" + std::to_string(at));
        entry.team_id = TeamId("T1");
        entry.app_name = at % 2 == 0 ? "Same name" : "App " + std::to_string(at);
        entry.first_seen = entry.last_seen = day(0);
        storage::apply(world.db.writer(), storage::SaveInventoryEntry{entry}, day(0));
    }
    const auto view = world.view();
    std::set<std::string> seen;
    storage::InstalledView::Filter page;
    page.limit = 30;
    for (auto rows = view.installed().inventory(page); !rows.empty();
         rows = view.installed().inventory(page)) {
        for (const auto& row : rows)
            CHECK(seen.insert(row.app_id.value).second);
        page.skip += rows.size();
    }
    CHECK(seen.size() == 500);
    CHECK(view.installed().inventory_count({.text = "same"}) == 250);
}

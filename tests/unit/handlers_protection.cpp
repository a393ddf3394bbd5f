// M25: what is never taken away from here; handlers/protection.hpp.
#include "storage/installed_view.hpp"
#include "tests/support/review_world.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>

using namespace countersign;
using namespace countersign::tests;

namespace {

const std::string keeps_a1 = "protected_apps = [\"A1\"]\n";

std::ptrdiff_t times_refused(const ReviewWorld& world, const std::string& user = "U0ADMIN",
                             const std::string& words = "the policy protects A1") {
    return std::ranges::count_if(world.heard(user), [&](const auto& text) { return text.contains(words); });
}

std::int64_t ask_in(ReviewWorld& world, const std::string& team,
                    const std::vector<Json>& scopes = {slack_scope("chat:write")}) {
    auto body = slack_request("Ar" + team, "A1", "U0REQ", scopes, good_link, {{"id", team}, {"name", team}});
    body["app"]["name"] = "Board";
    world.app_requested(body);
    world.run();
    return world.view().next_request_id().value - 1;
}

void agree(ReviewWorld& world, std::int64_t id) {
    world.press("U0SEC1", ids::vote_approve, id);
    world.press("U0LEGAL", ids::vote_approve, id);
    world.run();
}

void approve(ReviewWorld& world, std::int64_t id) {
    agree(world, id);
    world.press("U0ADMIN", ids::approve_app, id);
    world.run();
    REQUIRE(world.state(id) == RequestState::approved);
}

// The same policy, or another, from now on; as a reload does.
void reload(ReviewWorld& world, const std::string& toml) {
    world.settings.policy = with_policy(toml).policy;
}

bool nothing_taken_away(const ReviewWorld& world) {
    return world.performed_of("admin.apps.restrict").empty() &&
           world.performed_of("admin.apps.clearResolution").empty() &&
           world.performed_of("admin.apps.uninstall").empty() &&
           world.performed_of("admin.apps.permissions.set").empty() &&
           world.performed_of("admin.apps.config.set").empty();
}

}  // namespace

TEST_CASE("M25: a protected app is approved like any other, and not restricted, in whatever workspace") {
    ReviewWorld world(with_policy(keeps_a1));
    std::ptrdiff_t refused = 0;
    for (const std::string team : {"T1", "T2"}) {
        CAPTURE(team);
        const auto id = ask_in(world, team);
        world.press("U0ADMIN", ids::restrict_app, id);
        world.run();
        CHECK(times_refused(world) == ++refused);
        // The form may have been open while the policy was reloaded; with and without a last day.
        for (const std::string until : {"", "2099-12-31"}) {
            const auto answer =
                world.submit("U0ADMIN", ids::form_restrict, id, {{"reason", "why not"}, {"until", until}});
            CHECK(answer.ack.contains("the policy protects A1"));
        }
        CHECK(world.state(id) == RequestState::in_review);
        CHECK(world.audited("press.refused", to_text(RequestId{id})));
        approve(world, id);
    }
    CHECK(nothing_taken_away(world));
}

TEST_CASE("M25: a protected app is not limited to people, domains or a day, but without some permissions") {
    ReviewWorld world(with_policy(keeps_a1));
    auto optional = slack_scope("files:read");
    optional["is_optional"] = true;
    const auto id = ask_in(world, "T1", {slack_scope("chat:write"), optional});
    agree(world, id);
    for (const auto& [field, value] : {std::pair{"only_for", "U0BOSS"},
                                       {"domains", "acme.example.com"},
                                       {"domains", "@example.com"},
                                       {"until", "2099-12-31"}}) {
        CAPTURE(field);
        const auto ack = world.submit("U0ADMIN", ids::form_limits, id, {{field, value}}).ack;
        CHECK(ack.contains("the policy protects A1"));
        CHECK(world.state(id) == RequestState::ready);
    }
    world.run();
    CHECK(nothing_taken_away(world));
    CHECK(world.performed_of("admin.apps.approve").empty());
    world.submit("U0ADMIN", ids::form_limits, id, {{"left_out", "files:read"}});
    world.run();
    CHECK(world.state(id) == RequestState::approved);
}

TEST_CASE("M25: a protected app is neither suspended nor cleared, by request, id or name, typed or pressed") {
    ReviewWorld world(with_policy(keeps_a1));
    const auto id = ask_in(world, "T1");
    approve(world, id);
    for (const std::string words :
         {"suspend REQ-1 stolen", "suspend A1 stolen", "suspend Board stolen", "clear REQ-1 stolen"}) {
        CAPTURE(words);
        CHECK(world.command("U0ADMIN", words).ack.contains("the policy protects A1"));
    }
    CHECK(world.state(id) == RequestState::approved);
    world.command("U0LEGAL", "object REQ-1 the contract has ended");
    REQUIRE(world.state(id) == RequestState::reconsider);
    const auto before = times_refused(world);
    world.press("U0ADMIN", ids::clear_decision, id);
    world.press("U0ADMIN", ids::restrict_app, id);
    world.run();
    CHECK(times_refused(world) == before + 2);
    for (const auto form : {ids::form_clear, ids::form_restrict})
        CHECK(world.submit("U0ADMIN", form, id, {{"reason", "gone"}}).ack.contains("the policy protects A1"));
    CHECK(world.state(id) == RequestState::reconsider);
    CHECK(nothing_taken_away(world));
    world.submit("U0ADMIN", ids::form_keep, id, {{"reason", "people sign in with it"}});
    world.run();
    CHECK(world.state(id) == RequestState::approved);
}

TEST_CASE("M25: one that nobody ever asked for here is refused by its id, too") {
    ReviewWorld world(with_policy("protected_apps = [\"A0IDENTITY\"]"));
    CHECK(
        world.command("U0ADMIN", "suspend A0IDENTITY stolen").ack.contains("the policy protects A0IDENTITY"));
    world.slack.locales["U0ADMIN2"] = "de-DE";
    world.command("U0ADMIN2", "help");
    world.run();
    CHECK(
        world.command("U0ADMIN2", "suspend A0IDENTITY gestohlen").ack.contains("die Richtlinie A0IDENTITY"));
}

TEST_CASE("M25: a restriction of what is protected since may still be cleared") {
    ReviewWorld world;
    const auto id = ask_in(world, "T1");
    world.submit("U0ADMIN", ids::form_restrict, id, {{"reason", "no contract"}, {"until", "2099-12-31"}});
    world.run();
    REQUIRE(world.state(id) == RequestState::restricted);
    reload(world, keeps_a1);
    CHECK(
        world.command("U0ADMIN", "clear REQ-1 people sign in with it").ack.contains("being asked to clear"));
    world.run();
    CHECK(world.state(id) == RequestState::expired);
    CHECK_FALSE(world.slack.restricted.contains("A1"));
}

TEST_CASE("M25: a restriction whose answer was lost is not sent again once the app is protected") {
    ReviewWorld world;
    const auto id = ask_in(world, "T1");
    world.submit("U0ADMIN", ids::form_restrict, id, {{"reason", "no contract"}});
    world.answer(world.expect("admin.apps.restrict"), {"unclear", "timeout", Json::object()});
    reload(world, keeps_a1);
    world.run();
    CHECK(world.state(id) == RequestState::manual);
    CHECK(world.request(id).state_note.contains("protects this app now"));
    CHECK(world.performed_of("admin.apps.restrict").empty());
    CHECK_FALSE(world.slack.restricted.contains("A1"));
}

TEST_CASE("M25: no rule restricts a protected app, the next rule or the parties decide") {
    const std::string never =
        "[[rule]]\nid = \"never\"\nwhen.scopes = [\"files:read\"]\ndecide = "
        "\"restrict\"\nreason = \"Never.\"\n";
    ReviewWorld world(with_policy(keeps_a1 + never));
    const auto id = ask_in(world, "T1", {slack_scope("files:read")});
    CHECK(world.state(id) == RequestState::in_review);
    approve(world, id);
    CHECK(nothing_taken_away(world));
    // Everybody else's app is restricted as before.
    world.app_requested(slack_request("Ar9", "A9", "U0REQ", {slack_scope("files:read")}));
    world.run();
    CHECK(world.state(2) == RequestState::restricted);
    ReviewWorld other(with_policy(keeps_a1 + never +
                                  "[[rule]]\nid = \"no\"\nwhen.publishers = [\"marketplace\"]\ndecide = "
                                  "\"deny\"\nreason = \"Ask IT first.\"\n"));
    CHECK(other.state(ask_in(other, "T1", {slack_scope("files:read")})) == RequestState::denied);
}

TEST_CASE("M25: the approval of a protected app does not lapse because nobody installed it") {
    const std::string lapses = "[deadlines]\ninstall_limit = \"3 days\"\n";
    for (const bool kept : {false, true}) {
        CAPTURE(kept);
        ReviewWorld world(with_policy((kept ? keeps_a1 : std::string()) + lapses));
        const auto id = ask_in(world, "T1");
        approve(world, id);
        for (int day = 0; day < 5; ++day) {
            world.pass(std::chrono::hours(24));
            world.run();
        }
        CHECK(world.state(id) == (kept ? RequestState::approved : RequestState::expired));
        CHECK(nothing_taken_away(world) == kept);
    }
}

TEST_CASE("M25: a protected app is not uninstalled, and one protected after the announcement stays, told") {
    ReviewWorld world;
    world.start();
    storage::InventoryEntry entry;
    entry.app_id = AppId("A1");
    entry.team_id = TeamId("T2");
    entry.app_name = "Sign-on";
    entry.first_seen = entry.last_seen = world.clock.now();
    storage::apply(world.db.writer(), storage::SaveInventoryEntry{entry}, world.clock.now());
    const auto confirm = [&] {
        return world.submit("U0ADMIN", ids::form_uninstall, "app:A1/T2", {{"name", "Sign-on"}}).ack;
    };
    CHECK(confirm().empty());
    world.run();
    reload(world, keeps_a1);
    world.pass(std::chrono::hours(24 * 8));
    world.run();
    CHECK(nothing_taken_away(world));
    CHECK(times_refused(world, "C0ITALARMS", "was not uninstalled. The policy protects this app") == 1);
    CHECK(world.audited("inventory.uninstall_stopped", "app:A1/T2"));
    const auto now = world.view().installed().entry(AppId("A1"), TeamId("T2"));
    REQUIRE(now);
    CHECK(now->state == storage::InstalledState::installed);
    CHECK_FALSE(now->uninstall_at);
    CHECK(confirm().contains("The policy protects this app"));
}

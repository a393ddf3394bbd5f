// Who may build on an authorization (I10), how its use is counted (I17), and what hangs on it by hundreds
// (I6).
#include "handlers/installed_fields.hpp"
#include "tests/support/block_kit.hpp"
#include "tests/support/edit_form.hpp"
#include "tests/support/installed_world.hpp"

#include <fmt/format.h>

using namespace countersign;
using namespace countersign::tests;
using std::chrono::hours;

namespace {

std::string edit(InstalledWorld& world, const std::string& user, const std::string& users,
                 const std::string& channels = "", const std::string& id = "auth1") {
    return world
        .submit(user, ids::form_installed_edit, as_shown(world, "authorization:" + id),
                {{"name", "GitLab"}, {"allowed_users", users}, {"allowed_channels", channels}})
        .ack;
}

// An answer of the tracker, as its client gives it.
void called(InstalledWorld& world, const char* method = "tracker.read_issue", const char* meaning = "ok",
            const char* error = "") {
    world.handle(handlers::EventKind::effect_result,
                 {{"meaning", meaning},
                  {"error", error},
                  {"response", Json::object()},
                  {"effect",
                   {{"key", world.next("effect")},
                    {"method", method},
                    {"purpose", "none"},
                    {"context", Json::object()},
                    {"args", {{"tracker", "procurement"}, {"authorization", "auth1"}}}}}},
                 world.next("effect"));
}

}  // namespace

TEST_CASE("I10: only people on an authorization's list build on it, checked at the submit and written down") {
    InstalledWorld world;
    world.store("auth1", "GitLab");
    CHECK(edit(world, "U0EVIL", "U0EVIL").contains("only admins"));
    CHECK(edit(world, "U0ADMIN", "U0EMP U0LEGAL").empty());
    CHECK(world.authorization("auth1").allowed_users == "U0EMP U0LEGAL");
    CHECK(world.entries("authorization.edited", "auth1") == 1);
    // Not offered, and refused where the form is forged or was opened before.
    const auto form = world.form("U0SEC1", "add").dump();
    CHECK_FALSE(form.contains("auth1"));
    CHECK(form.contains("because their lists do not name you: 1."));
    CHECK(world.form("U0EMP", "add").dump().contains("auth1"));
    CHECK(
        world.add("U0SEC1", "Mine", "auth1").contains("you may not, because only certain people may build"));
    CHECK(world.entries("press.refused", "authorization:auth1") == 2);  // the forged edit, too
    CHECK(world.integrations().empty());
    CHECK(world.add("U0ADMIN", "Mine", "auth1").contains("you may not"));  // admins, too
    CHECK(world.add("U0EMP", "Vendors", "auth1").empty());
    // Whoever moves an integration builds on the other one.
    world.store("auth2", "Second");
    world.put(storage::SetAllowed{"auth2", "U0LEGAL", ""});
    const auto move = [&] {
        return world
            .submit("U0EMP", ids::form_installed_reconnect, "integration:1", {{"authorization", "auth2"}})
            .ack;
    };
    CHECK(move().contains("you may not, because only certain people"));
    CHECK(world.integrations().front().authorization == "auth1");
    // Taken back: every member, as before. What was built stays.
    CHECK(edit(world, "U0ADMIN", "").empty());
    CHECK(world.integrations().size() == 1);
    CHECK(world.form("U0SEC1", "add").dump().contains("auth1"));
}

TEST_CASE("I10: into which channels an authorization posts is a list of ids, and nothing else gets into it") {
    InstalledWorld world;
    world.store_slack("auth1", "GitLab");
    for (const auto* wrong : {"general", "#C0A", "C0A, C0B", "U0EMP", "C"})
        CHECK(edit(world, "U0ADMIN", "", wrong).contains("is no channel id"));
    std::string many;
    for (int at = 0; at < 101; ++at)
        many += fmt::format("C{} ", at);
    CHECK(edit(world, "U0ADMIN", "", many).contains("too many"));
    CHECK(edit(world, "U0ADMIN", many).contains("too many"));
    CHECK(edit(world, "U0ADMIN", "", " C0SALES  G0BOARD ").empty());
    CHECK(world.authorization("auth1").allowed_channels == "C0SALES G0BOARD");
    CHECK(world.add("U0EMP", "Digest", "auth1", "channel:digest", "C0OTHER")
              .contains("may not be used for the channel C0OTHER"));
    CHECK(world.add("U0EMP", "Digest", "auth1", "channel:digest", "C0SALES").empty());
    CHECK(world.type("U0EMP", "show GitLab").ack.contains("May post in: C0SALES G0BOARD"));
    // The form shows what is stored, and is one that Slack takes.
    const auto form = world.form("U0ADMIN", "edit GitLab");
    CHECK(form.dump().contains("C0SALES G0BOARD"));
    CHECK(to_text(check_view(form)) == "");
    CHECK(edit(world, "U0ADMIN", "U0EMP U0SEC1", "C0SALES").empty());
    const auto people = world.form("U0ADMIN", "edit GitLab");
    CHECK(people.dump().contains(R"("initial_users":["U0EMP","U0SEC1"])"));
    CHECK(to_text(check_view(people)) == "");
}

TEST_CASE(
    "I10: renewing, reconnecting and whatever else saves an authorization leave its lists and its server") {
    InstalledWorld world;
    world.store("auth1", "GitLab");
    CHECK(edit(world, "U0ADMIN", "U0EMP").empty());
    auto row = world.make("auth1", "GitLab");
    row.url = "https://evil.example";
    row.fingerprint = "another";
    world.put(storage::SaveAuthorization{row});
    CHECK(world.authorization("auth1").allowed_users == "U0EMP");
    CHECK(world.authorization("auth1").url == "https://gitlab.com");
    CHECK(world.authorization("auth1").fingerprint == "another");
}

TEST_CASE("I17: the first use of an authorization and each day's count are written down, never a call") {
    InstalledWorld world;
    world.store("auth1", "GitLab");
    CHECK(world.type("U0EMP", "show GitLab").ack.contains("Never called yet"));
    called(world);  // by nothing that was built on it
    CHECK(world.entries("authorization.first_used", "auth1") == 0);
    CHECK(world.add("U0EMP", "Vendors", "auth1").empty());
    for (int at = 0; at < 40; ++at)
        called(world);
    called(world, "account.check");  // tested, not used
    called(world, "account.refresh");
    called(world, "tracker.read_issue", "expired");  // never left
    called(world, "account.post", "refused", "gone");
    CHECK(world.entries("authorization.first_used", "auth1") == 1);
    CHECK(world.entries("authorization.used", "auth1") == 0);
    CHECK(world.authorization("auth1").usage.total == 40);
    CHECK(world.type("U0EMP", "list").ack.contains("· 1 use · called 40 times"));  // I1
    CHECK(world.type("U0EMP", "show GitLab").ack.contains("calls in all: 40"));
    // The day is over: written once, by the daily look or by the next use, whichever comes first.
    world.pass(hours(24));
    world.pass(hours(24));
    CHECK(world.entries("authorization.used", "auth1") == 1);
    called(world, "account.post");
    CHECK(world.entries("authorization.used", "auth1") == 1);
    world.clock.advance(hours(24));
    called(world);
    CHECK(world.entries("authorization.used", "auth1") == 2);
    const auto entries = storage::audit_of(world.db.writer(), "auth1");
    const auto first = std::ranges::find(entries, "authorization.used", &storage::AuditEntry::action);
    REQUIRE(first != entries.end());
    CHECK(Json::parse(first->details).at("calls") == "40");
    CHECK(Json::parse(entries.back().details).at("calls") == "1");
    CHECK(Json::parse(entries.back().details).at("in_all") == "41");
    // What was counted is not lost with the row.
    CHECK(world.remove("U0ADMIN", "GitLab").empty());
    CHECK(world.entries("authorization.used", "auth1") == 3);
}

TEST_CASE(
    "I6: 600 integrations on one authorization: the form fits, says how many more, and notices a change") {
    InstalledWorld world;
    world.store("auth1", "GitLab");
    storage::Integration use;
    use.kind = storage::IntegrationKind::channel;
    use.authorization = "auth1";
    use.authorization_name = "GitLab";
    use.instance = "https://gitlab.com";
    use.made_at = use.state_since = world.clock.now();
    world.db.writer().transaction([&] {
        for (int at = 1; at <= 600; ++at) {
            use.name = fmt::format("Integration {:03} {}", at, std::string(60, 'n'));
            use.target = fmt::format("C{:03}", at);
            use.owner = UserId(fmt::format("U{:03}", at));
            world.put(storage::SaveIntegration{use});
        }
    });
    const auto form = world.form("U0ADMIN", "remove GitLab");
    CHECK(to_text(check_view(form)) == "");
    const auto shown = form.dump();
    CHECK(shown.contains("Integration 001"));
    CHECK(shown.contains("<@U001>"));
    CHECK(shown.contains("… and 540 more"));
    CHECK(shown.contains("Type its name to remove it"));
    const std::string target = form.at("private_metadata");
    CHECK(target.size() < 200);
    const auto removed = [&] {
        return world.submit("U0ADMIN", ids::form_installed_remove, target, {{"name", "GitLab"}}).ack;
    };
    // One that is not shown gets another name, one goes, one comes: each is seen.
    auto last = world.integrations().back();
    const auto name = last.name;
    last.name = "Another";
    world.put(storage::SaveIntegration{last});
    CHECK(removed().contains("has changed"));
    last.name = name;
    world.put(storage::SaveIntegration{last});
    world.put(storage::RemoveIntegration{300});
    CHECK(removed().contains("has changed"));
    CHECK(world.view().installed().authorization("auth1"));
    CHECK(world.remove("U0ADMIN", "GitLab").empty());
    CHECK_FALSE(world.view().installed().authorization("auth1"));
    const auto all = world.integrations();
    CHECK(all.size() == 599);
    CHECK(std::ranges::all_of(
        all, [](const auto& each) { return each.state == storage::IntegrationState::needs_reauth; }));
    // The admins' note of it is a message that Slack takes, too.
    const auto due = world.due(2'000);
    const auto note = std::ranges::find_if(
        due, [](const auto& effect) { return effect.args.contains("0 of 599 integrations"); });
    REQUIRE(note != due.end());
    CHECK(to_text(check_message(Json::parse(note->args))) == "");
    CHECK(note->args.contains("and 569 more"));
}

TEST_CASE("M13: whoever is no member of the company, or has left it, does not become an app's owner") {
    InstalledWorld world;
    storage::InventoryEntry app;
    app.app_id = AppId("A0MIRO");
    app.team_id = TeamId("T1");
    app.app_name = "Miro";
    app.first_seen = app.last_seen = world.clock.now();
    world.put(storage::SaveInventoryEntry{app});
    storage::Person person;
    person.id = UserId("U0LEFT");
    person.active = false;
    storage::apply(world.db.writer(), storage::SavePerson{person}, world.clock.now());
    person.id = UserId("U0GUEST");
    person.active = person.guest = true;
    storage::apply(world.db.writer(), storage::SavePerson{person}, world.clock.now());
    world.slack.people["U0STRANGER"] = {{"is_stranger", true}};
    const auto owner = [&] {
        return world.view().installed().entry(AppId("A0MIRO"), TeamId("T1"))->owner.value;
    };
    const auto give = [&](const std::string& to) {
        const std::string target = world.form("U0ADMIN", "edit Miro").at("private_metadata");
        return world
            .submit("U0ADMIN", ids::form_installed_edit, target, {{"owner", to}, {"data_class", "none"}})
            .ack;
    };
    for (const auto* nobody : {"U0LEFT", "U0GUEST"}) {
        CHECK(give(nobody).contains("has to be a member"));
        CHECK(owner().empty());
    }
    (void)give("U0STRANGER");  // looked up first
    world.run();
    world.pass(std::chrono::seconds(1));
    world.run();
    CHECK(owner().empty());
    CHECK_FALSE(give("U0EMP").contains("errors"));
    CHECK(owner() == "U0EMP");
}

TEST_CASE(
    "M14, I4: whoever is no admin any more when the form is sent removes nothing, and it is written down") {
    InstalledWorld world;
    world.store("auth1", "GitLab");
    REQUIRE(world.add("U0EMP", "Vendors", "auth1").empty());
    const std::string target = world.form("U0ADMIN", "remove GitLab").at("private_metadata");
    std::erase(world.settings.review.admins, "U0ADMIN");  // a reload meanwhile
    const auto refused =
        world.submit("U0ADMIN", ids::form_installed_remove, target, {{"name", "GitLab"}}).ack;
    CHECK(refused.contains("only admins"));
    CHECK(world.authorization("auth1").state == storage::AuthorizationState::active);
    CHECK(world.integrations().front().state != storage::IntegrationState::needs_reauth);
    CHECK(world.entries("press.refused", "authorization:auth1") == 1);
}

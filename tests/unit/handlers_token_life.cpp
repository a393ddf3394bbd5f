// The life of stored tokens: renewal, refusals, checks, on a clock that the test moves.
#include "config/secrets.hpp"
#include "handlers/installed_apps.hpp"
#include "handlers/token_life.hpp"
#include "handlers/token_parts.hpp"
#include "storage/aead.hpp"
#include "storage/installed_view.hpp"
#include "storage/vault.hpp"
#include "tests/support/review_world.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <limits>

using namespace countersign;
using namespace countersign::tests;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using storage::AuthorizationState;
using storage::IntegrationState;

namespace {

const storage::KeyRing ring({{"1", Secret(std::string(32, 'k'))}});

struct Office : ReviewWorld {
    Office() {
        start();
        storage::Authorization row;
        row.id = "auth1";
        row.name = "GitLab";
        row.url = "https://gitlab.com";
        row.account = "bot";
        row.account_id = "7";
        row.owner = UserId("U0OWNER");
        row.state = AuthorizationState::active;
        row.fingerprint = "fp0";
        row.renewable = true;
        row.added_at = row.state_since = clock.now();
        row.expires_at = clock.now() + hours(2);
        store(row);
        storage::Integration use;
        use.name = "Vendors";
        use.authorization = row.id;
        use.authorization_name = row.name;
        use.instance = row.url;
        use.target = "procurement";
        use.owner = UserId("U0EMP");
        use.made_at = use.state_since = clock.now();
        storage::apply(db.writer(), storage::SaveIntegration{use}, clock.now());
        handle(handlers::EventKind::timer, {{"kind", "authorization_expiry"}}, "authorization_expiry");
    }
    void store(const storage::Authorization& row) {
        storage::apply(db.writer(), storage::SaveAuthorization{row}, clock.now());
    }
    storage::Authorization row() { return view().installed().authorization("auth1").value(); }
    storage::Integration use() { return view().installed().integrations().front(); }
    int waiting_refreshes() {
        const auto all = due();
        return static_cast<int>(std::ranges::count(all, "account.refresh", &storage::Effect::method));
    }
    void renewed(const std::string& fingerprint, int lives = 7200) {
        answer(expect("account.refresh"), good(fingerprint, lives));
    }
    static SlackAnswer good(const std::string& fingerprint, int lives) {
        const auto bundle = storage::sealed_bundle(
            ring, {{{"auth1", "token", "gitlab", "https://gitlab.com"}, Secret("token of " + fingerprint)}});
        return {"ok",
                "",
                {{"sealed", storage::to_json(bundle)}, {"fingerprint", fingerprint}, {"lives_s", lives}}};
    }
    void refused_refresh(const std::string& error) {
        answer(expect("account.refresh"), {"refused", error, {{"text", "it was " + error}}});
    }
    // All that wait: an older one is of a token that is not there any more.
    void check(const SlackAnswer& with) {
        (void)expect("account.check");
        while (const auto effect = waiting("account.check"))
            answer(*effect, with);
    }
    static SlackAnswer well() { return {"ok", "", {{"account", "bot"}, {"account_id", "7"}}}; }
    std::ptrdiff_t alarms(const std::string& words) const {
        const auto posts = performed_of("chat.postMessage");
        return std::ranges::count_if(posts, [&](const storage::Effect& post) {
            return post.args.contains(words) && post.args.contains("C0ITALARMS");
        });
    }
    void run_slack() { run({"account.refresh", "account.check", "tracker.whoami", "tracker.read_issue"}); }
};

}  // namespace

TEST_CASE(
    "O10: a token is renewed once before it ends, however many notice, and is stored before it is used") {
    Office world;
    CHECK(world.waiting_refreshes() == 0);
    world.pass(minutes(107));
    CHECK(world.waiting_refreshes() == 0);
    world.pass(minutes(2));  // a tenth of two hours is left
    CHECK(world.waiting_refreshes() == 1);
    for (int at = 0; at < 3;
         ++at)  // two calls to the tracker come back with 401 meanwhile, and one of a check
        world.db.writer().transaction([&] {
            const auto view = world.view();
            world.apply(handlers::tracker_refused(
                "procurement", {world.clock.now(), view, world.settings, world.capabilities}));
        });
    CHECK(world.waiting_refreshes() == 1);
    world.renewed("fp1");
    CHECK(world.row().fingerprint == "fp1");
    CHECK(world.row().expires_at == world.clock.now() + hours(2));
    const auto stored =
        storage::read_secret(world.db.writer(), ring, {"auth1", "token", "gitlab", "https://gitlab.com"});
    REQUIRE(stored);
    CHECK(stored->reveal() == "token of fp1");
    CHECK(world.audited("authorization.refreshed", "auth1"));
    world.pass(minutes(109));
    CHECK(world.waiting_refreshes() == 1);  // and so on
}

TEST_CASE("O12, I19: an answer about a token that is not there any more changes nothing") {
    Office world;
    world.pass(minutes(109));
    const auto late = world.expect("account.refresh");
    auto row = world.row();
    row.fingerprint = "newer";
    world.store(row);
    world.answer(late, {"refused", "refused", {{"text", "invalid_grant"}}});
    CHECK(world.row().state == AuthorizationState::active);
    world.answer(late, Office::good("older", 7200), true);
    CHECK(world.row().fingerprint == "newer");
    storage::apply(world.db.writer(), storage::RemoveAuthorization{"auth1", "U0ADMIN"}, world.clock.now());
    row.fingerprint = "fp0";
    world.answer(late, Office::good("fp1", 7200), true);
    CHECK_FALSE(world.view().installed().authorization("auth1"));
    CHECK_FALSE(
        storage::read_secret(world.db.writer(), ring, {"auth1", "token", "gitlab", "https://gitlab.com"}));
}

TEST_CASE("O14, I19: what a renewal brings for an authorization that is gone is taken back and not kept") {
    Office world;
    world.pass(minutes(109));
    const auto late = world.expect("account.refresh");
    storage::apply(world.db.writer(), storage::RemoveAuthorization{"auth1", "U0ADMIN"}, world.clock.now());
    auto came = Office::good("fp1", 7200);
    const storage::SealedPlace apart{"auth1:unwanted", "token", "gitlab", "https://gitlab.com"};
    came.response["unwanted"] = storage::to_json(storage::sealed_bundle(ring, {{apart, Secret("unwanted")}}));
    world.answer(late, came);
    const auto revoke = world.expect("account.revoke");
    CHECK(revoke.args.contains(R"("authorization":"auth1:unwanted")"));
    CHECK(revoke.args.contains(R"("kind":"gitlab")"));
    CHECK(revoke.args.contains(R"("url":"https://gitlab.com")"));
    CHECK(storage::read_secret(world.db.writer(), ring, apart));  // for this one call
    world.answer(revoke, {"ok", "", nlohmann::json::object()});
    CHECK_FALSE(storage::read_secret(world.db.writer(), ring, apart));
    CHECK(world.audited("authorization.revoked", "auth1"));
    world.run_slack();
    CHECK(world.alarms("was taken back by") == 1);
}

TEST_CASE("O10: a life that no token has ends after ten years, and nothing overflows") {
    Office world;
    world.pass(minutes(109));
    auto came = Office::good("fp1", 0);
    came.response["lives_s"] = std::numeric_limits<std::int64_t>::max();
    world.answer(world.expect("account.refresh"), came);
    CHECK(world.row().expires_at == world.clock.now() + std::chrono::days(3'650));
}

TEST_CASE("O13: outages keep the token, degrade what hangs on it, are told once, and pass") {
    Office world;
    world.pass(minutes(109));
    for (int at = 0; at < 6; ++at) {
        REQUIRE(world.waiting_refreshes() == 1);
        world.refused_refresh(at % 2 == 0 ? "unavailable" : "unclear");
        CHECK(world.row().state == AuthorizationState::refresh_failed);
        CHECK(world.row().fingerprint == "fp0");
        CHECK(world.use().state == IntegrationState::degraded);
        CHECK(world.waiting_refreshes() == 0);
        world.pass(minutes(15));
    }
    world.run_slack();
    CHECK(world.alarms("could not be renewed") == 1);
    world.renewed("fp1");
    CHECK(world.row().state == AuthorizationState::active);
    CHECK(world.row().troubles == 0);
    CHECK(world.use().state == IntegrationState::active);
}

TEST_CASE("O11: what the server does not renew any more needs re-authentication, told once, without a loop") {
    Office world;
    world.pass(minutes(109));
    world.refused_refresh("refused");
    CHECK(world.row().state == AuthorizationState::needs_reauth);
    CHECK(world.use().state == IntegrationState::needs_reauth);
    for (int day = 0; day < 3; ++day) {
        world.pass(hours(24));
        CHECK(world.waiting_refreshes() == 0);
    }
    world.run_slack();
    CHECK(world.alarms("does not work any more") == 1);
    const auto owners = [&](const std::string& user) {
        const auto heard = world.heard(user);
        return std::ranges::count_if(
            heard, [](const auto& text) { return text.contains("does not work any more"); });
    };
    CHECK(owners("U0OWNER") == 1);
    CHECK(owners("U0EMP") == 1);
}

TEST_CASE("O16: clock jumps of a day cause one renewal each, not a storm") {
    Office world;
    world.pass(hours(24));
    CHECK(world.waiting_refreshes() == 1);
    world.renewed("fp1");
    world.check(Office::well());
    world.clock.advance(-std::chrono::milliseconds(hours(24)));
    for (int minute = 0; minute < 120; ++minute)
        world.pass(minutes(1));
    CHECK(world.waiting_refreshes() == 0);
    // The server's own clock did not jump: its token ends, a call is refused, and that renews it.
    world.db.writer().transaction([&] {
        const auto view = world.view();
        world.apply(handlers::tracker_refused("procurement",
                                              {world.clock.now(), view, world.settings, world.capabilities}));
    });
    CHECK(world.waiting_refreshes() == 1);
    world.renewed("fp2");
    CHECK(world.waiting_refreshes() == 0);
}

TEST_CASE("I12: a renewed token that is refused at once is not renewed again") {
    Office world;
    world.pass(minutes(109));
    world.renewed("fp1");
    world.check({"refused", "refused", {{"text", "401"}}});
    CHECK(world.row().state == AuthorizationState::needs_reauth);
    CHECK(world.waiting_refreshes() == 0);
}

TEST_CASE("I12: one 401 is looked at again after a minute, the second one decides, outages decide nothing") {
    Office world;
    auto row = world.row();
    row.renewable = false;
    row.expires_at.reset();
    world.store(row);
    world.pass(hours(7));
    world.check({"refused", "unavailable", {{"text", "503"}}});
    CHECK(world.row().state == AuthorizationState::active);
    world.pass(hours(7));
    world.check({"refused", "refused", {{"text", "401"}}});
    CHECK(world.row().state == AuthorizationState::active);
    CHECK(world.row().refused_at);
    world.pass(seconds(61));
    world.check(Office::well());
    CHECK_FALSE(world.row().refused_at);
    world.pass(hours(7));
    world.check({"refused", "refused", {{"text", "401"}}});
    world.pass(seconds(61));
    world.check({"refused", "refused", {{"text", "401"}}});
    CHECK(world.row().state == AuthorizationState::needs_reauth);
    world.run_slack();
    CHECK(world.alarms("does not work any more") == 1);
}

TEST_CASE(
    "I12, I16: checks come some hours apart, lost access degrades and heals, an app that was suspended ends "
    "it") {
    Office world;
    auto row = world.row();
    row.renewable = false;
    row.expires_at.reset();
    world.store(row);
    int checks = 0;
    for (int hour = 0; hour < 48; ++hour) {
        world.pass(hours(1));
        while (world.waiting("account.check")) {
            ++checks;
            world.check(Office::well());
        }
    }
    CHECK(checks >= 7);
    CHECK(checks <= 9);
    const auto expect = [&](const Json& lost, IntegrationState state) {
        world.pass(hours(7));
        auto answer = Office::well();
        answer.response["lost"] = lost;
        world.check(answer);
        CHECK(world.use().state == state);
        CHECK(world.row().state == AuthorizationState::active);
    };
    const Json lost = {{{"integration", 1}, {"project", "acme/vendors"}}};
    expect(lost, IntegrationState::degraded);
    expect(lost, IntegrationState::degraded);
    world.run_slack();
    const auto heard = world.heard("U0EMP");
    CHECK(std::ranges::count_if(heard, [](const auto& text) { return text.contains("has lost access"); }) ==
          1);
    expect(Json::array(), IntegrationState::active);
    world.pass(hours(7));
    world.check({"refused", "lost_scope", {{"text", "this installation has been suspended"}}});
    world.pass(seconds(61));
    world.check({"refused", "lost_scope", {{"text", "this installation has been suspended"}}});
    CHECK(world.row().state == AuthorizationState::needs_reauth);
    CHECK(world.use().state == IntegrationState::needs_reauth);
}

TEST_CASE("I12: access that comes and goes is told as lost and as back once a day, and stays told as it is") {
    Office world;
    auto row = world.row();
    row.renewable = false;
    row.expires_at.reset();
    world.store(row);
    const auto heard = [&](const std::string& words) {
        world.run_slack();
        const auto lines = world.heard("U0EMP");
        return std::ranges::count_if(lines, [&](const auto& text) { return text.contains(words); });
    };
    const auto project = world.settings.trackers.front().projects.front();
    const auto look = [&](bool lost) {
        world.pass(hours(7));
        auto answer = Office::well();
        if (lost) answer.response["lost"] = {{{"integration", world.use().id}, {"project", project}}};
        world.check(answer);
        CHECK(world.use().state == (lost ? IntegrationState::degraded : IntegrationState::active));
    };
    const auto expect = [&](int lost, int back) {
        CHECK(heard("has lost access") == lost);
        CHECK(heard("Connected.") == back);
    };
    look(false);
    expect(0, 0);
    look(true);
    expect(1, 0);  // at once
    look(false);
    expect(1, 1);
    for (int more = 0; more < 3; ++more) {  // within a day of that
        look(more % 2 == 0);
        expect(1, 1);
    }
    look(true);
    expect(2, 1);  // it is still so a day later
    look(true);
    expect(2, 1);
    look(false);
    expect(2, 2);
    for (int quiet = 0; quiet < 5; ++quiet)
        look(false);
    expect(2, 2);
    look(true);  // it had held: at once again
    expect(3, 2);
}

TEST_CASE("I8: a token that belongs to another account after a renewal is not used") {
    Office world;
    world.pass(minutes(109));
    world.renewed("fp1");
    world.check({"ok", "", {{"account", "somebody"}, {"account_id", "8"}}});
    CHECK(world.row().state == AuthorizationState::needs_reauth);
}

TEST_CASE("I15: a Slack token that Slack says is revoked needs re-authentication within that event") {
    Office world;
    auto row = world.row();
    row.id = "slack1";
    row.name = "Slack";
    row.kind = storage::AuthorizationKind::slack;
    row.url = "https://slack.com";
    row.account_id = "U0FOREIGN";
    row.renewable = false;
    world.store(row);
    row.id = "slack2";
    row.name = "Another Slack";
    row.account_id = "U0OTHER";
    world.store(row);
    world.handle(handlers::EventKind::events_api,
                 {{"type", "event_callback"},
                  {"event", {{"type", "tokens_revoked"}, {"tokens", {{"bot", {"U0FOREIGN"}}}}}}},
                 "env-revoked");
    const auto state = [&](const char* id) { return world.view().installed().authorization(id)->state; };
    CHECK(state("slack1") == AuthorizationState::needs_reauth);
    CHECK(state("slack2") == AuthorizationState::active);
    // The other one is asked about at once, and its answer is certain.
    world.check({"refused", "refused", {{"text", "token_revoked"}}});
    CHECK(state("slack2") == AuthorizationState::needs_reauth);
    CHECK(state("auth1") == AuthorizationState::active);
}

TEST_CASE("I15: what another workspace takes away is no alarm about our own rights") {
    Office world;
    const auto event = [&](const char* team, const char* organisation) {
        world.clock.advance(seconds(1));
        world.handle(handlers::EventKind::events_api,
                     {{"type", "event_callback"},
                      {"team_id", team},
                      {"enterprise_id", organisation},
                      {"event", {{"type", "app_uninstalled"}}}},
                     world.next("env"));
        world.run_slack();
        return world.alarms("installation of Countersign");
    };
    storage::apply(world.db.writer(), storage::SetMeta{"bot_team", ""}, world.clock.now());
    CHECK(event("T0OTHER", "") == 1);  // while nobody knows which workspace is ours
    storage::apply(world.db.writer(), storage::SetMeta{"bot_team", "T0OURS"}, world.clock.now());
    CHECK(event("T0OTHER", "") == 1);
    CHECK(event("T0OTHER", "E0ELSE") == 1);
    CHECK(event("T0OTHER", "E1") == 2);  // of our organisation
    CHECK(event("T0OURS", "") == 3);
}

TEST_CASE(
    "M16: an integration is connected once its project was reached, and its owner hears which it is not") {
    Office world;
    auto use = world.use();
    handlers::await_access(use, world.clock.now());
    storage::apply(world.db.writer(), storage::SaveIntegration{use}, world.clock.now());
    const auto heard = [&](const std::string& words) {
        const auto lines = world.heard("U0EMP");
        return std::ranges::count_if(lines, [&](const auto& text) { return text.contains(words); });
    };
    const auto look = [&](const nlohmann::json& lost, const char* meaning = "ok") {
        world.clock.advance(seconds(1));
        world.handle(handlers::EventKind::timer, {{"kind", "account_check"}, {"id", "auth1"}},
                     "account_check:auth1");
        auto answer = Office::well();
        answer.meaning = meaning;
        if (answer.meaning != "ok") answer.error = "unavailable";
        answer.response["lost"] = lost;
        world.check(answer);
        world.run_slack();
    };
    const auto project = world.settings.trackers.front().projects.front();
    const auto lost = nlohmann::json::array({{{"integration", use.id}, {"project", project}}});
    look(nlohmann::json::array(), "refused");  // the server cannot be asked: nothing is said of it
    CHECK(world.use().state == IntegrationState::degraded);
    CHECK(heard("onnected") == 0);
    world.pass(minutes(3));
    const auto soon = world.expect("account.check");  // and it does not wait six hours
    CHECK(soon.args.contains(project));
    world.answer(soon, {"ok", "", {{"account", "bot"}, {"account_id", "7"}}});
    world.run_slack();
    CHECK(heard("Connected.") == 1);
    handlers::await_access(use, world.clock.now());
    storage::apply(world.db.writer(), storage::SaveIntegration{use}, world.clock.now());
    look(lost);
    look(lost);
    CHECK(world.use().state == IntegrationState::degraded);
    CHECK(heard("is not connected: the account bot cannot read " + project) == 1);
    look(nlohmann::json::array());
    look(nlohmann::json::array());
    CHECK(world.use().state == IntegrationState::active);
    CHECK(world.use().state_note.empty());
    CHECK(heard("Connected.") == 2);
}

TEST_CASE(
    "M16: a check that did not look at an integration says nothing of it, and the note tells the truth") {
    Office world;
    auto use = world.use();
    storage::apply(world.db.writer(), storage::SetMeta{"mending:gone", fmt::format("[{}]", use.id)},
                   world.clock.now());
    use.authorization = "gone";
    use.authorization_name = "Gone";
    use.state = IntegrationState::needs_reauth;
    storage::apply(world.db.writer(), storage::SaveIntegration{use}, world.clock.now());
    world.handle(handlers::EventKind::timer, {{"kind", "account_check"}, {"id", "auth1"}},
                 "account_check:auth1");
    const auto begun = world.expect("account.check");
    world.db.writer().transaction([&] {
        const auto view = world.view();
        world.apply(handlers::reconnected_on(use, world.row(), UserId("U0EMP"),
                                             {world.clock.now(), view, world.settings, world.capabilities}));
    });
    world.answer(begun, Office::well());
    CHECK(world.use().state == IntegrationState::degraded);
    const auto note = [&] {
        world.run_slack();
        std::string last;
        for (const auto& update : world.performed_of("chat.update"))
            if (update.args.contains("Gone")) last = update.args;
        return last;
    };
    CHECK(note().contains("0 of 1 integrations"));
    world.pass(minutes(1));
    world.check(Office::well());
    CHECK(note().contains("1 of 1 integrations"));
    world.pass(minutes(109));
    world.refused_refresh("refused");
    CHECK(note().contains("0 of 1 integrations"));
}

TEST_CASE("M16: what an owner who has left would have to mend is the admins' task, each once") {
    Office world;
    const auto own = world.use();
    const auto add = [&](const std::string& name, const std::string& owner) {
        auto use = own;
        use.id = 0;
        use.name = name;
        use.owner = UserId(owner);
        storage::apply(world.db.writer(), storage::SaveIntegration{use}, world.clock.now());
    };
    add("Orphan", "U0GONE");
    add("Nobody's", "");
    storage::Person gone;
    gone.id = UserId("U0GONE");
    gone.active = false;
    gone.read_at = world.clock.now();
    storage::apply(world.db.writer(), storage::SavePerson{gone}, world.clock.now());
    world.pass(minutes(109));
    world.refused_refresh("refused");
    world.run_slack();
    const auto tasks = [&](const std::string& name) {
        const auto posts = world.performed_of("chat.postMessage");
        return std::ranges::count_if(posts, [&](const storage::Effect& post) {
            return post.args.contains(std::string(ids::installed_reconnect)) && post.args.contains(name) &&
                   post.args.contains("C0ITALARMS");
        });
    };
    CHECK(tasks("Orphan") == 1);
    CHECK(tasks("Nobody's") == 1);
    CHECK(tasks("Vendors") == 0);  // its owner is here
    CHECK(world.heard("U0GONE").empty());
    const auto heard = world.heard("U0EMP");
    CHECK(std::ranges::count_if(heard, [](const auto& text) { return text.contains("Vendors"); }) == 1);
}

TEST_CASE("I12: the checks of three hundred authorizations are spread out, also after a start") {
    Office world;
    auto row = world.row();
    row.renewable = false;
    row.expires_at.reset();
    for (int at = 0; at < 300; ++at) {
        row.id = fmt::format("many{}", at);
        row.name = fmt::format("Many {}", at);
        world.store(row);
    }
    world.handle(handlers::EventKind::timer, {{"kind", "authorization_expiry"}}, "authorization_expiry");
    std::ptrdiff_t seen = 0, most = 0;
    int minutes_with_checks = 0;
    for (int minute = 0; minute < 40; ++minute) {
        for (int part = 0; part < 4; ++part)
            world.pass(seconds(15));
        const auto all = world.due();
        const auto now = std::ranges::count(all, "account.check", &storage::Effect::method);
        most = std::max(most, now - seen);
        if (now > seen) ++minutes_with_checks;
        seen = now;
    }
    CHECK(seen >= 300);
    CHECK(most <= 25);
    CHECK(minutes_with_checks >= 25);
}

// An authorization on its way, and what becomes of tokens that nobody wants: cancelled, too late, replaced.
#include "handlers/accounts.hpp"
#include "handlers/grant_steps.hpp"
#include "handlers/token_parts.hpp"
#include "storage/aead.hpp"
#include "storage/vault.hpp"
#include "tests/support/installed_world.hpp"

#include <algorithm>
#include <limits>

using namespace countersign;
using namespace countersign::tests;

namespace {

const storage::KeyRing ring({{"1", Secret(std::string(32, 'k'))}});
constexpr const char* url = "https://gitlab.com";

struct Office : InstalledWorld {
    Office() {
        storage::save_oauth_app(db.writer(), {.kind = storage::AuthorizationKind::gitlab,
                                              .url = url,
                                              .client_id = "id",
                                              .redirect_url = "https://here.example/oauth/callback",
                                              .has_secret = false,
                                              .added_by = "operator:root",
                                              .added_at = clock.now()});
        settings.http_public_url = "https://here.example";
    }
    static Json sealed(const std::string& record, const std::string& token) {
        return storage::to_json(
            storage::sealed_bundle(ring, {{{record, "token", "gitlab", url}, Secret(token)}}));
    }
    [[nodiscard]] bool holds(const std::string& record, const std::string& token) {
        const auto found = storage::read_secret(db.writer(), ring, {record, "token", "gitlab", url});
        return found && found->reveal() == token;
    }
    // As far as the server's answer.
    std::string begin(const std::string& how, const std::string& name, const std::string& reconnect = "") {
        submit("U0ADMIN", ids::form_authorization_add, reconnect,
               {{"name", name}, {"use", how + " gitlab " + url}});
        const auto id = next("grant");
        answer(expect("account.begin"), {"ok",
                                         "",
                                         {{"id", id},
                                          {"client_id", "id"},
                                          {"lives_s", 600},
                                          {"interval_ms", 5'000},
                                          {"verification_uri", "https://gitlab.com/oauth/device"},
                                          {"user_code", "ABCD-EFGH"},
                                          {"link", "https://gitlab.com/oauth/authorize?x=1"},
                                          {"state_hash", "hash" + id},
                                          {"sealed", storage::to_json(storage::sealed_bundle(ring, {}))}}});
        return id;
    }
    static SlackAnswer granted(const std::string& id, const std::string& token) {
        return {"ok",
                "",
                {{"account", "bot"},
                 {"account_id", "7"},
                 {"scopes", "api"},
                 {"fingerprint", "of " + token},
                 {"sealed", sealed(id, token)}}};
    }
    void press(std::string_view action, const std::string& id) {
        press_with("U0ADMIN", action, id, "D0U0ADMIN", "1.1");
    }
    void come_back(const std::string& id, const std::string& code) {
        handle(handlers::EventKind::oauth_callback,
               {{"grant", id},
                {"code", storage::to_json(
                             storage::sealed_bundle(ring, {{{id, "code", "gitlab", url}, Secret(code)}}))}},
               next("callback"));
    }
    [[nodiscard]] std::ptrdiff_t wait_of(const std::string& method) {
        const auto all = due();
        return std::ranges::count(all, method, &storage::Effect::method);
    }
    // Reconnected by the device grant; `old` is what is there now.
    void reconnect(const std::string& old, const std::string& token) {
        const auto id = begin("device", "ignored", old);
        pass(std::chrono::seconds(6));
        answer(expect("account.poll"), granted(id, token));
        press(ids::grant_keep, id);
        const auto adopt = expect("account.adopt");
        const auto record = old + handlers::unwanted_suffix + ":" + id;
        answer(adopt,
               {"ok", "", {{"sealed", sealed(old, token)}, {"replaced", sealed(record, "old token")}}});
        replaced = record;
    }
    std::string replaced;
    [[nodiscard]] std::ptrdiff_t alarms(const std::string& words) {
        run({"account.check", "account.poll", "account.revoke", "account.begin"});
        const auto posts = performed_of("chat.postMessage");
        return std::ranges::count_if(posts, [&](const storage::Effect& post) {
            return post.args.contains(words) && post.args.contains("C0ITALARMS");
        });
    }
    [[nodiscard]] bool noted(const std::string& words) {
        const auto all = storage::audit_of(db.writer(), "auth1");
        return std::ranges::any_of(all, [&](const auto& entry) { return entry.details.contains(words); });
    }
};

}  // namespace

TEST_CASE("O5, O14: a token that comes after Cancel is taken back, by the code and by the link") {
    for (const bool device : {true, false}) {
        CAPTURE(device);
        Office office;
        const auto id = office.begin(device ? "device" : "link", "GitLab");
        if (device)
            office.pass(std::chrono::seconds(6));
        else
            office.come_back(id, "code");
        const auto asked = office.expect(device ? "account.poll" : "account.exchange");
        office.press(ids::grant_cancel, id);
        CHECK_FALSE(office.view().installed().grant(id));
        office.pass(std::chrono::minutes(1));
        CHECK(office.wait_of("account.poll") == (device ? 1 : 0));  // the one under way, and no other
        office.answer(asked, Office::granted(id, "too late"));
        CHECK(office.holds(id, "too late"));  // for this one call
        const auto revoke = office.expect("account.revoke");
        CHECK(Json::parse(revoke.args) ==
              Json{{"authorization", id}, {"kind", "gitlab"}, {"url", url}, {"tracker", "account " + id}});
        office.answer(revoke, {"ok", "", Json::object()});
        CHECK_FALSE(office.holds(id, "too late"));
        CHECK(office.alarms("The token of *GitLab* was taken back by") == 1);
        CHECK(office.view().installed().authorizations().empty());
    }
}

TEST_CASE("I9: what is renamed while it is being reconnected keeps its new name") {
    Office office;
    office.store("auth1", "GitLab");
    const auto id = office.begin("device", "ignored", "auth1");
    office.pass(std::chrono::seconds(6));
    office.answer(office.expect("account.poll"), Office::granted(id, "new"));
    office.store("auth1", "Procurement bot");
    office.press(ids::grant_keep, id);
    const auto record = "auth1" + std::string(handlers::unwanted_suffix) + ":" + id;
    office.answer(office.expect("account.adopt"), {"ok",
                                                   "",
                                                   {{"sealed", Office::sealed("auth1", "new")},
                                                    {"replaced", Office::sealed(record, "old")}}});
    CHECK(office.authorization("auth1").name == "Procurement bot");
    CHECK(office.holds("auth1", "new"));
}

TEST_CASE("O14: a second connection to a workspace that is cancelled leaves the first one its token") {
    Office office;
    office.store_slack("auth1", "Partners");
    storage::PendingGrant grant;
    grant.id = "grant-2";
    grant.kind = storage::AuthorizationKind::slack;
    grant.url = "https://slack.com";
    grant.stage = storage::GrantStage::granted;
    grant.fingerprint = "another";
    grant.account_id = "7";
    const auto revokes = [&] {
        const storage::View view(office.db.writer());
        const auto ended = handlers::grant_ended(
            grant, "cancelled", {office.clock.now(), view, office.settings, office.capabilities});
        return std::ranges::count(ended.effects, "account.revoke", &storage::Effect::method);
    };
    CHECK(revokes() == 0);
    grant.account_id = "8";
    CHECK(revokes() == 1);
}

TEST_CASE("O10: a life that no token has ends after ten years, also for one that is granted anew") {
    Office office;
    const auto id = office.begin("device", "GitLab");
    office.pass(std::chrono::seconds(6));
    auto came = Office::granted(id, "token");
    came.response["lives_s"] = std::numeric_limits<std::int64_t>::max();
    office.answer(office.expect("account.poll"), came);
    CHECK(office.view().installed().grant(id)->expires_at == office.clock.now() + std::chrono::days(3'650));
}

TEST_CASE("O5: an answer that comes twice touches nothing of what was kept") {
    Office office;
    const auto id = office.begin("device", "GitLab");
    office.pass(std::chrono::seconds(6));
    const auto asked = office.expect("account.poll");
    office.answer(asked, Office::granted(id, "token"));
    office.answer(asked, Office::granted(id, "another"), true);
    CHECK(office.holds(id, "token"));
    office.press(ids::grant_keep, id);
    CHECK(office.authorization(id).state == storage::AuthorizationState::active);
    office.answer(asked, Office::granted(id, "another"), true);
    CHECK(office.holds(id, "token"));
    CHECK(office.wait_of("account.revoke") == 0);
}

TEST_CASE(
    "O6: a state is used once, however often and fast a browser comes back, and not after ten minutes") {
    Office office;
    const auto id = office.begin("link", "GitLab");
    for (const auto* code : {"first", "second", "third"})
        office.come_back(id, code);
    CHECK(office.wait_of("account.exchange") == 1);
    const storage::SealedPlace place{id, "code", "gitlab", url};
    CHECK(storage::read_secret(office.db.writer(), ring, place)->reveal() == "first");
    CHECK_FALSE(office.view().installed().grant_of_state("hash" + id));
    Office late;
    const auto slow = late.begin("link", "GitLab");
    late.clock.advance(std::chrono::seconds(601));
    late.come_back(slow, "code");
    CHECK(late.wait_of("account.exchange") == 0);
    CHECK_FALSE(storage::read_secret(late.db.writer(), ring, {slow, "code", "gitlab", url}));
}

TEST_CASE("O14: what a reconnected authorization held before is taken back, and what came of it is told") {
    Office office;
    office.store("auth1", "GitLab");
    const auto revoked = [&](const SlackAnswer& with) {
        office.clock.advance(std::chrono::seconds(1));
        office.reconnect("auth1", office.next("token"));
        CHECK(office.holds(office.replaced, "old token"));
        while (const auto check = office.waiting("account.check"))
            office.answer(*check, {"ok", "", {{"account", "bot"}, {"account_id", "7"}}});
        office.answer(office.expect("account.revoke"), with);
        CHECK_FALSE(office.holds(office.replaced, "old token"));
        CHECK(office.waiting("account.check"));  // the new one, after whatever was done to the old one
        CHECK(office.authorization("auth1").state == storage::AuthorizationState::active);
    };
    revoked({"ok", "", Json::object()});
    CHECK(office.alarms("The old token of *GitLab* was taken back by") == 1);
    revoked({"refused", "unavailable", {{"text", "it has trouble (HTTP 503)"}}});
    CHECK(office.alarms("The old token of *GitLab* was not taken back: it has trouble (HTTP 503)") == 1);
    revoked({"refused", "refused", {{"text", "it does not know the token"}}});
    CHECK(office.alarms("The old token of") == 2);  // as was to be expected: written down, no alarm
    CHECK(office.noted("not valid any more"));
    CHECK(office.entries("authorization.reconnected", "auth1") == 3);
}

TEST_CASE("O14: a token that was replaced stays valid where it is still used") {
    using storage::AuthorizationKind;
    Office office;
    auto old = office.make("auth1", "Old");
    auto fresh = old;
    auto other = office.make("auth2", "Other");
    const auto why = [&] { return handlers::why_left_valid(old, fresh, {fresh, other}); };
    other.fingerprint = "another";
    CHECK(why() == "it is the same token");
    fresh.fingerprint = "fresh";
    CHECK(why().empty());
    other.fingerprint = old.fingerprint;
    CHECK(why() == "another authorization holds it too");
    other.fingerprint = "another";
    old.kind = fresh.kind = AuthorizationKind::slack;
    CHECK(why() == "Slack says that both are of one installation");
    fresh.account_id = "U0ELSE";
    CHECK(why().empty());
    old.account_id.clear();  // nobody knows whose it was
    CHECK(why().empty());

    office.store("auth1", "GitLab");
    office.store("auth2", "Twin");  // the same fingerprint
    office.reconnect("auth1", "new");
    CHECK(office.wait_of("account.revoke") == 0);
    CHECK_FALSE(office.holds(office.replaced, "old token"));
    CHECK(office.noted("another authorization holds it too"));
}

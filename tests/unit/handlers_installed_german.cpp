// Installed apps for people who read German: every form, answer and notice of the surface.
#include "config/secrets.hpp"
#include "handlers/installed_apps.hpp"
#include "handlers/own_login.hpp"
#include "handlers/views/home_installed_ids.hpp"
#include "handlers/views/recorded.hpp"
#include "storage/aead.hpp"
#include "storage/vault.hpp"
#include "tests/support/edit_form.hpp"
#include "tests/support/german_readers.hpp"
#include "tests/support/installed_world.hpp"

#include <array>

using namespace countersign;
using namespace countersign::tests;
using handlers::views::Language;
using handlers::views::recorded_in;
using std::chrono::hours;

namespace {

const std::vector<std::string> people{"U0EMP", "U0OWNER", "U0LEGAL", "U0ADMIN", "U0EVIL", "U0GUEST"};

// More words that no German sentence of this surface has, nor any name in these tests.
std::string more_english_in(std::string_view text) {
    constexpr std::array words{"write",  "there",   "here",      "any",    "cannot",   "again",   "stored",
                               "saved",  "removed", "connected", "choose", "from",     "does",    "whose",
                               "only",   "may",     "use",       "uses",   "owner",    "save",    "still",
                               "needed", "type",    "asking",    "stop",   "granted",  "discard", "cancel",
                               "keep",   "which",   "no",        "them",   "uninstall"};
    std::string word;
    for (const char letter : without_names(text) + " ") {
        if (std::isalpha(static_cast<unsigned char>(letter)) != 0 ||
            static_cast<unsigned char>(letter) > 127) {
            word += static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
            continue;
        }
        if (std::ranges::find(words, word) != words.end()) return word;
        word.clear();
    }
    return {};
}

struct GermanOffice : InstalledWorld {
    GermanOffice() {
        storage::save_oauth_app(db.writer(), {.kind = storage::AuthorizationKind::gitlab,
                                              .url = "https://gitlab.com",
                                              .client_id = "id",
                                              .redirect_url = "https://here.example/oauth/callback",
                                              .has_secret = false,
                                              .added_by = "operator:root",
                                              .added_at = clock.now()});
        settings.http_public_url = "https://here.example";
        all_german(*this, people);
        storage::Person guest = view().person(UserId("U0GUEST")).value();
        guest.guest = true;
        storage::apply(db.writer(), storage::SavePerson{guest}, clock.now());
        inspect = [this](const handlers::Event&, const handlers::Outcome& outcome) {
            for (const auto& text : personal_texts(outcome)) {
                read.push_back(text);
                auto word = english_word_in(text);
                if (word.empty()) word = more_english_in(text);
                if (!word.empty()) english.push_back("\"" + word + "\" in: " + text);
            }
        };
    }
    std::vector<std::string> english, read;

    [[nodiscard]] bool said(std::string_view words) const {
        return std::ranges::any_of(read, [&](const auto& text) { return text.contains(words); });
    }
    void press_button(const std::string& user, std::string_view action, const std::string& value) {
        press_with(user, action, value, "D0" + user, "1.1");
    }
    // A grant as far as its server's answer goes.
    std::string begin_grant(const std::string& how, const std::string& name,
                            const std::string& reconnect = "") {
        submit("U0ADMIN", ids::form_authorization_add, reconnect,
               {{"name", name}, {"use", how + " gitlab https://gitlab.com"}});
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
                                          {"sealed", sealed()}}});
        return id;
    }
    static Json sealed() {
        static const storage::KeyRing ring({{"1", Secret(std::string(32, 'k'))}});
        return storage::to_json(storage::sealed_bundle(ring, {}));
    }
    void poll(const std::string& account, std::string_view note = "") {
        pass(std::chrono::seconds(6));
        answer(expect("account.poll"), {"ok",
                                        "",
                                        {{"account", account},
                                         {"account_id", account},
                                         {"workspace", "Acme"},
                                         {"scopes", "api"},
                                         {"fingerprint", "fp"},
                                         {"warning", note},
                                         {"lives_s", 7'200},
                                         {"sealed", sealed()}}});
    }
};

storage::InventoryEntry app(const std::string& id, const std::string& owner) {
    storage::InventoryEntry entry;
    entry.app_id = AppId(id);
    entry.team_id = TeamId("T1");
    entry.app_name = "Malbrett " + id;
    entry.owner = UserId(owner);
    entry.connected_to = "GitLab";
    entry.scopes = "emoji:read";
    return entry;
}

}  // namespace

TEST_CASE("R22: of lists, forms and answers of installed apps no German reader reads a sentence in English") {
    GermanOffice office;
    office.type("U0EMP", "list");
    office.type("U0EMP", "list Nix");
    for (int at = 0; at < 20; ++at)
        office.put(storage::SaveInventoryEntry{app("A" + std::to_string(10 + at), "U0OWNER")});
    office.store("auth1", "Zugang A");
    office.store_slack("auth2", "Anderswo");
    office.type("U0EMP", "");
    office.type("U0EMP", "list Malbrett 2");
    for (const auto* list : {"mine", "reauth", "integrations", "authorizations", "unapproved", "orphans"})
        office.type("U0EMP", std::string("list ") + list);
    for (const auto* words :
         {"help", "hlep", "quatsch", "show", "show Nix", "show Malbrett", "show A10/T1", "show Zugang A",
          "reconnect A10/T1", "uninstall Zugang A", "test Zugang A", "edit Zugang A", "remove Zugang A"})
        office.type("U0EMP", words);
    CHECK(office.said("Es passen mehrere"));
    CHECK(office.said("nur Admins"));

    // Adding, and everything that may be wrong.
    office.type("U0GUEST", "add");
    office.add("U0GUEST", "Gast", "auth1");
    CHECK(office.said("Gäste"));
    office.type("U0EMP", "add");
    CHECK(office.said("Gespeicherter Zugang"));
    office.add("U0EMP", "  ", "auth1");
    office.add("U0EMP", "Anträge", "weg");
    office.add("U0EMP", "Anträge", "auth1", "tracker:weg");
    office.add("U0EMP", "Anträge", "auth2");
    office.add("U0EMP", "Anträge", "auth1", "channel:results", "C0X");
    office.add("U0EMP", "Anträge", "own", "channel:results", "x");
    office.add("U0EMP", "Anträge", "own", "channel:quatsch", "C0X");
    CHECK(office.add("U0EMP", "Anträge", "auth1").empty());
    office.add("U0LEGAL", "anträge", "auth1");
    office.add("U0LEGAL", "Zweite", "auth1");
    CHECK(office.add("U0EMP", "Kanal", "own", "channel:results", "C0X").empty());
    office.add("U0LEGAL", "Kanal 2", "own", "channel:results", "C0X");
    auto elsewhere = office.make("auth3", "Woanders");
    elsewhere.url = "https://gitlab.example.com";
    elsewhere.state = storage::AuthorizationState::needs_reauth;
    office.put(storage::SaveAuthorization{elsewhere});
    office.add("U0LEGAL", "Dritte", "auth3");
    office.type("U0LEGAL", "test Woanders");
    elsewhere.state = storage::AuthorizationState::active;
    office.put(storage::SaveAuthorization{elsewhere});
    office.add("U0LEGAL", "Dritte", "auth3");
    office.type("U0EMP", "reconnect Anträge");
    for (const auto& due : office.due())
        if (due.purpose == "channel_post") office.answer(due, {"ok", "", Json::object()});
    office.type("U0EMP", "reconnect Kanal");
    office.type("U0EMP", "show Kanal");

    // Editing.
    office.type("U0ADMIN", "edit A10/T1");
    office.type("U0ADMIN", "edit Zugang A");
    office.type("U0ADMIN", "edit Anderswo");
    office.type("U0EMP", "edit Anträge");
    office.submit("U0ADMIN", ids::form_installed_edit, "app:A10/T1#x x x x x", {{"purpose", "Malen"}});
    const auto edit = [&](const std::string& user, const std::string& target,
                          const std::map<std::string, std::string>& fields) {
        return office.submit(user, ids::form_installed_edit, as_shown(office, target), fields);
    };
    edit("U0ADMIN", "app:A10/T1", {{"owner", "U0GUEST"}, {"connected_to", "GitLab"}});
    edit("U0EMP", "integration:1", {{"name", " "}, {"owner", "U0EMP"}});
    edit("U0EMP", "integration:1", {{"name", "Kanal"}, {"owner", "U0EMP"}});
    office.submit("U0EMP", ids::form_installed_edit, "integration:1#x x x", {{"name", "Kanal"}});
    edit("U0EMP", "integration:1", {{"name", "Anträge"}, {"owner", "U0EMP"}});
    edit("U0EMP", "integration:77", {{"name", "Kanal"}});
    edit("U0ADMIN", "authorization:auth1", {{"name", "a/b"}});
    edit("U0ADMIN", "authorization:auth1", {{"name", "Woanders"}});
    edit("U0ADMIN", "authorization:auth2", {{"name", "Anderswo"}, {"allowed_channels", "quatsch"}});
    edit("U0ADMIN", "authorization:auth2",
         {{"name", "Anderswo"}, {"allowed_users", "U0OWNER"}, {"allowed_channels", "C0ERLAUBT"}});
    office.type("U0EMP", "show Anderswo");
    office.type("U0EMP", "add");
    CHECK(office.said("in der Auswahl fehlen"));
    office.add("U0EMP", "Verboten", "auth2", "channel:digest", "C0ERLAUBT");
    CHECK(office.said("nur bestimmte Leute"));
    office.add("U0OWNER", "Verboten", "auth2", "channel:digest", "C0ANDERS");
    office.run({"account.check", "account.post", "chat.postMessage"});

    // Removing, and what then waits for another.
    office.type("U0ADMIN", "remove Anderswo");
    office.type("U0ADMIN", "remove A11/T1");
    office.submit("U0ADMIN", ids::form_installed_remove, "authorization:auth1#alt", {{"name", "Zugang A"}});
    office.submit("U0ADMIN", ids::form_installed_remove, "authorization:auth1#alt", {{"name", "falsch"}});
    office.submit("U0ADMIN", ids::form_installed_remove, "app:A11/T1", {{"name", "Malbrett A11"}});
    CHECK(office.remove("U0ADMIN", "Zugang A").empty());
    CHECK(office.said("ist stehen geblieben"));
    office.type("U0EMP", "list reauth");
    office.type("U0EMP", "show Anträge");
    CHECK(office.said("sein Zugang wurde entfernt"));
    office.press_button("U0EMP", ids::installed_reconnect, "1");
    office.press_button("U0EMP", ids::installed_reconnect, "99");
    auto fresh = office.make("auth4", "Zugang B");
    fresh.account = "bot2";
    office.put(storage::SaveAuthorization{fresh});
    office.press_button("U0EMP", ids::installed_reconnect, "1");
    office.submit("U0EMP", ids::form_installed_reconnect, "integration:1", {{"authorization", "weg"}});
    office.submit("U0EMP", ids::form_installed_reconnect, "integration:1", {{"authorization", "auth4"}});
    office.submit("U0EMP", ids::form_installed_reconnect, "integration:1",
                  {{"authorization", "auth4"}, {"name", "bot2"}});
    office.press_button("U0EMP", ids::installed_reconnect, "1");
    CHECK(office.said("Es geht schon"));
    office.type("U0ADMIN", "reconnect Anderswo");
    office.type("U0ADMIN", "reconnect Zugang B");
    // Home's section.
    for (const auto& person : people)
        office.handle(handlers::EventKind::events_api,
                      {{"type", "event_callback"},
                       {"event", {{"type", "app_home_opened"}, {"user", person}, {"tab", "home"}}}},
                      office.next("home"));
    CHECK(office.read.size() > 150);
    CHECK_MESSAGE(office.english.empty(), all(office.english));
}

TEST_CASE("R22: an authorization on its way is told about in German, from the form to the other account") {
    GermanOffice office;
    office.type("U0ADMIN", "add authorization");
    CHECK(office.said("einen Code eingeben"));
    const auto submit = [&](const std::string& name, const std::string& use, const std::string& target = "") {
        office.submit("U0ADMIN", ids::form_authorization_add, target, {{"name", name}, {"use", use}});
    };
    submit("Zugang", "device weg");
    submit("a/b", "device gitlab https://gitlab.com");
    submit("Zugang", "device gitlab https://gitlab.com", "weg");
    submit("Zugang", "device gitlab https://gitlab.com");
    office.answer(office.expect("account.begin"),
                  {"refused", "gone", {{"text", "this OAuth application was removed meanwhile"}}});
    CHECK(office.said("wurde nicht verbunden"));
    (void)office.begin_grant("link", "Mit Link");
    const auto id = office.begin_grant("device", "Zugang");
    CHECK(office.said("gib den Code"));
    office.press_button("U0ADMIN", ids::grant_keep, id);
    office.press_button("U0EMP", ids::grant_keep, id);
    office.poll("bot", "it can only read (read_api)");
    CHECK(office.said("wurde gewährt als"));
    CHECK(office.said("er kann nur lesen"));
    office.press_button("U0ADMIN", ids::grant_keep, id);
    CHECK(office.view().installed().authorization(id));
    office.press_button("U0ADMIN", ids::grant_keep, id);
    submit("zugang", "device gitlab https://gitlab.com");
    CHECK(office.add("U0EMP", "Anträge", id).empty());
    // The other account in its place, and one that is thrown away.
    office.type("U0ADMIN", "reconnect Zugang");
    const auto other = office.begin_grant("device", "", id);
    office.poll("bot2");
    CHECK(office.said("Das andere Konto behalten"));
    office.press_button("U0ADMIN", ids::grant_keep, other);
    office.answer(office.expect("account.adopt"), {"ok", "", {{"sealed", GermanOffice::sealed()}}});
    CHECK(office.said("Wieder verbunden"));
    const auto third = office.begin_grant("device", "Dritter");
    office.press_button("U0ADMIN", ids::grant_cancel, third);
    const auto late = office.begin_grant("device", "Vierter");
    office.pass(std::chrono::minutes(11));
    CHECK(office.said("niemand kam rechtzeitig zurück"));
    (void)late;
    // Whether it works, and the end of it.
    office.type("U0EMP", "test Zugang");
    for (const auto& due : office.due())
        if (due.method == "account.check" && due.context.contains("U0EMP"))
            office.answer(due, {"ok",
                                "",
                                {{"account", "bot2"},
                                 {"account_id", "bot2"},
                                 {"lost", {{{"integration", 1}, {"project", "acme/vendors"}}}}}});
    CHECK(office.said("Nicht lesbar"));
    CHECK(office.said("ist nicht verbunden: Das Konto bot2 kann acme/vendors nicht lesen"));
    office.pass(hours(24));
    office.pass(hours(24));
    CHECK(office.said("geht nicht mehr"));
    CHECK_MESSAGE(office.english.empty(), all(office.english));
}

TEST_CASE("R22: owners are asked, warned and told of an uninstallation in German") {
    GermanOffice office;
    for (const auto* id : {"A1", "A2"}) {
        auto entry = app(id, "U0OWNER");
        entry.first_seen = entry.last_seen = office.clock.now();
        office.put(storage::SaveInventoryEntry{entry});
    }
    auto row = office.make("auth1", "Zugang");
    row.owner = UserId("U0OWNER");
    row.expires_at = office.clock.now() + std::chrono::days(20);
    office.put(storage::SaveAuthorization{row});
    office.add("U0EMP", "Anträge", "auth1");
    office.add("U0EMP", "Kanal", "own", "channel:digest", "C0X");
    CHECK(office.said("Eine erste Nachricht ist auf dem Weg"));
    const auto posted = [&](const SlackAnswer& with) {
        office.clock.advance(std::chrono::seconds(1));
        for (const auto& due : office.due())
            if (due.purpose == "channel_post") office.answer(due, with);
        office.type("U0EMP", "test Kanal");
    };
    posted({"human", "restricted_action", Json::object()});
    CHECK(office.said("ist nicht verbunden, die erste Nachricht kam nicht an"));
    posted({"ok", "", Json::object()});
    CHECK(office.said("Verbunden."));
    posted({"human", "restricted_action", Json::object()});
    CHECK(office.said("kann nicht in den Kanal schreiben"));
    for (int day = 0; day < 400; ++day) {
        office.pass(hours(24));
    }
    CHECK(office.said("läuft innerhalb von 14 Tagen ab"));
    CHECK(office.said("er ist abgelaufen"));
    CHECK(office.said("Wird sie noch gebraucht?"));
    office.press_button("U0OWNER", ids::app_needed, "app:A1/T1");
    office.press_button("U0OWNER", ids::app_not_needed, "app:A2/T1");
    office.press_button("U0OWNER", ids::app_needed, "app:A9/T1");
    office.press_button("U0EVIL", ids::app_needed, "app:A1/T1");
    for (const auto* words : {"uninstall A1/T1", "uninstall A2/T1"})
        office.type("U0ADMIN", words);
    office.submit("U0ADMIN", ids::form_uninstall, "app:A1/T1", {{"name", "falsch"}});
    office.submit("U0ADMIN", ids::form_uninstall, "app:A1/T1", {{"name", "Malbrett A1"}});
    CHECK(office.said("wird am"));
    office.type("U0ADMIN", "uninstall A1/T1");
    office.press_button("U0OWNER", ids::stop_uninstall, "app:A1/T1");
    office.press_button("U0OWNER", ids::stop_uninstall, "app:A1/T1");
    office.capabilities.admin = false;
    office.type("U0ADMIN", "uninstall A1/T1");
    CHECK(office.said("lässt sich von hier nichts deinstallieren"));
    CHECK_MESSAGE(office.english.empty(), all(office.english));
}

TEST_CASE("R22: proving which account is one's own goes in German") {
    GermanOffice office;
    office.command("U0EMP", "connect");
    office.capabilities.trackers = {{"procurement", "7"}};
    office.command("U0EMP", "connect nix");
    office.command("U0EMP", "connect yes");
    office.command("U0EMP", "disconnect");
    const auto shown = office.command("U0EMP", "connect");
    const auto at = shown.ack.find("countersign-");
    REQUIRE(at != std::string::npos);
    storage::IssueFacts facts;
    storage::IssueComment comment;
    comment.id = 1;
    comment.author = storage::TrackerAccount{.id = 7, .login = "sam"};
    comment.author->active = true;
    comment.body = shown.ack.substr(at, 32);
    comment.created_at = comment.updated_at = office.clock.now();
    facts.comments.push_back(comment);
    const auto look = [&] {
        const auto view = office.view();
        const auto outcome = handlers::look_for_codes(
            "procurement", facts, {office.clock.now(), view, office.settings, office.capabilities});
        for (const auto& text : personal_texts(outcome)) {
            office.read.push_back(text);
            if (!english_word_in(text).empty()) office.english.push_back(text);
        }
        office.apply(outcome);
    };
    look();
    CHECK(office.said("Deinen Code hat"));
    office.command("U0EMP", "connect yes");
    CHECK(office.said("Du bist jetzt bekannt als"));
    office.command("U0EMP", "disconnect");
    CHECK(office.said("Erledigt"));
    CHECK_MESSAGE(office.english.empty(), all(office.english));
}

TEST_CASE("R22: why an authorization does not work is written down in English and read in German") {
    for (const auto* written :
         {"its authorization was removed by U0ADMIN",
          "its authorization does not work any more: it has expired",
          "its authorization could not be renewed", "lost access to acme/vendors", "expires, cannot renew",
          "its server refuses the token", "Slack says that it was revoked", "Slack refuses the token (x)",
          "the code was not entered in time; start again", "nobody came back in time",
          "nothing was posted there yet", "https://gitlab.com has no device grant: use --token-stdin",
          "https://gitlab.com wants the code to be entered on another server; it is not shown",
          "the token has no scope repo; make one that has; it was not taken back: revoke it there"}) {
        CAPTURE(written);
        CHECK(english_word_in(recorded_in(Language::german, written)).empty());
        CHECK(recorded_in(Language::german, written) != written);
        CHECK(recorded_in(Language::english, written) == written);
    }
    CHECK(recorded_in(Language::german, "its authorization does not work any more: it has expired") ==
          "sein Zugang geht nicht mehr: er ist abgelaufen");
}

#include "tests/support/edit_form.hpp"
#include "tests/support/every_deed.hpp"
#include "tests/support/installed_world.hpp"
#include "tests/support/paths.hpp"

#include <fstream>
#include <functional>
#include <sstream>

// What hangs on no request: who may do what with installed apps, authorizations and integrations, on the Home
// tab and by command, against tests/data/who_may.txt.
using namespace countersign;
using namespace countersign::tests;

namespace {

const std::string app = "app:A0LIVE/T1";
const std::string integration = "integration:1";
const std::string authorization = "authorization:auth-1";

struct Deed {
    std::string label;
    handlers::EventKind kind = handlers::EventKind::interactive;
    Json payload;
};

Deed button(std::string_view action, const std::string& value, const std::string& on = "") {
    return {.label = std::string(action) + on,
            .payload = {{"type", "block_actions"},
                        {"container", {{"type", "message"}, {"message_ts", "1.1"}, {"channel_id", "D0"}}},
                        {"channel", {{"id", "D0"}}},
                        {"actions", {{{"action_id", action}, {"value", value}}}}}};
}
Deed form(std::string_view name, const std::string& value, const std::map<std::string, std::string>& fields,
          const std::string& on = "") {
    Json values = Json::object();
    for (const auto& [field, text] : fields)
        values[field][field] = {{"type", "plain_text_input"}, {"value", text}};
    return {
        .label = std::string(name) + on,
        .payload = {
            {"type", "view_submission"},
            {"view", {{"callback_id", name}, {"private_metadata", value}, {"state", {{"values", values}}}}}}};
}
Deed shortcut(std::string_view name) {
    return {.label = std::string(name),
            .payload = {{"type", "message_action"},
                        {"callback_id", name},
                        {"message", {{"user", "U0NOBODY"}, {"text", "REQ-1: fine"}, {"ts", "1.1"}}}}};
}
Deed command(const std::string& name, const std::string& words) {
    return {.label = name + " " + words,
            .kind = handlers::EventKind::slash_command,
            .payload = {{"command", name}, {"text", words}, {"channel_id", "C0ANY"}}};
}

std::vector<Deed> all_deeds(const std::function<std::string(const std::string&)>& shown) {
    std::vector<Deed> deeds;
    for (const auto action : {ids::app_needed, ids::app_not_needed, ids::stop_uninstall})
        deeds.push_back(button(action, app));
    deeds.push_back(button(ids::installed_reconnect, "1"));
    for (const auto action : {ids::grant_keep, ids::grant_cancel})
        deeds.push_back(button(action, "grant-1"));
    for (const auto action :
         {ids::home_request, ids::home_find, ids::home_figures, ids::home_add, ids::home_authorize})
        deeds.push_back(button(action, ""));
    deeds.push_back(button(ids::home_next, "queue:17"));
    deeds.push_back(button(ids::home_first, "queue:0"));
    deeds.push_back(button(ids::home_list, "mine"));
    deeds.push_back(button(ids::home_page, "16"));
    for (const auto action : {ids::home_details, ids::home_edit, ids::home_reconnect, ids::home_remove})
        for (const auto& target : {app, integration, authorization})
            deeds.push_back(button(action, target, " " + target.substr(0, target.find(':'))));
    deeds.push_back(form(ids::form_find, "", {{"app", "Sketch"}}));
    deeds.push_back(
        form(ids::form_request, "", {{"app", "A0OTHER"}, {"purpose", "to draw"}, {"kind", "app"}}));
    deeds.push_back(form(ids::form_uninstall, app, {{"name", "Sketch Pad"}}));
    deeds.push_back(form(ids::form_authorization_add, "",
                         {{"use", "device gitlab https://gitlab.com"}, {"name", "New"}}));
    deeds.push_back(form(ids::form_installed_add, "",
                         {{"name", "Second"},
                          {"authorization", "own"},
                          {"use", "channel:digest"},
                          {"channel", "C0DIGEST01"}}));
    deeds.push_back(form(ids::form_installed_edit, shown(app), {{"notes", "kept"}}, " app"));
    deeds.push_back(form(ids::form_installed_edit, shown(integration),
                         {{"name", "Vendor issues"}, {"owner", "U0OWNER"}, {"pause", "active"}},
                         " integration"));
    deeds.push_back(form(ids::form_installed_edit, shown(authorization),
                         {{"name", "GitLab bot"}, {"notes", "x"}}, " authorization"));
    deeds.push_back(form(ids::form_installed_remove, app, {{"name", "Sketch Pad"}}, " app"));
    deeds.push_back(
        form(ids::form_installed_remove, integration, {{"name", "Vendor issues"}}, " integration"));
    deeds.push_back(form(ids::form_installed_reconnect, integration,
                         {{"authorization", "auth-2"}, {"name", "Vendor issues"}}));
    for (const auto name : every_shortcut)
        deeds.push_back(shortcut(name));
    for (const auto* words : {"", "list", "find Sketch", "figures", "help", "automatic", "automatic off",
                              "away 2026-11-22 2026-12-01", "back", "connect", "disconnect"})
        deeds.push_back(command("/app-request", words));
    for (const auto* words :
         {"list", "help", "add", "add authorization", "mirror", "mirror off", "show Sketch Pad",
          "show GitLab bot", "edit Sketch Pad", "edit Vendor issues", "edit GitLab bot", "remove Sketch Pad",
          "remove Vendor issues", "remove GitLab bot", "reconnect Vendor issues", "reconnect GitLab bot",
          "test GitLab bot", "uninstall Sketch Pad"})
        deeds.push_back(command("/installed-apps", words));
    return deeds;
}

const std::vector<std::pair<std::string, std::string>> roles{
    {"owner", "U0OWNER"},       {"admin", "U0ADMIN"},      {"admin who began it", "U0ADMIN2"},
    {"party member", "U0SEC1"}, {"anybody", "U0NOBODY"},   {"guest", "U0GUEST"},
    {"who has left", "U0GONE"}, {"stranger", "W0STRANGER"}};

struct Things : InstalledWorld {
    Things() {
        for (const auto& each : roles) {
            const auto& who = each.second;
            storage::Person person;
            person.id = UserId(who);
            person.active = who != "U0GONE";
            // Somebody of another workspace in a shared channel is a guest to Slack's own eyes.
            person.guest = who == "U0GUEST" || who == "W0STRANGER";
            person.read_at = clock.now();
            storage::apply(db.writer(), storage::SavePerson{person}, clock.now());
        }
        store("auth-1", "GitLab bot");
        store("auth-2", "GitLab other");
        storage::Integration use;
        use.name = "Vendor issues";
        use.authorization = "auth-1";
        use.authorization_name = "GitLab bot";
        use.instance = "https://gitlab.com";
        use.account = "bot";
        use.target = "procurement";
        use.purpose = "vendor";
        use.owner = UserId("U0OWNER");
        use.made_at = use.state_since = clock.now();
        use.state = storage::IntegrationState::needs_reauth;
        put(storage::SaveIntegration{use});
        storage::InventoryEntry entry;
        entry.app_id = AppId("A0LIVE");
        entry.team_id = TeamId("T1");
        entry.app_name = "Sketch Pad";
        entry.owner = UserId("U0OWNER");
        entry.uninstall_at = clock.now() + std::chrono::days(7);
        put(storage::SaveInventoryEntry{entry});
        storage::PendingGrant grant;
        grant.id = "grant-1";
        grant.url = "https://gitlab.com";
        grant.name = "New one";
        grant.asked_by = UserId("U0ADMIN2");
        grant.ends_at = clock.now() + std::chrono::hours(1);
        grant.stage = storage::GrantStage::granted;
        put(storage::SaveGrant{grant});
        storage::OauthApp own;
        own.url = "https://gitlab.com";
        own.client_id = "c1";
        own.added_by = "operator:root";
        storage::save_oauth_app(db.writer(), own);
        capabilities.trackers.emplace("procurement", "7");
        press_with("U0NOBODY", ids::home_figures, "", "D0", "1.1");  // Slack's group of admins is read
        run();
    }
};

bool refused(const handlers::Outcome& outcome) {
    return std::ranges::any_of(outcome.audit,
                               [](const auto& note) { return note.action == "press.refused"; });
}

void expect_nothing_lasts(const handlers::Outcome& outcome, const std::string& who) {
    for (const auto& change : outcome.changes) {
        const bool harmless = std::holds_alternative<storage::SavePerson>(change) ||
                              std::holds_alternative<storage::SetTimer>(change);
        CHECK(harmless);
    }
    for (const auto& effect : outcome.effects) {
        const auto args = Json::parse(effect.args);
        const bool to_person = args.value("user", args.value("channel", "")) == who;
        CHECK_MESSAGE(to_person, effect.method << " " << effect.args);
    }
}

bool waits(const handlers::Outcome& outcome) {
    return std::ranges::any_of(outcome.effects, [](const auto& effect) {
        return effect.purpose == "presser" || effect.purpose == "user_group" || effect.purpose == "colleague";
    });
}

std::string table_of(Things& world) {
    std::ostringstream found;
    for (const auto& deed : all_deeds([&](const auto& target) { return as_shown(world, target); })) {
        CAPTURE(deed.label);
        std::string allowed;
        for (const auto& [role, who] : roles) {
            CAPTURE(role);
            auto payload = deed.payload;
            const auto* team = who == "W0STRANGER" ? "T0ELSEWHERE" : "T1";
            payload["user"] = {{"id", who}};
            payload["user_id"] = who;
            payload["team"] = {{"id", team}};
            payload["team_id"] = team;
            payload["trigger_id"] = "trigger";
            if (payload.contains("channel")) payload["channel"]["id"] = "D0" + who;
            const auto view = world.view();
            const bool in_ack = deed.label.starts_with("form") || deed.label.starts_with("/");
            const auto outcome =
                handlers::route({deed.kind, payload, "env-cell", world.clock.now(), 0, in_ack},
                                {world.clock.now(), view, world.settings, world.capabilities});
            CHECK_FALSE(waits(outcome));
            if (refused(outcome))
                expect_nothing_lasts(outcome, who);
            else
                allowed += (allowed.empty() ? "" : ", ") + role;
        }
        found << deed.label << ": " << allowed << '\n';
    }
    return found.str();
}

std::string expected() {
    std::ifstream file(data_directory() / "who_may.txt");
    std::string part;
    bool inside = false;
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with("== "))
            inside = line == "== on no request";
        else if (inside && !line.empty() && !line.starts_with('#'))
            part += line + '\n';
    }
    return part;
}

}  // namespace

TEST_CASE("who may: what hangs on no request is allowed as the table says, or refused without a trace") {
    Things world;
    CHECK(table_of(world) == expected());
}

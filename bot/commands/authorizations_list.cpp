#include "bot/commands/authorization_commands.hpp"
#include "bot/commands/sealing.hpp"
#include "config/base/text.hpp"
#include "storage/installed_view.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace countersign::bot::commands {
namespace {

using Json = nlohmann::ordered_json;

Json when(const std::optional<Timestamp>& time) {
    return time ? Json(to_rfc3339(*time)) : Json();
}

Json to_json(const storage::Authorization& a, const std::vector<storage::Integration>& uses) {
    Json used_by = Json::array();
    for (const auto& use : uses)
        used_by.push_back({{"id", use.id},
                           {"kind", to_text(use.kind)},
                           {"name", use.name},
                           {"target", use.target},
                           {"purpose", use.purpose},
                           {"owner", use.owner.value},
                           {"state", to_text(use.state)}});
    return {{"id", a.id},
            {"kind", to_text(a.kind)},
            {"name", a.name},
            {"url", a.url},
            {"account", a.account},
            {"account_id", a.account_id},
            {"workspace", a.workspace},
            {"scopes", text::words(a.scopes)},
            {"state", to_text(a.state)},
            {"state_note", a.state_note},
            {"added_by", a.added_by},
            {"added_at", to_rfc3339(a.added_at)},
            {"owner", a.owner.value},
            {"flow", a.flow},
            {"expires_at", when(a.expires_at)},
            {"renewable", a.renewable},
            {"checked_at", when(a.checked_at)},
            {"fingerprint", a.fingerprint},
            {"notes", a.notes},
            {"allowed_users", text::words(a.allowed_users)},
            {"allowed_channels", text::words(a.allowed_channels)},
            {"first_used_at", when(a.usage.first_at)},
            {"calls", a.usage.total},
            {"uses", uses.size()},
            {"used_by", used_by}};
}

std::string connected_to(const storage::Authorization& a) {
    if (a.account.empty()) return a.url;
    return fmt::format("{}{} at {}", a.account, a.workspace.empty() ? "" : " in " + a.workspace, a.url);
}

}  // namespace

int list_authorizations(const Call& call) {
    const auto unlocked = unlock(call, false);
    if (unlocked.code != exit_ok) return unlocked.code;
    const auto database = storage::Database::open_reader(unlocked.settings->database);
    if (!database) return report(call, database.error());
    const storage::InstalledView view(*database);
    const auto all = view.authorizations();
    if (call.json) {
        auto list = Json::array();
        for (const auto& each : all)
            list.push_back(to_json(each, view.built_on(each.id)));
        print_json(call, {{"schema", json_schema}, {"authorizations", list}});
        return exit_ok;
    }
    if (all.empty()) {
        call.out << "no authorizations are stored\n";
        return exit_ok;
    }
    std::vector<std::vector<std::string>> rows{
        {"NAME", "KIND", "CONNECTED TO", "STATE", "EXPIRES", "USES", "SET UP BY", "SET UP", "FINGERPRINT"}};
    for (const auto& each : all)
        rows.push_back({one_line(each.name), std::string(to_text(each.kind)), one_line(connected_to(each)),
                        std::string(to_text(each.state)),
                        each.expires_at ? to_rfc3339(*each.expires_at).substr(0, 10) : "-",
                        std::to_string(view.built_on(each.id).size()), one_line(each.added_by),
                        to_rfc3339(each.added_at).substr(0, 10), each.fingerprint});
    print_table(call.out, rows);
    return exit_ok;
}

}  // namespace countersign::bot::commands

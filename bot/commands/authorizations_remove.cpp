#include "bot/commands/authorization_commands.hpp"
#include "bot/commands/held_token.hpp"
#include "bot/commands/operator_input.hpp"
#include "bot/commands/sealing.hpp"
#include "handlers/account_use.hpp"
#include "storage/audit.hpp"
#include "storage/changes.hpp"
#include "storage/installed_view.hpp"
#include "storage/vault.hpp"
#include "storage/writer.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace countersign::bot::commands {
namespace {

using storage::Authorization;
using storage::Integration;

void show_dependents(const Call& call, const Authorization& row, const std::vector<Integration>& uses) {
    if (uses.empty()) {
        call.err << fmt::format("nothing uses \"{}\".\n", one_line(row.name));
        return;
    }
    call.err << fmt::format("{} of \"{}\" will stop working:\n",
                            uses.size() == 1 ? "1 integration" : fmt::format("{} integrations", uses.size()),
                            one_line(row.name));
    for (const auto& use : uses)
        call.err << fmt::format("  {} ({} {}), owner {}\n", one_line(use.name), to_text(use.kind),
                                one_line(use.target), use.owner.empty() ? "none" : use.owner.value);
}

// Only what it is about counts: a change of state does not ask the question again.
std::vector<std::int64_t> ids_of(const std::vector<Integration>& uses) {
    std::vector<std::int64_t> ids;
    for (const auto& use : uses)
        ids.push_back(use.id);
    return ids;
}

void note(storage::Database& database, const Authorization& row, std::string action,
          const nlohmann::json& details) {
    storage::AuditEntry entry;
    entry.at = system_clock().now();
    entry.actor = operator_name();
    entry.action = std::move(action);
    entry.subject = row.id;
    entry.details = details.dump();
    storage::Audit(database).append(entry);
}

// The daemon tells the owners; it looks at its timers at least once a second.
void have_owners_told(storage::Database& database, const Authorization& row, Timestamp now) {
    const nlohmann::json event{{"kind", "authorization_removed"}, {"id", row.id}, {"name", row.name}};
    storage::apply(database, storage::SetTimer{{"authorization_removed:" + row.id, now, event.dump()}}, now);
}

}  // namespace

int remove_authorization(const Call& call, const Removal& removal) {
    const auto unlocked = unlock(call, false);
    if (unlocked.code != exit_ok) return unlocked.code;
    std::optional<Authorization> row;
    std::vector<Integration> shown;
    {
        auto [database, settings, code] = open_for_reading(call);
        if (!database) return code;
        const storage::InstalledView view(*database);
        row = view.find(removal.name);
        if (row) shown = view.built_on(row->id);
    }
    if (!row)
        return report(call,
                      Failure(Errc::not_found,
                              fmt::format("there is no one authorization \"{}\"; authorizations list shows "
                                          "them, KIND/NAME tells two of one name apart",
                                          removal.name)));
    show_dependents(call, *row, shown);
    auto typed = removal.confirm.empty() ? read_line(call, "Type its name to remove it")
                                         : Result<std::string>(removal.confirm);
    if (!typed || *typed != row->name)
        return report(
            call, Failure(Errc::invalid_argument,
                          fmt::format("nothing was removed: type the name \"{}\" to confirm", row->name)));

    auto [database, code] = open_for_writing(call, *unlocked.settings);
    if (!database) return code;
    bool gone = false, changed = false, used_elsewhere = false;
    std::optional<HeldToken> held;
    database->transaction([&] {
        const storage::InstalledView view(*database);
        gone = !view.authorization(row->id);
        changed = ids_of(view.built_on(row->id)) != ids_of(shown);  // I6
        if (gone || changed) return;
        held = token_held(*database, unlocked.ring, *row);
        used_elsewhere = std::ranges::any_of(view.authorizations(), [&](const Authorization& other) {
            return other.id != row->id && other.fingerprint == row->fingerprint;
        });
        const auto now = system_clock().now();
        if (const auto used = handlers::usage_note(*view.authorization(row->id)))  // I17
            note(*database, *row, used->action, nlohmann::json::parse(used->details));
        storage::apply(*database, storage::RemoveAuthorization{row->id, operator_name()}, now);
        have_owners_told(*database, *row, now);
        auto stopped = nlohmann::json::array();
        for (const auto& use : shown)
            stopped.push_back({{"id", use.id}, {"name", use.name}, {"owner", use.owner.value}});
        note(*database, *row, "authorization.removed",
             {{"name", row->name}, {"kind", to_text(row->kind)}, {"url", row->url}, {"stopped", stopped}});
    });
    if (gone) return report(call, Failure(Errc::not_found, "somebody else has just removed it"));  // I20
    if (changed)
        return report(call,
                      Failure(Errc::conflict,
                              "nothing was removed: what uses it has just changed; look at the list again"));
    const bool clean = storage::truncate_log(*database);
    // A token that is still used elsewhere stays valid.
    const std::string revoked = !held ? "not taken back: there was none to read"
                                : used_elsewhere
                                    ? "not taken back: another authorization holds the same token"
                                    : given_back(*row, *held, *unlocked.settings);
    database->transaction([&] { note(*database, *row, "authorization.revoked", {{"result", revoked}}); });
    if (call.json) {
        print_json(
            call,
            {{"schema", json_schema}, {"removed", row->id}, {"stopped", shown.size()}, {"token", revoked}});
        return exit_ok;
    }
    call.out << fmt::format("removed \"{}\"; its token was {}\n", one_line(row->name), one_line(revoked));
    if (!clean) call.out << "its sealed copy leaves the write-ahead log when the daemon next empties it\n";
    return exit_ok;
}

}  // namespace countersign::bot::commands

#include "bot/commands/authorization_store.hpp"

#include "handlers/token_parts.hpp"
#include "storage/audit.hpp"
#include "storage/changes.hpp"
#include "storage/installed_view.hpp"
#include "storage/vault.hpp"
#include "storage/view.hpp"
#include "storage/writer.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace countersign::bot::commands {
namespace {

using storage::Authorization;

struct Renewed {
    Authorization before, after;
};
// What is there already by kind and name, and may be another one's place: same server, and the same account
// unless that is confirmed.
Result<Renewed> in_place_of(const storage::InstalledView& view, const Authorization& row,
                            const NewAuthorization& arguments) {
    for (auto& old : view.authorizations()) {
        if (old.kind != row.kind || storage::name_key(old.name) != storage::name_key(row.name)) continue;
        if (old.url != row.url)
            return fail(Errc::invalid_argument,
                        fmt::format("\"{}\" is for {}; another server needs an authorization of its own",
                                    old.name, old.url));
        const bool other =
            !old.account_id.empty() && !row.account_id.empty() && old.account_id != row.account_id;
        if (other && arguments.confirm != old.name)
            return fail(Errc::invalid_argument,
                        fmt::format("\"{}\" was connected as {}, this token is of {}: if that is meant, add "
                                    "--confirm \"{}\"",
                                    old.name, old.account, row.account, old.name));
        auto merged = row;
        merged.id = old.id;
        merged.name = old.name;
        merged.owner = row.owner.empty() ? old.owner : row.owner;
        merged.notes = old.notes;
        return Renewed{std::move(old), std::move(merged)};
    }
    return fail(Errc::not_found,
                fmt::format("there is no {} authorization \"{}\" to reconnect", to_text(row.kind), row.name));
}

// I9: what hung on it goes on; the daemon asks at once whether it reaches its projects and channels.
void heal(storage::Database& database, const Authorization& row) {
    for (auto use : storage::InstalledView(database).built_on(row.id)) {
        if (use.state != storage::IntegrationState::needs_reauth &&
            use.state != storage::IntegrationState::degraded)
            continue;
        use.state = storage::IntegrationState::active;
        use.state_note.clear();
        use.state_since = row.added_at;
        if (storage::View(database).meta(handlers::pause_mark(use)) == "1")
            use.state = storage::IntegrationState::paused;
        else
            handlers::await_access(use, row.added_at);
        storage::apply(database, storage::SaveIntegration{use}, row.added_at);
    }
    storage::apply(database, handlers::account_timer("account_check", row, row.added_at), row.added_at);
}

// The daemon renews and checks it from now on; it looks at its timers at least once a second.
void have_timers_set(storage::Database& database, Timestamp now) {
    storage::apply(database,
                   storage::SetTimer{{"authorization_expiry", now, R"({"kind":"authorization_expiry"})"}},
                   now);
}

void put_secrets(storage::Database& database, const storage::KeyRing& ring, const Authorization& row,
                 const Obtained& got) {
    const storage::SealedPlace place{row.id, "token", std::string(to_text(row.kind)), row.url};
    const auto at = [&](const char* field) {
        auto other = place;
        other.field = field;
        return other;
    };
    storage::shred_secrets(database, row.id);  // of the token that was there before
    storage::put_secret(database, ring, place, got.token);
    if (got.refresh_token) storage::put_secret(database, ring, at("refresh_token"), *got.refresh_token);
    if (!got.client_id.empty()) storage::put_secret(database, ring, at("client_id"), Secret(got.client_id));
    if (got.client_secret) storage::put_secret(database, ring, at("client_secret"), *got.client_secret);
}

void note_in_log(storage::Database& database, const Authorization& row, const char* action) {
    storage::AuditEntry entry;
    entry.at = row.added_at;
    entry.actor = row.added_by;
    entry.action = action;
    entry.subject = row.id;
    entry.details = nlohmann::json{{"name", row.name},     {"kind", to_text(row.kind)},
                                   {"url", row.url},       {"account", row.account},
                                   {"scopes", row.scopes}, {"fingerprint", row.fingerprint},
                                   {"flow", row.flow},     {"state", to_text(row.state)}}
                        .dump();
    storage::Audit(database).append(entry);
}

}  // namespace

Failure name_is_taken(const Authorization& row) {
    return {Errc::not_found, fmt::format("there is already a {} authorization \"{}\"; choose another name",
                                         to_text(row.kind), row.name)};
}

Result<std::optional<Replaced>> store_authorization(storage::Database& database, const storage::KeyRing& ring,
                                                    Authorization& row, const Obtained& got,
                                                    const NewAuthorization& arguments) {
    std::optional<Failure> refused;
    std::optional<Replaced> replaced;
    database.transaction([&] {
        const storage::InstalledView view(database);
        if (arguments.reconnect) {
            auto renewed = in_place_of(view, row, arguments);
            if (!renewed) {
                refused = renewed.error();
                return;
            }
            row = std::move(renewed->after);
            if (auto held = token_held(database, ring, renewed->before)) {
                // Of what it holds: earlier versions wrote one that changed with the key.
                renewed->before.fingerprint = storage::fingerprint(held->token);
                replaced = Replaced{std::move(*held),
                                    handlers::why_left_valid(renewed->before, row, view.authorizations())};
            }
        } else if (view.name_is_taken(row.kind, row.name)) {
            refused = name_is_taken(row);
            return;
        }
        storage::apply(database, storage::SaveAuthorization{row}, row.added_at);
        put_secrets(database, ring, row, got);
        have_timers_set(database, row.added_at);
        note_in_log(database, row, arguments.reconnect ? "authorization.reconnected" : "authorization.added");
        if (arguments.reconnect) heal(database, row);
    });
    if (refused) return std::unexpected(*refused);
    return replaced;
}

std::string end_replaced(storage::Database& database, const Authorization& row, const Replaced& replaced,
                         const config::Settings& settings) {
    const auto result = replaced.why_left_valid.empty() ? given_back(row, replaced.held, settings)
                                                        : "left valid: " + replaced.why_left_valid;
    storage::AuditEntry entry;
    entry.at = system_clock().now();
    entry.actor = row.added_by;
    entry.action = "authorization.revoked";
    entry.subject = row.id;
    entry.details = nlohmann::json{{"name", row.name}, {"result", result}}.dump();
    database.transaction([&] { storage::Audit(database).append(entry); });
    return result;
}

}  // namespace countersign::bot::commands

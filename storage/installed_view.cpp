#include "storage/installed_view.hpp"

#include "storage/database.hpp"
#include "storage/query.hpp"
#include "storage/vault.hpp"

#include <algorithm>

namespace countersign::storage {
namespace {

constexpr char authorization_columns[] =
    "id, kind, name, url, account, account_id, workspace, scopes, added_by, owner, added_at, flow, "
    "expires_at, "
    "renewable, fingerprint, state, state_note, state_since, checked_at, refreshed_at, refused_at, troubles, "
    "notes, allowed_users, allowed_channels, first_used_at, used_total, used_day, used_on_day, version";
constexpr char integration_columns[] =
    "id, kind, name, authorization, authorization_name, authorization_kind, instance, account, target, "
    "purpose, "
    "owner, "
    "made_at, state, state_note, state_since, version";
constexpr char inventory_columns[] =
    "app_id, team_id, app_name, state, set_up_by, set_up_at, removed_at, removed_by, scopes, source, "
    "connected_to, owner, purpose, data_class, notes, request, first_seen, last_seen, "
    "confirmed_at, confirmed_by, asked_at, uninstall_at, uninstall_by, version";
constexpr char grant_columns[] =
    "id, kind, url, name, reconnect, device, client_id, redirect_url, state_hash, asked_by, ends_at, "
    "interval_ms, stage, account, account_id, workspace, scopes, fingerprint, note, expires_at, renewable";
constexpr char oauth_app_columns[] = "kind, url, client_id, redirect_url, has_secret, added_by, added_at";
// ?1 state, ?2 part of the name or an id, ?3 owner, ?4 an Only: without approval, asked about and not
// confirmed (M20), answered for by somebody who left (M19)
constexpr char inventory_where[] =
    " FROM inventory WHERE (?1 = '' OR state = ?1) AND (?2 = '' OR instr(lower(app_name), lower(?2)) > 0 OR "
    "app_id = ?2 OR team_id = ?2) AND (?3 = '' OR owner = ?3) AND (?4 = 0 OR "
    "(?4 = 1 AND request IS NULL) OR (?4 = 2 AND asked_at IS NOT NULL) OR "
    "(?4 = 3 AND EXISTS (SELECT 1 FROM person WHERE active = 0 AND "
    "person.id = CASE WHEN owner <> '' THEN owner ELSE set_up_by END)))";

Authorization read_authorization(Query& query) {
    Authorization a;
    query.read(a.id, a.kind, a.name, a.url, a.account, a.account_id, a.workspace, a.scopes, a.added_by,
               a.owner, a.added_at, a.flow, a.expires_at, a.renewable, a.fingerprint, a.state, a.state_note,
               a.state_since, a.checked_at, a.refreshed_at, a.refused_at, a.troubles, a.notes,
               a.allowed_users, a.allowed_channels, a.usage.first_at, a.usage.total, a.usage.day,
               a.usage.on_day, a.version);
    return a;
}

Integration read_integration(Query& query) {
    Integration i;
    query.read(i.id, i.kind, i.name, i.authorization, i.authorization_name, i.authorization_kind, i.instance,
               i.account, i.target, i.purpose, i.owner, i.made_at, i.state, i.state_note, i.state_since,
               i.version);
    return i;
}

InventoryEntry read_entry(Query& query) {
    InventoryEntry e;
    query.read(e.app_id, e.team_id, e.app_name, e.state, e.set_up_by, e.set_up_at, e.removed_at, e.removed_by,
               e.scopes, e.source, e.connected_to, e.owner, e.purpose, e.data_class, e.notes, e.request,
               e.first_seen, e.last_seen, e.confirmed_at, e.confirmed_by, e.asked_at, e.uninstall_at,
               e.uninstall_by, e.version);
    return e;
}

PendingGrant read_grant(Query& query) {
    PendingGrant g;
    std::int64_t interval = 0;
    query.read(g.id, g.kind, g.url, g.name, g.reconnect, g.device, g.client_id, g.redirect_url, g.state_hash,
               g.asked_by, g.ends_at, interval, g.stage, g.account, g.account_id, g.workspace, g.scopes,
               g.fingerprint, g.note, g.expires_at, g.renewable);
    g.interval = std::chrono::milliseconds(interval);
    return g;
}

OauthApp read_oauth_app(Query& query) {
    OauthApp a;
    query.read(a.kind, a.url, a.client_id, a.redirect_url, a.has_secret, a.added_by, a.added_at);
    return a;
}

struct Applier {
    const Database& database;
    Timestamp now;

    void operator()(const SaveAuthorization& change) const {
        const Authorization& a = change.authorization;
        Query(database,
              "INSERT INTO authorization(id, kind, name, name_key, url, account, account_id, workspace, "
              "scopes, "
              "added_by, owner, added_at, flow, expires_at, renewable, fingerprint, state, state_note, "
              "state_since, checked_at, refreshed_at, refused_at, troubles, notes, version) "
              "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1) "
              // The instance is not among them: it never changes (I10). What SetAllowed and CountUse write
              // is not either.
              "ON CONFLICT(id) DO UPDATE SET name = excluded.name, name_key = excluded.name_key, "
              "account = excluded.account, account_id = excluded.account_id, workspace = excluded.workspace, "
              "scopes = excluded.scopes, owner = excluded.owner, flow = excluded.flow, "
              "expires_at = excluded.expires_at, renewable = excluded.renewable, "
              "fingerprint = excluded.fingerprint, state = excluded.state, state_note = excluded.state_note, "
              "state_since = excluded.state_since, checked_at = excluded.checked_at, "
              "refreshed_at = excluded.refreshed_at, refused_at = excluded.refused_at, "
              "troubles = excluded.troubles, notes = excluded.notes, "
              "version = version + 1")
            .bind(a.id, a.kind, a.name, name_key(a.name), a.url, a.account, a.account_id, a.workspace,
                  a.scopes, a.added_by, a.owner, a.added_at, a.flow, a.expires_at, a.renewable, a.fingerprint,
                  a.state, a.state_note, a.state_since, a.checked_at, a.refreshed_at, a.refused_at,
                  a.troubles, a.notes)
            .run();
    }

    void operator()(const SetAllowed& change) const {
        Query(database,
              "UPDATE authorization SET allowed_users = ?, allowed_channels = ?, version = version + 1 "
              "WHERE id = ?")
            .bind(change.users, change.channels, change.authorization)
            .run();
    }

    void operator()(const CountUse& change) const {
        Query(database,
              "UPDATE authorization SET first_used_at = coalesce(first_used_at, ?1), "
              "used_total = used_total + 1, "
              "used_on_day = CASE WHEN used_day = ?2 THEN used_on_day + 1 ELSE 1 END, used_day = ?2 "
              "WHERE id = ?3")
            .bind(now, change.day, change.authorization)
            .run();
    }

    void operator()(const CloseUsage& change) const {
        Query(database, "UPDATE authorization SET used_on_day = 0 WHERE id = ?")
            .bind(change.authorization)
            .run();
    }

    // I7: in the caller's transaction the secrets go and everything that was built on them stops.
    void operator()(const RemoveAuthorization& change) const {
        if (!change.revoke_first) shred_secrets(database, change.id);
        Query(database, "DELETE FROM authorization WHERE id = ?").bind(change.id).run();
        Query(database,
              "UPDATE integration SET state = 'needs_reauth', state_note = ?, state_since = ?, "
              "version = version + 1 WHERE authorization = ? AND state <> 'needs_reauth'")
            .bind("its authorization was removed by " + change.by, now, change.id)
            .run();
    }

    void operator()(const SaveIntegration& change) const {
        const Integration& i = change.integration;
        const auto id = i.id > 0 ? std::optional(i.id) : std::nullopt;
        Query(
            database,
            "INSERT INTO integration(id, kind, name, authorization, authorization_name, authorization_kind, "
            "instance, account, target, purpose, owner, made_at, state, state_note, state_since, version) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1) "
            "ON CONFLICT(id) DO UPDATE SET name = excluded.name, authorization = excluded.authorization, "
            "authorization_name = excluded.authorization_name, account = excluded.account, target = "
            "excluded.target, "
            "purpose = excluded.purpose, owner = excluded.owner, state = excluded.state, "
            "state_note = excluded.state_note, state_since = excluded.state_since, version = version + 1")
            .bind(id, i.kind, i.name, i.authorization, i.authorization_name, i.authorization_kind, i.instance,
                  i.account, i.target, i.purpose, i.owner, i.made_at, i.state, i.state_note, i.state_since)
            .run();
    }

    void operator()(const RemoveIntegration& change) const {
        Query(database, "DELETE FROM integration WHERE id = ?").bind(change.id).run();
    }

    void operator()(const SaveInventoryEntry& change) const {
        const InventoryEntry& e = change.entry;
        Query(database,
              "INSERT INTO inventory(app_id, team_id, app_name, state, set_up_by, set_up_at, removed_at, "
              "removed_by, scopes, source, connected_to, owner, purpose, data_class, notes, request, "
              "first_seen, last_seen, confirmed_at, confirmed_by, asked_at, uninstall_at, uninstall_by, "
              "version) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1) "
              "ON CONFLICT(app_id, team_id) DO UPDATE SET app_name = excluded.app_name, "
              "state = excluded.state, set_up_by = excluded.set_up_by, set_up_at = excluded.set_up_at, "
              "removed_at = excluded.removed_at, removed_by = excluded.removed_by, scopes = excluded.scopes, "
              "source = excluded.source, connected_to = excluded.connected_to, owner = excluded.owner, "
              "purpose = excluded.purpose, data_class = excluded.data_class, notes = excluded.notes, "
              "request = excluded.request, last_seen = excluded.last_seen, "
              "confirmed_at = excluded.confirmed_at, confirmed_by = excluded.confirmed_by, "
              "asked_at = excluded.asked_at, uninstall_at = excluded.uninstall_at, "
              "uninstall_by = excluded.uninstall_by, version = version + 1")
            .bind(e.app_id, e.team_id, e.app_name, e.state, e.set_up_by, e.set_up_at, e.removed_at,
                  e.removed_by, e.scopes, e.source, e.connected_to, e.owner, e.purpose, e.data_class, e.notes,
                  e.request, e.first_seen, e.last_seen, e.confirmed_at, e.confirmed_by, e.asked_at,
                  e.uninstall_at, e.uninstall_by)
            .run();
    }

    void operator()(const RemoveInventoryEntry& change) const {
        Query(database, "DELETE FROM inventory WHERE app_id = ? AND team_id = ?")
            .bind(change.app_id, change.team_id)
            .run();
    }

    void operator()(const PutSealed& change) const { put_sealed(database, change.bundle); }

    void operator()(const ShredSecrets& change) const { shred_secrets(database, change.record); }

    void operator()(const SaveGrant& change) const {
        const PendingGrant& g = change.grant;
        Query(database,
              "INSERT OR REPLACE INTO pending_grant(id, kind, url, name, reconnect, device, client_id, "
              "redirect_url, state_hash, asked_by, ends_at, interval_ms, stage, account, account_id, "
              "workspace, scopes, fingerprint, note, expires_at, renewable) "
              "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
            .bind(g.id, g.kind, g.url, g.name, g.reconnect, g.device, g.client_id, g.redirect_url,
                  g.state_hash, g.asked_by, g.ends_at, g.interval.count(), g.stage, g.account, g.account_id,
                  g.workspace, g.scopes, g.fingerprint, g.note, g.expires_at, g.renewable)
            .run();
    }

    void operator()(const RemoveGrant& change) const {
        Query(database, "DELETE FROM pending_grant WHERE id = ?").bind(change.id).run();
    }
};

}  // namespace

std::vector<Authorization> InstalledView::authorizations() const {
    static constexpr auto sql =
        joined_sql("SELECT ", authorization_columns, " FROM authorization ORDER BY kind, name_key");
    Query query(*database_, sql.data());
    return all_rows(query, read_authorization);
}

std::optional<Authorization> InstalledView::authorization(std::string_view id) const {
    static constexpr auto sql =
        joined_sql("SELECT ", authorization_columns, " FROM authorization WHERE id = ?");
    Query query(*database_, sql.data());
    return first_row(query.bind(id), read_authorization);
}

std::optional<Authorization> InstalledView::find(std::string_view words) const {
    if (auto known = authorization(words)) return known;
    const auto slash = words.find('/');
    const auto kind = slash == std::string_view::npos ? std::nullopt : parse_kind(words.substr(0, slash));
    std::optional<Authorization> found;
    for (auto& each : authorizations()) {
        const bool by_kind =
            kind && each.kind == *kind && name_key(each.name) == name_key(words.substr(slash + 1));
        if (!by_kind && name_key(each.name) != name_key(words)) continue;
        if (found) return std::nullopt;
        found = std::move(each);
    }
    return found;
}

bool InstalledView::name_is_taken(AuthorizationKind kind, std::string_view name) const {
    Query query(*database_, "SELECT 1 FROM authorization WHERE kind = ? AND name_key = ?");
    return query.bind(kind, name_key(name)).step();
}

std::vector<Integration> InstalledView::integrations() const {
    static constexpr auto sql = joined_sql("SELECT ", integration_columns, " FROM integration ORDER BY id");
    Query query(*database_, sql.data());
    return all_rows(query, read_integration);
}

std::map<std::string, std::string, std::less<>> InstalledView::connected_trackers(
    std::map<std::string, std::string, std::less<>> with_token) const {
    // The one that integration_of_tracker finds comes last.
    Query query(*database_,
                "SELECT i.target, i.state, coalesce(nullif(a.account_id, ''), a.fingerprint, '') "
                "FROM integration i LEFT JOIN authorization a ON a.id = i.authorization "
                "WHERE i.kind = 'tracker' ORDER BY i.id DESC");
    while (query.step()) {
        std::string target;
        std::string state;  // as it stands: one that nobody knows connects nothing, and stops nobody who asks
        std::string whose;
        query.read(target, state, whose);
        if (state == to_text(IntegrationState::active) || state == to_text(IntegrationState::degraded))
            with_token.insert_or_assign(std::move(target), std::move(whose));
        else
            with_token.erase(target);
    }
    return with_token;
}

std::optional<Integration> InstalledView::integration(std::int64_t id) const {
    static constexpr auto sql = joined_sql("SELECT ", integration_columns, " FROM integration WHERE id = ?");
    Query query(*database_, sql.data());
    return first_row(query.bind(id), read_integration);
}

std::vector<Integration> InstalledView::built_on(std::string_view authorization) const {
    static constexpr auto sql =
        joined_sql("SELECT ", integration_columns, " FROM integration WHERE authorization = ? ORDER BY id");
    Query query(*database_, sql.data());
    return all_rows(query.bind(authorization), read_integration);
}

std::optional<Integration> InstalledView::integration_of_tracker(std::string_view tracker) const {
    static constexpr auto sql =
        joined_sql("SELECT ", integration_columns,
                   " FROM integration WHERE kind = 'tracker' AND target = ? ORDER BY id LIMIT 1");
    Query query(*database_, sql.data());
    return first_row(query.bind(tracker), read_integration);
}

std::vector<InventoryEntry> InstalledView::inventory(const Filter& filter) const {
    static constexpr auto sql =
        joined_sql("SELECT ", inventory_columns, inventory_where,
                   " ORDER BY app_name COLLATE NOCASE, app_id, team_id LIMIT ?5 OFFSET ?6");
    Query query(*database_, sql.data());
    query.bind(filter.state, filter.text, filter.owner, static_cast<std::int64_t>(filter.only), filter.limit,
               filter.skip);
    return all_rows(query, read_entry);
}

std::int64_t InstalledView::inventory_count(const Filter& filter) const {
    static constexpr auto sql = joined_sql("SELECT count(*)", inventory_where);
    Query query(*database_, sql.data());
    query.bind(filter.state, filter.text, filter.owner, static_cast<std::int64_t>(filter.only)).step();
    return query.number(0);
}

std::optional<InventoryEntry> InstalledView::entry(const AppId& app, const TeamId& team) const {
    static constexpr auto sql =
        joined_sql("SELECT ", inventory_columns, " FROM inventory WHERE app_id = ? AND team_id = ?");
    Query query(*database_, sql.data());
    return first_row(query.bind(app, team), read_entry);
}

std::optional<PendingGrant> InstalledView::grant(std::string_view id) const {
    static constexpr auto sql = joined_sql("SELECT ", grant_columns, " FROM pending_grant WHERE id = ?");
    Query query(*database_, sql.data());
    return first_row(query.bind(id), read_grant);
}

std::optional<PendingGrant> InstalledView::grant_of_state(std::string_view state_hash) const {
    static constexpr auto sql =
        joined_sql("SELECT ", grant_columns, " FROM pending_grant WHERE state_hash = ? AND state_hash <> ''");
    Query query(*database_, sql.data());
    return first_row(query.bind(state_hash), read_grant);
}

std::vector<PendingGrant> InstalledView::grants() const {
    static constexpr auto sql = joined_sql("SELECT ", grant_columns, " FROM pending_grant ORDER BY id");
    Query query(*database_, sql.data());
    return all_rows(query, read_grant);
}

std::vector<OauthApp> InstalledView::oauth_apps() const {
    static constexpr auto sql =
        joined_sql("SELECT ", oauth_app_columns, " FROM oauth_app ORDER BY kind, url");
    Query query(*database_, sql.data());
    return all_rows(query, read_oauth_app);
}

std::optional<OauthApp> InstalledView::oauth_app(AuthorizationKind kind, std::string_view url) const {
    static constexpr auto sql =
        joined_sql("SELECT ", oauth_app_columns, " FROM oauth_app WHERE kind = ? AND url = ?");
    Query query(*database_, sql.data());
    return first_row(query.bind(kind, url), read_oauth_app);
}

void save_oauth_app(const Database& database, const OauthApp& app) {
    Query(database,
          "INSERT OR REPLACE INTO oauth_app(kind, url, client_id, redirect_url, has_secret, added_by, "
          "added_at) VALUES (?, ?, ?, ?, ?, ?, ?)")
        .bind(app.kind, app.url, app.client_id, app.redirect_url, app.has_secret, app.added_by, app.added_at)
        .run();
}

void remove_oauth_app(const Database& database, const OauthApp& app) {
    shred_secrets(database, record_of(app));
    Query(database, "DELETE FROM oauth_app WHERE kind = ? AND url = ?").bind(app.kind, app.url).run();
}

void apply(const Database& database, const InstalledChange& change, Timestamp now) {
    std::visit(Applier{database, now}, change);
}

}  // namespace countersign::storage

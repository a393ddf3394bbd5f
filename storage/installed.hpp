#pragma once

#include "config/base/clock.hpp"
#include "config/base/ids.hpp"
#include "storage/grants.hpp"
#include "storage/records.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

// The nouns of "installed apps" (design.md §2): the inventory of Slack apps, stored authorizations, and the
// integrations that use them. Secrets are none of their fields: see storage/vault.hpp.
namespace countersign::storage {

// trackers.md §6.3. A deleted one has no row.
enum class AuthorizationState { pending, active, expiring, refresh_failed, needs_reauth };

// I17: how often integrations have called out with an authorization; the store counts.
struct Usage {
    std::optional<Timestamp> first_at = {};
    std::int64_t total = 0;
    std::int64_t day = 0;     // the last one, in days since 1970
    std::int64_t on_day = 0;  // so often then; 0 once that was written down
};

struct Authorization {
    std::string id = {};  // UUID, made before the first write: seals are bound to it
    AuthorizationKind kind = AuthorizationKind::gitlab;
    std::string name = {};        // as typed, cleaned
    std::string url = {};         // the instance; never changes (I10)
    std::string account = {};     // who the token belongs to, as the server says
    std::string account_id = {};  // "" = not known yet
    std::string workspace = {};   // Slack: the team's name
    std::string scopes = {};      // separated by spaces
    std::string added_by = {};    // "operator:root", or a user id
    UserId owner = {};            // empty: the admins
    Timestamp added_at = {};
    std::string flow = {};  // "token", "device", "paste"
    std::optional<Timestamp> expires_at = {};
    bool renewable = false;        // there is a refresh token (O17)
    std::string fingerprint = {};  // of the token
    AuthorizationState state = AuthorizationState::pending;
    std::string state_note = {};
    Timestamp state_since = {};
    std::optional<Timestamp> checked_at = {};
    std::optional<Timestamp> refreshed_at = {};
    std::optional<Timestamp> refused_at = {};  // the server said 401 once; a second time decides (I12)
    std::int64_t troubles = 0;                 // refreshes that failed one after the other
    std::string notes = {};
    // I10: who may build on it, and into which channels; ids separated by spaces, "" = every member, any.
    std::string allowed_users = {};
    std::string allowed_channels = {};
    Usage usage = {};
    std::int64_t version = 0;  // grows with every save
};

// The authorization of an integration in our own workspace: the bot's own token.
inline constexpr std::string_view own_bot = "own";

enum class IntegrationKind { tracker, channel };
enum class IntegrationState { active, degraded, needs_reauth, paused };

struct Integration {
    std::int64_t id = 0;  // 0: new, given by the store
    IntegrationKind kind = IntegrationKind::tracker;
    std::string name = {};
    std::string authorization = {};       // its id; the row may be gone
    std::string authorization_name = {};  // for people, also when the row is gone
    AuthorizationKind authorization_kind = AuthorizationKind::gitlab;
    std::string instance = {};  // what another authorization must match (I8)
    std::string account = {};   // who it acts as; another one is asked about (I8)
    std::string target = {};    // name of a configured tracker, or a channel id
    std::string purpose = {};   // "vendor", "it-request", "change"; of a channel "results", "digest"
    UserId owner = {};
    Timestamp made_at = {};
    IntegrationState state = IntegrationState::active;
    std::string state_note = {};
    Timestamp state_since = {};
    std::int64_t version = 0;
};

enum class InstalledState { installed, removed };

// A Slack app in a workspace, as far as there is evidence that it is or was installed. Approval is none.
struct InventoryEntry {
    AppId app_id = {};
    TeamId team_id = {};  // empty: the whole organisation
    std::string app_name = {};
    InstalledState state = InstalledState::installed;
    std::string set_up_by = {};  // user id; "" = not known
    std::optional<Timestamp> set_up_at = {};
    std::optional<Timestamp> removed_at = {};
    std::string removed_by = {};
    std::string scopes = {};        // separated by spaces, as the evidence has them
    std::string source = {};        // "event", "integration_logs", "file"
    std::string connected_to = {};  // what outside system it reaches, in the owner's words
    UserId owner = {};
    std::string purpose = {};
    std::string data_class = {};  // "" or one of data_classes
    std::string notes = {};
    std::optional<RequestId> request = {};  // the one it was approved by
    Timestamp first_seen = {}, last_seen = {};
    // M20: when somebody last said that it is still needed, and when that was asked without an answer so far.
    std::optional<Timestamp> confirmed_at = {};
    std::string confirmed_by = {};
    std::optional<Timestamp> asked_at = {};
    // M18: it is to be uninstalled then, unless somebody says stop.
    std::optional<Timestamp> uninstall_at = {};
    std::string uninstall_by = {};
    std::int64_t version = 0;
};
inline constexpr std::string_view data_classes[] = {"public", "internal", "confidential", "restricted"};

[[nodiscard]] std::string_view to_text(AuthorizationState value);
[[nodiscard]] std::string_view to_text(IntegrationKind value);
[[nodiscard]] std::string_view to_text(IntegrationState value);
[[nodiscard]] std::string_view to_text(InstalledState value);
void parse_text(std::string_view text, AuthorizationState& value);
void parse_text(std::string_view text, IntegrationKind& value);
void parse_text(std::string_view text, IntegrationState& value);
void parse_text(std::string_view text, InstalledState& value);

// What two names are the same by (I11): case folded, invisible characters and repeated spaces gone. "" when
// nothing visible is left.
[[nodiscard]] std::string name_key(std::string_view name);

// --- what may be done to them ---

struct SaveAuthorization {
    Authorization authorization;
};  // insert or replace; its secrets, who may build on it and how often it was used are left as they are
// I10: a change of its own, so that no renewal or reconnecting can open what was narrowed.
struct SetAllowed {
    std::string authorization = {};
    std::string users = {};
    std::string channels = {};
};
// I17: one call on that day; and the day's count is written down.
struct CountUse {
    std::string authorization = {};
    std::int64_t day = 0;
};
struct CloseUsage {
    std::string authorization = {};
};
// Deletes the row; what was built on it needs another one (I7). The secrets are wiped with it, or, with
// `revoke_first`, by ShredSecrets when the token was taken back at its server (O14).
struct RemoveAuthorization {
    std::string id = {};
    std::string by = {};
    bool revoke_first = false;
};
struct SaveIntegration {
    Integration integration;
};
struct RemoveIntegration {
    std::int64_t id = 0;
};
struct SaveInventoryEntry {
    InventoryEntry entry;
};
struct RemoveInventoryEntry {
    AppId app_id = {};
    TeamId team_id = {};
};

using InstalledChange = std::variant<SaveAuthorization, SetAllowed, CountUse, CloseUsage, RemoveAuthorization,
                                     SaveIntegration, RemoveIntegration, SaveInventoryEntry,
                                     RemoveInventoryEntry, PutSealed, ShredSecrets, SaveGrant, RemoveGrant>;

}  // namespace countersign::storage

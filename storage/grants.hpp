#pragma once

#include "config/base/clock.hpp"
#include "config/base/ids.hpp"
#include "storage/sealed.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// An authorization on its way: somebody was sent to a server to allow it, and has not come back yet.
namespace countersign::storage {

enum class AuthorizationKind { gitlab, github, slack };
[[nodiscard]] std::string_view to_text(AuthorizationKind value);
void parse_text(std::string_view text, AuthorizationKind& value);
// "gitlab", "github", "slack".
[[nodiscard]] std::optional<AuthorizationKind> parse_kind(std::string_view text);

enum class GrantStage {
    asked,       // the person was sent there
    exchanging,  // they came back with a code, which is good for one token
    granted,     // the token is sealed; the person says whether it is the right account (O4)
};
[[nodiscard]] std::string_view to_text(GrantStage value);
void parse_text(std::string_view text, GrantStage& value);

// Its secrets (device code, verifier, then the tokens) are sealed under its id, which becomes the
// authorization's.
struct PendingGrant {
    std::string id = {};
    AuthorizationKind kind = AuthorizationKind::gitlab;
    std::string url = {};
    std::string name = {};
    std::string reconnect = {};  // id of the authorization that it renews; "" = a new one (I9)
    bool device = false;         // else a link
    std::string client_id = {};
    std::string redirect_url = {};
    std::string state_hash = {};  // of the one-time state of a link
    UserId asked_by = {};
    Timestamp ends_at = {};
    std::chrono::milliseconds interval{0};  // between two polls
    GrantStage stage = GrantStage::asked;
    // what the server said of the token
    std::string account = {}, account_id = {}, workspace = {}, scopes = {}, fingerprint = {}, note = {};
    std::optional<Timestamp> expires_at = {};
    bool renewable = false;
};

// A customer's own OAuth application at a server. Its client secret, if it has one, is sealed under
// `record_of`.
struct OauthApp {
    AuthorizationKind kind = AuthorizationKind::gitlab;
    std::string url = {};
    std::string client_id = {};
    std::string redirect_url = {};  // as registered there; "" = device grant only
    bool has_secret = false;
    std::string added_by = {};
    Timestamp added_at = {};
};
[[nodiscard]] std::string record_of(const OauthApp& app);  // "oauth_app:gitlab:https://gitlab.com"

// --- what may be done to them ---

struct PutSealed {
    SealedBundle bundle;
};  // replaces what was in each place
struct ShredSecrets {
    std::string record = {};
};
struct SaveGrant {
    PendingGrant grant;
};  // insert or replace
// The row only: its secrets stay with the authorization it became, or are shredded beside.
struct RemoveGrant {
    std::string id = {};
};

}  // namespace countersign::storage

#pragma once

#include "bot/instance.hpp"
#include "bot/net/api_answer.hpp"
#include "bot/oauth.hpp"
#include "bot/vault_access.hpp"
#include "config/settings.hpp"
#include "storage/records.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string_view>

namespace countersign::bot {

// The effects "account.refresh", "account.check" … : everything that needs a stored secret. Secrets are read
// from the vault here, on the I/O thread, and what a server gives anew leaves sealed: outbox, events and
// handlers never hold one. An effect's arguments name the authorization or the grant.
//
// Errors: "gone" the row is not there any more; "changed" it holds another token by now; "refused" the server
// does not take the secret; "no_secret"; "lost_scope"; "unavailable" nothing is known and nothing changed;
// "unclear" the answer was lost. The response's `text` says it to a person.
class AccountApi {
  public:
    AccountApi(net::HttpClient& http, const config::Settings& settings, storage::KeyRing ring)
        : http_(&http), settings_(settings), vault_(settings.database, std::move(ring)) {}

    [[nodiscard]] static bool performs(std::string_view method) { return method.starts_with("account."); }
    [[nodiscard]] net::Awaitable<net::ApiAnswer> perform(storage::Effect effect);

  private:
    using Done = Result<nlohmann::json>;
    [[nodiscard]] net::Awaitable<net::ApiAnswer> refresh(const nlohmann::json& args);
    [[nodiscard]] net::Awaitable<net::ApiAnswer> check(const nlohmann::json& args);
    [[nodiscard]] net::Awaitable<net::ApiAnswer> revoke_token(const nlohmann::json& args);
    [[nodiscard]] net::Awaitable<net::ApiAnswer> post(storage::Effect effect, const nlohmann::json& args);
    // account_grants.cpp
    [[nodiscard]] net::Awaitable<net::ApiAnswer> begin(const nlohmann::json& args);
    [[nodiscard]] net::Awaitable<net::ApiAnswer> poll(const nlohmann::json& args);
    [[nodiscard]] net::Awaitable<net::ApiAnswer> exchange(const nlohmann::json& args);
    [[nodiscard]] net::ApiAnswer adopt(const nlohmann::json& args);
    [[nodiscard]] net::Awaitable<net::ApiAnswer> taken_in(storage::PendingGrant grant, Instance instance,
                                                          GrantedToken granted);

    [[nodiscard]] std::optional<storage::Authorization> row(std::string_view id);
    [[nodiscard]] std::optional<storage::PendingGrant> grant(std::string_view id);
    [[nodiscard]] OauthClient client_of(storage::AuthorizationKind kind, const std::string& url,
                                        const std::string& record, std::string client_id);

    net::HttpClient* http_;
    config::Settings settings_;
    VaultAccess vault_;
};

// How the answers of account effects are built.
[[nodiscard]] net::ApiAnswer account_answer(const nlohmann::json& body);
[[nodiscard]] net::ApiAnswer account_failure(std::string error, const std::string& text);
[[nodiscard]] net::ApiAnswer account_failure(const Failure& failure);

}  // namespace countersign::bot

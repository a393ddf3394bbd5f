#include "bot/stored_client.hpp"

#include "storage/installed_view.hpp"
#include "storage/vault.hpp"

namespace countersign::bot {

OauthClient stored_client(const storage::Database& database, const storage::KeyRing& ring,
                          storage::AuthorizationKind kind, const std::string& url, const std::string& record,
                          std::string client_id) {
    const auto app = storage::InstalledView(database).oauth_app(kind, url);
    OauthClient client{std::move(client_id), std::nullopt};
    const bool registered = app && app->client_id == client.id && app->has_secret;
    auto secret = storage::read_secret(
        database, ring,
        {registered ? storage::record_of(*app) : record, "client_secret", std::string(to_text(kind)), url});
    if (secret) client.secret = std::move(*secret);
    return client;
}

}  // namespace countersign::bot

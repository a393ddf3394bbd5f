#pragma once

#include "bot/oauth.hpp"
#include "storage/database.hpp"
#include "storage/installed.hpp"
#include "storage/seal.hpp"

#include <string>

namespace countersign::bot {

// The OAuth application `client_id` at this server with its secret, if there is one. The registered
// application's own comes before the one that was kept with `record` (I18).
[[nodiscard]] OauthClient stored_client(const storage::Database& database, const storage::KeyRing& ring,
                                        storage::AuthorizationKind kind, const std::string& url,
                                        const std::string& record, std::string client_id);

}  // namespace countersign::bot

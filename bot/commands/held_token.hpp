#pragma once

#include "bot/oauth.hpp"
#include "config/settings.hpp"
#include "storage/installed.hpp"
#include "storage/seal.hpp"

#include <optional>
#include <string>

namespace countersign::storage {
class Database;
}

// A stored token that is given up at the command line (O14).
namespace countersign::bot::commands {

struct HeldToken {
    Secret token;
    OauthClient client;  // that it was granted to, if it was
};
// nullopt: there is none to read.
[[nodiscard]] std::optional<HeldToken> token_held(const storage::Database& database,
                                                  const storage::KeyRing& ring,
                                                  const storage::Authorization& row);
// Best effort, and what came of it, in words: "taken back by its server", "not taken back: …".
[[nodiscard]] std::string given_back(const storage::Authorization& row, const HeldToken& held,
                                     const config::Settings& settings);

}  // namespace countersign::bot::commands

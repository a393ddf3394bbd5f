#pragma once

#include "bot/commands/authorization_commands.hpp"
#include "bot/commands/held_token.hpp"
#include "config/base/result.hpp"
#include "storage/database.hpp"
#include "storage/installed.hpp"
#include "storage/seal.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace countersign::bot::commands {

// A token and what came with it.
struct Obtained {
    Secret token;
    std::optional<Secret> refresh_token;
    std::optional<std::chrono::seconds> lives;
    std::string client_id;                // of the OAuth application that it was granted to
    std::optional<Secret> client_secret;  // where the application is not registered
};

[[nodiscard]] Failure name_is_taken(const storage::Authorization& row);
// What a reconnected authorization held before.
struct Replaced {
    HeldToken held;
    std::string why_left_valid;  // "" = it is to be taken back (O14)
};
// In one transaction: everything or nothing. With `reconnect` in the place of the one of this kind and name,
// which `row` then is.
[[nodiscard]] Result<std::optional<Replaced>> store_authorization(storage::Database& database,
                                                                  const storage::KeyRing& ring,
                                                                  storage::Authorization& row,
                                                                  const Obtained& got,
                                                                  const NewAuthorization& arguments);
// Takes the old token back, as far as it is to be, and writes down what came of it. In words.
[[nodiscard]] std::string end_replaced(storage::Database& database, const storage::Authorization& row,
                                       const Replaced& replaced, const config::Settings& settings);

}  // namespace countersign::bot::commands

#pragma once

#include "bot/vault_access.hpp"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace countersign::bot {

// Which token a tracker is called with. An integration of that tracker decides: the token of its stored
// authorization, or none while it is paused or waits for re-authentication (I7). A tracker without an
// integration has the token of the environment. Where its rows cannot be read, none. Read anew at each call,
// so that a removal holds at once. For one thread.
class TrackerTokens {
  public:
    TrackerTokens(std::filesystem::path database, storage::KeyRing ring,
                  std::map<std::string, Secret> from_environment)
        : vault_(std::move(database), std::move(ring)), environment_(std::move(from_environment)) {}

    [[nodiscard]] std::optional<Secret> of(std::string_view tracker);

  private:
    [[nodiscard]] std::optional<Secret> read(std::string_view tracker);

    VaultAccess vault_;
    std::map<std::string, Secret> environment_;
};

}  // namespace countersign::bot

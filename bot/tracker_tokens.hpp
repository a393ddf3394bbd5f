#pragma once

#include "config/base/secret.hpp"
#include "storage/database.hpp"
#include "storage/seal.hpp"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace countersign::bot {

// Which token a tracker is called with. An integration of that tracker decides: the token of its stored
// authorization, or none while it is paused or waits for re-authentication (I7). A tracker without an
// integration has the token of the environment. Read anew at each call, so that a removal holds at once. For
// one thread.
class TrackerTokens {
  public:
    TrackerTokens(std::filesystem::path database, storage::KeyRing ring,
                  std::map<std::string, Secret> from_environment)
        : file_(std::move(database)), ring_(std::move(ring)), environment_(std::move(from_environment)) {}

    [[nodiscard]] std::optional<Secret> of(std::string_view tracker);

  private:
    std::filesystem::path file_;
    storage::KeyRing ring_;
    std::map<std::string, Secret> environment_;
    std::optional<storage::Database> reader_;
};

}  // namespace countersign::bot

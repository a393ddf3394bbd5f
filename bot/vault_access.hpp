#pragma once

#include "config/base/secret.hpp"
#include "storage/database.hpp"
#include "storage/installed.hpp"
#include "storage/seal.hpp"

#include <filesystem>
#include <optional>

namespace countersign::bot {

// The stored secrets as the I/O thread sees them: read anew at each use, so that a removal holds at once. For
// one thread.
class VaultAccess {
  public:
    VaultAccess(std::filesystem::path database, storage::KeyRing ring)
        : file_(std::move(database)), ring_(std::move(ring)) {}

    // nullptr: the database cannot be read now; logged.
    [[nodiscard]] const storage::Database* reader();
    [[nodiscard]] Result<Secret> read(const storage::SealedPlace& place);
    // "token", "refresh_token", "client_id" … of a stored authorization.
    [[nodiscard]] Result<Secret> read(const storage::Authorization& of, const char* field);
    [[nodiscard]] const storage::KeyRing& ring() const { return ring_; }

  private:
    std::filesystem::path file_;
    storage::KeyRing ring_;
    std::optional<storage::Database> reader_;
};

}  // namespace countersign::bot

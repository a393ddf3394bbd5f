#pragma once

#include "config/base/result.hpp"

#include <filesystem>

namespace countersign::storage {

class Database;

// Where the database is kept as it was with that schema: FILE.schema-N.
[[nodiscard]] std::filesystem::path way_back(const std::filesystem::path& database, int schema);

// Before a migration: a backup of the database as it is, in place of any kept before an earlier one. The
// older program restores it when somebody wants to go back. Does nothing when there is nothing to migrate
// from.
[[nodiscard]] Result<void> keep_way_back(const Database& database, const std::filesystem::path& file);

}  // namespace countersign::storage

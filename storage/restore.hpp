#pragma once

#include "config/base/result.hpp"

#include <filesystem>

namespace countersign::storage {

struct Restored {
    std::filesystem::path replaced;  // where the database went that was there before; "" = there was none
    bool sealed = false;             // the backup carried its checksum
};

// Puts a backup in the database's place, whole or not at all. Fails without a change: conflict (a daemon or
// another program has the database open), not_found, storage (the backup is truncated, altered, damaged, of a
// newer version, not ours, or has a log beside it: the text names which).
[[nodiscard]] Result<Restored> restore(const std::filesystem::path& backup,
                                       const std::filesystem::path& database);

// Whether `restore` will take a backup that this version made; fails with the reason it would give.
[[nodiscard]] Result<void> check_backup(const std::filesystem::path& backup);

}  // namespace countersign::storage

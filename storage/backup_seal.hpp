#pragma once

#include "config/base/result.hpp"

#include <cstdint>
#include <filesystem>
#include <string_view>

namespace countersign::storage {

// A backup ends, after the database's last page, with a line that holds the SHA-256 of everything before it.
// SQLite does not look beyond the last page, so the file can still be opened as it is. Damage to a text
// inside a page, which SQLite's own check cannot see, is found this way.
inline constexpr std::string_view seal_start = "\n-- countersign backup, sha256 ";
inline constexpr std::uint64_t seal_bytes = seal_start.size() + 64 + 1;

[[nodiscard]] Result<void> append_seal(const std::filesystem::path& file);
// Whether the last `seal_bytes` of the file are the seal of the `covered` bytes before them.
[[nodiscard]] Result<bool> seal_holds(const std::filesystem::path& file, std::uint64_t covered);

}  // namespace countersign::storage

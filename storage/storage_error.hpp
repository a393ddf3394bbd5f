#pragma once

#include <cstdint>
#include <exception>
#include <optional>
#include <stdexcept>
#include <string_view>

namespace countersign::storage {

// What is wrong with the database, as far as the reader of an alarm can act on it.
enum class StorageTrouble : std::uint8_t {
    full,       // no space, quota or file size limit
    locked,     // somebody else holds the write lock
    read_only,  // file, directory or file system cannot be written
    corrupt,    // damaged, not a database, or a row that this program cannot read
    rejected,   // a constraint refused the row: a bug in what was to be stored, the database is well
    other,
};

// Of an exception that came out of this room; nullopt: the exception is not the database's. `rejected`
// belongs to the one item that caused it; everything else concerns the whole batch.
[[nodiscard]] std::optional<StorageTrouble> storage_trouble(const std::exception& exception);
// Whether it concerns every item alike. Not a row that one item stumbles over (a constraint, a row that
// nobody can read): that is this item's own failure.
[[nodiscard]] bool concerns_all(const std::exception& exception);
// What the operator should do about it.
[[nodiscard]] std::string_view advice(StorageTrouble trouble) noexcept;

// A row that was read well but means nothing: written by a newer program or changed by hand.
struct UnreadableRow : std::runtime_error {
    using std::runtime_error::runtime_error;
};

}  // namespace countersign::storage

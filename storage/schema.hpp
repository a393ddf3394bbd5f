#pragma once

#include <cstdint>

namespace SQLite {
class Database;
}

namespace countersign::storage {

// The schema this program writes and reads.
[[nodiscard]] int newest_schema() noexcept;
// What marks a file as ours (PRAGMA application_id).
[[nodiscard]] std::uint32_t own_application_id() noexcept;
// As the file says; 0 = empty. Throws SQLite::Exception when it is no database.
[[nodiscard]] int schema_of(SQLite::Database& connection);
// True for a database that some other program made.
[[nodiscard]] bool is_foreign(SQLite::Database& connection);
// Applies what is missing, in one transaction. Only for a connection outside a transaction.
void migrate(SQLite::Database& connection);

}  // namespace countersign::storage

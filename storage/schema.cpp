#include "storage/schema.hpp"

#include "storage/migrations.hpp"
#include "storage/storage_error.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>
#include <fmt/format.h>

#include <array>

namespace countersign::storage {
namespace {

constexpr std::uint32_t application_id = 0x436f756e;  // "Coun", shown by file(1)

int pragma(SQLite::Database& connection, const char* name) {
    return connection.execAndGet(fmt::format("PRAGMA {}", name)).getInt();
}

}  // namespace

std::uint32_t own_application_id() noexcept {
    return application_id;
}

int newest_schema() noexcept {
    return static_cast<int>(migrations.size());
}

int schema_of(SQLite::Database& connection) {
    return pragma(connection, "user_version");
}

bool is_foreign(SQLite::Database& connection) {
    // Counted in any case: reading the schema is what finds a damaged first page.
    const int tables = connection.execAndGet("SELECT count(*) FROM sqlite_schema").getInt();
    const auto id = static_cast<std::uint32_t>(pragma(connection, "application_id"));
    return id != application_id && (id != 0 || tables != 0);
}

void migrate(SQLite::Database& connection) {
    if (schema_of(connection) == newest_schema()) return;
    // A table is changed by building it anew; its references must not cascade meanwhile. The pragma does
    // nothing inside a transaction, so the check that replaces it comes before the commit.
    connection.exec("PRAGMA foreign_keys = OFF");
    SQLite::Transaction transaction(connection, SQLite::TransactionBehavior::IMMEDIATE);
    // Read again: only now nobody else can be migrating.
    for (auto version = static_cast<std::size_t>(schema_of(connection)); version < migrations.size();
         ++version) {
        connection.exec(migrations.at(version));
    }
    if (SQLite::Statement broken(connection, "PRAGMA foreign_key_check"); broken.executeStep()) {
        throw UnreadableRow(fmt::format("a row of table {} refers to one that does not exist",
                                        broken.getColumn(0).getString()));
    }
    connection.exec(fmt::format("PRAGMA application_id = {}", application_id));
    connection.exec(fmt::format("PRAGMA user_version = {}", newest_schema()));
    transaction.commit();
    connection.exec("PRAGMA foreign_keys = ON");
}

}  // namespace countersign::storage

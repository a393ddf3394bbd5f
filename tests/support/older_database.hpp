#pragma once

#include "storage/migrations.hpp"
#include "storage/schema.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <fmt/format.h>

#include <filesystem>
#include <string>
#include <vector>

// Databases as earlier versions of the program left them.
namespace countersign::tests {

// An empty one of that schema.
inline SQLite::Database make_older(const std::filesystem::path& file, int schema) {
    SQLite::Database made(file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    for (int step = 0; step < schema; ++step)
        made.exec(storage::migrations.at(static_cast<std::size_t>(step)));
    made.exec(fmt::format("PRAGMA application_id = {}", storage::own_application_id()));
    made.exec(fmt::format("PRAGMA user_version = {}", schema));
    return made;
}

inline std::vector<std::string> texts(SQLite::Database& database, const std::string& sql) {
    std::vector<std::string> found;
    for (SQLite::Statement rows(database, sql); rows.executeStep();)
        found.push_back(rows.getColumn(0).getString());
    return found;
}

inline std::vector<std::string> tables_of(SQLite::Database& database) {
    return texts(database, "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name");
}

// "a, b, c"
inline std::string columns_of(SQLite::Database& database, const std::string& table) {
    return texts(database, fmt::format("SELECT group_concat(name, ', ') FROM pragma_table_info('{}')", table))
        .front();
}

// What the older program would have of a database: all that its schema has room for. In a file of its own.
inline void copy_as_older(const std::filesystem::path& from, const std::filesystem::path& to, int schema) {
    auto older = make_older(to, schema);
    older.exec("PRAGMA foreign_keys = OFF");
    older.exec(fmt::format("ATTACH '{}' AS newer", from.string()));
    for (const auto& table : tables_of(older)) {
        if (table == "request_count") continue;  // triggers fill it
        older.exec(
            fmt::format("INSERT INTO {0} ({1}) SELECT {1} FROM newer.{0}", table, columns_of(older, table)));
    }
    older.exec("DETACH newer");
}

}  // namespace countersign::tests

#include "tests/simulation/table_rows.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

namespace countersign::simulation {

TableRows table_rows(const storage::Database& database) {
    TableRows rows;
    SQLite::Statement tables(database.handle(), "SELECT name FROM sqlite_master WHERE type = 'table'");
    while (tables.executeStep()) {
        const std::string name = tables.getColumn(0);
        const auto count = database.handle().execAndGet("SELECT count(*) FROM " + name).getInt64();
        if (count > 0) rows.emplace(name, count);
    }
    return rows;
}

}  // namespace countersign::simulation

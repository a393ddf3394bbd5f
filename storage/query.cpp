#include "storage/query.hpp"

#include "storage/database.hpp"

#include <SQLiteCpp/Exception.h>
#include <sqlite3.h>

#include <algorithm>
#include <stdexcept>

namespace countersign::storage {

Query::Query(const Database& database, Sql sql) : statement_(database.statement(sql.text)) {
    if (sqlite3_stmt_busy(statement_) != 0) {
        throw std::logic_error(std::string("a query was started inside itself: ") + sql.text);
    }
}

// The code of a failed step was thrown already; reset only repeats it.
Query::~Query() {
    sqlite3_reset(statement_);
}

bool Query::step() {
    const int code = sqlite3_step(statement_);
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    throw SQLite::Exception(sqlite3_db_handle(statement_), code);
}

int Query::run() {
    while (step()) {
    }
    return sqlite3_changes(sqlite3_db_handle(statement_));
}

std::int64_t Query::number(int column) const {
    return sqlite3_column_int64(statement_, column);
}

Timestamp Query::time(int column) const {
    constexpr std::int64_t latest = std::int64_t{1} << 43U;
    return from_millis(std::clamp(number(column), std::int64_t{0}, latest));
}

std::string_view Query::text(int column) const {
    const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
    return bytes == nullptr
               ? std::string_view()
               : std::string_view(bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column)));
}

bool Query::is_null(int column) const {
    return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

void Query::put_null() {
    check(sqlite3_bind_null(statement_, ++parameter_));
}

void Query::put_number(std::int64_t value) {
    check(sqlite3_bind_int64(statement_, ++parameter_, value));
}

void Query::put_text(std::string_view value, bool copy) {
    // A null pointer would bind NULL instead of the empty text.
    const char* bytes = value.data() == nullptr ? "" : value.data();
    check(sqlite3_bind_text64(statement_, ++parameter_, bytes, value.size(),
                              copy ? SQLITE_TRANSIENT : SQLITE_STATIC, SQLITE_UTF8));
}

void Query::check(int code) const {
    if (code != SQLITE_OK) throw SQLite::Exception(sqlite3_db_handle(statement_), code);
}

}  // namespace countersign::storage

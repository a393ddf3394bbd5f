#pragma once

#include "storage/changes.hpp"

#include <span>

namespace countersign::storage {

class Database;

// Applies what a handler decided. Call inside a transaction. Throws SQLite::Exception.
void apply(Database& database, const Change& change, Timestamp now);

}  // namespace countersign::storage

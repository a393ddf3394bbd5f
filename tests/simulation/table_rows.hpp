#pragma once

#include "storage/database.hpp"

#include <cstdint>
#include <map>
#include <string>

// How much the database holds: what grows without end shows here.
namespace countersign::simulation {

using TableRows = std::map<std::string, std::int64_t>;  // by the table's name; empty tables are left out

[[nodiscard]] TableRows table_rows(const storage::Database& database);

}  // namespace countersign::simulation

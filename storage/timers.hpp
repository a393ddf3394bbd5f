#pragma once

#include "storage/records.hpp"

#include <optional>
#include <vector>

namespace countersign::storage {

class Database;

// Due timers, oldest first, removed from the table as they are taken: call inside the transaction that
// handles them.
[[nodiscard]] std::vector<Timer> take_due_timers(Database& database, Timestamp now, int limit);
[[nodiscard]] std::optional<Timestamp> next_timer(const Database& database);

}  // namespace countersign::storage

#include "storage/clock_step.hpp"

#include "storage/query.hpp"

namespace countersign::storage {

void clock_set_back(Database& database, Timestamp from, Timestamp to) {
    const auto soon = from + std::chrono::hours(1);
    const auto back = (from - to).count();
    Query(database,
          "UPDATE outbox SET not_before = not_before - ? "
          "WHERE state = 'pending' AND blocked = 0 AND waiting = 1 AND not_before BETWEEN ? AND ?")
        .bind(back, from, soon)
        .run();
    Query(database, "UPDATE timer SET due = due - ? WHERE due BETWEEN ? AND ?").bind(back, from, soon).run();
}

}  // namespace countersign::storage

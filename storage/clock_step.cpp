#include "storage/clock_step.hpp"

#include "storage/query.hpp"

namespace countersign::storage {
namespace {

// What was due already is due still.
constexpr Sql shifts[] = {
    "UPDATE outbox SET not_before = not_before - ?1 "
    "WHERE finished_at IS NULL AND not_before > ?2 AND not_before <= ?3",
    "UPDATE outbox SET deadline = deadline - ?1 "
    "WHERE finished_at IS NULL AND deadline > ?2 AND deadline <= ?3",
    "UPDATE timer SET due = due - ?1 WHERE due > ?2 AND due <= ?3",
    "UPDATE tracker_issue SET next_check = next_check - ?1 WHERE next_check > ?2 AND next_check <= ?3",
};

}  // namespace

void clock_set_back(Database& database, Timestamp from, Timestamp to) {
    const auto soon = from + std::chrono::hours(1);
    const auto back = (from - to).count();
    for (const auto& shift : shifts)
        Query(database, shift).bind(back, to, soon).run();
}

Timestamp last_written(const Database& database) {
    Query newest(database, "SELECT enqueued_at FROM outbox ORDER BY id DESC LIMIT 1");
    return newest.step() ? newest.time(0) : Timestamp();
}

}  // namespace countersign::storage

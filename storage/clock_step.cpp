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
    forget_claims_after(database, Timestamp());
    // What the wrong clock has written last: the next start would take it for another step (last_written).
    Query(database,
          "UPDATE outbox SET enqueued_at = min(enqueued_at - ?1, ?2) "
          "WHERE id > coalesce((SELECT id FROM outbox WHERE enqueued_at <= ?2 ORDER BY id DESC LIMIT 1), 0)")
        .bind(back, to)
        .run();
}

void forget_claims_after(Database& database, Timestamp when) {
    Query(database, "UPDATE outbox SET claimed_at = 0 WHERE finished_at IS NULL AND claimed_at > ?")
        .bind(when)
        .run();
}

Timestamp last_written(const Database& database) {
    Query newest(database, "SELECT enqueued_at FROM outbox ORDER BY id DESC LIMIT 1");
    return newest.step() ? newest.time(0) : Timestamp();
}

}  // namespace countersign::storage

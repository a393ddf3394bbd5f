#include "storage/timers.hpp"

#include "storage/query.hpp"

namespace countersign::storage {

std::vector<Timer> take_due_timers(Database& database, Timestamp now, int limit) {
    std::vector<Timer> timers;
    {
        Query due(database, "SELECT name, due, event FROM timer WHERE due <= ? ORDER BY due, name LIMIT ?");
        due.bind(now, limit);
        while (due.step()) {
            auto& timer = timers.emplace_back();
            due.read(timer.name, timer.due, timer.event);
        }
    }
    for (const auto& timer : timers)
        Query(database, "DELETE FROM timer WHERE name = ?").bind(timer.name).run();
    return timers;
}

std::optional<Timestamp> next_timer(const Database& database) {
    Query query(database, "SELECT due FROM timer ORDER BY due LIMIT 1");
    if (!query.step()) return std::nullopt;
    return query.time(0);
}

}  // namespace countersign::storage

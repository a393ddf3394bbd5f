#include "storage/retention.hpp"

#include "storage/audit.hpp"
#include "storage/erasure.hpp"
#include "storage/query.hpp"

#include <fmt/format.h>

#include <vector>

namespace countersign::storage {
namespace {

std::vector<RequestId> ended_with_words(const Database& database, Timestamp before, int limit) {
    std::vector<RequestId> ended;
    Query query(database,
                "SELECT id FROM app_request INDEXED BY app_request_words WHERE (requester_name <> '' OR "
                "message <> '' OR purpose <> '' "
                "OR info_answer <> '') AND state_since < ?1 AND (state = 'approved' OR state = 'installed' "
                "OR state = 'restricted' OR state = 'denied' OR state = 'withdrawn' OR state = 'expired' "
                "OR state = 'superseded') ORDER BY state_since LIMIT ?2");
    query.bind(before, limit);
    while (query.step())
        ended.push_back(RequestId{query.number(0)});
    return ended;
}

}  // namespace

int erase_old_words(Database& database, Timestamp before, Timestamp now, int limit) {
    const auto ended = ended_with_words(database, before, limit);
    for (const auto id : ended)
        erase_words(database, id, {}, now);
    Query(database,
          "UPDATE inbox SET raw = '', error = 'erased' WHERE outcome <> 'handled' AND received_at < ? "
          "AND raw <> ''")
        .bind(before)
        .run();
    Query(database, "DELETE FROM person WHERE read_at < ?").bind(before).run();
    if (!ended.empty()) {
        AuditEntry entry;
        entry.at = now;
        entry.actor = "countersign";
        entry.action = "words.erased";
        entry.subject = "requests";
        entry.details = fmt::format(R"({{"requests":"{}"}})", ended.size());
        Audit(database).append(entry);
    }
    return static_cast<int>(ended.size());
}

}  // namespace countersign::storage

#include "storage/retention.hpp"

#include "storage/audit.hpp"
#include "storage/erasure.hpp"
#include "storage/query.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <vector>

namespace countersign::storage {
namespace {

std::vector<std::int64_t> ended_with_words(const Database& database, Timestamp before, int limit) {
    std::vector<std::int64_t> ended;
    Query query(database,
                "SELECT id FROM app_request INDEXED BY app_request_words WHERE (requester_name <> '' OR "
                "message <> '' OR purpose <> '' "
                "OR info_answer <> '') AND state_since < ?1 AND (state = 'approved' OR state = 'installed' "
                "OR state = 'restricted' OR state = 'denied' OR state = 'withdrawn' OR state = 'expired' "
                "OR state = 'superseded') ORDER BY state_since LIMIT ?2");
    query.bind(before, limit);
    while (query.step())
        ended.push_back(query.number(0));
    return ended;
}

}  // namespace

int erase_old_words(Database& database, Timestamp before, Timestamp now, int limit) {
    const auto ended = ended_with_words(database, before, limit);
    for (const auto id : ended) {
        Query(database,
              "UPDATE app_request SET requester_name = '', message = '', purpose = '', info_answer = '', "
              "updated_at = ?1, version = version + 1 WHERE id = ?2")
            .bind(now, id)
            .run();
        Query(
            database,
            "INSERT INTO mark(request, kind, subject, person, value, scope_hash, at) "
            "SELECT id, ?1, '', requester, '', '', ?2 FROM app_request WHERE id = ?3 ON CONFLICT DO NOTHING")
            .bind(erased_mark, now, id)
            .run();
    }
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

#include "storage/inbox.hpp"

#include "config/base/secret.hpp"
#include "storage/query.hpp"

#include <algorithm>

namespace countersign::storage {
namespace {

constexpr std::size_t raw_limit = 65'536;
constexpr std::size_t error_limit = 1'000;
// Rows that were not simply handled are kept for people, beyond their age; this many at most (R49).
constexpr int kept_for_people = 1'000;

// At most `limit` bytes, not ending within a code point.
std::string_view cut(std::string_view utf8, std::size_t limit) {
    if (utf8.size() <= limit) return utf8;
    while (limit > 0 && (static_cast<unsigned char>(utf8[limit]) & 0xC0U) == 0x80U)
        --limit;
    return utf8.substr(0, limit);
}

}  // namespace

bool Inbox::accept(const InboxEntry& entry) {
    const int added = Query(*database_,
                            "INSERT INTO inbox(envelope_id, dedupe_key, kind, retry_attempt, received_at) "
                            "VALUES (?, ?, ?, ?, ?) "
                            "ON CONFLICT DO NOTHING")
                          .bind(entry.envelope_id, entry.dedupe_key, entry.kind,
                                std::max(entry.retry_attempt, 0), entry.received_at)
                          .run();
    if (added == 1) return true;
    // Two rows can match: the envelope came before, and its event in another envelope; the first one counts.
    Query(*database_,
          "UPDATE inbox SET duplicates = duplicates + 1 WHERE id = (SELECT min(id) FROM "
          "(SELECT id FROM inbox WHERE envelope_id = ?1 "
          "UNION ALL SELECT id FROM inbox WHERE dedupe_key = ?2 AND dedupe_key <> ''))")
        .bind(entry.envelope_id, entry.dedupe_key)
        .run();
    return false;
}

void Inbox::record(std::string_view envelope_id, InboxOutcome outcome, std::string_view error,
                   std::string_view raw) {
    // Redacted before it is cut: half a token would no longer be recognised (R67).
    const std::string safe_error = redacted(error);
    const std::string safe_raw = redacted(raw);
    Query(*database_, "UPDATE inbox SET outcome = ?, error = ?, raw = ? WHERE envelope_id = ?")
        .bind(outcome, cut(safe_error, error_limit), cut(safe_raw, raw_limit), envelope_id)
        .run();
}

// Rows lie in the order of arrival, so the old ones are in front. Only a bounded piece of the table is looked
// at: what cannot go yet and is in front of the rest is either new enough to end the search, or one of
// `kept_for_people`.
int Inbox::prune(Timestamp before, int limit) {
    const int handled = Query(*database_,
                              "DELETE FROM inbox WHERE id IN (SELECT id FROM (SELECT id, received_at, "
                              "outcome FROM inbox ORDER BY id "
                              "LIMIT ?1) WHERE outcome = 'handled' AND received_at < ?2 LIMIT ?3)")
                            .bind(limit + 2 * kept_for_people, before, limit)
                            .run();
    const int kept =
        Query(*database_,
              "DELETE FROM inbox WHERE id IN (SELECT id FROM inbox WHERE outcome <> 'handled' AND id < "
              "(SELECT id FROM inbox WHERE outcome <> 'handled' ORDER BY id DESC LIMIT 1 OFFSET ?1) "
              "ORDER BY id LIMIT ?2) AND received_at < ?3")
            .bind(kept_for_people - 1, limit - handled, before)
            .run();
    return handled + kept;
}

}  // namespace countersign::storage

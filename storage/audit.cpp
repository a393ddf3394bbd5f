#include "storage/audit.hpp"

#include "config/base/text.hpp"
#include "storage/query.hpp"

#include <fmt/format.h>

namespace countersign::storage {
namespace {

// Each field with its length in front, so that no two different entries give the same text.
std::string hash_of(const AuditEntry& entry) {
    std::string whole;
    const auto add = [&whole](std::string_view field) {
        whole += std::to_string(field.size());
        whole += ':';
        whole += field;
    };
    add(entry.previous_hash);
    add(std::to_string(entry.seq));
    add(std::to_string(to_millis(entry.at)));
    add(entry.actor);
    add(entry.action);
    add(entry.subject);
    add(entry.details);
    return text::sha256_hex(whole);
}

AuditEntry read_entry(Query& query) {
    AuditEntry e;
    query.read(e.seq, e.at, e.actor, e.action, e.subject, e.details, e.previous_hash, e.hash);
    return e;
}

std::string fault(const AuditEntry& entry, std::int64_t expected_seq, std::string_view previous_hash) {
    if (entry.seq > expected_seq + 1)
        return fmt::format("entries {} to {} are missing", expected_seq, entry.seq - 1);
    if (entry.seq != expected_seq) return fmt::format("entry {} is missing", expected_seq);
    if (entry.previous_hash != previous_hash) {
        return fmt::format("entry {} does not follow the entry before it: one of them was replaced",
                           entry.seq);
    }
    if (entry.hash != hash_of(entry))
        return fmt::format("entry {} was changed after it was written", entry.seq);
    return "";
}

}  // namespace

void Audit::append(AuditEntry entry) {
    entry.seq = 1;
    entry.previous_hash.clear();
    {
        Query last(*database_, "SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1");
        if (last.step()) {
            last.read(entry.seq, entry.previous_hash);
            ++entry.seq;
        }
    }
    entry.hash = hash_of(entry);
    Query(*database_,
          "INSERT INTO audit(seq, at, actor, action, subject, details, previous_hash, hash) "
          "VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
        .bind(entry.seq, entry.at, entry.actor, entry.action, entry.subject, entry.details,
              entry.previous_hash, entry.hash)
        .run();
}

AuditVerdict verify_audit(const Database& database) {
    AuditVerdict verdict;
    std::string previous_hash;
    Query query(
        database,
        "SELECT seq, at, actor, action, subject, details, previous_hash, hash FROM audit ORDER BY seq");
    while (query.step()) {
        const AuditEntry entry = read_entry(query);
        ++verdict.entries;
        if (verdict.first_broken) continue;
        verdict.reason = fault(entry, verdict.entries, previous_hash);
        if (!verdict.reason.empty()) verdict.first_broken = std::min(entry.seq, verdict.entries);
        previous_hash = entry.hash;
    }
    return verdict;
}

void for_each_audit_entry(const Database& database, const std::function<void(const AuditEntry&)>& use) {
    Query query(
        database,
        "SELECT seq, at, actor, action, subject, details, previous_hash, hash FROM audit ORDER BY seq");
    while (query.step())
        use(read_entry(query));
}

std::vector<AuditEntry> audit_of(const Database& database, std::string_view subject) {
    std::vector<AuditEntry> entries;
    Query query(
        database,
        "SELECT seq, at, actor, action, subject, details, previous_hash, hash FROM audit WHERE subject = ? "
        "ORDER BY seq");
    query.bind(subject);
    while (query.step())
        entries.push_back(read_entry(query));
    return entries;
}

}  // namespace countersign::storage

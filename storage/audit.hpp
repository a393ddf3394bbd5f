#pragma once

#include "storage/records.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace countersign::storage {

class Database;

// Append-only, hash-chained: hash = SHA-256(previous_hash, seq, at, actor, action, subject, details), each
// length-prefixed.
class Audit {
  public:
    explicit Audit(Database& database) : database_(&database) {}
    void append(AuditEntry entry);  // seq and hashes are set here
  private:
    Database* database_;
};

struct AuditVerdict {
    std::int64_t entries = 0;
    std::optional<std::int64_t> first_broken;  // seq
    std::string reason;
};
[[nodiscard]] AuditVerdict verify_audit(const Database& database);
// All entries, oldest first, one in memory at a time.
void for_each_audit_entry(const Database& database, const std::function<void(const AuditEntry&)>& use);
[[nodiscard]] std::vector<AuditEntry> audit_of(const Database& database, std::string_view subject);

}  // namespace countersign::storage

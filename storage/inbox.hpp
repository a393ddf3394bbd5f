#pragma once

#include "storage/records.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace countersign::storage {

class Database;

// The table of accepted envelopes: what makes "once" out of "at least once" (R41, R47–R49).
enum class InboxOutcome { handled, failed, unknown, unreadable };

struct InboxEntry {
    std::string envelope_id;  // unique
    std::string dedupe_key;   // team/app + event_id, or trigger_id; "" = none (R47)
    std::string kind;         // "events_api/app_requested", "interactive/block_actions" …
    int retry_attempt = 0;
    Timestamp received_at;
};

class Inbox {
  public:
    explicit Inbox(Database& database) : database_(&database) {}

    // False: envelope id or dedupe key is known, the envelope is a duplicate (counted on its first row).
    [[nodiscard]] bool accept(const InboxEntry& entry);
    // For what was not simply handled: the outcome, the error, and the raw text (redacted, at most 64 KiB).
    void record(std::string_view envelope_id, InboxOutcome outcome, std::string_view error,
                std::string_view raw);
    // Removes at most `limit` handled rows received before `before`; returns how many.
    int prune(Timestamp before, int limit);

  private:
    Database* database_;
};

}  // namespace countersign::storage

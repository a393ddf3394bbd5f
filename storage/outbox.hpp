#pragma once

#include "storage/records.hpp"

#include <cstddef>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace countersign::storage {

class Database;

// The table of effects. Only the dispatcher thread writes it. State: pending -> claimed -> done | failed, and
// back to pending when a call is to be repeated. What is claimed when the program starts may have been sent:
// the runner looks before it repeats (R57, design.md §3).
class Outbox {
  public:
    explicit Outbox(Database& database) : database_(&database) {}

    // Does nothing when the key is known. A chat.update for a message whose post or update is still pending
    // is merged into that row (newest content wins), so that a card never lags behind its own history.
    void enqueue(const Effect& effect, Timestamp now);

    // What the caller can use.
    struct Wanted {
        int per_bucket = 1;  // at most so many of each bucket, interactive ones and others counted apart
        // Others than interactive ones are looked for only until there are so many. The next look begins with
        // the bucket after the last: thousands of conversations may wait, and each gets its turn.
        std::size_t enough = std::numeric_limits<std::size_t>::max();
        // Of a bucket for which this says true nothing is read.
        std::function<bool(std::string_view bucket, bool interactive)> closed = {};
        // Hears of each row that means nothing any more, and why. It has failed then, and holds up no other.
        std::function<void(const std::string& key, const std::string& why)> unreadable = {};
    };
    // Heads of the lanes that may run now: pending, not_before reached, nothing earlier unfinished in the
    // lane; interactive first, then oldest. Also those past their deadline: the runner expires them. Call
    // inside a transaction: it notes whose time has come.
    [[nodiscard]] std::vector<Effect> due(Timestamp now, const Wanted& wanted);
    // When the earliest effect that only waits for its `not_before` may run; nullopt = none waits. At or
    // before `now`: call due() again.
    [[nodiscard]] std::optional<Timestamp> next_due(Timestamp now) const;

    // These throw std::logic_error when the effect is not pending, or is finished already.
    void claim(std::int64_t id, Timestamp now);
    void done(std::int64_t id, Timestamp now);
    void failed(std::int64_t id, std::string_view error, Timestamp now);
    // Back to pending, not before `when`. `maybe_sent` stays set once it was.
    void retry(std::int64_t id, std::string_view error, Timestamp when, bool maybe_sent);
    // At start: what an earlier run of the program had claimed goes back to pending as maybe sent.
    void release_claims();
    // After a restore: what was pending in the backup may have left since, and is looked for before it is
    // sent.
    void doubt_unsent();

    struct Depth {
        std::int64_t pending = 0;
        std::int64_t claimed = 0;
        // Since when the oldest could have left, of those for Slack: a tracker may be down for a day (S8).
        // What is meant for later counts from then on.
        std::optional<Timestamp> oldest_pending;
    };
    [[nodiscard]] Depth depth() const;
    int prune(Timestamp before, int limit);  // finished rows; their keys are kept as tombstones

  private:
    void read_due(std::string_view bucket, bool interactive, Timestamp now, const Wanted& wanted,
                  std::vector<Effect>& found);

    Database* database_;
    std::string last_bucket_;  // where the last look ended
};

// What shares a rate limit: "chat.postMessage:C0APPREVIEW" (one a second and channel),
// "tracker.read:NAME" and "tracker.write:NAME" (a tracker that asks for rest gets it alone), else the method.
[[nodiscard]] std::string bucket_of(const Effect& effect);

}  // namespace countersign::storage

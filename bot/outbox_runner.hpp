#pragma once

#include "bot/effect_answer.hpp"
#include "bot/net/rate_limit.hpp"
#include "bot/tracker_paces.hpp"
#include "config/base/clock.hpp"
#include "storage/database.hpp"
#include "storage/outbox.hpp"

#include <nlohmann/json_fwd.hpp>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace countersign::bot {

// Decides, on the dispatcher thread and inside its transactions, which effects leave now, and what an answer
// means for the row. Performing is somebody else's job (bot/performer).
class OutboxRunner {
  public:
    // `pace` multiplies Slack's published rates; above 1 only against a fake on loopback (slack.rate_scale).
    OutboxRunner(storage::Database& database, double pace);
    // Which trackers there are; at a reload again.
    void use(const std::vector<config::Tracker>& trackers) { trackers_->use(trackers); }

    // An effect's end, for the handler named by its purpose: the payload of an `effect_result` event.
    struct Result {
        std::string key;
        std::string payload;          // JSON
        std::string unreadable = {};  // why its row could not be read; "" = it could
    };
    struct Plan {
        std::vector<storage::Effect> perform;  // claimed; to be sent after the commit
        std::vector<Result> results;     // ended without being sent: expired, or unclear from an earlier run
        std::optional<SteadyTime> wake;  // when to plan again, if nothing happens before
    };
    // False: what this effect rests on does not hold any more. It is asked in the transaction that claims it.
    using MayLeave = std::function<bool(const storage::Effect&)>;
    [[nodiscard]] Plan plan(Timestamp now, SteadyTime steady, const MayLeave& may_leave);

    // The answer of a performed effect: row, rate limits, message reference. A result, if a handler has to
    // hear it.
    [[nodiscard]] std::optional<Result> record(const EffectAnswer& answer, Timestamp now, SteadyTime steady);

    // What was claimed in a transaction that was then rolled back is not under way.
    void forget(const std::vector<storage::Effect>& claimed);
    [[nodiscard]] std::size_t in_flight() const { return in_flight_.size(); }

  private:
    enum class Step { leaves, ends, waits };
    [[nodiscard]] Step consider_alone(storage::Effect& effect, Plan& plan, Timestamp now, SteadyTime steady,
                                      const MayLeave& may_leave);
    [[nodiscard]] Step consider(storage::Effect& effect, Plan& plan, Timestamp now, SteadyTime steady,
                                const MayLeave& may_leave);
    [[nodiscard]] bool closed(std::string_view bucket, bool interactive, Plan& plan, SteadyTime steady) const;
    [[nodiscard]] std::size_t to_slack() const;
    [[nodiscard]] bool crowded(const storage::Effect& effect, std::string_view bucket) const;
    [[nodiscard]] std::size_t under_way(std::string_view bucket) const;
    void take(const storage::Effect& effect, std::string_view bucket, SteadyTime steady);
    [[nodiscard]] bool address(storage::Effect& effect) const;
    void try_again(const EffectAnswer& answer, bool maybe_sent, std::chrono::milliseconds delay,
                   Timestamp now);

    storage::Database* database_;
    storage::Outbox outbox_;
    std::shared_ptr<TrackerPaces> trackers_;
    net::RateLimits limit_;
    std::map<std::int64_t, std::string> in_flight_;  // effect id -> bucket
};

}  // namespace countersign::bot

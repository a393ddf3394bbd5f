#pragma once

#include "bot/net/backoff.hpp"
#include "config/base/clock.hpp"

#include <chrono>
#include <functional>
#include <optional>

namespace countersign::slack {

// How often apps.connections.open may be called, by all slots together and whatever the cause (R16).
class OpenBudget {
  public:
    // `random` gives numbers in [0, 1). `pace` makes the bucket refill faster: tests and the sandbox, on
    // loopback only.
    explicit OpenBudget(std::function<double()> random, double pace = 1.0);

    // Takes one call (nullopt), or says when to ask again.
    [[nodiscard]] std::optional<SteadyTime> take(SteadyTime now);
    // 429: nothing before this (R11).
    void rest_until(SteadyTime when);
    // Slack has too many of our sockets: one call at a time, 10 s to 2 min apart, until a connection was
    // stable (R32). Returns when the next call may be made.
    SteadyTime too_many(SteadyTime now);
    void stable();
    // The machine was suspended: what was counted or awaited on the steady clock is so much older.
    void slept(SteadyTime::duration time);

  private:
    std::chrono::duration<double> refill_;  // of one call
    double tokens_;
    std::optional<SteadyTime> counted_at_;
    SteadyTime closed_until_{};
    net::Backoff crowded_;
    // Distance between calls while Slack has too many; 0 = it has not.
    std::chrono::milliseconds crowding_{0};
};

}  // namespace countersign::slack

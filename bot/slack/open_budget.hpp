#pragma once

#include "config/base/clock.hpp"

#include <chrono>
#include <optional>

namespace countersign::slack {

// How often apps.connections.open may be called, by all slots together and whatever the cause (R16).
class OpenBudget {
  public:
    // `pace` makes the bucket refill faster: tests and the sandbox, on loopback only.
    explicit OpenBudget(double pace = 1.0);

    // Takes one call (nullopt), or says when to ask again.
    [[nodiscard]] std::optional<SteadyTime> take(SteadyTime now);
    // 429: nothing before this (R11).
    void rest_until(SteadyTime when);
    // Slack has too many of our sockets: one call at a time, 10 s to 2 min apart, until a connection was
    // stable (R32). `random` is in [0, 1). Returns when the next call may be made.
    SteadyTime too_many(SteadyTime now, double random);
    void stable() { crowding_ = std::chrono::milliseconds(0); }

  private:
    std::chrono::duration<double> refill_;  // of one call
    double tokens_;
    std::optional<SteadyTime> counted_at_;
    SteadyTime closed_until_{};
    std::chrono::milliseconds crowding_{
        0};  // distance between calls while Slack has too many; 0 = it has not
};

}  // namespace countersign::slack

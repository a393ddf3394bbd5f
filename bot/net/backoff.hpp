#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <utility>

namespace countersign::net {

// How long to wait before the next attempt, after one failure and after many. Pure: no clock, no sleep.
class Backoff {
  public:
    struct Plan {
        std::chrono::milliseconds first{1'000};
        std::chrono::milliseconds cap{30'000};
        // A delay lies between these shares of the step, which doubles from `first` to `cap`.
        double shortest = 0.0;
        double longest = 1.0;
        // A connection that lived this long has forgiven what went before (R14).
        std::chrono::milliseconds stable_after{60'000};
    };
    // R14: full jitter, 1 s to 30 s.
    [[nodiscard]] static constexpr Plan ordinary() { return {}; }
    // R32: never under the step, 10 s to 2 min, with jitter above it.
    [[nodiscard]] static constexpr Plan too_many_websockets() {
        Plan plan;
        plan.first = std::chrono::seconds(10);
        plan.cap = std::chrono::seconds(120);
        plan.shortest = 1.0;
        plan.longest = 1.25;
        return plan;
    }

    // `random` gives numbers in [0, 1).
    explicit Backoff(std::function<double()> random, Plan plan = ordinary())
        : plan_(plan), random_(std::move(random)) {}
    explicit Backoff(std::uint64_t seed, Plan plan = ordinary());

    // After a failed attempt.
    [[nodiscard]] std::chrono::milliseconds next();
    // After the loss of a connection that lived this long since `hello`: at once if it was stable (R38), else
    // as after a failed attempt (R14).
    [[nodiscard]] std::chrono::milliseconds after_loss(std::chrono::milliseconds lived);
    void reset() { failures_ = 0; }

  private:
    Plan plan_;
    std::function<double()> random_;
    int failures_ = 0;
};

}  // namespace countersign::net

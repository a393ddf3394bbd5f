#pragma once

#include "config/base/clock.hpp"

namespace countersign::tests {

// Time that stands still until a test moves it. Wall and steady time move together unless a test steps the
// wall.
class ManualClock final : public Clock {
  public:
    Timestamp now() const override { return now_; }
    SteadyTime steady() const override { return steady_; }

    void advance(std::chrono::milliseconds by) {
        now_ += by;
        steady_ += by;
    }
    void step_wall(std::chrono::milliseconds by) { now_ += by; }  // R64

  private:
    Timestamp now_{std::chrono::milliseconds(1'795'305'600'000)};  // 2026-11-22T00:00:00Z
    SteadyTime steady_{std::chrono::hours(1)};
};

}  // namespace countersign::tests

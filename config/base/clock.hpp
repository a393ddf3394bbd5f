#pragma once

#include "config/base/result.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace countersign {

// Wall time, for people and for records: UTC, milliseconds. May step (R64): never used to measure durations.
using Timestamp = std::chrono::sys_time<std::chrono::milliseconds>;
// For durations, liveness and pacing.
using SteadyTime = std::chrono::steady_clock::time_point;

// The only source of time. The real one is `system_clock()`; tests move `tests/support/manual_clock.hpp`.
class Clock {
  public:
    virtual ~Clock() = default;
    [[nodiscard]] virtual Timestamp now() const = 0;
    [[nodiscard]] virtual SteadyTime steady() const = 0;
};

[[nodiscard]] const Clock& system_clock();

// RFC 3339 in UTC with milliseconds: "2026-11-21T09:30:00.000Z".
[[nodiscard]] std::string to_rfc3339(Timestamp when);
// Milliseconds since the epoch, as every table stores time.
[[nodiscard]] inline std::int64_t to_millis(Timestamp when) {
    return when.time_since_epoch().count();
}
[[nodiscard]] inline Timestamp from_millis(std::int64_t millis) {
    return Timestamp(std::chrono::milliseconds(millis));
}

}  // namespace countersign

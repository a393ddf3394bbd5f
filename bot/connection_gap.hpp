#pragma once

#include "config/base/clock.hpp"

#include <cstddef>

namespace countersign::bot {

// Which hello ends a time in which Slack could bring nothing: what came meanwhile is then asked for (O5).
class ConnectionGap {
  public:
    explicit ConnectionGap(SteadyTime started) : started_(started) {}

    // A connection has said hello; `others`: how many were there beside it.
    [[nodiscard]] bool ends_with_hello(std::ptrdiff_t others, SteadyTime now);

  private:
    SteadyTime started_;
    bool greeted_ = false;
};

}  // namespace countersign::bot

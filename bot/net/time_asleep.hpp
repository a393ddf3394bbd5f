#pragma once

#include <chrono>

namespace countersign::net {

// How long this machine has been suspended since it was booted. The steady clock stands still meanwhile, and
// connections die unseen.
[[nodiscard]] std::chrono::milliseconds time_asleep();

}  // namespace countersign::net

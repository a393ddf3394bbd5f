#pragma once

#include "config/base/clock.hpp"

namespace countersign::handlers {

// Less than `span` ago. What seems to lie ahead was written by a clock that has been set right since: nobody
// knows how long ago that was, so it is not recent (R64).
[[nodiscard]] inline bool is_recent(Timestamp then, Timestamp now, std::chrono::milliseconds span) {
    return then <= now && now - then < span;
}

}  // namespace countersign::handlers

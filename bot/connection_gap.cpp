#include "bot/connection_gap.hpp"

#include <utility>

namespace countersign::bot {
namespace {

// The start itself asks for what was missed, and what has come since Slack repeats for six minutes.
constexpr auto covered_by_start = std::chrono::minutes(1);

}  // namespace

bool ConnectionGap::ends_with_hello(std::ptrdiff_t others, SteadyTime now) {
    const bool first = !std::exchange(greeted_, true);
    if (others > 0) return false;
    return !first || now - started_ > covered_by_start;
}

}  // namespace countersign::bot

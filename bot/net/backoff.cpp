#include "bot/net/backoff.hpp"

#include <algorithm>

namespace countersign::net {
namespace {

// SplitMix64: eight bytes of state are enough to spread retries.
std::uint64_t draw(std::uint64_t& state) {
    std::uint64_t z = state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

}  // namespace

Backoff::Backoff(std::uint64_t seed, Plan plan)
    : Backoff(
          [state = seed]() mutable {
              return static_cast<double>(draw(state) >> 11) / 9007199254740992.0;  // 53 bits
          },
          plan) {}

std::chrono::milliseconds Backoff::next() {
    // 2^20 steps are far past any cap and cannot overflow.
    const auto step = std::min(plan_.first * (std::int64_t{1} << std::min(failures_, 20)), plan_.cap);
    ++failures_;
    const double factor = plan_.shortest + random_() * (plan_.longest - plan_.shortest);
    return std::chrono::milliseconds(static_cast<std::int64_t>(static_cast<double>(step.count()) * factor));
}

std::chrono::milliseconds Backoff::after_loss(std::chrono::milliseconds lived) {
    if (lived < plan_.stable_after) return next();
    reset();
    return std::chrono::milliseconds(0);
}

}  // namespace countersign::net

#include "bot/slack/open_budget.hpp"

#include <algorithm>
#include <utility>

namespace countersign::slack {
namespace {

using namespace std::chrono_literals;

constexpr double burst = 3;
constexpr std::chrono::duration<double> refill = 12s;  // 5 a minute

}  // namespace

OpenBudget::OpenBudget(std::function<double()> random, double pace)
    : refill_(refill / pace),
      tokens_(burst),
      crowded_(std::move(random), net::Backoff::too_many_websockets()) {}

std::optional<SteadyTime> OpenBudget::take(SteadyTime now) {
    const auto since =
        counted_at_ ? std::chrono::duration<double>(now - *counted_at_) : std::chrono::duration<double>(0);
    tokens_ = std::min(burst, tokens_ + since / refill_);
    counted_at_ = now;
    if (now < closed_until_) return closed_until_;
    if (tokens_ < 1) {
        // Rounded up, or the next question would come a moment too early.
        return now + std::chrono::ceil<std::chrono::milliseconds>(refill_ * (1 - tokens_)) + 1ms;
    }
    tokens_ -= 1;
    if (crowding_ > 0ms) closed_until_ = now + crowding_;
    return std::nullopt;
}

void OpenBudget::rest_until(SteadyTime when) {
    closed_until_ = std::max(closed_until_, when);
}

SteadyTime OpenBudget::too_many(SteadyTime now) {
    crowding_ = crowded_.next();
    rest_until(now + crowding_);
    return closed_until_;
}

void OpenBudget::slept(SteadyTime::duration time) {
    if (counted_at_) *counted_at_ -= time;
    closed_until_ -= time;
}

void OpenBudget::stable() {
    crowded_.reset();
    crowding_ = 0ms;
}

}  // namespace countersign::slack

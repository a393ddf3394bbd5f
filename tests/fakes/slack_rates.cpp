#include "tests/fakes/slack_rates.hpp"

#include <algorithm>
#include <cmath>

namespace countersign::fakes {

namespace {

// A busy machine holds calls up and lets them go at once; that does not get shorter when the rate is scaled.
constexpr double held_up_seconds = 0.25;

}  // namespace

std::optional<int> SlackRates::refuse(const std::string& bucket, double per_second, double capacity,
                                      std::chrono::steady_clock::time_point now) {
    const double rate = per_second * scale_;
    if (scale_ > 1) capacity += held_up_seconds * rate;
    auto [found, is_new] = buckets_.try_emplace(bucket, Bucket{capacity, now});
    Bucket& state = found->second;
    const std::chrono::duration<double> passed = now - state.at;
    state.level = std::min(capacity, state.level + passed.count() * rate);
    state.at = now;
    if (state.level >= 1) {
        state.level -= 1;
        return std::nullopt;
    }
    return std::max(1, static_cast<int>(std::ceil((1 - state.level) / rate)));
}

}  // namespace countersign::fakes

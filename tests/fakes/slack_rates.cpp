#include "tests/fakes/slack_rates.hpp"

#include <algorithm>
#include <cmath>

namespace countersign::fakes {

std::optional<int> SlackRates::refuse(const std::string& bucket, double per_second, double capacity,
                                      std::chrono::steady_clock::time_point now) {
    auto [found, is_new] = buckets_.try_emplace(bucket, Bucket{capacity, now});
    Bucket& state = found->second;
    const double rate = per_second * scale_;
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

#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>

namespace countersign::fakes {

// Token buckets with Slack's published limits. A bucket holds one minute's worth at most, so that the bursts
// Slack tolerates pass and a sustained excess does not.
class SlackRates {
  public:
    explicit SlackRates(double scale) : scale_(scale) {}

    // nullopt: the call passes; else the Retry-After in seconds.
    std::optional<int> refuse(const std::string& bucket, double per_second, double capacity,
                              std::chrono::steady_clock::time_point now);

  private:
    struct Bucket {
        double level = 0;
        std::chrono::steady_clock::time_point at;
    };
    double scale_;
    std::map<std::string, Bucket> buckets_;
};

}  // namespace countersign::fakes

#pragma once

#include "bot/net/rate_limit.hpp"
#include "config/settings.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace countersign::bot {

// How fast, and how many at once, the calls to each tracker may go (trackers.md N8, S3): under a quarter of
// what gitlab.com and github.com publish. A tracker has one bucket for reading and one for writing.
class TrackerPaces {
  public:
    void use(const std::vector<config::Tracker>& trackers);

    // nullopt: not a tracker's bucket.
    [[nodiscard]] std::optional<net::Pace> pace_of(std::string_view bucket) const;
    [[nodiscard]] std::size_t at_once(std::string_view bucket) const;

    // storage::bucket_of says "tracker.read:procurement"; a rest that one tracker asked for must not hold up
    // the others, which a colon would do (RateLimits::block).
    [[nodiscard]] static bool is_tracker(std::string_view bucket) { return bucket.starts_with("tracker."); }
    [[nodiscard]] static std::string of(std::string bucket);
    // What rests together: a limit is the account's, not the method's.
    [[nodiscard]] static std::vector<std::string> together(std::string_view bucket);

  private:
    std::map<std::string, config::TrackerKind, std::less<>> kinds_;
};

}  // namespace countersign::bot

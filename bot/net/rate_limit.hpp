#pragma once

#include "config/base/clock.hpp"

#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace countersign::net {

// How often the calls of one bucket may go. In no minute do more than `per_minute` start, the burst included,
// so that a server that counts strictly has nothing to complain about.
struct Pace {
    double per_minute = 50;
    int burst = 1;  // calls that may go at once after a rest
};
// A tier as Slack publishes it: a twelfth of the minute's calls may come at once.
[[nodiscard]] Pace tier(int per_minute);

// Token buckets, keyed by a text such as "admin.apps.approve" or "chat.postMessage:C0APPREVIEW": the method,
// and behind a colon what it is counted by. Pure: the caller brings the time.
//
//     if (limits.earliest(bucket, now) <= now) { limits.take(bucket, now); send(); }
//
class RateLimits {
  public:
    // `pace_of` knows each bucket's pace; `scale` (1..1000) makes everything faster, for tests
    // (slack.rate_scale).
    explicit RateLimits(std::function<Pace(std::string_view bucket)> pace_of, double scale = 1.0);

    // When this bucket's next call may go: `now` or later.
    [[nodiscard]] SteadyTime earliest(std::string_view bucket, SteadyTime now) const;
    // Counts a call that goes now.
    void take(std::string_view bucket, SteadyTime now);
    // Retry-After: nothing of this method goes before `until`, whatever it is counted by.
    void block(std::string_view bucket_or_method, SteadyTime until);

  private:
    [[nodiscard]] SteadyTime::duration interval(const Pace& pace) const;
    [[nodiscard]] SteadyTime::duration spare() const;
    void forget_rested(SteadyTime now);

    std::function<Pace(std::string_view)> pace_of_;
    double scale_;
    // When each bucket would be full again (GCRA's theoretical arrival time); absent = full.
    std::map<std::string, SteadyTime, std::less<>> full_at_;
    std::map<std::string, SteadyTime, std::less<>> blocked_until_;  // by method
};

}  // namespace countersign::net

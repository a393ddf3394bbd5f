#include "bot/net/rate_limit.hpp"

#include <algorithm>

namespace countersign::net {
namespace {

// Calls leave evenly and arrive unevenly: a little more than the exact interval keeps a strict counter
// content.
constexpr double margin = 1.02;
// A bucket for each channel ever written to would grow for ever; past this many the rested ones are dropped.
constexpr std::size_t many_buckets = 256;

std::string_view method_of(std::string_view bucket) {
    return bucket.substr(0, bucket.find(':'));
}

SteadyTime value_or(const std::map<std::string, SteadyTime, std::less<>>& times, std::string_view key,
                    SteadyTime now) {
    const auto found = times.find(key);
    return found == times.end() ? now : std::max(now, found->second);
}

}  // namespace

Pace tier(int per_minute) {
    return Pace{static_cast<double>(per_minute), std::max(1, per_minute / 12)};
}

RateLimits::RateLimits(std::function<Pace(std::string_view bucket)> pace_of, double scale)
    : pace_of_(std::move(pace_of)), scale_(std::clamp(scale, 1.0, 1000.0)) {}

SteadyTime::duration RateLimits::interval(const Pace& pace) const {
    // burst - 1 calls may come on top of what the minute refills; both together are the limit.
    const double refill = std::max(pace.per_minute - (pace.burst - 1), 1.0);
    const std::chrono::duration<double> seconds(60.0 * margin / (refill * scale_));
    return std::chrono::duration_cast<SteadyTime::duration>(seconds);
}

SteadyTime RateLimits::earliest(std::string_view bucket, SteadyTime now) const {
    const Pace pace = pace_of_(bucket);
    const SteadyTime with_burst = value_or(full_at_, bucket, now) - interval(pace) * (pace.burst - 1);
    return std::max({now, with_burst, value_or(blocked_until_, method_of(bucket), now)});
}

void RateLimits::take(std::string_view bucket, SteadyTime now) {
    if (full_at_.size() >= many_buckets) forget_rested(now);
    const auto between = interval(pace_of_(bucket));
    const auto [found, is_new] = full_at_.try_emplace(std::string(bucket), now);
    SteadyTime& full_at = found->second;
    // A call that waited for its turn and left a little late does not push back those behind it; at most by
    // what the margin leaves, so that no minute sees a call too many.
    const bool waited = !is_new && now - full_at <= between;
    full_at = std::max(full_at, waited ? now - std::min(between / 4, spare()) : now) + between;
}

SteadyTime::duration RateLimits::spare() const {
    const std::chrono::duration<double> seconds(60.0 * (margin - 1) / scale_);
    return std::chrono::duration_cast<SteadyTime::duration>(seconds);
}

void RateLimits::block(std::string_view bucket_or_method, SteadyTime until) {
    SteadyTime& blocked = blocked_until_[std::string(method_of(bucket_or_method))];
    blocked = std::max(blocked, until);
}

void RateLimits::forget_rested(SteadyTime now) {
    std::erase_if(full_at_, [now](const auto& each) { return each.second <= now; });
}

}  // namespace countersign::net

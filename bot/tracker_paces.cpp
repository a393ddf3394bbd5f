#include "bot/tracker_paces.hpp"

#include <algorithm>

namespace countersign::bot {
namespace {

constexpr std::string_view reading = "tracker.read/";
constexpr std::string_view writing = "tracker.write/";

std::string_view tracker_in(std::string_view bucket) {
    return bucket.substr(std::min(bucket.find('/'), bucket.size() - 1) + 1);
}

}  // namespace

void TrackerPaces::use(const std::vector<config::Tracker>& trackers) {
    kinds_.clear();
    for (const auto& tracker : trackers)
        kinds_.emplace(tracker.name, tracker.kind);
}

std::optional<net::Pace> TrackerPaces::pace_of(std::string_view bucket) const {
    if (!is_tracker(bucket)) return std::nullopt;
    const auto kind = kinds_.find(tracker_in(bucket));
    const bool github = kind != kinds_.end() && kind->second == config::TrackerKind::github;
    // GitHub counts by the hour: 20 a minute are a quarter of 5,000 an hour, and what may come at once for
    // somebody who waits is made good by the pause after it.
    if (bucket.starts_with(reading))
        return github ? net::Pace{.per_minute = 40, .burst = 20} : net::Pace{.per_minute = 500, .burst = 100};
    return github ? net::Pace{.per_minute = 60, .burst = 1} : net::Pace{.per_minute = 30, .burst = 5};
}

// N8: GitHub wants its calls one after the other; so do writes, whose order people see.
std::size_t TrackerPaces::at_once(std::string_view bucket) const {
    const auto kind = kinds_.find(tracker_in(bucket));
    const bool github = kind != kinds_.end() && kind->second == config::TrackerKind::github;
    return github || bucket.starts_with(writing) ? 1 : 3;
}

std::string TrackerPaces::of(std::string bucket) {
    if (is_tracker(bucket)) std::ranges::replace(bucket, ':', '/');
    return bucket;
}

std::vector<std::string> TrackerPaces::together(std::string_view bucket) {
    if (!is_tracker(bucket)) return {std::string(bucket)};
    const std::string tracker(tracker_in(bucket));
    return {std::string(reading) + tracker, std::string(writing) + tracker};
}

}  // namespace countersign::bot

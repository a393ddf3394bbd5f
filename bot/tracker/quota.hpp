#pragma once

#include "bot/net/http_client.hpp"

#include <chrono>
#include <optional>

namespace countersign::tracker {

// How long the tracker wants to be left alone, by whichever of the headers it says so (N7): Retry-After in
// seconds or as a date, RateLimit-Reset (GitLab), x-ratelimit-reset (GitHub). nullopt: this answer says
// nothing of it. Measured by the tracker's own clock.
[[nodiscard]] std::optional<std::chrono::milliseconds> rest_asked(const net::HttpResponse& response);

// Over a quota: 429, or GitHub's 403 that means the same.
[[nodiscard]] bool over_quota(const net::HttpResponse& response);

// With a little more, so that those who were refused together do not come back together; never over an hour.
[[nodiscard]] std::chrono::milliseconds rest_taken(std::optional<std::chrono::milliseconds> asked);

}  // namespace countersign::tracker

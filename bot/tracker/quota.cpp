#include "bot/tracker/quota.hpp"

#include "bot/net/http_date.hpp"

#include <algorithm>
#include <charconv>
#include <random>

namespace countersign::tracker {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds shortest = seconds(1);
constexpr milliseconds longest = std::chrono::hours(1);
// N7: a refusal that does not say for how long.
constexpr milliseconds unsaid = std::chrono::minutes(1);

std::optional<std::int64_t> whole(std::string_view digits) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error == std::errc::result_out_of_range) return INT32_MAX;
    if (digits.empty() || error != std::errc() || end != digits.data() + digits.size() || value < 0)
        return std::nullopt;
    return std::min<std::int64_t>(value, INT64_MAX / 1000);
}

std::optional<milliseconds> until(Timestamp when, const net::HttpResponse& response) {
    const auto now = net::parse_http_date(response.header("date"));
    if (!now) return std::nullopt;
    return std::max<milliseconds>(when - *now, milliseconds(0));
}

std::optional<milliseconds> retry_after(const net::HttpResponse& response) {
    const auto header = response.header("retry-after");
    if (const auto asked = whole(header)) return seconds(std::min<std::int64_t>(*asked, INT32_MAX));
    const auto when = net::parse_http_date(header);
    return when ? until(*when, response) : std::nullopt;
}

std::optional<milliseconds> reset(const net::HttpResponse& response, std::string_view header) {
    const auto when = whole(response.header(header));
    if (!when) return std::nullopt;
    return until(Timestamp(seconds(std::min<std::int64_t>(*when, INT32_MAX))), response);
}

bool used_up(const net::HttpResponse& response) {
    return response.header("x-ratelimit-remaining") == "0" || response.header("ratelimit-remaining") == "0";
}

}  // namespace

std::optional<milliseconds> rest_asked(const net::HttpResponse& response) {
    if (const auto asked = retry_after(response)) return asked;
    if (!used_up(response)) return std::nullopt;
    if (const auto asked = reset(response, "x-ratelimit-reset")) return asked;
    return reset(response, "ratelimit-reset");
}

bool over_quota(const net::HttpResponse& response) {
    if (response.status == 429) return true;
    if (response.status != 403) return false;
    // The secondary limit says it in words alone.
    return !response.header("retry-after").empty() || response.header("x-ratelimit-remaining") == "0" ||
           response.body.find("rate limit") != std::string::npos;
}

milliseconds rest_taken(std::optional<milliseconds> asked) {
    static thread_local std::minstd_rand random{std::random_device{}()};
    const auto rest = std::clamp(asked.value_or(unsaid), shortest, longest);
    std::uniform_int_distribution<std::int64_t> more(0, rest.count() / 10);
    return rest + milliseconds(more(random));
}

}  // namespace countersign::tracker

#include "config/base/time_zone.hpp"

#include <fmt/format.h>

#include <charconv>
#include <date/tz.h>
#include <map>
#include <mutex>

namespace countersign::time_zone {
namespace {

// Looked up once a name; null for one that the database does not know.
const date::time_zone* find(std::string_view zone) {
    static std::mutex mutex;
    static std::map<std::string, const date::time_zone*, std::less<>> found;
    const std::lock_guard lock(mutex);
    if (const auto known = found.find(zone); known != found.end()) return known->second;
    const date::time_zone* located = nullptr;
    try {
        located = date::locate_zone(std::string(zone));
    } catch (const std::exception&) {
        located = nullptr;
    }
    // Names come from people's profiles too: a bound keeps an odd stream of them from growing the table.
    if (found.size() < 1'000) found.emplace(zone, located);
    return located;
}

}  // namespace

bool known(std::string_view zone) {
    return find(zone) != nullptr;
}

LocalTime to_local(Timestamp when, std::string_view zone) {
    const auto* const place = find(zone);
    const auto since = place == nullptr ? when.time_since_epoch() : place->to_local(when).time_since_epoch();
    return LocalTime(std::chrono::duration_cast<std::chrono::milliseconds>(since));
}

Timestamp from_local(LocalTime when, std::string_view zone) {
    const auto* const place = find(zone);
    if (place == nullptr) return Timestamp(when.time_since_epoch());
    const date::local_time<std::chrono::milliseconds> there(when.time_since_epoch());
    const auto info = place->get_info(there);
    if (info.result == date::local_info::nonexistent)
        return std::chrono::time_point_cast<std::chrono::milliseconds>(info.second.begin);
    return std::chrono::time_point_cast<std::chrono::milliseconds>(
        place->to_sys(there, date::choose::earliest));
}

std::string date_text(Timestamp when, std::string_view zone) {
    const std::chrono::year_month_day day(std::chrono::floor<std::chrono::days>(to_local(when, zone)));
    return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(day.year()), static_cast<unsigned>(day.month()),
                       static_cast<unsigned>(day.day()));
}

std::optional<std::chrono::year_month_day> parse_date(std::string_view text) {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
    const auto number = [](std::string_view digits) {
        unsigned value = 0;
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
        return error == std::errc() && end == digits.data() + digits.size() ? value : 0;
    };
    const std::chrono::year_month_day day{std::chrono::year(static_cast<int>(number(text.substr(0, 4)))),
                                          std::chrono::month(number(text.substr(5, 2))),
                                          std::chrono::day(number(text.substr(8, 2)))};
    return day.ok() && day.year() > std::chrono::year(0) ? std::optional(day) : std::nullopt;
}

Timestamp end_of(std::chrono::year_month_day day, std::string_view zone) {
    return from_local(LocalTime(std::chrono::local_days(day) + std::chrono::days(1)), zone);
}

}  // namespace countersign::time_zone

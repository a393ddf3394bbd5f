#pragma once

#include "config/base/clock.hpp"

#include <optional>
#include <string>
#include <string_view>

// Wall clocks of places, from the system's time-zone database: libstdc++ 12 has none of its own.
namespace countersign::time_zone {

using LocalTime = std::chrono::local_time<std::chrono::milliseconds>;

// "Europe/Berlin", "UTC": whether the database knows it. Slack's `tz` is not ours to trust.
[[nodiscard]] bool known(std::string_view zone);

// An unknown zone counts as UTC.
[[nodiscard]] LocalTime to_local(Timestamp when, std::string_view zone);
// A time that the clocks skip is the first one after the gap; of one that they show twice, the first.
[[nodiscard]] Timestamp from_local(LocalTime when, std::string_view zone);

// "2026-12-24": the day that it is there.
[[nodiscard]] std::string date_text(Timestamp when, std::string_view zone);
// The other way: nothing unless it is written so and there is such a day.
[[nodiscard]] std::optional<std::chrono::year_month_day> parse_date(std::string_view text);
// When that day is over there.
[[nodiscard]] Timestamp end_of(std::chrono::year_month_day day, std::string_view zone);

}  // namespace countersign::time_zone

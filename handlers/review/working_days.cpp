#include "handlers/review/working_days.hpp"

#include "config/base/time_zone.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace countersign::handlers::review {
namespace {

using config::Calendar;
using std::chrono::days;
using std::chrono::local_days;
using time_zone::LocalTime;

constexpr int longest_search = 366;  // days; a calendar of holidays only must not hang

local_days day_of(LocalTime when) {
    return std::chrono::floor<days>(when);
}

bool is_open(local_days day, const Calendar& calendar) {
    return is_business_day(std::chrono::year_month_day(day), calendar);
}

local_days next_open(local_days day, const Calendar& calendar) {
    for (int i = 0; i < longest_search && !is_open(day, calendar); ++i)
        day += days(1);
    return day;
}

}  // namespace

bool is_business_day(std::chrono::year_month_day day, const Calendar& calendar) {
    const std::chrono::weekday weekday{local_days(day)};
    return calendar.working.at(weekday.c_encoding()) && !std::ranges::binary_search(calendar.holidays, day);
}

Timestamp after(Timestamp from, const config::Span& span, const Calendar& calendar) {
    if (span.business_days == 0) return from + span.clock;
    const auto local = time_zone::to_local(from, calendar.zone);
    auto day = day_of(local);
    const auto time_of_day = local - day;
    day = next_open(day, calendar);
    for (int left = span.business_days; left > 0; --left)
        day = next_open(day + days(1), calendar);
    return time_zone::from_local(day + time_of_day, calendar.zone);
}

Timestamp fit_to_write(Timestamp when, const Calendar& calendar, std::string_view zone) {
    const std::string place(zone.empty() || !time_zone::known(zone) ? std::string_view(calendar.zone) : zone);
    auto local = time_zone::to_local(when, place);
    // Each round leaves a quiet stretch or a free day behind.
    for (int round = 0; round < longest_search; ++round) {
        const auto day = day_of(local);
        if (!is_open(day, calendar)) {
            local = next_open(day, calendar);
            continue;
        }
        if (!calendar.quiet) break;
        const auto [from, until] = *calendar.quiet;
        const auto time = local - day;
        if (from < until) {  // "12:00-13:00"
            if (time < from || time >= until) break;
            local = day + until;
        } else if (time >= from) {  // "18:00-08:00", in the evening
            local = day + days(1);
        } else if (time < until) {
            local = day + until;
        } else {
            break;
        }
    }
    return std::max(when, time_zone::from_local(local, place));
}

std::optional<ActiveBlackout> blackout_at(Timestamp when, const config::Policy& policy) {
    const auto& zone = policy.calendar.zone;
    const std::chrono::year_month_day today(day_of(time_zone::to_local(when, zone)));
    for (const auto& blackout : policy.blackouts) {
        if (today < blackout.from || today > blackout.until) continue;
        const auto midnight = [&](local_days day) { return time_zone::from_local(LocalTime(day), zone); };
        return ActiveBlackout{&blackout, midnight(local_days(blackout.from)),
                              midnight(local_days(blackout.until) + days(1))};
    }
    return std::nullopt;
}

std::string to_text(const config::Span& span) {
    const auto counted = [](std::int64_t count, std::string_view unit) {
        return fmt::format("{} {}{}", count, unit, count == 1 ? "" : "s");
    };
    if (span.business_days > 0) return counted(span.business_days, "business day");
    const auto seconds = span.clock.count();
    if (seconds % 86'400 == 0) return counted(seconds / 86'400, "day");
    if (seconds % 3'600 == 0) return counted(seconds / 3'600, "hour");
    if (seconds % 60 == 0) return counted(seconds / 60, "minute");
    return counted(seconds, "second");
}

}  // namespace countersign::handlers::review

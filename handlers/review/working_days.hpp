#pragma once

#include "config/base/clock.hpp"
#include "config/policy.hpp"

#include <optional>
#include <string>
#include <string_view>

// Business days, holidays, quiet hours and blackouts of the policy's calendar (P12, M21).
namespace countersign::handlers::review {

[[nodiscard]] bool is_business_day(std::chrono::year_month_day day, const config::Calendar& calendar);

// So long after `from`. Business days are counted in the calendar's zone and keep the time of day; a span
// that begins on a free day begins with the next business day.
[[nodiscard]] Timestamp after(Timestamp from, const config::Span& span, const config::Calendar& calendar);

// `when`, or the first moment after it that is a business day and outside the quiet hours of this person's
// zone ("" or an unknown one: the calendar's).
[[nodiscard]] Timestamp fit_to_write(Timestamp when, const config::Calendar& calendar, std::string_view zone);

// The blackout that holds now, with its first moment and the first one after it.
struct ActiveBlackout {
    const config::Blackout* blackout;
    Timestamp begins, ends;
};
[[nodiscard]] std::optional<ActiveBlackout> blackout_at(Timestamp when, const config::Policy& policy);

// "3 business days", "36 hours"
[[nodiscard]] std::string to_text(const config::Span& span);

}  // namespace countersign::handlers::review

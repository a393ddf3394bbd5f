#pragma once

#include "config/base/clock.hpp"

#include <optional>
#include <string_view>

namespace countersign::net {

// "Sun, 22 Nov 2026 08:17:44 GMT", as the headers Date and Retry-After have it; nullopt for anything else.
[[nodiscard]] std::optional<Timestamp> parse_http_date(std::string_view text);

}  // namespace countersign::net

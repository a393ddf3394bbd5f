#include "bot/net/http_date.hpp"

#include <ctime>
#include <string>

namespace countersign::net {

std::optional<Timestamp> parse_http_date(std::string_view text) {
    std::tm parts{};
    const std::string date(text);
    const char* end = ::strptime(date.c_str(), "%a, %d %b %Y %H:%M:%S", &parts);
    if (end == nullptr) return std::nullopt;
    return Timestamp{std::chrono::seconds(::timegm(&parts))};
}

}  // namespace countersign::net

#include "config/base/ids.hpp"

#include <charconv>

namespace countersign {

std::string to_text(RequestId id) {
    return "REQ-" + std::to_string(id.value);
}

std::optional<RequestId> parse_request_id(std::string_view text) {
    if (text.size() > 4 && (text.starts_with("REQ-") || text.starts_with("req-"))) text.remove_prefix(4);
    RequestId id;
    const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), id.value);
    if (error != std::errc() || rest != text.data() + text.size() || id.value <= 0) return std::nullopt;
    return id;
}

}  // namespace countersign

#include "config/base/ids.hpp"

#include <charconv>

namespace countersign {

std::string to_text(RequestId id) {
    return "REQ-" + std::to_string(id.value);
}

std::optional<RequestId> parse_request_id(std::string_view text) {
    if (text.size() > 4 && (text.starts_with("REQ-") || text.starts_with("req-"))) text.remove_prefix(4);
    RequestId id;
    const auto* end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, id.value);
    if (error != std::errc() || rest != end || id.value <= 0) return std::nullopt;
    return id;
}

}  // namespace countersign

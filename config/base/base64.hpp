#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace countersign::base64 {

// RFC 4648 §4, with padding. The buffers are not wiped: whoever encodes a secret wraps the result in Secret.
[[nodiscard]] std::string encoded(std::string_view bytes);
// Strict: nothing but the alphabet, complete padding at the end, no line breaks, no other
// text for the same bytes.
[[nodiscard]] std::optional<std::string> decoded(std::string_view text);

}  // namespace countersign::base64

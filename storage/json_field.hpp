#pragma once

#include <string_view>

namespace countersign::storage {

// The text of a top-level field of a JSON object, as it stands between its quotes; "" when there is none, it
// is no text, or the object is broken. For ids, which need no unescaping: a message's arguments are kilobytes
// of blocks, and parsing them all for one id costs more than storing them.
[[nodiscard]] std::string_view json_text_field(std::string_view object, std::string_view name) noexcept;

}  // namespace countersign::storage

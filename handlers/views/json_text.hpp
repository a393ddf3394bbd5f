#pragma once

#include <string>
#include <string_view>

namespace countersign::handlers::views {

// The text as a JSON string with its quotes. Invalid UTF-8 becomes U+FFFD. Views are written as text, not as
// a tree of maps: a card is drawn for every request that arrives, and the tree took most of that time.
[[nodiscard]] std::string json_string(std::string_view text);

}  // namespace countersign::handlers::views

#pragma once

#include "config/base/ids.hpp"

#include <optional>
#include <string_view>

namespace countersign::handlers::review {

// "A061BL8RQ0".
[[nodiscard]] bool is_app_id(std::string_view word);
// The id, or the one in a page of the directory: ".../apps/A061BL8RQ0-test-app",
// ".../marketplace/A061BL8RQ0".
[[nodiscard]] std::optional<AppId> app_id_in(std::string_view text);
// Meant as an id, but none: "a061bl8rq0", "A12".
[[nodiscard]] bool looks_like_app_id(std::string_view word);

}  // namespace countersign::handlers::review

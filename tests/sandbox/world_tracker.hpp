#pragma once

#include <nlohmann/json.hpp>

namespace countersign::sandbox {

// The part of describe() about the tracker: its address, what signs, links that are refused.
[[nodiscard]] nlohmann::json describe_tracker();

}  // namespace countersign::sandbox

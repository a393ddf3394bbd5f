#pragma once

#include <nlohmann/json_fwd.hpp>

#include <string_view>

namespace countersign::tracker {

// One YAML document, such as an issue form, as JSON: every scalar is a text or null. Throws Malformed, with
// the line, for what is not YAML and for what only an attack needs: over 64 KiB, nested over 16 deep, aliases
// (from which a page becomes a billion nodes), one key twice.
[[nodiscard]] nlohmann::json read_yaml(std::string_view text);

}  // namespace countersign::tracker

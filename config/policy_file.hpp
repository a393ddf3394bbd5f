#pragma once

#include "config/section.hpp"

#include <filesystem>
#include <string_view>

namespace countersign::config {

// Problems of a policy file. A rule that this version would not follow is one: it must not be passed over.
void check_policy(std::string_view toml, const std::filesystem::path& file, Problems& problems);

// The commented policy that holds when none is configured.
[[nodiscard]] std::string_view default_policy();

}  // namespace countersign::config

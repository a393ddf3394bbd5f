#pragma once

#include "config/settings.hpp"

namespace countersign::config {

// Settings for whoever only looks at what is recorded, which names the policy it rests on by itself (U3): a
// policy file that is gone or wrong is no reason to refuse that. The policy then is the built-in one.
struct ReadingSettings {
    Settings settings;
    std::vector<Problem> of_policy;
};
[[nodiscard]] std::expected<ReadingSettings, std::vector<Problem>> load_settings_for_reading(
    const std::filesystem::path& file);

}  // namespace countersign::config

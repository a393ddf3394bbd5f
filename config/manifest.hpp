#pragma once

#include <string_view>

namespace countersign::config {

// The Slack app manifest (config/manifest.json): what to paste at api.slack.com when creating the app.
[[nodiscard]] std::string_view app_manifest();

}  // namespace countersign::config

#pragma once

#include <nlohmann/json.hpp>

#include <map>
#include <string>
#include <string_view>

namespace countersign::fakes {

// JSON as Slack writes it: slashes as \/ and everything outside ASCII as \uXXXX.
[[nodiscard]] std::string slack_text(const nlohmann::json& value);
// application/x-www-form-urlencoded, also the part of a URL behind '?'.
[[nodiscard]] std::map<std::string, std::string> decode_form(std::string_view text);
[[nodiscard]] std::string lower(std::string_view text);

}  // namespace countersign::fakes

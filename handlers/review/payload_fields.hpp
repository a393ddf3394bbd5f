#pragma once

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// Reading a payload that may lack any field, or hold null or another type where a text belongs (domain.md
// §2.1). None of these throws.
namespace countersign::handlers::review {

// The member, or a null value that lives for ever.
[[nodiscard]] const nlohmann::json& field(const nlohmann::json& object, std::string_view key);
// "" unless it is a string (or an integer, which Slack's samples use for some ids).
[[nodiscard]] std::string text_field(const nlohmann::json& object, std::string_view key);
[[nodiscard]] std::optional<bool> bool_field(const nlohmann::json& object, std::string_view key);
[[nodiscard]] std::int64_t number_field(const nlohmann::json& object, std::string_view key);  // 0 when absent

}  // namespace countersign::handlers::review

#pragma once

#include "config/base/clock.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

// Reading what a tracker sent as it promises it, and nothing else (N5): one missing member, one of another
// type, one that comes twice, and the whole answer counts as none. All of these throw Malformed, which does
// not leave this room.
namespace countersign::tracker {

struct Malformed : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// The whole text as JSON; nested at most 64 deep (N4), no name twice in one object.
[[nodiscard]] nlohmann::json read_object(std::string_view text);
[[nodiscard]] nlohmann::json read_list(std::string_view text);

[[nodiscard]] const nlohmann::json& object_at(const nlohmann::json& object, const char* name);
[[nodiscard]] const nlohmann::json& array_at(const nlohmann::json& object, const char* name);
[[nodiscard]] std::vector<std::string> texts_at(const nlohmann::json& object, const char* name);
[[nodiscard]] std::int64_t integer_at(const nlohmann::json& object, const char* name);
[[nodiscard]] std::string text_at(const nlohmann::json& object, const char* name);
// ISO 8601 with a zone, as both trackers write times.
[[nodiscard]] Timestamp time_at(const nlohmann::json& object, const char* name);

// Null or absent is no fault; another type is.
[[nodiscard]] std::optional<std::int64_t> optional_integer(const nlohmann::json& object, const char* name);
[[nodiscard]] std::string optional_text(const nlohmann::json& object, const char* name);
[[nodiscard]] bool optional_flag(const nlohmann::json& object, const char* name, bool fallback = false);
[[nodiscard]] bool is_absent(const nlohmann::json& object, const char* name);

// nullopt: not a time.
[[nodiscard]] std::optional<Timestamp> parse_time(std::string_view text);

}  // namespace countersign::tracker

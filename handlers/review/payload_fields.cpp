#include "handlers/review/payload_fields.hpp"

#include <nlohmann/json.hpp>

namespace countersign::handlers::review {

const nlohmann::json& field(const nlohmann::json& object, std::string_view key) {
    static const nlohmann::json none;
    if (!object.is_object()) return none;
    const auto found = object.find(key);
    return found == object.end() ? none : *found;
}

std::string text_field(const nlohmann::json& object, std::string_view key) {
    const auto& value = field(object, key);
    if (value.is_string()) return value.get<std::string>();
    if (value.is_number_integer()) return std::to_string(value.get<std::int64_t>());
    return {};
}

std::optional<bool> bool_field(const nlohmann::json& object, std::string_view key) {
    const auto& value = field(object, key);
    if (!value.is_boolean()) return std::nullopt;
    return value.get<bool>();
}

std::int64_t number_field(const nlohmann::json& object, std::string_view key) {
    const auto& value = field(object, key);
    return value.is_number_integer() ? value.get<std::int64_t>() : 0;
}

}  // namespace countersign::handlers::review

#include "storage/json_field.hpp"

#include <cstddef>

namespace countersign::storage {
namespace {

// Position behind the text that starts at the quote `at`; npos when it does not end.
std::size_t behind_text(std::string_view json, std::size_t at) noexcept {
    for (auto quote = json.find('"', at + 1); quote != std::string_view::npos;
         quote = json.find('"', quote + 1)) {
        // A quote behind an odd number of backslashes belongs to the text.
        std::size_t first = quote;
        while (json[first - 1] == '\\')
            --first;
        if ((quote - first) % 2 == 0) return quote + 1;
    }
    return std::string_view::npos;
}

std::size_t behind_space(std::string_view json, std::size_t at) noexcept {
    return json.find_first_not_of(" \t\r\n", at);
}

}  // namespace

std::string_view json_text_field(std::string_view object, std::string_view name) noexcept {
    constexpr auto npos = std::string_view::npos;
    int depth = 0;
    for (std::size_t at = 0; at < object.size();) {
        const char c = object[at];
        if (c != '"') {
            if (c == '{' || c == '[') ++depth;
            if (c == '}' || c == ']') --depth;
            ++at;
            continue;
        }
        const std::size_t end = behind_text(object, at);
        if (end == npos) return "";
        const auto text = object.substr(at + 1, end - at - 2);
        at = end;
        if (depth != 1 || text != name) continue;
        const std::size_t colon = behind_space(object, at);
        if (colon == npos || object[colon] != ':') continue;  // it was a value
        const std::size_t value = behind_space(object, colon + 1);
        if (value == npos || object[value] != '"') return "";
        const std::size_t value_end = behind_text(object, value);
        return value_end == npos ? "" : object.substr(value + 1, value_end - value - 2);
    }
    return "";
}

}  // namespace countersign::storage

#include "handlers/views/issue_template.hpp"

#include "config/base/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace countersign::handlers::views {
namespace {

std::string_view without_front_matter(std::string_view content) {
    constexpr std::string_view fence = "---\n";
    if (!content.starts_with(fence)) return content;
    const auto end = content.find("\n---\n", fence.size() - 1);
    return end == std::string_view::npos ? content : content.substr(end + 5);
}

const std::string* value_of(std::string_view name, const TemplateValues& values) {
    const auto found = std::ranges::find(values, name, [](const auto& value) { return value.first; });
    return found == values.end() ? nullptr : &found->second;
}

}  // namespace

std::string filled_template(std::string_view content, const TemplateValues& values, std::string_view marker) {
    std::string clean;
    for (const char c : without_front_matter(content))
        if (c != '\r') clean += c;
    std::string out = fmt::format("{}\n", marker);
    bool placed = false;
    std::string_view rest = clean;
    while (true) {
        const auto open = rest.find("{{");
        out += rest.substr(0, open);
        if (open == std::string_view::npos) break;
        rest.remove_prefix(open);
        const auto close = rest.find("}}");
        const auto inside = close == std::string_view::npos ? std::string_view() : rest.substr(2, close - 2);
        // A form's field says what stands there otherwise: `{{marketplace|_No response_}}`.
        const auto bar = std::min(inside.find('|'), inside.size());
        const auto name = text::trimmed(inside.substr(0, bar));
        const auto* value = value_of(name, values);
        if (bar < inside.size() && (value == nullptr || value->empty())) {
            out += inside.substr(bar + 1);
            rest.remove_prefix(close + 2);
        } else if (value != nullptr) {
            out += *value;
            placed = placed || name == "app";
            rest.remove_prefix(close + 2);
        } else {
            out += "{{";
            rest.remove_prefix(2);
        }
    }
    if (placed) return out;
    out += "\n\n## Request\n";
    for (const auto& [name, value] : values) {
        if (value.empty()) continue;
        out += value.starts_with("> ") ? fmt::format("\n- {}:\n\n{}\n", name, value)
                                       : fmt::format("\n- {}: {}", name, value);
    }
    return out + "\n";
}

}  // namespace countersign::handlers::views

#include "handlers/views/texts.hpp"

#include "config/base/text.hpp"

namespace countersign::handlers::views {

Language language_of(std::string_view locale) {
    const auto language = text::lower(locale.substr(0, locale.find_first_of("-_")));
    return language == "de" ? Language::german : Language::english;
}

std::string filled(std::string_view text, const std::string_view* values) {
    std::string out;
    out.reserve(text.size() + 64);
    for (auto open = text.find('{'); open != std::string_view::npos; open = text.find('{')) {
        out += text.substr(0, open);
        out += values[text[open + 1] - '0'];
        text.remove_prefix(open + 3);
    }
    return out += text;
}

}  // namespace countersign::handlers::views

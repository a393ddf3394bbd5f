#include "handlers/review/info_answer.hpp"

#include "config/base/text.hpp"

#include <array>

namespace countersign::handlers::review {

InfoAnswer read_answer(std::string_view typed) {
    // Whatever language somebody's Slack is in; both are told in the form.
    constexpr std::array<std::string_view, 4> markers{"confidential:", "[confidential]",
                                                      "vertraulich:", "[vertraulich]"};
    typed = text::trimmed(typed);
    const auto begin = text::lower(typed.substr(0, 20));
    for (const auto marker : markers)
        if (begin.starts_with(marker)) return {true, std::string(text::trimmed(typed.substr(marker.size())))};
    return {false, std::string(typed)};
}

}  // namespace countersign::handlers::review

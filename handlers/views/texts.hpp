#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

// The catalogue of texts for one person: *_texts.hpp beside this file hold them, a constant each. What
// everybody reads together (the request card, alarms) stays English.
namespace countersign::handlers::views {

enum class Language { english, german };
// "de-DE" -> german. Unknown, right-to-left or not translated: English (R22).
[[nodiscard]] Language language_of(std::string_view locale);

// One text in every language, with `Places` blanks {0}, {1} … A text that lacks a language or a blank does
// not compile, so that no test has to look for it.
template <std::size_t Places = 0>
class Text {
  public:
    // NOLINTNEXTLINE(bugprone-easily-swappable-parameters): the order is the rule of the catalogue
    consteval Text(std::string_view english, std::string_view german) : english_(english), german_(german) {
        if (!complete(english) || !complete(german)) throw "a language lacks the text or one of its blanks";
    }
    [[nodiscard]] constexpr std::string_view in(Language language) const {
        return language == Language::german ? german_ : english_;
    }

  private:
    static consteval bool complete(std::string_view text) {
        std::array<bool, Places + 1> seen{};
        std::size_t brackets = 0;
        for (std::size_t at = 0; at < text.size(); ++at) {
            if (text[at] == '}') ++brackets;
            if (text[at] != '{') continue;
            if (at + 2 >= text.size() || text[at + 2] != '}' || text[at + 1] < '0') return false;
            const auto place = static_cast<std::size_t>(text[at + 1] - '0');
            if (place >= Places) return false;
            seen[place] = true;
            --brackets;
        }
        for (std::size_t place = 0; place < Places; ++place) {
            if (!seen[place]) return false;
        }
        return !text.empty() && brackets == 0;
    }
    std::string_view english_, german_;
};

// The text with its blanks filled in one pass: what goes in is never read again. It goes in as it is: whoever
// calls makes texts from outside inert first (mrkdwn.hpp).
[[nodiscard]] std::string filled(std::string_view text, const std::string_view* values);

template <std::size_t Places, class... Values>
    requires(sizeof...(Values) == Places)
[[nodiscard]] std::string say_in(Language language, const Text<Places>& text, const Values&... values) {
    const std::array<std::string_view, Places + 1> all{std::string_view(values)..., {}};
    return filled(text.in(language), all.data());
}

}  // namespace countersign::handlers::views

#pragma once

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <string>
#include <string_view>
#include <vector>

// Whether a text for a German reader still says something in English: by the small words that every English
// sentence has and no German one.
namespace countersign::tests {

// Without code, mentions and links, whose words are names.
inline std::string without_names(std::string_view text) {
    std::string out;
    char closing = 0;
    for (const char letter : text) {
        if (closing != 0) {
            if (letter == closing) closing = 0;
            continue;
        }
        if (letter == '`' || letter == '<') closing = letter == '`' ? '`' : '>';
        out += closing == 0 ? letter : ' ';
    }
    return out;
}

inline std::string english_word_in(std::string_view text) {
    static constexpr std::array words{
        "the",      "this",     "you",      "your",    "and",     "not",     "has",     "have",
        "with",     "that",     "are",      "been",    "nobody",  "its",     "what",    "when",
        "who",      "is",       "of",       "by",      "already", "yet",     "more",    "waiting",
        "approved", "rejected", "decision", "decided", "request", "press",   "missing", "nothing",
        "asked",    "earlier",  "required", "until",   "since",   "because", "answered"};
    std::string word;
    for (const char letter : without_names(text) + " ") {
        if (std::isalpha(static_cast<unsigned char>(letter)) != 0 ||
            static_cast<unsigned char>(letter) > 127) {
            word += static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
            continue;
        }
        if (std::ranges::find(words, word) != words.end()) return word;
        word.clear();
    }
    return {};
}

// Every text of a message, a form or an answer, wherever Slack's JSON holds it.
inline void collect_texts(const nlohmann::json& json, std::vector<std::string>& texts) {
    for (const auto& [key, value] : json.items()) {
        const bool shown = key == "text" || key == "alt_text";
        if (value.is_string() && shown) texts.push_back(value.get<std::string>());
        if (value.is_object() && key == "errors") {
            for (const auto& [field, words] : value.items())
                texts.push_back(words.get<std::string>());
        } else if (value.is_structured()) {
            collect_texts(value, texts);
        }
    }
}

}  // namespace countersign::tests

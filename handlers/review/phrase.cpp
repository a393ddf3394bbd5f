#include "handlers/review/phrase.hpp"

#include "config/base/text.hpp"

#include <algorithm>
#include <vector>

namespace countersign::handlers::review {
namespace {

struct Segment {
    std::string text;  // literal, lower case; or a placeholder's name
    bool placeholder = false;
};

std::string_view without_last_sign(std::string_view words) {
    words = text::trimmed(words);
    while (!words.empty() && (words.back() == '.' || words.back() == ':' || words.back() == '!'))
        words = text::trimmed(words.substr(0, words.size() - 1));
    return words;
}

std::vector<Segment> segments_of(std::string_view phrase) {
    std::vector<Segment> out;
    phrase = without_last_sign(phrase);
    while (!phrase.empty()) {
        if (const auto end = phrase.find('}'); phrase.front() == '{' && end != std::string_view::npos) {
            out.push_back({std::string(phrase.substr(1, end - 1)), true});
            phrase.remove_prefix(end + 1);
        } else {
            const auto next = std::min(phrase.find('{', 1), phrase.size());
            out.push_back({text::lower(phrase.substr(0, next)), false});
            phrase.remove_prefix(next);
        }
    }
    return out;
}

Captured captured(const Line& line, std::size_t begin, std::size_t end) {
    Captured out;
    const auto raw = std::string_view(line.text).substr(begin, end - begin);
    out.text = std::string(text::trimmed(raw));
    for (const auto& mark : line.marks) {
        if (mark.begin < begin || mark.end > end) continue;
        const auto inside = line.text.substr(mark.begin, mark.end - mark.begin);
        if (text::trimmed(inside) != out.text) continue;
        out.user = mark.user;
        out.app = mark.app;
    }
    return out;
}

std::vector<std::string> words_of(std::string_view words) {
    return text::words(text::lower(without_last_sign(words)));
}

// The smallest number of words that must change for the line to be the phrase; a placeholder takes any words
// but none.
std::size_t distance(const std::vector<std::string>& line, const std::vector<std::string>& phrase) {
    constexpr std::size_t far = 1'000;
    std::vector<std::size_t> row(line.size() + 1);
    for (std::size_t at = 0; at < row.size(); ++at)
        row[at] = at;
    for (const auto& word : phrase) {
        std::vector<std::size_t> next(row.size(), far);
        const bool placeholder = word.starts_with('{');
        if (!placeholder) next[0] = row[0] + 1;
        for (std::size_t at = 1; at < row.size(); ++at) {
            if (placeholder)
                next[at] = std::min(row[at - 1], next[at - 1]);
            else
                next[at] =
                    std::min({row[at - 1] + (line[at - 1] == word ? 0 : 1), row[at] + 1, next[at - 1] + 1});
        }
        row = std::move(next);
    }
    return row.back();
}

}  // namespace

std::optional<Captures> match_phrase(const Line& line, std::string_view phrase) {
    const auto segments = segments_of(phrase);
    const auto visible = without_last_sign(line.text);
    const auto folded = text::lower(visible);
    const auto first = static_cast<std::size_t>(visible.data() - line.text.data());
    Captures captures;
    std::size_t at = 0;
    for (std::size_t i = 0; i < segments.size(); ++i) {
        if (!segments[i].placeholder) {
            if (folded.compare(at, segments[i].text.size(), segments[i].text) != 0) return std::nullopt;
            at += segments[i].text.size();
            continue;
        }
        // Up to the next words of the phrase; the last placeholder takes the rest.
        auto end = folded.size();
        if (i + 1 < segments.size()) {
            end = folded.find(segments[i + 1].text, at + 1);
            const bool last_words = i + 2 == segments.size();
            if (last_words && folded.size() >= segments[i + 1].text.size())
                end = folded.size() - segments[i + 1].text.size();
            if (end == std::string::npos || end <= at) return std::nullopt;
        }
        auto found = captured(line, first + at, first + end);
        if (found.text.empty()) return std::nullopt;
        captures.insert_or_assign(segments[i].text, std::move(found));
        at = end;
    }
    if (at != folded.size()) return std::nullopt;
    return captures;
}

bool nearly_matches(const Line& line, std::string_view phrase) {
    const auto phrase_words = words_of(phrase);
    const auto own = static_cast<std::size_t>(
        std::ranges::count_if(phrase_words, [](const auto& word) { return !word.starts_with('{'); }));
    if (own < 4) return false;
    return distance(words_of(line.text), phrase_words) <= (own >= 8 ? 2U : 1U);
}

bool same_words(std::string_view one, std::string_view other) {
    return words_of(one) == words_of(other);
}

}  // namespace countersign::handlers::review

#include "handlers/views/markdown.hpp"

#include "config/base/text.hpp"
#include "config/base/utf8.hpp"

namespace countersign::handlers::views {
namespace {

// Takes no room, joins words: what stands behind it is no longer what a tracker looks for.
constexpr std::string_view joiner = "\u2060";

constexpr std::string_view escaped = "\\`*_[]()|{}";
// Each begins something: a quick action, a mention, a reference, a label, a milestone, an image.
constexpr std::string_view defused = "/@#!~%&$^";
constexpr std::string_view defused_at_start = "-+=";

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// `www.` makes a link and `GH-` a reference, in whatever case.
bool ends_prefix(std::string_view line, std::size_t at) {
    for (const std::string_view prefix : {"www.", "gh-"}) {
        if (at + 1 < prefix.size() || lower(line[at]) != prefix.back()) continue;
        const auto begin = at + 1 - prefix.size();
        bool same = true;
        for (std::size_t i = 0; i < prefix.size(); ++i)
            same = same && lower(line[begin + i]) == prefix[i];
        if (same) return true;
    }
    return false;
}

std::string inert(std::string_view line) {
    std::string out;
    for (std::size_t at = 0; at < line.size(); ++at) {
        const char c = line[at];
        if (c == '<') {
            out += "&lt;";
        } else if (c == '>') {
            out += "&gt;";
        } else if (escaped.contains(c)) {
            out += '\\';
            out += c;
        } else {
            out += c;
            if (defused.contains(c) || (at == 0 && defused_at_start.contains(c)) || ends_prefix(line, at))
                out += joiner;
        }
    }
    return out;
}

}  // namespace

std::string markdown_line(std::string_view untrusted, std::size_t limit) {
    const auto words = text::words(text::cleaned(untrusted));
    return inert(text::shortened(text::joined(words, " "), limit));
}

std::string markdown_title(std::string_view untrusted, std::size_t limit) {
    const auto words = text::words(text::cleaned(untrusted));
    std::string out;
    for (const char c : text::shortened(text::joined(words, " "), limit)) {
        out += c;
        if (defused.contains(c)) out += joiner;
    }
    return out;
}

std::string markdown_quote(std::string_view untrusted, std::size_t limit) {
    const auto clean = text::shortened(text::cleaned(untrusted), limit);
    if (text::trimmed(clean).empty()) return {};
    std::string out;
    std::string_view rest = text::trimmed(clean);
    while (true) {
        const auto end = rest.find('\n');
        auto line = text::trimmed(rest.substr(0, end));
        if (!out.empty()) out += '\n';
        // Two blanks at the end keep the line break.
        out += "> " + inert(line) + (line.empty() ? "" : "  ");
        if (end == std::string_view::npos) break;
        rest.remove_prefix(end + 1);
    }
    return out;
}

}  // namespace countersign::handlers::views

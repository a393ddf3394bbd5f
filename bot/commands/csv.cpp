#include "bot/commands/csv.hpp"

#include "config/base/text.hpp"

#include <algorithm>

namespace countersign::bot::commands {
namespace {

// What a spreadsheet starts a formula with, also behind spaces and in full width.
bool looks_like_formula(std::string_view text) {
    text = text::trimmed(text);
    if (text.empty()) return false;
    if (std::string_view("=+-@|%").contains(text.front())) return true;
    return std::ranges::any_of(std::vector<std::string_view>{"＝", "＋", "－", "＠"},
                               [&](auto sign) { return text.starts_with(sign); });
}

}  // namespace

std::string csv_cell(std::string_view text) {
    std::string clean = text::cleaned(text);
    // A tab or line break at the start of a cell is skipped by some programs, and then the formula is first.
    std::ranges::replace_if(clean, [](char c) { return c == '\n' || c == '\t' || c == '\r'; }, ' ');
    std::string out = "\"";
    if (looks_like_formula(clean)) out += '\'';
    for (const char c : clean) {
        if (c == '"') out += '"';
        out += c;
    }
    return out + "\"";
}

void print_csv_line(std::ostream& out, const std::vector<std::string>& cells) {
    bool first = true;
    for (const auto& cell : cells) {
        if (!first) out << ',';
        first = false;
        out << csv_cell(cell);
    }
    out << "\r\n";
}

}  // namespace countersign::bot::commands

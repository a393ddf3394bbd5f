#include "handlers/views/json_text.hpp"

#include "config/base/utf8.hpp"

#include <algorithm>
#include <string_view>

namespace countersign::handlers::views {
namespace {

void append_escaped(std::string& out, char c) {
    switch (c) {
        case '"':
            out += "\\\"";
            return;
        case '\\':
            out += "\\\\";
            return;
        case '\n':
            out += "\\n";
            return;
        case '\t':
            out += "\\t";
            return;
        default:
            constexpr std::string_view digits = "0123456789abcdef";
            const auto byte = static_cast<unsigned char>(c);
            out += "\\u00";
            out += digits[byte >> 4U];
            out += digits[byte & 0xFU];
    }
}

bool stands_as_it_is(char c) {
    return c >= ' ' && c != '"' && c != '\\' && static_cast<unsigned char>(c) < 0x80;
}

}  // namespace

std::string json_string(std::string_view text) {
    std::string out;
    out.reserve(text.size() + text.size() / 16 + 2);
    out += '"';
    while (!text.empty()) {
        const auto run =
            static_cast<std::size_t>(std::ranges::find_if_not(text, stands_as_it_is) - text.begin());
        out += text.substr(0, run);
        text.remove_prefix(run);
        if (text.empty()) break;
        if (static_cast<unsigned char>(text.front()) < 0x80) {
            append_escaped(out, text.front());
            text.remove_prefix(1);
            continue;
        }
        const auto next = utf8::decode(text);
        out += next.valid ? text.substr(0, next.length) : std::string_view("\uFFFD");
        text.remove_prefix(next.length);
    }
    out += '"';
    return out;
}

}  // namespace countersign::handlers::views

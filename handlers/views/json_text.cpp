#include "handlers/views/json_text.hpp"

#include "config/base/utf8.hpp"

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

}  // namespace

std::string json_string(std::string_view text) {
    std::string out;
    out.reserve(text.size() + text.size() / 16 + 2);
    out += '"';
    for (std::size_t at = 0; at < text.size();) {
        const char c = text[at];
        const auto byte = static_cast<unsigned char>(c);
        if (byte >= 0x80) {
            const auto next = utf8::decode(text.substr(at));
            if (next.valid) {
                out += text.substr(at, next.length);
            } else {
                out += "\uFFFD";
            }
            at += next.length;
            continue;
        }
        if (byte < ' ' || c == '"' || c == '\\') {
            append_escaped(out, c);
        } else {
            out += c;
        }
        ++at;
    }
    out += '"';
    return out;
}

}  // namespace countersign::handlers::views

#include "handlers/review/wire_text.hpp"

namespace countersign::handlers::review {
namespace {

void append_unescaped(std::string& out, std::string_view text) {
    while (!text.empty()) {
        const auto at = text.find('&');
        out += text.substr(0, at);
        if (at == std::string_view::npos) return;
        text.remove_prefix(at);
        if (text.starts_with("&amp;")) {
            out += '&';
            text.remove_prefix(5);
        } else if (text.starts_with("&lt;")) {
            out += '<';
            text.remove_prefix(4);
        } else if (text.starts_with("&gt;")) {
            out += '>';
            text.remove_prefix(4);
        } else {
            out += '&';
            text.remove_prefix(1);
        }
    }
}

}  // namespace

std::string from_wire(std::string_view wire, std::string_view around) {
    std::string out;
    out.reserve(wire.size());
    while (!wire.empty()) {
        const auto open = wire.find('<');
        append_unescaped(out, wire.substr(0, open));
        if (open == std::string_view::npos) break;
        wire.remove_prefix(open + 1);
        // A `<` of Slack's own is closed before the next one opens; anything else is a person's stray sign.
        const auto end = wire.find_first_of("<>");
        if (end == std::string_view::npos || wire[end] == '<') {
            out += '<';
            continue;
        }
        const auto inside = wire.substr(0, end);
        out += around;
        append_unescaped(out, inside.substr(0, inside.find('|')));
        out += around;
        wire.remove_prefix(end + 1);
    }
    return out;
}

}  // namespace countersign::handlers::review

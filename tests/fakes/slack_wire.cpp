#include "tests/fakes/slack_wire.hpp"

#include <charconv>

namespace countersign::fakes {
namespace {

std::string decode(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        unsigned value = 0;
        const char* const hex = text.data() + i + 1;
        if (text[i] == '+') {
            out += ' ';
        } else if (text[i] == '%' && i + 2 < text.size() &&
                   std::from_chars(hex, hex + 2, value, 16).ptr == hex + 2) {
            out += static_cast<char>(value);
            i += 2;
        } else {
            out += text[i];
        }
    }
    return out;
}

}  // namespace

std::string slack_text(const nlohmann::json& value) {
    const std::string plain = value.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
    std::string out;
    out.reserve(plain.size() + 64);
    for (const char c : plain) {
        if (c == '/') out += '\\';  // a slash can only stand inside a string
        out += c;
    }
    return out;
}

std::map<std::string, std::string> decode_form(std::string_view text) {
    std::map<std::string, std::string> out;
    while (!text.empty()) {
        const auto end = text.find('&');
        const auto pair = text.substr(0, end);
        const auto equals = pair.find('=');
        if (!pair.empty()) {
            out[decode(pair.substr(0, equals))] =
                equals == std::string_view::npos ? "" : decode(pair.substr(equals + 1));
        }
        text = end == std::string_view::npos ? "" : text.substr(end + 1);
    }
    return out;
}

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return out;
}

}  // namespace countersign::fakes

#include "bot/slack/json_walk.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>

namespace countersign::slack {
namespace {

constexpr int max_depth = 64;

constexpr bool is_hex(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

std::uint32_t hex4(const char* digits) {
    std::uint32_t value = 0;
    std::from_chars(digits, digits + 4, value, 16);
    return value;
}

void append_utf8(std::string& out, std::uint32_t code) {
    const auto push = [&out](std::uint32_t byte) { out.push_back(static_cast<char>(byte)); };
    if (code < 0x80) {
        push(code);
    } else if (code < 0x800) {
        push(0xC0U | (code >> 6U));
        push(0x80U | (code & 0x3FU));
    } else if (code < 0x10000) {
        push(0xE0U | (code >> 12U));
        push(0x80U | ((code >> 6U) & 0x3FU));
        push(0x80U | (code & 0x3FU));
    } else {
        push(0xF0U | (code >> 18U));
        push(0x80U | ((code >> 12U) & 0x3FU));
        push(0x80U | ((code >> 6U) & 0x3FU));
        push(0x80U | (code & 0x3FU));
    }
}

// What stands between the quotes of a string that the walk has found valid.
std::string unescaped(std::string_view raw) {
    std::string out;
    out.reserve(raw.size());
    for (std::size_t i = 0; i < raw.size(); ++i) {
        if (raw[i] != '\\') {
            out.push_back(raw[i]);
            continue;
        }
        switch (const char c = raw[++i]) {
            case 'b':
                out.push_back('\b');
                break;
            case 'f':
                out.push_back('\f');
                break;
            case 'n':
                out.push_back('\n');
                break;
            case 'r':
                out.push_back('\r');
                break;
            case 't':
                out.push_back('\t');
                break;
            case 'u': {
                std::uint32_t code = hex4(raw.data() + i + 1);
                i += 4;
                if (code >= 0xD800 && code < 0xDC00) {
                    code = 0x10000 + ((code - 0xD800) << 10U) + (hex4(raw.data() + i + 3) - 0xDC00);
                    i += 6;
                }
                append_utf8(out, code);
                break;
            }
            default:
                out.push_back(c);
        }
    }
    return out;
}

// Bytes that end the fast path through a string: quote, backslash, control characters, everything outside
// ASCII.
constexpr std::array<bool, 256> special = [] {
    std::array<bool, 256> table{};
    for (std::size_t c = 0; c < 256; ++c)
        table[c] = c < 0x20 || c == '"' || c == '\\' || c >= 0x80;
    return table;
}();

class Walk {
  public:
    Walk(std::string_view text, JsonVisitor& visitor, std::size_t most_values)
        : at_(text.data()), end_(text.data() + text.size()), visitor_(&visitor), most_values_(most_values) {}

    JsonShape run() {
        skip_space();
        const bool object = at_ != end_ && *at_ == '{';
        if (!value(object ? Report::members : Report::nothing)) return JsonShape::invalid;
        skip_space();
        if (at_ != end_) return JsonShape::invalid;
        if (too_deep_) return JsonShape::too_deep;
        if (values_ > most_values_) return JsonShape::too_many;
        return object ? JsonShape::object : JsonShape::other;
    }

  private:
    enum class Report { nothing, members };

    void skip_space() {
        while (at_ != end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\t' || *at_ == '\r'))
            ++at_;
    }

    bool take(char c) {
        if (at_ == end_ || *at_ != c) return false;
        ++at_;
        return true;
    }

    bool word(std::string_view expected) {
        if (static_cast<std::size_t>(end_ - at_) < expected.size()) return false;
        if (std::string_view(at_, expected.size()) != expected) return false;
        at_ += expected.size();
        return true;
    }

    bool digits() {
        const char* start = at_;
        while (at_ != end_ && *at_ >= '0' && *at_ <= '9')
            ++at_;
        return at_ != start;
    }

    bool number() {
        const char* const start = at_;
        take('-');
        if (!take('0') && !digits()) return false;
        if (take('.') && !digits()) return false;
        const bool exponent = at_ != end_ && (*at_ == 'e' || *at_ == 'E');
        if (exponent) {
            ++at_;
            if (at_ != end_ && (*at_ == '+' || *at_ == '-')) ++at_;
            if (!digits()) return false;
        }
        constexpr std::ptrdiff_t never_too_large = 300;  // digits, without an exponent
        if (!exponent && at_ - start < never_too_large) return true;
        // Whoever builds values refuses all of a text with a number that no double holds.
        return std::isfinite(std::strtod(std::string(start, at_).c_str(), nullptr));
    }

    // Behind the backslash.
    bool escape() {
        if (at_ == end_) return false;
        const char c = *at_++;
        if (c != 'u') return std::string_view("\"\\/bfnrt").find(c) != std::string_view::npos;
        if (!four_hex()) return false;
        const std::uint32_t code = hex4(at_ - 4);
        if (code >= 0xDC00 && code < 0xE000) return false;
        if (code < 0xD800 || code >= 0xDC00) return true;
        // The other half of a surrogate pair must follow.
        if (!word("\\u") || !four_hex()) return false;
        const std::uint32_t low = hex4(at_ - 4);
        return low >= 0xDC00 && low < 0xE000;
    }

    bool four_hex() {
        if (end_ - at_ < 4) return false;
        for (int i = 0; i < 4; ++i) {
            if (!is_hex(*at_++)) return false;
        }
        return true;
    }

    // One character outside ASCII, checked as UTF-8.
    bool multibyte() {
        const auto lead = static_cast<unsigned char>(*at_++);
        unsigned char low = 0x80;
        unsigned char high = 0xBF;
        int more = 0;
        if (lead >= 0xC2 && lead <= 0xDF) {
            more = 1;
        } else if (lead >= 0xE0 && lead <= 0xEF) {
            more = 2;
            if (lead == 0xE0) low = 0xA0;
            if (lead == 0xED) high = 0x9F;
        } else if (lead >= 0xF0 && lead <= 0xF4) {
            more = 3;
            if (lead == 0xF0) low = 0x90;
            if (lead == 0xF4) high = 0x8F;
        } else {
            return false;
        }
        for (; more > 0; --more) {
            if (at_ == end_) return false;
            const auto next = static_cast<unsigned char>(*at_++);
            if (next < low || next > high) return false;
            low = 0x80;
            high = 0xBF;
        }
        return true;
    }

    // Behind the opening quote; `raw` gets what stands before the closing one.
    bool string(std::string_view& raw, bool& escaped) {
        const char* start = at_;
        escaped = false;
        while (true) {
            while (at_ != end_ && !special[static_cast<unsigned char>(*at_)])
                ++at_;
            if (at_ == end_) return false;
            const char c = *at_;
            if (c == '"') {
                raw = std::string_view(start, static_cast<std::size_t>(at_ - start));
                ++at_;
                return true;
            }
            if (c == '\\') {
                escaped = true;
                ++at_;
                if (!escape()) return false;
            } else if (static_cast<unsigned char>(c) < 0x20 || !multibyte()) {
                return false;
            }
        }
    }

    bool scalar(JsonValue& found) {
        const char* start = at_;
        bool escaped = false;
        switch (*at_) {
            case '"':
                ++at_;
                found.kind = JsonValue::Kind::string;
                return string(found.raw, escaped);
            case 't':
            case 'f':
                found.kind = JsonValue::Kind::boolean;
                if (!word("true") && !word("false")) return false;
                break;
            case 'n':
                found.kind = JsonValue::Kind::null;
                if (!word("null")) return false;
                break;
            default:
                found.kind = JsonValue::Kind::number;
                if (!number()) return false;
        }
        found.raw = std::string_view(start, static_cast<std::size_t>(at_ - start));
        return true;
    }

    // A whole value. The stack of open containers is one bit each: set = object.
    bool value(Report top) {
        std::uint64_t objects = 0;
        int depth = 0;
        bool reporting_inner = false;  // members of an object at depth 2 are wanted
        const auto in_object = [&] { return (objects & 1U) != 0; };
        std::string_view key;
        std::string key_text;  // where the key had escapes
        std::string parent;
        while (true) {
            // A value begins here; in an object its key comes first.
            ++values_;
            skip_space();
            bool reported = false;
            if (depth > 0 && in_object()) {
                bool escaped = false;
                if (!take('"') || !string(key, escaped)) return false;
                reported = top == Report::members && (depth == 1 || (depth == 2 && reporting_inner));
                if (reported && escaped) {
                    key_text = unescaped(key);
                    key = key_text;
                }
                skip_space();
                if (!take(':')) return false;
                skip_space();
            }
            if (at_ == end_) return false;
            if (*at_ == '{' || *at_ == '[') {
                const bool object = *at_++ == '{';
                if (depth == max_depth) {
                    too_deep_ = true;
                    if (!skip_deep()) return false;
                } else {
                    if (reported) {
                        const JsonValue found{object ? JsonValue::Kind::object : JsonValue::Kind::array, {}};
                        const bool enter = visitor_->member(
                            depth == 1 ? std::string_view() : std::string_view(parent), key, found);
                        if (depth == 1) {
                            reporting_inner = enter && object;
                            if (reporting_inner) parent.assign(key);
                        }
                    } else if (depth == 1) {
                        reporting_inner = false;
                    }
                    ++depth;
                    objects = (objects << 1U) | (object ? 1U : 0U);
                    skip_space();
                    if (!take(object ? '}' : ']')) continue;
                    --depth;
                    objects >>= 1U;
                }
            } else {
                JsonValue found;
                if (!scalar(found)) return false;
                if (reported) {
                    visitor_->member(depth == 1 ? std::string_view() : std::string_view(parent), key, found);
                }
            }
            // A value ended here: what it stands in goes on or ends too.
            while (true) {
                if (depth == 0) return true;
                skip_space();
                if (take(',')) break;
                if (!take(in_object() ? '}' : ']')) return false;
                --depth;
                objects >>= 1U;
            }
        }
    }

    // Behind a bracket that opened one level too many: to its end, counting only.
    bool skip_deep() {
        std::size_t open = 1;
        while (at_ != end_) {
            const char c = *at_++;
            if (c == '"') {
                std::string_view raw;
                bool escaped = false;
                if (!string(raw, escaped)) return false;
            } else if (c == '{' || c == '[') {
                ++open;
            } else if ((c == '}' || c == ']') && --open == 0) {
                return true;
            }
        }
        return false;
    }

    const char* at_;
    const char* end_;
    JsonVisitor* visitor_;
    std::size_t most_values_;
    std::size_t values_ = 0;
    bool too_deep_ = false;
};

}  // namespace

std::string JsonValue::text() const {
    if (kind != Kind::string) return {};
    return raw.find('\\') == std::string_view::npos ? std::string(raw) : unescaped(raw);
}

std::optional<std::int64_t> JsonValue::integer() const {
    if (kind != Kind::number) return std::nullopt;
    std::int64_t value = 0;
    const auto [rest, error] = std::from_chars(raw.data(), raw.data() + raw.size(), value);
    if (error != std::errc() || rest != raw.data() + raw.size()) return std::nullopt;
    return value;
}

JsonShape walk_json(std::string_view text, JsonVisitor& visitor, std::size_t most_values) {
    return Walk(text, visitor, most_values).run();
}

std::string json_quoted(std::string_view text) {
    constexpr std::string_view hex = "0123456789abcdef";
    std::string out;
    out.reserve(text.size() + 2);
    out.push_back('"');
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            out.push_back('\\');
            out.push_back(c);
        } else if (byte < 0x20) {
            out += "\\u00";
            out.push_back(hex[byte >> 4U]);
            out.push_back(hex[byte & 15U]);
        } else {
            out.push_back(c);
        }
    }
    out.push_back('"');
    return out;
}

}  // namespace countersign::slack

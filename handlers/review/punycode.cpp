#include "handlers/review/punycode.hpp"

#include "config/base/utf8.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <vector>

namespace countersign::handlers::review {
namespace {

using CodePoint = std::uint32_t;

bool is_ascii(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return (static_cast<unsigned char>(c) & 0x80U) == 0; });
}

std::optional<std::vector<CodePoint>> decoded(std::string_view text) {
    std::vector<CodePoint> out;
    while (!text.empty()) {
        const auto front = utf8::decode(text);
        if (!front.valid) return std::nullopt;
        out.push_back(front.code_point);
        text.remove_prefix(front.length);
    }
    return out;
}

char digit(CodePoint value) {
    return static_cast<char>(value < 26 ? 'a' + value : '0' + (value - 26));
}

CodePoint adapted(CodePoint delta, CodePoint count, bool first) {
    delta = first ? delta / 700 : delta / 2;
    delta += delta / count;
    CodePoint k = 0;
    for (; delta > 455; k += 36)
        delta /= 35;
    return k + 36 * delta / (delta + 38);
}

// RFC 3492 §6.3, for one label of at most 63 code points (so that nothing overflows).
std::string punycode(const std::vector<CodePoint>& label) {
    std::string out;
    for (const auto point : label) {
        if (point < 0x80) out += static_cast<char>(point);
    }
    const auto basic = static_cast<CodePoint>(out.size());
    auto handled = basic;
    if (basic > 0) out += '-';
    CodePoint n = 0x80;
    CodePoint delta = 0;
    CodePoint bias = 72;
    while (handled < label.size()) {
        auto next = std::numeric_limits<CodePoint>::max();
        for (const auto point : label) {
            if (point >= n) next = std::min(next, point);
        }
        delta += (next - n) * (handled + 1);
        n = next;
        for (const auto point : label) {
            if (point < n) ++delta;
            if (point != n) continue;
            auto q = delta;
            for (CodePoint k = 36;; k += 36) {
                const CodePoint t = k <= bias ? 1 : k >= bias + 26 ? 26 : k - bias;
                if (q < t) break;
                out += digit(t + (q - t) % (36 - t));
                q = (q - t) / (36 - t);
            }
            out += digit(q);
            bias = adapted(delta, handled + 1, handled == basic);
            delta = 0;
            ++handled;
        }
        ++delta;
        ++n;
    }
    return out;
}

}  // namespace

std::optional<std::string> idna_ascii(std::string_view host) {
    if (is_ascii(host)) return std::string(host);
    std::string out;
    while (true) {
        const auto label = host.substr(0, host.find_first_of(".:"));
        if (is_ascii(label)) {
            out += label;
        } else {
            const auto points = decoded(label);
            if (!points || points->size() > 63) return std::nullopt;
            out += "xn--" + punycode(*points);
        }
        if (label.size() == host.size()) return out;
        out += host[label.size()];
        host.remove_prefix(label.size() + 1);
    }
}

}  // namespace countersign::handlers::review

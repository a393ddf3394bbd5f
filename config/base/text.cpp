#include "config/base/text.hpp"

#include "config/base/utf8.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>

namespace countersign::text {
namespace {

constexpr std::string_view white_space = " \t\r\n\f\v";

// Edit distance where swapping two neighbours counts once, as typing errors do.
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j)
        last[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t changed = last[j - 1] + (a[i - 1] == b[j - 1] ? 0u : 1u);
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, changed});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = std::min(row[j], before[j - 2] + 1);
        }
        std::swap(before, last);
        std::swap(last, row);
    }
    return last[b.size()];
}

}  // namespace

std::string cleaned(std::string_view input) {
    std::string out;
    out.reserve(input.size());
    while (!input.empty()) {
        const auto next = utf8::decode(input);
        const char32_t point = next.code_point;
        const bool kept_control = point == U'\n' || point == U'\t';
        // U+2028 and U+2029 are line breaks to some readers and nothing to others.
        const bool dropped = (utf8::is_control(point) && !kept_control) || utf8::is_bidi_control(point) ||
                             point == 0x2028 || point == 0x2029;
        if (!next.valid)
            utf8::append(out, U'\uFFFD');
        else if (!dropped)
            out.append(input.substr(0, next.length));
        input.remove_prefix(next.length);
    }
    return out;
}

std::size_t code_points(std::string_view utf8) {
    std::size_t count = 0;
    for (; !utf8.empty(); ++count)
        utf8.remove_prefix(static_cast<unsigned char>(utf8.front()) < 0x80 ? 1 : utf8::decode(utf8).length);
    return count;
}

std::string shortened(std::string_view input, std::size_t limit) {
    if (input.size() <= limit) return std::string(input);
    if (limit == 0) return {};
    std::string_view rest = input;
    std::size_t keep = 0;  // bytes before the last code point that still fits
    for (std::size_t count = 0; !rest.empty() && count < limit; ++count) {
        if (count + 1 == limit) keep = input.size() - rest.size();
        rest.remove_prefix(utf8::decode(rest).length);
    }
    if (rest.empty()) return std::string(input);
    return std::string(input.substr(0, keep)) + "…";
}

std::string_view trimmed(std::string_view input) {
    const auto first = input.find_first_not_of(white_space);
    if (first == std::string_view::npos) return {};
    return input.substr(first, input.find_last_not_of(white_space) - first + 1);
}

std::string lower(std::string_view ascii) {
    std::string out(ascii);
    for (char& letter : out)
        if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
    return out;
}

std::vector<std::string> words(std::string_view input) {
    std::vector<std::string> out;
    for (auto start = input.find_first_not_of(white_space); start != std::string_view::npos;
         start = input.find_first_not_of(white_space, start)) {
        const auto end = std::min(input.find_first_of(white_space, start), input.size());
        out.emplace_back(input.substr(start, end - start));
        start = end;
    }
    return out;
}

std::string joined(std::span<const std::string> parts, std::string_view separator) {
    std::string out;
    for (std::size_t at = 0; at < parts.size(); ++at) {
        if (at > 0) out += separator;
        out += parts[at];
    }
    return out;
}

std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates) {
    std::string_view best;
    std::size_t best_distance = std::max<std::size_t>(1, word.size() / 3) + 1;  // further is another word
    const std::string folded = lower(word);
    for (const auto candidate : candidates) {
        const std::size_t far = distance(folded, lower(candidate));
        if (far < best_distance) {
            best = candidate;
            best_distance = far;
        }
    }
    return best;
}

std::string sha256_hex(std::string_view data) {
    // Fetched once: EVP_sha256() looks the algorithm up at every use, which costs more than hashing a short
    // text.
    static const EVP_MD* const sha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int length = 0;
    EVP_Digest(data.data(), data.size(), digest.data(), &length, sha256, nullptr);
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    out.reserve(std::size_t{2} * length);
    for (unsigned int at = 0; at < length; ++at) {
        out.push_back(digits[digest[at] >> 4]);
        out.push_back(digits[digest[at] & 0xF]);
    }
    return out;
}

}  // namespace countersign::text

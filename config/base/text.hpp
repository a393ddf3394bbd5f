#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace countersign::text {

// The same text as valid UTF-8 without control characters (newline and tab stay) and without bidirectional
// overrides; invalid bytes become U+FFFD. For everything that a person outside wrote.
[[nodiscard]] std::string cleaned(std::string_view input);

// At most `limit` Unicode code points, with "…" as the last one where something was cut.
[[nodiscard]] std::string shortened(std::string_view input, std::size_t limit);
[[nodiscard]] std::size_t code_points(std::string_view utf8);

[[nodiscard]] std::string_view trimmed(std::string_view input);
[[nodiscard]] std::string lower(std::string_view ascii);
[[nodiscard]] std::vector<std::string> words(std::string_view input);  // split at white space
[[nodiscard]] std::string joined(std::span<const std::string> parts, std::string_view separator);

// The candidate with the smallest edit distance, if it is near enough to be a misspelling; else empty.
[[nodiscard]] std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates);

// Lower-case hex SHA-256.
[[nodiscard]] std::string sha256_hex(std::string_view data);

}  // namespace countersign::text

#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace countersign::utf8 {

// What stands at the front of a text. Bytes that are not valid UTF-8 (overlong forms, surrogates and values
// above U+10FFFF included) come back one at a time as U+FFFD with `valid` false.
struct Decoded {
    char32_t code_point = U'\uFFFD';
    std::size_t length = 1;  // bytes
    bool valid = false;
};
[[nodiscard]] Decoded decode(std::string_view non_empty) noexcept;
void append(std::string& out, char32_t code_point);

// Directional marks, embeddings, overrides and isolates: they let a text show as another one.
[[nodiscard]] bool is_bidi_control(char32_t code_point) noexcept;
// C0, DEL and C1; newline and tab are controls too.
[[nodiscard]] bool is_control(char32_t code_point) noexcept;

}  // namespace countersign::utf8

#include "config/base/text.hpp"
#include "config/base/utf8.hpp"

#include <doctest/doctest.h>

#include <array>

using namespace countersign;

TEST_CASE("cleaned text is valid UTF-8 without controls and direction tricks") {
    CHECK(text::cleaned("plain\nwith\ttab") == "plain\nwith\ttab");
    CHECK(text::cleaned(std::string_view("a\0b\x1b[31mc\x7f", 9)) == "ab[31mc");
    CHECK(text::cleaned("a\xC2\x85z") == "az");                    // C1
    CHECK(text::cleaned("gnp.\u202Eexe") == "gnp.exe");            // U+202E
    CHECK(text::cleaned("x\u2066y\u2028z") == "xyz");              // U+2066, U+2028
    CHECK(text::cleaned("\xC0\xAF") == "\uFFFD\uFFFD");            // overlong
    CHECK(text::cleaned("\xED\xA0\x80") == "\uFFFD\uFFFD\uFFFD");  // surrogate
    CHECK(text::cleaned("\xF4\x90\x80\x80").size() == 12);         // above U+10FFFF
    CHECK(text::cleaned("caf\xC3") == "caf\uFFFD");                // cut short
    CHECK(text::cleaned("na\u00EFve \U0001F600") == "na\u00EFve \U0001F600");
}

TEST_CASE("shortened text counts code points and says that it was cut") {
    CHECK(text::shortened("abc", 3) == "abc");
    CHECK(text::shortened("abcd", 3) == "ab…");
    CHECK(text::shortened("äöü", 3) == "äöü");
    CHECK(text::shortened("äöüß", 3) == "äö…");
    CHECK(text::shortened("abc", 1) == "…");
    CHECK(text::shortened("abc", 0).empty());
    CHECK(text::code_points("äöü") == 3);
    CHECK(text::code_points(text::shortened(std::string(5000, 'x'), 3000)) == 3000);
}

TEST_CASE("words, trimming and joining") {
    CHECK(text::trimmed("  a b\r\n") == "a b");
    CHECK(text::trimmed(" \t").empty());
    CHECK(text::words("  link  REQ-1\thttps://x \n") ==
          std::vector<std::string>{"link", "REQ-1", "https://x"});
    CHECK(text::words("").empty());
    const std::array<std::string, 2> parts{"a", "b"};
    CHECK(text::joined(parts, ", ") == "a, b");
    CHECK(text::lower("ABCÄ") == "abcÄ");
}

TEST_CASE("the nearest word is a misspelling, not just another word") {
    constexpr std::array<std::string_view, 4> keys{"channel", "alarm_channel", "admins", "auto_apply"};
    CHECK(text::nearest("chanel", keys) == "channel");
    CHECK(text::nearest("cahnnel", keys) == "channel");
    CHECK(text::nearest("Admins", keys) == "admins");
    CHECK(text::nearest("autoapply", keys) == "auto_apply");
    CHECK(text::nearest("zebra", keys).empty());
    CHECK(text::nearest("", keys).empty());
}

TEST_CASE("sha256_hex gives the published test vector") {
    CHECK(text::sha256_hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_CASE("UTF-8: every code point survives encoding and decoding") {
    for (char32_t point = 0; point <= 0x10FFFF; point += 7) {
        if (point >= 0xD800 && point <= 0xDFFF) continue;
        std::string bytes;
        utf8::append(bytes, point);
        const auto back = utf8::decode(bytes);
        REQUIRE(back.valid);
        REQUIRE(back.code_point == point);
        REQUIRE(back.length == bytes.size());
    }
}

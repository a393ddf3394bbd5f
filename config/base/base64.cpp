#include "config/base/base64.hpp"

#include "config/base/secret.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <cctype>

namespace countersign::base64 {
namespace {

bool in_alphabet(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '+' || c == '/';
}

}  // namespace

std::string encoded(std::string_view bytes) {
    std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');  // OpenSSL ends it with a zero
    const int length =
        EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                        reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
    text.resize(static_cast<std::size_t>(length));
    return text;
}

std::optional<std::string> decoded(std::string_view text) {
    const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
    if (text.size() % 4 != 0 || !std::ranges::all_of(text.substr(0, text.size() - padding), in_alphabet))
        return std::nullopt;
    std::string bytes(text.size() / 4 * 3, '\0');  // OpenSSL writes the padding's zeros too
    if (EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                        reinterpret_cast<const unsigned char*>(text.data()),
                        static_cast<int>(text.size())) < 0)
        return std::nullopt;
    bytes.resize(bytes.size() - padding);
    // The last letter has bits that mean nothing; one text for one value, so that no changed letter passes.
    if (!Secret(encoded(bytes)).same_as(Secret(std::string(text)))) return std::nullopt;
    return bytes;
}

}  // namespace countersign::base64

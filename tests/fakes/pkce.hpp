#pragma once

#include "config/base/base64.hpp"

#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <string>

namespace countersign::fakes {

// What a server makes of a verifier (RFC 7636, S256).
inline std::string pkce_challenge(const std::string& verifier) {
    std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
    SHA256(reinterpret_cast<const unsigned char*>(verifier.data()), verifier.size(), digest.data());
    auto text = base64::encoded({reinterpret_cast<const char*>(digest.data()), digest.size()});
    std::ranges::replace(text, '+', '-');
    std::ranges::replace(text, '/', '_');
    while (text.ends_with('='))
        text.pop_back();
    return text;
}

}  // namespace countersign::fakes

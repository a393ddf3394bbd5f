#pragma once

#include "config/base/secret.hpp"

#include <optional>
#include <string>
#include <string_view>

// AES-256-GCM through OpenSSL, and nothing else of OpenSSL's ciphers.
namespace countersign::storage {

inline constexpr std::size_t aead_key_bytes = 32, aead_nonce_bytes = 12, aead_tag_bytes = 16;

[[nodiscard]] std::string random_bytes(std::size_t count);

// Ciphertext with the tag behind it. A nonce must never be used twice with one key.
[[nodiscard]] std::string aead_encrypted(const Secret& key, std::string_view nonce, std::string_view bound_to,
                                         std::string_view plain);
// Nothing unless key, nonce, `bound_to`, ciphertext and tag are all the ones of the encryption.
[[nodiscard]] std::optional<Secret> aead_decrypted(const Secret& key, std::string_view nonce,
                                                   std::string_view bound_to, std::string_view sealed);

[[nodiscard]] std::string hmac_sha256(const Secret& key, std::string_view data);

}  // namespace countersign::storage

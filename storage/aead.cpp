#include "storage/aead.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <memory>
#include <stdexcept>

namespace countersign::storage {
namespace {

using Cipher = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

const unsigned char* bytes(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes(std::string& text) {
    return reinterpret_cast<unsigned char*>(text.data());
}

// OpenSSL fails here only when the library itself is broken or memory is out.
void require(int code) {
    if (code != 1) throw std::runtime_error("OpenSSL refused AES-256-GCM");
}

Cipher cipher(int encrypting, const Secret& key, std::string_view nonce, std::string_view bound_to) {
    if (key.reveal().size() != aead_key_bytes || nonce.size() != aead_nonce_bytes)
        throw std::logic_error("a key or nonce of the wrong size");
    Cipher made(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
    require(EVP_CipherInit_ex(made.get(), EVP_aes_256_gcm(), nullptr, bytes(key.reveal()), bytes(nonce),
                              encrypting));
    int length = 0;
    if (!bound_to.empty())
        require(EVP_CipherUpdate(made.get(), nullptr, &length, bytes(bound_to),
                                 static_cast<int>(bound_to.size())));
    return made;
}

}  // namespace

std::string random_bytes(std::size_t count) {
    std::string out(count, '\0');
    if (RAND_bytes(bytes(out), static_cast<int>(count)) != 1)
        throw std::runtime_error("the system gives no random bytes");
    return out;
}

std::string aead_encrypted(const Secret& key, std::string_view nonce, std::string_view bound_to,
                           std::string_view plain) {
    const auto context = cipher(1, key, nonce, bound_to);
    std::string out(plain.size() + aead_tag_bytes, '\0');
    int length = 0;
    if (!plain.empty())
        require(EVP_CipherUpdate(context.get(), bytes(out), &length, bytes(plain),
                                 static_cast<int>(plain.size())));
    require(EVP_CipherFinal_ex(context.get(), bytes(out) + length, &length));
    require(
        EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, aead_tag_bytes, bytes(out) + plain.size()));
    return out;
}

std::optional<Secret> aead_decrypted(const Secret& key, std::string_view nonce, std::string_view bound_to,
                                     std::string_view sealed) {
    if (nonce.size() != aead_nonce_bytes || sealed.size() < aead_tag_bytes) return std::nullopt;
    const auto context = cipher(0, key, nonce, bound_to);
    const std::size_t size = sealed.size() - aead_tag_bytes;
    std::string tag(sealed.substr(size)), plain(size, '\0');
    int length = 0;
    if (size > 0)
        require(
            EVP_CipherUpdate(context.get(), bytes(plain), &length, bytes(sealed), static_cast<int>(size)));
    require(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, aead_tag_bytes, bytes(tag)));
    Secret opened(std::move(plain));  // wiped also when the tag does not match
    unsigned char rest = 0;
    if (EVP_CipherFinal_ex(context.get(), &rest, &length) != 1) return std::nullopt;
    return opened;
}

std::string hmac_sha256(const Secret& key, std::string_view data) {
    std::string out(EVP_MAX_MD_SIZE, '\0');
    unsigned length = 0;
    if (HMAC(EVP_sha256(), key.reveal().data(), static_cast<int>(key.reveal().size()), bytes(data),
             data.size(), bytes(out), &length) == nullptr)
        throw std::runtime_error("OpenSSL refused HMAC-SHA256");
    out.resize(length);
    return out;
}

}  // namespace countersign::storage

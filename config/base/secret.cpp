#include "config/base/secret.hpp"

#include <openssl/crypto.h>

namespace countersign {
namespace {

// Also what a short string leaves behind in its own buffer when it is moved from.
void wipe(std::string& value) noexcept {
    value.resize(value.capacity());
    OPENSSL_cleanse(value.data(), value.size());
    value.clear();
}

}  // namespace

Secret::Secret(Secret&& other) noexcept : value_(std::move(other.value_)) {
    wipe(other.value_);
}

Secret& Secret::operator=(Secret other) noexcept {
    value_.swap(other.value_);
    return *this;
}

Secret::~Secret() {
    wipe(value_);
}

bool Secret::same_as(const Secret& other) const noexcept {
    return value_.size() == other.value_.size() &&
           CRYPTO_memcmp(value_.data(), other.value_.data(), value_.size()) == 0;
}

}  // namespace countersign

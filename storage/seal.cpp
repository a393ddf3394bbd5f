#include "storage/seal.hpp"

#include "config/base/base64.hpp"
#include "storage/aead.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace countersign::storage {
namespace {

// Each field with its length in front, so that no two places give the same text.
std::string bound_to(const SealedPlace& place, std::string_view key_id, std::string_view layer) {
    std::string whole;
    for (const std::string_view field :
         {std::string_view("installed_app"), layer, std::string_view("1"), std::string_view(place.record),
          std::string_view(place.field), std::string_view(place.kind), std::string_view(place.instance),
          key_id})
        whole += fmt::format("{}:{}", field.size(), field);
    return whole;
}

std::string encrypted(const Secret& key, std::string_view bound, std::string_view plain) {
    const auto nonce = random_bytes(aead_nonce_bytes);
    return base64::encoded(nonce + aead_encrypted(key, nonce, bound, plain));
}

std::optional<Secret> decrypted(const Secret& key, std::string_view bound, std::string_view text) {
    const auto bytes = base64::decoded(text);
    if (!bytes || bytes->size() < aead_nonce_bytes + aead_tag_bytes) return std::nullopt;
    const std::string_view all(*bytes);
    return aead_decrypted(key, all.substr(0, aead_nonce_bytes), bound, all.substr(aead_nonce_bytes));
}

std::string wrapped(const config::SealingKey& key, const SealedPlace& place, const Secret& data_key) {
    return encrypted(key.key, bound_to(place, key.id, "key"), data_key.reveal());
}

Result<Secret> unwrapped(const KeyRing& ring, const SealedPlace& place, const SealedValue& value) {
    const auto* key = ring.find(value.key_id);
    if (key == nullptr)
        return fail(Errc::unauthorised,
                    fmt::format("COUNTERSIGN_KEY has no key \"{}\", which the {} of {} is sealed with",
                                value.key_id, place.field, place.record));
    auto data_key = decrypted(*key, bound_to(place, value.key_id, "key"), value.wrapped_key);
    if (data_key && data_key->reveal().size() == aead_key_bytes) return std::move(*data_key);
    return fail(Errc::unauthorised, fmt::format("the {} of {} does not open: its row was changed or moved",
                                                place.field, place.record));
}

}  // namespace

const Secret* KeyRing::find(std::string_view id) const {
    const auto found = std::ranges::find(keys_, id, &config::SealingKey::id);
    return found == keys_.end() ? nullptr : &found->key;
}

std::string KeyRing::ids() const {
    std::string all;
    for (const auto& key : keys_)
        all += (all.empty() ? "" : " ") + key.id;
    return all;
}

SealedValue seal(const KeyRing& ring, const SealedPlace& place, const Secret& secret) {
    const Secret data_key(random_bytes(aead_key_bytes));
    // The data key belongs to this one value, so the value is bound to the place but not to the ring's key:
    // it stays as it is when the data key is wrapped anew.
    return {ring.active().id, wrapped(ring.active(), place, data_key),
            encrypted(data_key, bound_to(place, "", "value"), secret.reveal())};
}

Result<Secret> unseal(const KeyRing& ring, const SealedPlace& place, const SealedValue& value) {
    const auto data_key = unwrapped(ring, place, value);
    if (!data_key) return std::unexpected(data_key.error());
    auto secret = decrypted(*data_key, bound_to(place, "", "value"), value.ciphertext);
    if (secret) return std::move(*secret);
    return fail(Errc::unauthorised, fmt::format("the {} of {} does not open: its row was changed or moved",
                                                place.field, place.record));
}

Result<SealedValue> rewrapped(const KeyRing& ring, const SealedPlace& place, const SealedValue& value) {
    const auto data_key = unwrapped(ring, place, value);
    if (!data_key) return std::unexpected(data_key.error());
    return SealedValue{ring.active().id, wrapped(ring.active(), place, *data_key), value.ciphertext};
}

std::string fingerprint(const Secret& secret) {
    static const Secret key("countersign fingerprint key");
    std::string hex;
    for (const char byte : hmac_sha256(key, secret.reveal()).substr(0, 4))
        hex += fmt::format("{:02x}", static_cast<unsigned char>(byte));
    return hex;
}

}  // namespace countersign::storage

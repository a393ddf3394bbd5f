#pragma once

#include "config/base/result.hpp"
#include "config/secrets.hpp"
#include "storage/sealed.hpp"

#include <string>
#include <string_view>
#include <vector>

// Secrets at rest (trackers.md §5.2): each value under a data key of its own, the data key under a key of the
// ring, both bound to the place they are stored in, so that a row copied over another does not open (C3).
namespace countersign::storage {

// The keys of COUNTERSIGN_KEY; the first is active, the others only open what was sealed earlier.
class KeyRing {
  public:
    KeyRing() = default;
    explicit KeyRing(std::vector<config::SealingKey> keys) : keys_(std::move(keys)) {}

    [[nodiscard]] bool empty() const { return keys_.empty(); }
    [[nodiscard]] const config::SealingKey& active() const { return keys_.front(); }  // not when empty
    [[nodiscard]] const Secret* find(std::string_view id) const;
    [[nodiscard]] std::string ids() const;  // "2026b 2026a"

  private:
    std::vector<config::SealingKey> keys_;
};

// With a new data key each time (C12). The ring must not be empty.
[[nodiscard]] SealedValue seal(const KeyRing& ring, const SealedPlace& place, const Secret& secret);
// Fails (unauthorised) when the ring lacks the key or anything about value or place was changed; there is no
// other way to read a secret, least of all for a plain one (C5).
[[nodiscard]] Result<Secret> unseal(const KeyRing& ring, const SealedPlace& place, const SealedValue& value);
// The same secret with its data key under the active key; the secret itself is not opened.
[[nodiscard]] Result<SealedValue> rewrapped(const KeyRing& ring, const SealedPlace& place,
                                            const SealedValue& value);

// First 8 hexadecimal digits of an HMAC: tells two tokens apart and says nothing about either, which servers
// make of a hundred random bits or more. The same under every key of the ring: by it a token that is still in
// use is known, also after a rotation, and not taken back.
[[nodiscard]] std::string fingerprint(const Secret& secret);

}  // namespace countersign::storage

#pragma once

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <vector>

// Sealed secrets on their way: sealed on one thread, written by another, readable on neither side of it.
namespace countersign::storage {

// Where a secret is kept; part of what its seal is bound to.
struct SealedPlace {
    std::string record;    // id of the row it belongs to
    std::string field;     // "token", "refresh_token", "device_code" …
    std::string kind;      // of the row: "gitlab" …
    std::string instance;  // the only server it may be shown to (O15)
};

// What is stored of it. Both texts are base64 of nonce, ciphertext and tag.
struct SealedValue {
    std::string key_id;
    std::string wrapped_key;
    std::string ciphertext;
};

struct SealedSecret {
    SealedPlace place;
    SealedValue value;
};
// With the proof of the key that they are sealed with (C2).
struct SealedBundle {
    std::vector<SealedSecret> secrets;
    SealedValue proof;
};
[[nodiscard]] nlohmann::json to_json(const SealedBundle& bundle);
// Throws UnreadableRow when it is no such thing.
[[nodiscard]] SealedBundle parse_sealed(const nlohmann::json& bundle);

}  // namespace countersign::storage

#include "storage/aead.hpp"
#include "storage/seal.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <set>

using namespace countersign;
using namespace countersign::storage;

namespace {

std::string bytes(std::string_view hex) {
    std::string out;
    for (std::size_t at = 0; at + 1 < hex.size(); at += 2)
        out.push_back(static_cast<char>(std::stoi(std::string(hex.substr(at, 2)), nullptr, 16)));
    return out;
}

config::SealingKey key(std::string id) {
    return {std::move(id), Secret(random_bytes(32))};
}

const SealedPlace place{"8a6e", "token", "gitlab", "https://gitlab.example.com"};

}  // namespace

TEST_CASE("C11: AES-256-GCM gives NIST's answers") {
    struct Vector {
        std::string_view key, nonce, bound_to, plain, sealed;
    };
    // McGrew and Viega, "The Galois/Counter Mode of Operation", test cases 13, 14 and 16.
    constexpr std::array vectors{
        Vector{"0000000000000000000000000000000000000000000000000000000000000000", "000000000000000000000000",
               "", "", "530f8afbc74536b9a963b4f1c4cb738b"},
        Vector{"0000000000000000000000000000000000000000000000000000000000000000", "000000000000000000000000",
               "", "00000000000000000000000000000000",
               "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"},
        Vector{"feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308", "cafebabefacedbaddecaf888",
               "feedfacedeadbeeffeedfacedeadbeefabaddad2",
               "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
               "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
               "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
               "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
               "76fc6ece0f4e1768cddf8853bb2d551b"}};
    for (const auto& each : vectors) {
        const Secret secret(bytes(each.key));
        CHECK(aead_encrypted(secret, bytes(each.nonce), bytes(each.bound_to), bytes(each.plain)) ==
              bytes(each.sealed));
        const auto opened =
            aead_decrypted(secret, bytes(each.nonce), bytes(each.bound_to), bytes(each.sealed));
        REQUIRE(opened);
        CHECK(opened->reveal() == bytes(each.plain));
    }
}

TEST_CASE("C3, C4, C5: a seal opens with its key and in its place, and after no change whatever") {
    const KeyRing ring({key("1"), key("old")});
    const auto sealed = seal(ring, place, Secret("glpat-canary"));
    REQUIRE(unseal(ring, place, sealed).value().reveal() == "glpat-canary");

    const auto refused = [&](const SealedPlace& where, const SealedValue& value) {
        const auto opened = unseal(ring, where, value);
        CHECK_FALSE(opened);
        if (!opened) CHECK_FALSE(opened.error().text.contains("canary"));
    };
    for (auto SealedPlace::* part :
         {&SealedPlace::record, &SealedPlace::field, &SealedPlace::kind, &SealedPlace::instance}) {
        auto other = place;
        other.*part += "x";
        refused(other, sealed);
    }
    // Lengths are bound too: what moves from one field to the next is another place.
    refused({"8a6", "etoken", "gitlab", place.instance}, sealed);
    for (auto SealedValue::* part : {&SealedValue::wrapped_key, &SealedValue::ciphertext}) {
        for (std::size_t at = 0; at < (sealed.*part).size(); ++at) {
            for (unsigned bit = 0; bit < 8; ++bit) {
                auto other = sealed;
                auto& letter = (other.*part)[at];
                letter = static_cast<char>(static_cast<unsigned char>(letter) ^ (1U << bit));
                refused(place, other);
            }
        }
    }
    const auto twin = seal(ring, place, Secret("glpat-canary"));
    refused(place, {sealed.key_id, twin.wrapped_key, sealed.ciphertext});
    refused(place, {"old", sealed.wrapped_key, sealed.ciphertext});
    refused(place, {"unknown", sealed.wrapped_key, sealed.ciphertext});
    for (const auto* plain : {"", "glpat-canary", "v1:glpat-canary"})
        refused(place, {sealed.key_id, sealed.wrapped_key, plain});
}

TEST_CASE("C6: a data key is put under another key without a change of the value") {
    const auto old = key("old"), fresh = key("new");
    const KeyRing before({old}), both({fresh, old}), after({fresh});
    const auto sealed = seal(before, place, Secret("glpat-canary"));
    const auto moved = rewrapped(both, place, sealed);
    REQUIRE(moved);
    CHECK(moved->key_id == "new");
    CHECK(moved->ciphertext == sealed.ciphertext);
    CHECK(unseal(after, place, *moved).value().reveal() == "glpat-canary");
    CHECK_FALSE(unseal(after, place, sealed));
    CHECK_FALSE(rewrapped(after, place, sealed));
}

TEST_CASE("C12: nonces never repeat in a million, and no two seals share anything") {
    std::vector<std::array<char, aead_nonce_bytes>> nonces(1'000'000);
    for (auto& nonce : nonces)
        std::ranges::copy(random_bytes(aead_nonce_bytes), nonce.begin());
    std::ranges::sort(nonces);
    CHECK(std::ranges::adjacent_find(nonces) == nonces.end());

    const KeyRing ring({key("1")});
    std::set<std::string> seen;
    constexpr int seals = 2'000;
    for (int at = 0; at < seals; ++at) {
        const auto sealed = seal(ring, place, Secret("same"));
        seen.insert(sealed.wrapped_key);
        seen.insert(sealed.ciphertext);
    }
    CHECK(seen.size() == 2 * seals);
}

TEST_CASE("a fingerprint tells tokens apart, and is the same under every key") {
    CHECK(fingerprint(Secret("a")).size() == 8);
    CHECK(fingerprint(Secret("a")) == fingerprint(Secret("a")));
    CHECK(fingerprint(Secret("a")) != fingerprint(Secret("b")));
}

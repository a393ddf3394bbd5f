#include "storage/vault.hpp"

#include "storage/aead.hpp"
#include "storage/database.hpp"
#include "storage/query.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <fmt/format.h>

#include <vector>

namespace countersign::storage {
namespace {

constexpr std::string_view proof_text = "countersign sealing key";

// A fixed text sealed under a key: opens only with that key.
SealedPlace proof_place(std::string_view key_id) {
    return {fmt::format("key:{}", key_id), "proof", "key", ""};
}

// What is needed to judge a ring, read without the schema of this program.
struct KeyFacts {
    std::map<std::string, std::int64_t> counts;
    std::map<std::string, SealedValue> proofs;
};

KeyFacts key_facts(SQLite::Database& connection) {
    KeyFacts facts;
    if (!connection.tableExists("sealed_secret")) return facts;
    SQLite::Statement counts(connection, "SELECT key_id, count(*) FROM sealed_secret GROUP BY key_id");
    while (counts.executeStep())
        facts.counts[counts.getColumn(0).getString()] = counts.getColumn(1).getInt64();
    SQLite::Statement proofs(connection, "SELECT key_id, wrapped_key, ciphertext FROM sealing_key");
    while (proofs.executeStep()) {
        const auto id = proofs.getColumn(0).getString();
        facts.proofs[id] = {id, proofs.getColumn(1).getString(), proofs.getColumn(2).getString()};
    }
    return facts;
}

bool proven(const KeyFacts& facts, const KeyRing& ring, const std::string& id) {
    const auto proof = facts.proofs.find(id);
    if (proof == facts.proofs.end()) return false;
    const auto opened = unseal(ring, proof_place(id), proof->second);
    return opened && opened->reveal() == proof_text;
}

Result<void> judged(const KeyFacts& facts, const KeyRing& ring) {
    for (const auto& [id, count] : facts.counts) {
        const auto* secrets = count == 1 ? "secret is" : "secrets are";
        if (ring.empty())
            return fail(Errc::unauthorised,
                        fmt::format("COUNTERSIGN_KEY is missing, and {} {} sealed with the key \"{}\"; put "
                                    "the key file back",
                                    count, secrets, id));
        if (ring.find(id) == nullptr)
            return fail(
                Errc::unauthorised,
                fmt::format("COUNTERSIGN_KEY has no key \"{}\", which {} {} sealed with; put its line "
                            "back, and remove it only after authorizations rotate-key",
                            id, count, secrets));
        if (!proven(facts, ring, id))
            return fail(Errc::unauthorised,
                        fmt::format("COUNTERSIGN_KEY: the key \"{}\" is not the one that {} {} sealed with; "
                                    "put the right key back",
                                    id, count, secrets));
    }
    return {};
}

SealedValue proof_of_active(const KeyRing& ring) {
    return seal(ring, proof_place(ring.active().id), Secret(std::string(proof_text)));
}

void put_proof(const Database& database, const SealedValue& value) {
    Query(database, "INSERT OR REPLACE INTO sealing_key(key_id, wrapped_key, ciphertext) VALUES (?, ?, ?)")
        .bind(value.key_id, value.wrapped_key, value.ciphertext)
        .run();
}

void prove_active(Database& database, const KeyRing& ring) {
    if (proven(key_facts(database.handle()), ring, ring.active().id)) return;
    put_proof(database, proof_of_active(ring));
}

void put_value(const Database& database, const SealedPlace& place, const SealedValue& value) {
    Query(database,
          "INSERT OR REPLACE INTO sealed_secret(record, field, kind, instance, format, key_id, wrapped_key, "
          "ciphertext) VALUES (?, ?, ?, ?, 1, ?, ?, ?)")
        .bind(place.record, place.field, place.kind, place.instance, value.key_id, value.wrapped_key,
              value.ciphertext)
        .run();
}

}  // namespace

void put_secret(Database& database, const KeyRing& ring, const SealedPlace& place, const Secret& secret) {
    prove_active(database, ring);
    put_value(database, place, seal(ring, place, secret));
}

SealedBundle sealed_bundle(const KeyRing& ring, const std::vector<std::pair<SealedPlace, Secret>>& secrets) {
    SealedBundle bundle{{}, proof_of_active(ring)};
    for (const auto& [place, secret] : secrets)
        bundle.secrets.push_back({place, seal(ring, place, secret)});
    return bundle;
}

void put_sealed(const Database& database, const SealedBundle& bundle) {
    put_proof(database, bundle.proof);
    for (const auto& [place, value] : bundle.secrets)
        put_value(database, place, value);
}

Result<Secret> read_secret(const Database& database, const KeyRing& ring, const SealedPlace& place) {
    SealedValue value;
    {
        Query query(
            database,
            "SELECT key_id, wrapped_key, ciphertext FROM sealed_secret WHERE record = ? AND field = ?");
        if (!query.bind(place.record, place.field).step())
            return fail(Errc::not_found, fmt::format("there is no {} of {}", place.field, place.record));
        query.read(value.key_id, value.wrapped_key, value.ciphertext);
    }
    // The place is what the caller means, not what the row says: a row under a wrong name does not open.
    return unseal(ring, place, value);
}

void shred_secrets(const Database& database, std::string_view record) {
    const auto noise = random_bytes(60);
    std::string hex;
    for (const char byte : noise)
        hex += fmt::format("{:02x}", static_cast<unsigned char>(byte));
    Query(database, "UPDATE sealed_secret SET wrapped_key = ?, ciphertext = '' WHERE record = ?")
        .bind(hex, record)
        .run();
    Query(database, "DELETE FROM sealed_secret WHERE record = ?").bind(record).run();
}

std::size_t forget_sealed(const Database& database, std::string_view by, Timestamp now) {
    for (const char* sql : {"DELETE FROM sealed_secret", "DELETE FROM sealing_key",
                            "DELETE FROM pending_grant", "UPDATE oauth_app SET has_secret = 0"})
        database.handle().exec(sql);
    const auto note = fmt::format("its sealing key was lost ({})", by);
    Query(database,
          "UPDATE integration SET state = 'needs_reauth', state_note = ?1, state_since = ?2, "
          "version = version + 1 WHERE state <> 'needs_reauth' AND authorization IN (SELECT id FROM "
          "authorization)")
        .bind(note, now)
        .run();
    return static_cast<std::size_t>(
        Query(database,
              "UPDATE authorization SET state = 'needs_reauth', state_note = ?1, state_since = ?2, "
              "version = version + 1")
            .bind(note, now)
            .run());
}

bool truncate_log(const Database& database) {
    SQLite::Statement checkpoint(database.handle(), "PRAGMA wal_checkpoint(TRUNCATE)");
    return checkpoint.executeStep() && checkpoint.getColumn(0).getInt() == 0;
}

std::map<std::string, std::int64_t> sealed_counts(const Database& database) {
    return key_facts(database.handle()).counts;
}

Result<void> check_keys(const Database& database, const KeyRing& ring) {
    return judged(key_facts(database.handle()), ring);
}

Result<void> check_keys(const std::filesystem::path& file, const KeyRing& ring) {
    KeyFacts facts;
    std::error_code error;
    if (!std::filesystem::exists(file, error)) return {};
    try {
        SQLite::Database connection(file.string(), SQLite::OPEN_READONLY, 2'000);
        facts = key_facts(connection);
    } catch (const std::exception&) {
        return {};
    }
    return judged(facts, ring);
}

Result<std::size_t> rewrap_some(Database& database, const KeyRing& ring, std::size_t limit) {
    struct Row {
        SealedPlace place;
        SealedValue value;
    };
    std::vector<Row> rows;
    {
        Query query(
            database,
            "SELECT record, field, kind, instance, key_id, wrapped_key, ciphertext FROM sealed_secret "
            "WHERE key_id <> ? ORDER BY record, field LIMIT ?");
        query.bind(ring.active().id, limit);
        while (query.step()) {
            Row& row = rows.emplace_back();
            query.read(row.place.record, row.place.field, row.place.kind, row.place.instance,
                       row.value.key_id, row.value.wrapped_key, row.value.ciphertext);
        }
    }
    if (!rows.empty()) prove_active(database, ring);
    for (const auto& [place, old] : rows) {
        const auto value = rewrapped(ring, place, old);
        if (!value) return std::unexpected(value.error());
        Query(database, "UPDATE sealed_secret SET key_id = ?, wrapped_key = ? WHERE record = ? AND field = ?")
            .bind(value->key_id, value->wrapped_key, place.record, place.field)
            .run();
    }
    return rows.size();
}

void forget_unused_proofs(Database& database, const KeyRing& ring) {
    const auto facts = key_facts(database.handle());
    for (const auto& [id, proof] : facts.proofs) {
        if (facts.counts.contains(id) || ring.find(id) != nullptr) continue;
        Query(database, "DELETE FROM sealing_key WHERE key_id = ?").bind(id).run();
    }
}

}  // namespace countersign::storage

#pragma once

#include "config/base/clock.hpp"
#include "storage/seal.hpp"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace countersign::storage {

class Database;

// The table of sealed secrets. Writing needs the caller's transaction.

// Replaces what was there; leaves a proof of the active key, so that another key of that id is found out
// (C2).
void put_secret(Database& database, const KeyRing& ring, const SealedPlace& place, const Secret& secret);
// The same in two steps: sealed by whoever has the ring, on any thread, and written by the writer.
[[nodiscard]] SealedBundle sealed_bundle(const KeyRing& ring,
                                         const std::vector<std::pair<SealedPlace, Secret>>& secrets);
void put_sealed(const Database& database, const SealedBundle& bundle);
// not_found: nothing is stored there.
[[nodiscard]] Result<Secret> read_secret(const Database& database, const KeyRing& ring,
                                         const SealedPlace& place);
// C9: everything that is sealed goes, with the proofs of its keys; every authorization needs
// re-authentication, and so does what was built on it. How many authorizations there are.
std::size_t forget_sealed(const Database& database, std::string_view by, Timestamp now);
// Overwrites the data keys before the rows go, with SQLite zeroing the freed space (C8). The log still holds
// them until `truncate_log`.
void shred_secrets(const Database& database, std::string_view record);
// Writes the log back into the file and empties it; false while somebody still reads from it.
bool truncate_log(const Database& database);

// How many secrets each key has sealed.
[[nodiscard]] std::map<std::string, std::int64_t> sealed_counts(const Database& database);

// Every key that something is sealed with is in the ring and is the right one; with nothing sealed any ring
// will do. Fails (unauthorised) with one line that says what to do (C1, C2).
[[nodiscard]] Result<void> check_keys(const Database& database, const KeyRing& ring);
// The same on a file of any schema, before anything is written to it; a file that is no database passes,
// opening it says more.
[[nodiscard]] Result<void> check_keys(const std::filesystem::path& file, const KeyRing& ring);

// Puts at most `limit` data keys under the active key, in the caller's transaction; how many. 0: all are
// (C6).
[[nodiscard]] Result<std::size_t> rewrap_some(Database& database, const KeyRing& ring, std::size_t limit);
// Forgets the proofs of keys that seal nothing any more and that the ring has no longer.
void forget_unused_proofs(Database& database, const KeyRing& ring);

}  // namespace countersign::storage

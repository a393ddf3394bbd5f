#include "bot/commands/authorization_commands.hpp"
#include "bot/commands/daemon_process.hpp"
#include "bot/commands/operator_input.hpp"
#include "bot/commands/sealing.hpp"
#include "bot/failpoint.hpp"
#include "config/base/text.hpp"
#include "storage/audit.hpp"
#include "storage/vault.hpp"
#include "storage/view.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace countersign::bot::commands {
namespace {

// Short transactions, so that the daemon beside never waits for long.
constexpr std::size_t at_once = 20;

// A running daemon that does not have the new key yet could read nothing any more.
bool daemon_lacks(const storage::Database& database, const config::Settings& settings,
                  const std::string& id) {
    if (daemon_pid(settings.database) == 0) return false;
    const auto known = text::words(storage::View(database).meta("sealing_keys"));
    return std::ranges::find(known, id) == known.end();
}

void print_counts(const Call& call, const storage::Database& database, const storage::KeyRing& ring,
                  std::size_t moved) {
    auto counts = storage::sealed_counts(database);
    for (const auto& id : text::words(ring.ids()))
        counts.try_emplace(id, 0);
    if (call.json) {
        auto keys = nlohmann::ordered_json::array();
        for (const auto& [id, count] : counts)
            keys.push_back({{"id", id}, {"secrets", count}, {"active", id == ring.active().id}});
        print_json(call, {{"schema", json_schema}, {"rewrapped", moved}, {"keys", keys}});
        return;
    }
    call.out << fmt::format("{} {} put under the key \"{}\"\n", moved,
                            moved == 1 ? "secret was" : "secrets were", ring.active().id);
    for (const auto& [id, count] : counts)
        call.out << fmt::format("key {}: {} {}{}\n", id, count, count == 1 ? "secret" : "secrets",
                                id == ring.active().id ? ", active"
                                : count == 0           ? ", may be removed from COUNTERSIGN_KEY"
                                                       : "");
}

}  // namespace

int rotate_key(const Call& call) {
    const auto unlocked = unlock(call, true);
    if (unlocked.code != exit_ok) return unlocked.code;
    const auto& ring = unlocked.ring;
    if (auto reading = open_for_reading(call); !reading.database) {
        return reading.code;
    } else if (daemon_lacks(*reading.database, *unlocked.settings, ring.active().id)) {
        return report(call,
                      Failure(Errc::conflict,
                              fmt::format("the running daemon does not have the key \"{}\" yet: restart or "
                                          "reload it with the new COUNTERSIGN_KEY first",
                                          ring.active().id)));
    }
    auto [database, code] = open_for_writing(call, *unlocked.settings);
    if (!database) return code;
    std::size_t moved = 0;
    std::optional<Failure> failure;
    for (std::size_t step = 1; step > 0 && !failure;) {
        failpoint("rotate_step");
        database->transaction([&] {
            const auto done = storage::rewrap_some(*database, ring, at_once);
            if (!done) failure = done.error();
            step = done.value_or(0);
            failpoint("rotate_commit");
        });
        moved += step;
    }
    if (failure) return report(call, *failure);
    database->transaction([&] {
        storage::forget_unused_proofs(*database, ring);
        if (moved == 0) return;
        storage::AuditEntry entry;
        entry.at = system_clock().now();
        entry.actor = operator_name();
        entry.action = "key.rotated";
        entry.subject = ring.active().id;
        entry.details = nlohmann::json{{"secrets", moved}}.dump();
        storage::Audit(*database).append(entry);
    });
    print_counts(call, *database, ring, moved);
    return exit_ok;
}

}  // namespace countersign::bot::commands

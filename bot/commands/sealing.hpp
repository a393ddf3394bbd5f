#pragma once

#include "bot/commands/report.hpp"
#include "storage/seal.hpp"

#include <optional>

namespace countersign::bot::commands {

// What every command needs that touches stored credentials: settings and the right key. Nothing has been
// written when they are not there (C1, C2).
struct Unlocked {
    std::optional<config::Settings> settings;
    storage::KeyRing ring;
    int code = exit_ok;
};
// `key_required`: also when nothing is sealed yet.
[[nodiscard]] Unlocked unlock(const Call& call, bool key_required);

// A database to write to, also beside a running daemon, or the exit code after the reason was printed.
struct Writable {
    std::optional<storage::Database> database;
    int code = exit_ok;
};
[[nodiscard]] Writable open_for_writing(const Call& call, const config::Settings& settings);

}  // namespace countersign::bot::commands

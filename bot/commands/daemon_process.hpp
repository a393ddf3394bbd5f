#pragma once

#include <cstdint>
#include <filesystem>

namespace countersign::bot::commands {

// The process that the lock file names, if it lives and is ours by name; else 0. Asking the lock itself could
// get in the way of a daemon that is just starting.
[[nodiscard]] std::int64_t daemon_pid(const std::filesystem::path& database);

}  // namespace countersign::bot::commands

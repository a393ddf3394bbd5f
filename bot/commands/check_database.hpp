#pragma once

#include "bot/commands/findings.hpp"

#include <filesystem>

namespace countersign::bot::commands {

// Whether the daemon could open and write it. Nothing is created or changed, and a running daemon is not
// disturbed.
void check_database(const std::filesystem::path& file, Findings& findings);

}  // namespace countersign::bot::commands

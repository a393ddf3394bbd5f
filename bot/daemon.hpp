#pragma once

#include "config/secrets.hpp"
#include "config/settings.hpp"

namespace countersign::bot {

// Runs until SIGTERM or SIGINT; returns the exit code (design.md §7).
[[nodiscard]] int run_daemon(const config::Settings& settings, const config::Secrets& secrets);

}  // namespace countersign::bot

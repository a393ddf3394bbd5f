#pragma once

#include "config/secrets.hpp"
#include "config/settings.hpp"

namespace countersign::bot {

// Runs until SIGTERM or SIGINT; SIGHUP reads settings.file and the secrets again (R69). Returns the exit code
// (design.md §7): 0 after a clean stop, 75 when the database cannot be used now, 77 when it may not be, 78
// when the trust anchor is no good.
[[nodiscard]] int run_daemon(const config::Settings& settings, const config::Secrets& secrets);

}  // namespace countersign::bot

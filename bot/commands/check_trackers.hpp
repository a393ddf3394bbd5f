#pragma once

#include "bot/commands/findings.hpp"
#include "config/base/clock.hpp"
#include "config/secrets.hpp"
#include "config/settings.hpp"

namespace countersign::bot::commands {

// Asks each configured tracker whether it can be reached, whether its token works and for how long, and
// whether projects, template and labels are there.
void check_trackers(const config::Settings& settings, const config::Secrets& secrets, Timestamp now,
                    Findings& findings);

}  // namespace countersign::bot::commands

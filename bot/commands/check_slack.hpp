#pragma once

#include "bot/commands/findings.hpp"
#include "config/base/clock.hpp"
#include "config/secrets.hpp"
#include "config/settings.hpp"

#include <string>
#include <string_view>

namespace countersign::bot::commands {

// Asks Slack about every token, scope, channel, user group and right that the settings rest on. Reads only.
void check_slack(const config::Settings& settings, const config::Secrets& secrets, Findings& findings);

// Our clock against the Date of an answer: more than a minute apart spoils deadlines and records.
void check_clock(std::string_view date_header, Timestamp now, Findings& findings);

}  // namespace countersign::bot::commands

#pragma once

#include "bot/commands/commands.hpp"

namespace countersign::bot::commands {

// What Slackbot wrote, a redacted sample for each shape, newest first: to extend the tables of its wording.
int list_slackbot_samples(const Call&, bool not_understood);

}  // namespace countersign::bot::commands

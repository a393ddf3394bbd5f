#pragma once

#include <iosfwd>

namespace countersign::bot {

// Reads the arguments, runs the command they name, and returns its exit code (bot/commands/commands.hpp).
[[nodiscard]] int run_command_line(int argc, const char* const* argv, std::ostream& out, std::ostream& err);

}  // namespace countersign::bot

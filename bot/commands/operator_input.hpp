#pragma once

#include "bot/commands/commands.hpp"
#include "config/base/result.hpp"
#include "config/base/secret.hpp"

#include <string>
#include <string_view>

namespace countersign::bot::commands {

// The first line of standard input, without its end; on a terminal it is asked for first. Fails when there is
// none.
[[nodiscard]] Result<std::string> read_line(const Call& call, std::string_view question);
// The same for a secret: not shown on a terminal, wiped from the buffer.
[[nodiscard]] Result<Secret> read_secret_line(const Call& call, std::string_view question);

// The first line of a file that holds a secret: never an argument. Fails when it cannot be read or is empty.
[[nodiscard]] Result<Secret> read_secret_file(const std::string& file);

// Who runs this, for the audit log: "operator:root".
[[nodiscard]] std::string operator_name();

}  // namespace countersign::bot::commands

#pragma once

#include "bot/commands/commands.hpp"
#include "config/base/result.hpp"
#include "config/secrets.hpp"
#include "config/settings.hpp"
#include "storage/database.hpp"

#include <nlohmann/json_fwd.hpp>

#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace countersign::bot::commands {

// The number in every JSON answer; it grows when a field changes its meaning.
inline constexpr int json_schema = 1;

// The settings, or nothing after every problem was printed (exit_configuration).
[[nodiscard]] std::optional<config::Settings> settings_for(const Call& call);
// For a command that decides nothing: a policy file that is gone or wrong is a warning (U3).
[[nodiscard]] std::optional<config::Settings> settings_to_read(const Call& call);
void print(const Call& call, const std::vector<config::Problem>& problems);

// "countersign: TEXT" on stderr, and the exit code that belongs to it.
[[nodiscard]] int report(const Call& call, const Failure& failure);

// A read-only handle on the configured database, or the exit code after the reason was printed.
struct Opened {
    std::optional<storage::Database> database;
    std::optional<config::Settings> settings;
    int code = exit_ok;
};
[[nodiscard]] Opened open_for_reading(const Call& call);

void print_json(const Call& call, const nlohmann::ordered_json& json);

// Text of others on one line of a terminal: no control characters, no line breaks.
[[nodiscard]] std::string one_line(std::string_view text);
// Columns as wide as they need to be, two spaces apart.
void print_table(std::ostream& out, const std::vector<std::vector<std::string>>& rows);

}  // namespace countersign::bot::commands

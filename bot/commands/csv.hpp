#pragma once

#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace countersign::bot::commands {

// One line of RFC 4180. A cell that a spreadsheet would take for a formula gets an apostrophe in front, so
// that opening an export runs nothing that somebody wrote into an app's name (U2).
void print_csv_line(std::ostream& out, const std::vector<std::string>& cells);
[[nodiscard]] std::string csv_cell(std::string_view text);

}  // namespace countersign::bot::commands

#pragma once

#include "bot/commands/record_filter.hpp"
#include "storage/database.hpp"

#include <ostream>
#include <string>

namespace countersign::bot::commands {

// The exports as they are printed and as they lie in an evidence folder; `format` is "json" or "csv".
void write_requests(std::ostream& out, const storage::Database& database, const Records& records,
                    const std::string& format);
void write_entries(std::ostream& out, const Records& records, const std::string& format);

}  // namespace countersign::bot::commands

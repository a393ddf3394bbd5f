#pragma once

#include "bot/commands/record_filter.hpp"
#include "config/base/clock.hpp"
#include "storage/audit.hpp"
#include "storage/database.hpp"

#include <string>
#include <vector>

namespace countersign::bot::commands {

// What is another way than it should be, whether or not the audit log has a word of it (U4).
struct StandingDeviation {
    Timestamp at;  // since then
    std::string who, what, subject, details;
};
// Apps that are installed and that nobody here approved, however that became known, what the decisions'
// own records contradict (`recheck` is the JSON of `audit recheck`), and where the audit log itself is
// broken.
[[nodiscard]] std::vector<StandingDeviation> standing_deviations(const storage::Database& database,
                                                                 const RecordFilter& filter,
                                                                 const Records& records,
                                                                 const std::string& recheck,
                                                                 const storage::AuditVerdict& log);

}  // namespace countersign::bot::commands

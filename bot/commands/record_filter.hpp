#pragma once

#include "bot/commands/record_commands.hpp"
#include "config/base/result.hpp"
#include "storage/view.hpp"

#include <functional>
#include <set>
#include <string>

namespace countersign::bot::commands {

// The filter of an export, ready to be asked.
class Records {
  public:
    // invalid_argument: a day that is none, or a period that ends before it starts.
    [[nodiscard]] static Result<Records> make(const storage::Database& database, const RecordFilter& filter);

    void for_each_request(const std::function<void(const storage::AppRequest&)>& use) const;  // newest first
    void for_each_entry(const std::function<void(const storage::AuditEntry&)>& use) const;    // oldest first
    [[nodiscard]] bool began_before_the_end(Timestamp at) const { return at < until_; }

  private:
    Records(const storage::Database& database, const RecordFilter& filter)
        : database_(&database), filter_(filter) {}
    [[nodiscard]] bool takes_part(const storage::AppRequest& request) const;

    const storage::Database* database_;
    RecordFilter filter_;
    Timestamp since_{}, until_ = Timestamp::max();
    std::set<std::string> subjects_;  // of the app's entries
};

// What went another way than it should: installs and approvals nobody agreed to, votes that did not count.
[[nodiscard]] bool is_deviation(const storage::AuditEntry& entry);

}  // namespace countersign::bot::commands

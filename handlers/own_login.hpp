#pragma once

#include "config/settings.hpp"
#include "handlers/context.hpp"
#include "handlers/outcome.hpp"
#include "handlers/press.hpp"
#include "storage/issue_facts.hpp"

#include <string>
#include <string_view>
#include <vector>

// Who is who in a tracker, proven by the person's own login there (P9, trackers.md §3.5): Slack shows a code
// to one person, that person writes it as a comment on an issue that is read here, and says in Slack that the
// account is theirs. Names and addresses prove nothing and are never looked at.
namespace countersign::handlers {

// `[[person]]` of the configuration and, where it says nothing about person or account, who has connected.
[[nodiscard]] std::vector<config::PersonMapping> people_in(std::string_view tracker, const Context& context);

// `/app-request connect`, `connect TRACKER`, `connect yes`, and `disconnect`.
[[nodiscard]] Outcome connect_typed(const Press& press, const std::vector<std::string>& words,
                                    const Context& context);
[[nodiscard]] Outcome disconnect_typed(const Press& press, const Context& context);

// After a reading of any issue.
[[nodiscard]] Outcome look_for_codes(std::string_view tracker, const storage::IssueFacts& facts,
                                     const Context& context);

}  // namespace countersign::handlers

#pragma once

#include "handlers/context.hpp"
#include "handlers/outcome.hpp"
#include "handlers/settle.hpp"
#include "storage/issue_facts.hpp"

#include <string>
#include <vector>

// What an approval rested on and what a later reading of its vendor issue does not find any more (A16): the
// admins are told, and nothing is taken from anybody.
namespace countersign::handlers {

// `lost`: signatures that count no more, as sentences. What was told is not told again as long as it is lost:
// whoever keeps the approval keeps it without.
[[nodiscard]] Outcome look_again(Case item, const storage::TrackerIssue& before,
                                 const storage::IssueFacts& facts, const std::vector<std::string>& lost,
                                 const std::string& problem_before, const Context& context);

// While nothing rests on them, or the admins look at it: what is there again would be told if it were lost
// once more.
[[nodiscard]] Outcome forget_found(Case& item, const std::vector<std::string>& lost, const Context& context);

}  // namespace countersign::handlers

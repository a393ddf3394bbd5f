#pragma once

#include "handlers/context.hpp"
#include "handlers/outcome.hpp"
#include "handlers/review/issue_verdict.hpp"
#include "handlers/settle.hpp"

#include <string>
#include <vector>

namespace countersign::handlers {

// What the verdict on an issue does to the votes of `item`: signatures that count become votes, votes whose
// signature no longer counts are taken back. Returns a sentence for each that was taken back.
[[nodiscard]] std::vector<std::string> apply_signatures(Case& item, const review::IssueVerdict& verdict,
                                                        Outcome& outcome, const Context& context);

// Another issue is linked now: what was signed elsewhere counts again when that is. Sentences as above.
[[nodiscard]] std::vector<std::string> void_signatures_elsewhere(Case& item, Outcome& outcome,
                                                                 const Context& context);

// An alarm where the admins had been told that it is ready, and without what was taken back it is not
// (domain.md §8.4, "evidence withdrawn"). Before it is settled.
[[nodiscard]] Outcome not_ready_any_more(const Case& item, const std::vector<std::string>& taken_back,
                                         const Context& context);

// The signature behind a vote, also where the policy carried it to another set of scopes (P8).
[[nodiscard]] std::string signature_of(const storage::Vote& vote, const std::vector<storage::Vote>& all);

// The verdict's refusals as the card shows them: "not counted: why".
void show_refusals(Case& item, const Context& context);

}  // namespace countersign::handlers

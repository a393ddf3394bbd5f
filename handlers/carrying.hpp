#pragma once

#include "handlers/context.hpp"
#include "handlers/outcome.hpp"
#include "handlers/settle.hpp"

#include <vector>

namespace countersign::handlers {

// P8: after the scopes of `item.request` have grown beyond `before`, the votes of parties that the policy
// says are not concerned by what is new go along to the new set; everybody else votes again.
[[nodiscard]] Outcome carry_votes(Case& item, const std::vector<storage::Vote>& votes,
                                  const std::vector<storage::Scope>& before, std::string_view old_hash,
                                  const Context& context);

}  // namespace countersign::handlers

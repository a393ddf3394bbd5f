#pragma once

#include "handlers/context.hpp"
#include "handlers/outcome.hpp"
#include "handlers/settle.hpp"

#include <string_view>
#include <vector>

namespace countersign::handlers {

namespace marks {
// What is signed until `at` is for what it asked for before. value "": its issue was not read since, whose
// clock tells.
inline constexpr std::string_view scopes_changed = "scopes_changed";
inline constexpr std::string_view read_since = "read";
}  // namespace marks

// P8: after the scopes of `item.request` have become others than `before`, the votes of parties that the
// policy says are not concerned by what is new go along to the new set; everybody else votes again.
[[nodiscard]] Outcome carry_votes(Case& item, const std::vector<storage::Vote>& votes,
                                  const std::vector<storage::Scope>& before, std::string_view old_hash,
                                  const Context& context);

// A new request comes in the place of `other`: the issue if it has none of its own, who wants to be heard,
// and the votes as history; they count where they were for the same scopes, or where the above carries them
// (domain.md §8.4). A signature that is known is not counted anew when the issue is read again.
[[nodiscard]] Outcome inherit(Case& item, const storage::AppRequest& other, const Context& context);

}  // namespace countersign::handlers

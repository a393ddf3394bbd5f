#pragma once

#include "handlers/context.hpp"
#include "handlers/event.hpp"
#include "handlers/outcome.hpp"
#include "handlers/press.hpp"

#include <string>
#include <vector>

// P10: who is away, and who votes in their place. A delegate hears once when that begins and once when it
// ends; whoever is away hears when their delegate is away too, or has left.
namespace countersign::handlers {

// `/app-request away 2026-12-01 2026-12-10 U0DELEGATE`, `back`.
[[nodiscard]] Outcome go_away(const Press& press, const std::vector<std::string>& words,
                              const Context& context);
[[nodiscard]] Outcome come_back(const Press& press, const Context& context);

[[nodiscard]] Outcome absence_due(const Event& event, const Context& context);  // timer of kind "absence"

// For good: nobody votes in the place of this person any more, nor this person in anybody's.
[[nodiscard]] Outcome absentee_left(const UserId& person, const Context& context);
[[nodiscard]] Outcome delegate_left(const UserId& person, const Context& context);

}  // namespace countersign::handlers

#pragma once

#include "handlers/context.hpp"
#include "handlers/outcome.hpp"

// Somebody has left the workspace.
namespace countersign::handlers {

// I14, M19: told to the admins once, with all that needs another owner.
[[nodiscard]] Outcome person_left(const UserId& person, const Context& context);

// P10: whoever they were to vote for is told once and may name somebody else.
[[nodiscard]] Outcome delegate_left(const UserId& person, const Context& context);

}  // namespace countersign::handlers

#pragma once

#include "handlers/context.hpp"
#include "handlers/outcome.hpp"

// I14, M19: somebody who answers for installed apps has left.
namespace countersign::handlers {

// Told to the admins once, with all that needs another owner.
[[nodiscard]] Outcome person_left(const UserId& person, const Context& context);

}  // namespace countersign::handlers

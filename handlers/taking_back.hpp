#pragma once

#include "handlers/context.hpp"
#include "handlers/outcome.hpp"
#include "handlers/press.hpp"

// P21: a person takes their own vote back. Until the decision it then counts no more; after it the votes stay
// as the decision rests on them, and the admins look at it again.
namespace countersign::handlers {

// `Take back my vote` in the details.
[[nodiscard]] Outcome take_back_pressed(const Press& press, const Context& context);

}  // namespace countersign::handlers

#pragma once

#include "handlers/context.hpp"
#include "handlers/outcome.hpp"

#include <functional>
#include <string_view>

namespace countersign::handlers {

// One of several things that an event does. Where it throws, an alarm says so once a day, and the others are
// done all the same. A database that does not work still ends them all.
[[nodiscard]] Outcome guarded(std::string_view what, const Context& context,
                              const std::function<Outcome()>& work);

}  // namespace countersign::handlers

#pragma once

#include "handlers/context.hpp"
#include "handlers/event.hpp"
#include "handlers/outcome.hpp"

namespace countersign::handlers {

// A tracker's webhook that tells of access that has ended, instead of an issue.
[[nodiscard]] bool is_access_hook(const Event& event);
// I16: the App was suspended or uninstalled, or a person has taken their consent back. Nobody waits for the
// next call to fail.
[[nodiscard]] Outcome access_hook(const Event& event, const Context& context);

}  // namespace countersign::handlers

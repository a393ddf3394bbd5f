#pragma once

#include "handlers/context.hpp"
#include "handlers/outcome.hpp"
#include "handlers/press.hpp"
#include "handlers/settle.hpp"

#include <string>
#include <vector>

namespace countersign::handlers {

// M24: `/app-request suspend REQ-12 reason`: restricted first, asked afterwards. Once Slack lists it so, the
// review is open: an admin keeps the restriction or clears it. By the app's id or name every approval of it,
// in whatever workspace; typed again, what Slack refused is tried again.
[[nodiscard]] Outcome suspend_typed(const Press& press, const std::vector<std::string>& words,
                                    const Context& context);
// By the marks of a request: whether its restriction is such an emergency.
[[nodiscard]] bool is_being_suspended(const std::vector<storage::Mark>& known);
// `Suspended` or `Restricted`: what a restriction that has happened ends in. The emergency's mark is used up.
[[nodiscard]] storage::RequestState restricted_state(const Case& item, Outcome& outcome);

}  // namespace countersign::handlers

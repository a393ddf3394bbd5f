#pragma once

#include "handlers/context.hpp"
#include "handlers/outcome.hpp"
#include "handlers/settle.hpp"

namespace countersign::handlers {

// Slack keeps one decision an app and place (domain.md §8.5). What an admin restricted or cleared on one
// request's card ends the same way for its siblings: the other requests for that app there that stand as
// decided. Merge it before the end of `decided` itself, whose decision is to be the newest. A suspension is
// for now and takes nothing along.
[[nodiscard]] Outcome siblings_follow(const storage::AppRequest& decided, const Ending& ending,
                                      const Context& context);

}  // namespace countersign::handlers

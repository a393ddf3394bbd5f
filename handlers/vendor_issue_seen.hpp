#pragma once

#include "handlers/context.hpp"
#include "handlers/effect_answer.hpp"
#include "handlers/event.hpp"
#include "handlers/outcome.hpp"

// A linked vendor issue is watched: read when it is linked, by the clock and when its tracker says so.
namespace countersign::handlers {

// After a request was linked to an issue: it is read, and looked at again from then on. Nothing without a
// token for its tracker.
[[nodiscard]] Outcome watch_issue(const storage::VendorIssue& issue, const Context& context);

// The answer to a reading (purposes::issue).
[[nodiscard]] Outcome issue_told(const EffectAnswer& answer, const Context& context);

// A tracker says that an issue has changed (webhook): a hint, so the issue is read.
[[nodiscard]] Outcome tracker_hook(const Event& event, const Context& context);

}  // namespace countersign::handlers

#pragma once

#include "handlers/context.hpp"
#include "handlers/effect_answer.hpp"
#include "handlers/event.hpp"
#include "handlers/outcome.hpp"
#include "handlers/settle.hpp"

// A vendor issue as its tracker tells it: facts become a verdict, a verdict becomes votes, and what changed
// about the issue is told once.
namespace countersign::handlers {

// After a request was linked to an issue: it is read, and looked at again from then on. Nothing without a
// token for its tracker.
[[nodiscard]] Outcome watch_issue(const storage::VendorIssue& issue, const Context& context);

// The answer to a reading (purposes::issue).
[[nodiscard]] Outcome issue_told(const EffectAnswer& answer, const Context& context);
// The answer to the reading before Slack's approve (purposes::issue_check, A18).
[[nodiscard]] Outcome issue_checked(const EffectAnswer& answer, const Context& context);

// The answer to the reading before people are sent to Slack's own button (purposes::issue_hand_over, A18).
[[nodiscard]] Outcome hand_over_checked(const EffectAnswer& answer, const Context& context);

// A tracker says that an issue has changed (webhook): a hint, so the issue is read.
[[nodiscard]] Outcome tracker_hook(const Event& event, const Context& context);

}  // namespace countersign::handlers

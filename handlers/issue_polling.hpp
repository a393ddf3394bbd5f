#pragma once

#include "handlers/context.hpp"
#include "handlers/effect_answer.hpp"
#include "handlers/event.hpp"
#include "handlers/outcome.hpp"

#include <string_view>

// Issues are looked at again and again, because a webhook may be missing or lost (S6): which of them have
// changed is asked for a hundred at a time, and only those are read (S3).
namespace countersign::handlers {

// At start: every tracker's polling begins, and links made before there was a token are taken up.
[[nodiscard]] Outcome begin_polling(const Context& context);
// Timer of kind "tracker_begins": a token came while we ran, or another in its place, by a reload or with an
// integration.
[[nodiscard]] Outcome tracker_begins(const Event& event, const Context& context);
// Timer of kind "tracker_lost": its token is gone, or the integration that brought one is paused or broken.
[[nodiscard]] Outcome tracker_lost(const Event& event, const Context& context);
// Timer of kind "tracker_poll".
[[nodiscard]] Outcome poll_due(const Event& event, const Context& context);
[[nodiscard]] Outcome changed_issues_told(const EffectAnswer& answer, const Context& context);
[[nodiscard]] Outcome tracker_account_told(const EffectAnswer& answer, const Context& context);
// The tracker has refused its token: when it works again, whose it is is asked before anything is believed.
[[nodiscard]] Outcome account_doubted(std::string_view tracker, const Context& context);

// One more reading, unless one that has not begun waits already.
[[nodiscard]] Outcome read_again(storage::TrackerIssue issue, std::string_view round, const Context& context);

}  // namespace countersign::handlers

#pragma once

#include "handlers/context.hpp"
#include "handlers/event.hpp"
#include "handlers/outcome.hpp"
#include "handlers/press.hpp"
#include "storage/records.hpp"

#include <string>
#include <string_view>

// Applying a decision: what Slack believes is read before and after, never assumed (design.md §7, M3,
// invariants 1, 6). An inquiry reads Slack's lists one page after the other, each without and with the
// certified apps (domain.md §0.6), until it has found the app or knows that it is not there.
namespace countersign::handlers {

enum class Inquiry {
    precheck,  // pending? with which scopes? then approve
    confirm,   // after the call: is it listed as decided?
    unclear,   // the call's answer was lost: decided, still pending, or what?
    adopt,     // resolved by somebody else: how?
    vanished,  // a sweep did not see it: still pending, decided or cancelled outside?
};

// Who is told when it ends badly; empty for the policy.
struct Asker {
    UserId user;
    ChannelId channel;
    int repeats = 0;  // calls repeated after a lost answer
};

// Changes the request (state, decision) for the call; the caller settles it afterwards and merges the
// outcome.
[[nodiscard]] Outcome begin_approval(storage::AppRequest& request, const UserId& by, const Asker& asker,
                                     const Context& context);
[[nodiscard]] Outcome begin_restriction(storage::AppRequest& request, const UserId& by,
                                        const std::string& reason, const Asker& asker,
                                        const Context& context);

// First page of an inquiry. The caller saves the request, so that the next inquiry has another version in its
// keys.
[[nodiscard]] Outcome ask_slack(const storage::AppRequest& request, Inquiry kind, const Asker& asker,
                                const Context& context);

// A page came (purposes::inquiry), or the answer to approve/restrict (purposes::decide) or cancel.
[[nodiscard]] Outcome inquiry_answered(const Event& event, const Context& context);
[[nodiscard]] Outcome decision_answered(const Event& event, const Context& context);
[[nodiscard]] Outcome cancel_answered(const Event& event, const Context& context);

// The watch over a call under way: due when its answer should long have been there.
[[nodiscard]] Outcome watch_due(const Event& event, const Context& context);
// At start: calls under way whose answer will not come any more are read back.
[[nodiscard]] Outcome resume_decisions(const Context& context);

}  // namespace countersign::handlers

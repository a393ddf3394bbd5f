#pragma once

#include "handlers/context.hpp"
#include "handlers/effect_answer.hpp"
#include "handlers/event.hpp"
#include "handlers/outcome.hpp"

#include <string_view>

// How long the token of a stored authorization lives: it is renewed before it ends, looked at now and then,
// and what its server says of it decides its state (trackers.md §4.5, §6.3).
namespace countersign::handlers {

// When to renew it: while the larger of five minutes and a tenth of its life is left, of a short life half.
[[nodiscard]] Timestamp refresh_time(const storage::Authorization& authorization, Timestamp now);

// At start, and once a day: every authorization has its timers.
[[nodiscard]] Outcome schedule_accounts(const Context& context);
[[nodiscard]] Outcome refresh_due(const Event& event, const Context& context);
[[nodiscard]] Outcome check_due(const Event& event, const Context& context);
[[nodiscard]] Outcome refresh_answered(const EffectAnswer& answer, const Context& context);
[[nodiscard]] Outcome check_answered(const EffectAnswer& answer, const Context& context);
[[nodiscard]] Outcome revoke_answered(const EffectAnswer& answer, const Context& context);

// Somebody wants to know now; told when the server has answered.
[[nodiscard]] Outcome test_authorization(const storage::Authorization& authorization, const UserId& tester,
                                         const Context& context);
// A server has said 401 to a call: one renewal where there can be one, else a second look after a minute.
[[nodiscard]] Outcome token_refused(storage::Authorization authorization, const Context& context);
// The same, heard from a call to a tracker by its name; nothing where the token is the environment's.
[[nodiscard]] Outcome tracker_refused(std::string_view tracker, const Context& context);
// It cannot be used any more: so can nothing that was built on it. Told once (I7).
[[nodiscard]] Outcome authorization_broken(storage::Authorization authorization, std::string_view why,
                                           const Context& context);
// I15: Slack has taken tokens away, maybe one that is stored here.
[[nodiscard]] Outcome slack_tokens_lost(const Event& event, const Context& context);

}  // namespace countersign::handlers

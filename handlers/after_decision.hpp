#pragma once

#include "handlers/context.hpp"
#include "handlers/effect_answer.hpp"
#include "handlers/event.hpp"
#include "handlers/outcome.hpp"
#include "handlers/press.hpp"
#include "handlers/settle.hpp"

#include <string>
#include <string_view>
#include <vector>

// What becomes of a decision later: reconsidered, kept, cleared, expired (M7, M8, domain.md §8.4).
namespace countersign::handlers {

// Opens the question again because of `why`; only for what was approved, installed or restricted.
[[nodiscard]] Outcome reconsider(Case item, const std::string& why, std::string_view actor,
                                 const Context& context);

// Keep, Clear on a card that is reconsidered, and their forms.
[[nodiscard]] Outcome keep_or_clear_submitted(const Press& press, Case item, const Context& context);
// `/app-request clear REQ-12 reason`
[[nodiscard]] Outcome clear_typed(const Press& press, const std::vector<std::string>& words,
                                  const Context& context);
// `/app-request object REQ-12 reason`: a party's objection after the decision (P21).
[[nodiscard]] Outcome object_typed(const Press& press, const std::vector<std::string>& words,
                                   const Context& context);
// `/app-request automatic off|on`: the switch for all automatic applying.
[[nodiscard]] Outcome automatic_typed(const Press& press, const std::vector<std::string>& words,
                                      const Context& context);

// In the evidence of a clear that ended the request here and left Slack's decision, which rests on another.
inline constexpr std::string_view slack_keeps = "Slack keeps ";
// The answer to admin.apps.clearResolution (purposes::clear).
[[nodiscard]] Outcome clear_answered(const EffectAnswer& answer, const Context& context);
// A restriction's last day has passed (timer of kind "restriction").
[[nodiscard]] Outcome restriction_over(const Event& event, const Context& context);
// Until its last day, where it has one.
[[nodiscard]] Outcome watch_restriction(const Case& item, const Context& context);

// R15: approved, and not installed in the policy's time as far as is known; nothing where the app is
// installed there after all. Slack's log is looked at first (integration_log.hpp).
[[nodiscard]] Outcome approval_lapsed(const storage::AppRequest& request, const Context& context);
// The log agrees: the approval is taken back.
[[nodiscard]] Outcome never_installed(const storage::AppRequest& request, const Context& context);

}  // namespace countersign::handlers

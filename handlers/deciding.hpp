#pragma once

#include "handlers/context.hpp"
#include "handlers/event.hpp"
#include "handlers/outcome.hpp"
#include "handlers/press.hpp"
#include "handlers/settle.hpp"

#include <optional>
#include <string>

// What an admin's decision needs before it may be applied, and how it is applied without an admin token.
namespace countersign::handlers {

// "you may not, because …"; nullopt: every party agrees on the present scopes and nothing else is missing.
[[nodiscard]] std::optional<std::string> why_not_approvable(const Case& item, views::Language language,
                                                            const Context& context);

// An admin token is here, and Slack knows what the request is about.
[[nodiscard]] bool applies_by_api(const storage::AppRequest& request, const Context& context);

// Workspace driver: notes what was decided and tells the admin exactly what to press in Slack. The state
// stays until an admin presses `Done`. Where the vendor issue is evidence, it is read again before (A18).
[[nodiscard]] Outcome hand_over(const Press& press, Case item, storage::DecisionKind kind,
                                const std::string& reason, const Context& context);
// The same once it was read.
[[nodiscard]] Outcome handed_over(const Press& press, Case item, storage::DecisionKind kind,
                                  const std::string& reason, const Context& context);

// Workspace driver, when a request became ready: the managers are shown Slack's own button, unless it takes a
// press of theirs on the card first; where the vendor issue is evidence, after it was read again (A18).
[[nodiscard]] Outcome hand_to_managers(Case& item, const Context& context);
// The same where more than one admin had to press before that, and by what holds now need not any more.
[[nodiscard]] Outcome hand_over_after_all(Case& item, const Context& context);
[[nodiscard]] storage::Change hand_over_later(RequestId request, const Context& context);
[[nodiscard]] Outcome hand_over_due(const Event& event, const Context& context);  // timer of kind "hand_over"

}  // namespace countersign::handlers

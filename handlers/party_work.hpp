#pragma once

#include "handlers/context.hpp"
#include "handlers/event.hpp"
#include "handlers/outcome.hpp"
#include "handlers/press.hpp"

#include <string>
#include <vector>

// What members of a party do besides approving and rejecting: conditions, abstaining, claims, a typed app
// name, comments that become votes, several requests at once.
namespace countersign::handlers {

// Buttons of the details: Approve with condition, Abstain, Claim.
[[nodiscard]] Outcome party_pressed(const Press& press, const Context& context);
// Their forms.
[[nodiscard]] Outcome party_form_submitted(const Press& press, const Context& context);
[[nodiscard]] bool is_party_form(std::string_view form);

// "2027-01-31", today or later.
[[nodiscard]] bool is_day_to_come(std::string_view text, const Context& context);
// The last moment of such a day, in the policy's time zone.
[[nodiscard]] Timestamp end_of_day(std::string_view day, const Context& context);

// P24: the message shortcut `vote_from_comment`.
[[nodiscard]] Outcome comment_chosen(const Event& event, const Press& press);

// `/app-request approve REQ-1 REQ-2 remark`.
[[nodiscard]] Outcome approve_many(const Press& press, const std::vector<std::string>& words,
                                   const Context& context);

}  // namespace countersign::handlers

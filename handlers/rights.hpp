#pragma once

#include "handlers/context.hpp"
#include "handlers/outcome.hpp"
#include "handlers/press.hpp"
#include "handlers/review/members.hpp"
#include "handlers/settle.hpp"

#include <expected>
#include <string>
#include <vector>

// Who may do what, checked at the moment of the press. The unexpected value is the whole outcome of the
// press: a refusal that the person sees, or a press that waits for a user group to be read and is then
// decided again.
namespace countersign::handlers {

// The parties that a person may vote for: their own, those of the absent who named them, and those that their
// party stands in for (P10). Who is away may still vote, but lends the right to nobody's delegate in turn.
[[nodiscard]] review::PartyMembership may_vote_for(const UserId& person, const review::GroupKnowledge& groups,
                                                   const Context& context);
// Those whose place the person takes today.
[[nodiscard]] std::vector<storage::Absence> absent_today(const UserId& delegate, const Context& context);

// Indexes of the parties that the person may vote for; at least one.
[[nodiscard]] std::expected<std::vector<std::size_t>, Outcome> require_party(const Press& press,
                                                                             const Case& item,
                                                                             const Context& context);
[[nodiscard]] std::expected<void, Outcome> require_admin(const Press& press, std::string_view subject,
                                                         const Context& context);
// Of an unexpected outcome: whether it only waits for a group to be read, and the sentence it says.
[[nodiscard]] bool waits_for_group(const Outcome& outcome);
[[nodiscard]] std::string refusal_text(const Outcome& outcome);

// A party's member or an admin; parties may be empty (an admin).
[[nodiscard]] std::expected<std::vector<std::size_t>, Outcome> require_reviewer(const Press& press,
                                                                                const Case& item,
                                                                                const Context& context);

// The request that a card's button, a form or a requester's button belongs to.
[[nodiscard]] std::expected<Case, Outcome> require_case(const Press& press, const Context& context);
// The press is on the scopes that the request has now, on the message that is its card.
[[nodiscard]] std::expected<void, Outcome> require_current_card(const Press& press, const Case& item,
                                                                const Context& context);

// The group that a press waited for was read, or could not be.
[[nodiscard]] Outcome group_answered(const Event& event, const Context& context);

}  // namespace countersign::handlers

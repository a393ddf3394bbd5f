#pragma once

#include "handlers/context.hpp"
#include "handlers/event.hpp"
#include "handlers/outcome.hpp"
#include "handlers/settle.hpp"

#include <string>
#include <string_view>
#include <vector>

// Who belongs to a party now, and what becomes of a request when somebody does not any more: claims go back
// to the party, votes stay and are shown as a former member's, and a party with nobody in it holds the
// request (domain.md §8.5). Nothing here ever votes.
namespace countersign::handlers {

namespace marks {
// subject: the party that the person is no member of; value: in whose place, "" = another party stands in
inline constexpr std::string_view deputy = "deputy";
inline constexpr std::string_view unmanned = "unmanned";  // subject: a party with nobody in it; it is held
}  // namespace marks

// That this person votes for the party in the place of others, if so.
[[nodiscard]] const storage::Mark* deputy_mark(const std::vector<storage::Mark>& all, const UserId& person,
                                               std::string_view party);

// Whose say a vote is: of whoever was away where the voter took their place.
[[nodiscard]] UserId say_behind(const storage::Vote& vote, const std::vector<storage::Mark>& all);

// May vote for the party now, as far as is known without asking Slack.
[[nodiscard]] bool still_member(const UserId& person, std::size_t party, const Context& context);

// May decide now, likewise.
[[nodiscard]] bool is_admin_still(const UserId& person, const Context& context);

// Of the matrix: who has voted and is no member any more, and who has it claimed and still is one.
void show_members(Case& item, const Context& context);

// While a party that has to agree has nobody who could, the request is held, and the admins are told.
[[nodiscard]] Outcome hold_without_members(Case& item, const Context& context);

// Looks at every open request again, after what is known of members has changed: a timer of kind "members",
// so that it finds the change done. `people`: those who may not be members any more.
[[nodiscard]] storage::Change look_over_members(const std::string& cause, const std::vector<UserId>& people,
                                                const Context& context);
[[nodiscard]] Outcome members_changed(const Event& event, const Context& context);

}  // namespace countersign::handlers

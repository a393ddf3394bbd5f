#pragma once

#include "handlers/context.hpp"
#include "handlers/outcome.hpp"
#include "handlers/settle.hpp"

#include <string>
#include <string_view>
#include <vector>

// Who is written to while a request waits, and when it is fit to write to them.
namespace countersign::handlers {

// "2026-11-21", there where the calendar is.
[[nodiscard]] std::string today(const Context& context);
// People and the members of groups as last read, each once, without those who have left.
[[nodiscard]] std::vector<UserId> people_of(const std::vector<std::string>& members, const Context& context);
// P10: away today, with or without a delegate.
[[nodiscard]] bool is_away(const UserId& person, const Context& context);

// Who may still answer for a party: who claimed it, else its members; delegates for who is away; without the
// requester and those who have voted.
[[nodiscard]] std::vector<UserId> awaited(const Case& item, const review::PartyStatus& row,
                                          const Context& context);

[[nodiscard]] Outcome remind_requester(const Case& item, const Context& context);
[[nodiscard]] Outcome remind_parties(const Case& item, const Context& context);
// Tells a link of the chain (a person or a group) that nobody answers. Never a vote (invariant 7).
[[nodiscard]] Outcome escalate(const Case& item, const std::string& link, const Context& context);

}  // namespace countersign::handlers

#pragma once

#include "handlers/review/party_status.hpp"
#include "storage/records.hpp"

#include <vector>

namespace countersign::handlers::review {

// The states in which parties vote: everything before a call to Slack or an end.
[[nodiscard]] bool in_votes(storage::RequestState state);
// A call to Slack is under way or its answer is being looked up.
[[nodiscard]] bool in_flight(storage::RequestState state);
// Decided once, and an admin has to say whether it stays.
[[nodiscard]] bool is_looked_at_again(storage::RequestState state);
// By its requester. What was decided, even if it is looked at again, would look as if it had never been.
[[nodiscard]] bool may_be_withdrawn(storage::RequestState state);
// Slack says approved, installed or not.
[[nodiscard]] bool is_approved(storage::RequestState state);

// Where a request in one of the voting states belongs, from its votes and vendor issue (domain.md §8.4).
// Any other state is returned as it is: it only moves on evidence from Slack or on a person's word.
[[nodiscard]] storage::RequestState next_state(const storage::AppRequest& request,
                                               const std::vector<PartyStatus>& matrix, bool has_issue,
                                               bool needs_issue);

// Every party agrees on exactly the present scopes, and the vendor issue is there if it must be (invariant
// 1).
[[nodiscard]] bool may_be_approved(const std::vector<PartyStatus>& matrix, bool has_issue, bool needs_issue);

}  // namespace countersign::handlers::review

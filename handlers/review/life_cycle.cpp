#include "handlers/review/life_cycle.hpp"

#include "handlers/review/votes.hpp"

#include <algorithm>

namespace countersign::handlers::review {

using storage::RequestState;

bool in_votes(RequestState state) {
    switch (state) {
        case RequestState::awaiting_issue:
        case RequestState::in_review:
        case RequestState::need_info:
        case RequestState::ready:
        case RequestState::held:
            return true;
        default:
            return false;
    }
}

bool is_looked_at_again(RequestState state) {
    return state == RequestState::reconsider || state == RequestState::suspended;
}

bool may_be_withdrawn(RequestState state) {
    return !storage::is_final(state) && !in_flight(state) && !is_looked_at_again(state);
}

bool is_approved(RequestState state) {
    return state == RequestState::approved || state == RequestState::installed;
}

bool in_flight(RequestState state) {
    return state == RequestState::applying || state == RequestState::unclear;
}

bool may_be_approved(const std::vector<PartyStatus>& matrix, bool has_issue, bool needs_issue) {
    return all_satisfied(matrix) && (has_issue || !needs_issue);
}

RequestState next_state(const storage::AppRequest& request, const std::vector<PartyStatus>& matrix,
                        bool has_issue, bool needs_issue) {
    if (!in_votes(request.state)) return request.state;
    const auto any = [&](PartyState state) {
        return std::ranges::any_of(matrix, [&](const auto& status) { return status.state == state; });
    };
    if (any(PartyState::rejected)) return RequestState::denied;
    // An admin's question belongs to no party: only the answer ends it. A party's own vote ends its question.
    const bool asked = request.state == RequestState::need_info && request.info_answer.empty();
    if (asked && (request.info_party.empty() || any(PartyState::need_info))) return RequestState::need_info;
    // Held is left by whatever happens next (settle), never by silence.
    if (request.state == RequestState::held) return RequestState::held;
    if (may_be_approved(matrix, has_issue, needs_issue)) return RequestState::ready;
    if (!has_issue && needs_issue) return RequestState::awaiting_issue;
    return RequestState::in_review;
}

}  // namespace countersign::handlers::review

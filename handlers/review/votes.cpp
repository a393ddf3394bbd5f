#include "handlers/review/votes.hpp"

#include <algorithm>
#include <map>

namespace countersign::handlers::review {
namespace {

using storage::Vote;
using storage::VoteAnswer;

bool says_yes(const Vote& vote) {
    return vote.answer == VoteAnswer::approve || vote.answer == VoteAnswer::conditional;
}

bool open_question(const storage::AppRequest& request, const std::string& party) {
    return request.state == storage::RequestState::need_info && request.info_party == party;
}

// Why a vote does not count, if so; it is shown and counts as not given (domain.md §8.3, `stale`).
std::string not_counted(const Vote& vote, const VoteRules& rules) {
    if (rules.stale && rules.stale(vote.at)) return "an approval that is too old";
    const bool lapsed = vote.answer == VoteAnswer::conditional && !vote.condition_until.empty() &&
                        !rules.today.empty() && vote.condition_until < rules.today;
    return lapsed ? "the condition was due on " + vote.condition_until : std::string();
}

PartyStatus row(const storage::AppRequest& request, const config::Party& party,
                const std::vector<Vote>& votes, const VoteRules& rules) {
    PartyStatus status;
    status.condition_counts = rules.conditional_counts;
    status.party = party.name;
    status.quorum = party.quorum;
    const Vote* rejection = nullptr;
    const Vote* question = nullptr;
    const Vote* condition = nullptr;
    const Vote* agreement = nullptr;
    const Vote* abstention = nullptr;
    for (const auto& vote : votes) {
        if (vote.party != party.name) continue;
        if (const auto why = says_yes(vote) ? not_counted(vote, rules) : std::string(); !why.empty()) {
            status.not_counted.push_back(why);
            continue;
        }
        switch (vote.answer) {
            case VoteAnswer::reject:
                rejection = &vote;
                break;
            case VoteAnswer::need_info:
                question = &vote;
                break;
            case VoteAnswer::abstain:
                abstention = &vote;
                break;
            case VoteAnswer::conditional:
                condition = &vote;
                [[fallthrough]];
            case VoteAnswer::approve:
                agreement = &vote;
                ++status.approvals;
                break;
            case VoteAnswer::retracted:
                break;
        }
    }
    const auto decide = [&](PartyState state, const Vote& vote) {
        status.state = state;
        status.remark = vote.remark;
        status.since = vote.at;
        status.from_tracker = vote.source == storage::VoteSource::tracker;
    };
    const auto need = std::ranges::find(rules.needs, party.name, &PartyNeed::party);
    const bool needed = need == rules.needs.end() || need->needed;
    if (rejection != nullptr) {
        decide(PartyState::rejected, *rejection);
    } else if (!needed && question == nullptr && status.approvals == 0) {
        // Who votes all the same is shown; who says no is heard (P15).
        status.state = PartyState::not_required;
        status.remark = need->why;
    } else if (status.approvals >= party.quorum && condition != nullptr) {
        decide(PartyState::conditional, *condition);
        status.until = condition->condition_until;
    } else if (status.approvals >= party.quorum) {
        decide(PartyState::approved, *agreement);
    } else if (question != nullptr && open_question(request, party.name)) {
        decide(PartyState::need_info, *question);
    } else if (agreement != nullptr) {
        decide(PartyState::partly, *agreement);
    } else if (abstention != nullptr) {
        decide(PartyState::abstained, *abstention);
    }
    if (!needed && status.state != PartyState::rejected && status.state != PartyState::need_info)
        status.needed = false;
    const auto shown = [&](const Vote& vote) {
        switch (status.state) {
            case PartyState::rejected:
                return vote.answer == VoteAnswer::reject;
            case PartyState::need_info:
                return vote.answer == VoteAnswer::need_info;
            case PartyState::abstained:
                return vote.answer == VoteAnswer::abstain;
            default:
                return is_agreement(vote, rules);
        }
    };
    for (const auto& vote : votes) {
        if (vote.party == party.name && shown(vote)) status.by.push_back(vote.voter);
    }
    return status;
}

}  // namespace

std::vector<Vote> counting_votes(const storage::AppRequest& request, const std::vector<Vote>& votes) {
    std::map<UserId, std::size_t> newest;
    for (std::size_t i = 0; i < votes.size(); ++i) {
        const auto& vote = votes[i];
        if (vote.scope_hash != request.scope_hash || vote.voter == request.requester) continue;
        newest[vote.voter] = i;  // the store gives them oldest first
    }
    std::vector<std::size_t> order;
    for (const auto& [voter, index] : newest)
        order.push_back(index);
    std::ranges::sort(order);
    std::vector<Vote> counting;
    for (const auto index : order) {
        if (votes[index].answer != VoteAnswer::retracted) counting.push_back(votes[index]);
    }
    return counting;
}

std::vector<PartyStatus> party_matrix(const storage::AppRequest& request, const std::vector<Vote>& votes,
                                      const std::vector<config::Party>& parties, const VoteRules& rules) {
    auto counting = counting_votes(request, votes);
    std::erase_if(counting, [&](const Vote& vote) {
        return std::ranges::find(rules.barred, vote.voter) != rules.barred.end();
    });
    std::vector<PartyStatus> matrix;
    matrix.reserve(parties.size());
    for (const auto& party : parties)
        matrix.push_back(row(request, party, counting, rules));
    return matrix;
}

bool is_agreement(const Vote& vote, const VoteRules& rules) {
    return says_yes(vote) && not_counted(vote, rules).empty();
}

bool all_satisfied(const std::vector<PartyStatus>& matrix) {
    return !matrix.empty() &&
           std::ranges::all_of(matrix, [](const auto& status) { return status.satisfied(); });
}

std::vector<std::string> missing_parties(const std::vector<PartyStatus>& matrix) {
    std::vector<std::string> missing;
    for (const auto& status : matrix) {
        if (!status.satisfied()) missing.push_back(status.party);
    }
    return missing;
}

bool conflict_of_interest(const storage::AppRequest& request, const UserId& voter,
                          const std::vector<UserId>& others) {
    return voter == request.requester || std::ranges::find(others, voter) != others.end();
}

std::size_t party_to_vote_for(const std::vector<std::size_t>& memberships, const UserId& voter,
                              const std::vector<Vote>& counting, const std::vector<PartyStatus>& matrix) {
    for (const auto index : memberships) {
        const auto voted = [&](const Vote& vote) {
            return vote.voter == voter && vote.party == matrix[index].party;
        };
        if (std::ranges::any_of(counting, voted)) return index;
    }
    for (const auto index : memberships) {
        if (!matrix[index].satisfied()) return index;
    }
    return memberships.front();
}

}  // namespace countersign::handlers::review

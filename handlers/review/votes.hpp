#pragma once

#include "config/settings.hpp"
#include "handlers/review/party_status.hpp"
#include "handlers/review/policy.hpp"
#include "storage/records.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace countersign::handlers::review {

// What the policy says about votes. Empty: every party is needed, and every vote counts for ever.
struct VoteRules {
    std::vector<PartyNeed> needs;
    bool conditional_counts = true;
    std::string today;                     // ISO day; a condition due before it has lapsed (P3)
    std::function<bool(Timestamp)> stale;  // too old to count (P25)
    std::vector<UserId> barred = {};       // besides the requester: whom the app is for (R19)
};

// The matrix: one row a configured party, from the votes on the request's present scope hash. The newest vote
// of a person counts, for one party only; the requester's never does (P2, P17, P21).
[[nodiscard]] std::vector<PartyStatus> party_matrix(const storage::AppRequest& request,
                                                    const std::vector<storage::Vote>& votes,
                                                    const std::vector<config::Party>& parties,
                                                    const VoteRules& rules = {});

// The votes behind the matrix: newest of each person on this hash, oldest first, without retracted ones.
[[nodiscard]] std::vector<storage::Vote> counting_votes(const storage::AppRequest& request,
                                                        const std::vector<storage::Vote>& votes);

// Says yes, and is neither too old nor has its condition lapsed.
[[nodiscard]] bool is_agreement(const storage::Vote& vote, const VoteRules& rules);

[[nodiscard]] bool all_satisfied(const std::vector<PartyStatus>& matrix);
// Names of the parties that have not agreed yet.
[[nodiscard]] std::vector<std::string> missing_parties(const std::vector<PartyStatus>& matrix);

// This person may not vote at all (P17): the requester, also one who helps to build the app, and `others`,
// whom the app is for.
[[nodiscard]] bool conflict_of_interest(const storage::AppRequest& request, const UserId& voter,
                                        const std::vector<UserId>& others = {});

// Which party a person's vote is for: where the person has voted already, else the first of `memberships`
// (indexes into the matrix) that still waits, else the first of them.
[[nodiscard]] std::size_t party_to_vote_for(const std::vector<std::size_t>& memberships, const UserId& voter,
                                            const std::vector<storage::Vote>& counting,
                                            const std::vector<PartyStatus>& matrix);

}  // namespace countersign::handlers::review

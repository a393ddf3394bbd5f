#include "handlers/carrying.hpp"

#include "handlers/answers.hpp"
#include "handlers/review/policy.hpp"
#include "handlers/review/scopes.hpp"
#include "handlers/review/votes.hpp"

#include <algorithm>

namespace countersign::handlers {

Outcome carry_votes(Case& item, const std::vector<storage::Vote>& votes,
                    const std::vector<storage::Scope>& before, std::string_view old_hash,
                    const Context& context) {
    Outcome outcome;
    const auto& policies = context.settings.policy->party;
    if (policies.empty()) return outcome;
    const auto added = review::difference(before, item.request.scopes).added;
    auto as_before = item.request;
    as_before.scope_hash = old_hash;
    for (const auto& vote : review::counting_votes(as_before, votes)) {
        const auto policy = std::ranges::find(policies, vote.party, &config::PartyPolicy::name);
        const bool agreed =
            vote.answer == storage::VoteAnswer::approve || vote.answer == storage::VoteAnswer::conditional;
        if (!agreed || policy == policies.end() || policy->scopes.empty()) continue;
        if (review::asks_any(added, policy->scopes)) continue;
        auto carried = vote;
        carried.id = 0;
        carried.request = item.request.id;
        carried.scope_hash = item.request.scope_hash;
        carried.source_ref = "carried:" + std::to_string(vote.id);
        outcome.audit.push_back(
            {"countersign", "vote.carried", to_text(item.request.id),
             details({{"party", vote.party}, {"voter", vote.voter.value}, {"from", old_hash}})});
        outcome.changes.emplace_back(storage::AddVote{carried});
        item.votes.push_back(std::move(carried));
    }
    return outcome;
}

}  // namespace countersign::handlers

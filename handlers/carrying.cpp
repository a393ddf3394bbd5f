#include "handlers/carrying.hpp"

#include "handlers/answers.hpp"
#include "handlers/deadlines.hpp"
#include "handlers/issue_polling.hpp"
#include "handlers/issue_votes.hpp"
#include "handlers/joining.hpp"
#include "handlers/judging.hpp"
#include "handlers/membership.hpp"
#include "handlers/redrawing.hpp"
#include "handlers/review/policy.hpp"
#include "handlers/review/scopes.hpp"
#include "handlers/review/votes.hpp"
#include "handlers/trackers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

namespace countersign::handlers {
namespace {

// A condition has its last day for whatever request its vote counts.
void watch(const storage::Vote& vote, const Context& context, Outcome& outcome) {
    if (vote.answer == storage::VoteAnswer::conditional)
        outcome.changes.push_back(watch_condition(vote, context));
}

}  // namespace

Outcome carry_votes(Case& item, const std::vector<storage::Vote>& votes,
                    const std::vector<storage::Scope>& before, std::string_view old_hash,
                    const Context& context) {
    Outcome outcome;
    const auto known = item.issue ? context.view.tracker_issue(key_of(*item.issue)) : std::nullopt;
    const bool is_read = known && known->read_at;
    std::erase_if(item.marks, [](const auto& mark) { return mark.kind == marks::scopes_changed; });
    item.marks.push_back({.request = item.request.id,
                          .kind = std::string(marks::scopes_changed),
                          .subject = {},
                          .person = {},
                          .value = std::string(is_read ? "" : marks::read_since),
                          .scope_hash = item.request.scope_hash,
                          .at = context.now});
    outcome.changes.emplace_back(storage::SetMark{item.marks.back()});
    // At once: whoever signs from now on has seen what is new.
    if (is_read && has_token(known->key.tracker, context))
        outcome.merge(read_again(*known, fmt::format("grown:{}", to_millis(context.now)), context));
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
        // Of a vote that has no number yet there is only what it rests on itself.
        carried.source_ref = vote.id == 0 ? signature_of(vote, votes) : "carried:" + std::to_string(vote.id);
        outcome.audit.push_back(
            {"countersign", "vote.carried", to_text(item.request.id),
             details({{"party", vote.party}, {"voter", vote.voter.value}, {"from", old_hash}})});
        outcome.changes.emplace_back(storage::AddVote{carried});
        watch(carried, context, outcome);
        item.votes.push_back(std::move(carried));
    }
    return outcome;
}

Outcome inherit(Case& item, const storage::AppRequest& other, const Context& context) {
    Outcome outcome;
    const auto& request = item.request;
    if (auto issue = item.issue ? std::nullopt : context.view.vendor_issue(other.id)) {
        issue->request = request.id;
        item.issue = std::move(issue);
    }
    for (auto mark : context.view.marks(other.id)) {
        const bool joined = mark.kind == marks::joined && mark.subject != to_text(request.id);
        const bool kept = mark.kind == marks::heard || mark.kind == marks::on_behalf ||
                          mark.kind == marks::deputy || mark.kind == marks::scopes_changed;
        if (!joined && !kept) continue;
        mark.request = request.id;
        // What had joined is tied again by whoever knows to what, or not: then a say counts again (P17).
        if (joined)
            judge_at(request, next_moment(context), outcome);
        else
            outcome.changes.emplace_back(storage::SetMark{mark});
        item.marks.push_back(std::move(mark));
    }
    item.judgement = judge_request(request, item.marks, context);
    const auto said = context.view.votes(other.id);
    const auto own = item.votes;
    for (const auto& vote : said) {
        const bool known = std::ranges::any_of(own, [&](const storage::Vote& each) {
            return each.voter == vote.voter && each.party == vote.party && each.answer == vote.answer &&
                   each.scope_hash == vote.scope_hash && each.at == vote.at;
        });
        if (known || vote.voter == request.requester) continue;
        auto kept = vote;
        kept.source_ref = signature_of(vote, said);
        kept.id = 0;
        kept.request = request.id;
        outcome.changes.emplace_back(storage::AddVote{kept});
        watch(kept, context, outcome);
        item.votes.push_back(std::move(kept));
    }
    outcome.audit.push_back({"countersign", "request.inherited", to_text(request.id),
                             details({{"from", to_text(other.id)},
                                      {"votes", std::to_string(item.votes.size())},
                                      {"scope_hash", other.scope_hash}})});
    if (other.scope_hash != request.scope_hash)
        outcome.merge(carry_votes(item, item.votes, other.scopes, other.scope_hash, context));
    if (item.issue) (void)void_signatures_elsewhere(item, outcome, context);
    return outcome;
}

}  // namespace countersign::handlers

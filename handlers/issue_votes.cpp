#include "handlers/issue_votes.hpp"

#include "handlers/answers.hpp"
#include "handlers/issue_standing.hpp"
#include "handlers/judging.hpp"
#include "handlers/review/votes.hpp"
#include "handlers/trackers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace countersign::handlers {
namespace {

using review::Signature;
using storage::Vote;
using storage::VoteAnswer;
using storage::VoteSource;

// Where a signature can be seen again; a vote carries it, so that one signature is one vote for ever.
std::string reference(const storage::VendorIssue& issue, const Signature& signature) {
    return fmt::format("{}:{}:{}", to_text(key_of(issue)), signature.signal, signature.ref);
}

// Taken back because of the issue as a whole: it may count again when the issue does.
constexpr std::string_view voided = "void:";
constexpr std::string_view withdrawn = "withdrawn:";

void add_vote(Case& item, Vote vote, Outcome& outcome) {
    outcome.audit.push_back({vote.voter.value,
                             vote.answer == VoteAnswer::retracted ? "vote.withdrawn" : "vote.cast",
                             to_text(item.request.id),
                             details({{"party", vote.party},
                                      {"answer", to_text(vote.answer)},
                                      {"remark", vote.remark},
                                      {"scope_hash", vote.scope_hash},
                                      {"source", "tracker"},
                                      {"cause", vote.source_ref}})});
    outcome.changes.emplace_back(storage::AddVote{vote});
    item.votes.push_back(std::move(vote));
}

const Vote* newest_of(const Case& item, const UserId& voter) {
    const Vote* newest = nullptr;
    for (const auto& vote : item.votes) {
        if (vote.voter == voter && vote.scope_hash == item.request.scope_hash) newest = &vote;
    }
    return newest;
}

bool counted_before(const Case& item, const std::string& ref) {
    return std::ranges::any_of(item.votes, [&](const Vote& vote) { return vote.source_ref == ref; });
}

void count(Case& item, const std::string& party, const Signature& signature, Outcome& outcome,
           const Context& context) {
    const auto voter = person_of(item.issue->tracker, signature.account, context);
    const auto people = asked_for(item);
    if (voter == item.request.requester || std::ranges::find(people, voter) != people.end()) return;
    const auto ref = reference(*item.issue, signature);
    const auto* newest = newest_of(item, voter);
    const bool void_before = newest != nullptr && newest->answer == VoteAnswer::retracted &&
                             newest->source_ref == fmt::format("{}{}", voided, ref);
    if (counted_before(item, ref) && !void_before) return;
    // What the person said in Slack afterwards holds.
    if (newest != nullptr && newest->source == VoteSource::slack && newest->at > signature.at) return;
    add_vote(item,
             {.request = item.request.id,
              .party = party,
              .voter = voter,
              .answer = VoteAnswer::approve,
              .remark = signature.login.empty() ? "" : "@" + signature.login,
              .condition_until = {},
              .scope_hash = item.request.scope_hash,
              .source = VoteSource::tracker,
              .source_ref = ref,
              .at = signature.at},
             outcome);
}

// Why a signature that counted does not any more, in the verdict's own words.
std::string why_not(const review::PartySigned& party, const Vote& vote, const Case& item) {
    for (const auto& refused : party.refused) {
        if (reference(*item.issue, refused) == signature_of(vote, item.votes)) return refused.refused;
    }
    return vote.remark.empty() ? "the sign was taken off the issue"
                               : fmt::format("the sign of {} was taken off the issue", vote.remark);
}

}  // namespace

std::string signature_of(const Vote& vote, const std::vector<Vote>& all) {
    constexpr std::string_view carried = "carried:";
    if (!vote.source_ref.starts_with(carried)) return vote.source_ref;
    const auto from = vote.source_ref.substr(carried.size());
    const auto origin =
        std::ranges::find_if(all, [&](const Vote& each) { return std::to_string(each.id) == from; });
    return origin == all.end() || &*origin == &vote ? vote.source_ref : signature_of(*origin, all);
}

std::vector<std::string> apply_signatures(Case& item, const review::IssueVerdict& verdict, Outcome& outcome,
                                          const Context& context) {
    std::vector<std::string> taken_back;
    if (!item.issue) return taken_back;
    const bool stands = verdict.problem == review::IssueProblem::none;
    std::set<std::string> valid;
    for (const auto& party : verdict.parties) {
        for (const auto& signature : party.counted)
            valid.insert(reference(*item.issue, signature));
    }
    for (const auto& vote : review::counting_votes(item.request, item.votes)) {
        if (vote.source != VoteSource::tracker || vote.answer != VoteAnswer::approve) continue;
        const auto ref = signature_of(vote, item.votes);
        if (stands && valid.contains(ref)) continue;
        const auto party = std::ranges::find(verdict.parties, vote.party, &review::PartySigned::party);
        // Who belongs to the party cannot be read just now: nothing is taken from anybody.
        if (party != verdict.parties.end() && party->verdict == review::Verdict::cannot_tell) continue;
        const bool sign_is_gone = !valid.contains(ref);
        auto back = vote;
        back.id = 0;
        back.answer = VoteAnswer::retracted;
        back.remark = !sign_is_gone || party == verdict.parties.end() ? "the issue does not count"
                                                                      : why_not(*party, vote, item);
        back.source_ref = fmt::format("{}{}", sign_is_gone ? withdrawn : voided, ref);
        back.at = context.now;
        if (sign_is_gone) taken_back.push_back(fmt::format("{}: {}", vote.party, back.remark));
        add_vote(item, std::move(back), outcome);
    }
    if (stands) {
        for (const auto& party : verdict.parties) {
            for (const auto& signature : party.counted)
                count(item, party.party, signature, outcome, context);
        }
    }
    return taken_back;
}

void show_refusals(Case& item, const Context& context) {
    const auto* tracker = item.issue ? find_tracker(item.issue->tracker, context.settings) : nullptr;
    for (auto& row : item.matrix) {
        if (tracker != nullptr) row.signed_in = kind_word(tracker->kind);
        // What has ended shows what it rested on, not what came later.
        if (!item.verdict || storage::is_final(item.request.state)) continue;
        const auto party = std::ranges::find(item.verdict->parties, row.party, &review::PartySigned::party);
        if (party == item.verdict->parties.end()) continue;
        const auto show = [&](std::string why) {
            // Who did what on a confidential issue is not for a channel (G3).
            if (item.known && item.known->confidential) why = "a sign on the issue";
            if (std::ranges::find(row.not_counted, why) == row.not_counted.end())
                row.not_counted.push_back(std::move(why));
        };
        for (const auto& refused : party->refused)
            show(refused.refused);
        for (const auto& signature : party->counted) {
            const auto ref = reference(*item.issue, signature);
            bool here = false;
            bool elsewhere = false;
            for (const auto& vote : item.votes) {
                if (signature_of(vote, item.votes) != ref) continue;
                (vote.scope_hash == item.request.scope_hash ? here : elsewhere) = true;
            }
            if (elsewhere && !here) show("signed before the scopes changed");
        }
    }
}

}  // namespace countersign::handlers

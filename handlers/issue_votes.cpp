#include "handlers/issue_votes.hpp"

#include "config/base/text.hpp"
#include "handlers/answers.hpp"
#include "handlers/carrying.hpp"
#include "handlers/effects.hpp"
#include "handlers/issue_standing.hpp"
#include "handlers/judging.hpp"
#include "handlers/review/votes.hpp"
#include "handlers/tracker_account.hpp"
#include "handlers/trackers.hpp"
#include "handlers/views/notices.hpp"
#include "handlers/views/recorded_texts.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace countersign::handlers {
namespace {

namespace texts = views::texts;
using review::Signature;
using storage::Mark;
using storage::Vote;
using storage::VoteAnswer;
using storage::VoteSource;

// Where a signature can be seen again; a vote carries it, so that one signature is one vote for ever.
std::string reference(const storage::VendorIssue& issue, const Signature& signature) {
    return fmt::format("{}:{}:{}", to_text(key_of(issue)), signature.signal, signature.ref);
}

// Taken back though the sign may be there as before: another issue is linked, this one carries no approvals,
// or who signed may not at present. It counts again when that is over.
constexpr std::string_view voided = "void:";
constexpr std::string_view withdrawn = "withdrawn:";
// To another set of scopes, by the policy (P8); then the number of the vote for the earlier ones.
constexpr std::string_view carried = "carried:";

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

// The signature that a vote gives, or takes back.
std::string signature_meant(const Vote& vote, const std::vector<Vote>& all) {
    for (const auto form : {voided, withdrawn})
        if (vote.source_ref.starts_with(form)) return vote.source_ref.substr(form.size());
    return signature_of(vote, all);
}

// What was last made of a signature for the present scopes.
const Vote* newest_by(const Case& item, const std::string& ref) {
    const Vote* newest = nullptr;
    for (const auto& vote : item.votes) {
        if (vote.scope_hash == item.request.scope_hash && signature_meant(vote, item.votes) == ref)
            newest = &vote;
    }
    return newest;
}

bool is_signature(const Vote& vote) {
    return vote.source == VoteSource::tracker && vote.answer == VoteAnswer::approve;
}

std::vector<Vote> counting_signatures(const Case& item) {
    auto counting = review::counting_votes(item.request, item.votes);
    std::erase_if(counting, [](const Vote& vote) { return !is_signature(vote); });
    return counting;
}

// P8: given before the request had the scopes that it asks for now, and perhaps only read afterwards.
bool is_of_other_scopes(const Case& item, const Signature& signature) {
    return std::ranges::any_of(item.marks, [&](const Mark& mark) {
        return mark.kind == marks::scopes_changed && (mark.value.empty() || signature.at <= mark.at);
    });
}

// What has become of a signature, for the scopes that are asked for now.
enum class Standing {
    fresh,            // not looked at yet
    counted,          // it is a vote
    voided,           // it counts again as soon as it can
    withdrawn,        // taken back: only another one counts
    of_other_scopes,  // P8
};

Standing standing_of(const Case& item, const Signature& signature) {
    const auto ref = reference(*item.issue, signature);
    const auto* newest = newest_by(item, ref);
    if (newest == nullptr)
        return counted_before(item, ref) || is_of_other_scopes(item, signature) ? Standing::of_other_scopes
                                                                                : Standing::fresh;
    if (newest->source_ref.starts_with(voided)) return Standing::voided;
    return newest->source_ref.starts_with(withdrawn) ? Standing::withdrawn : Standing::counted;
}

// What the first reading after a change of the scopes finds may have been there before: the tracker's clock
// alone tells it from what is signed later.
void note_reading(Case& item, Outcome& outcome) {
    for (auto& mark : item.marks) {
        if (mark.kind != marks::scopes_changed || !mark.value.empty() || !item.known->read_at) continue;
        mark.value = marks::read_since;
        mark.at = *item.known->read_at;
        outcome.changes.emplace_back(storage::SetMark{mark});
    }
}

// Whoever asks for the app signs nothing for it (P17).
bool asks_for_it(const Case& item, const UserId& person) {
    return review::conflict_of_interest(item.request, person, asked_for(item));
}

// As a sentence: who loses it, and why.
std::string take_back(Case& item, Vote vote, std::string_view form, const std::string& why, Outcome& outcome,
                      const Context& context) {
    vote.source_ref = fmt::format("{}{}", form, signature_of(vote, item.votes));
    vote.id = 0;
    vote.answer = VoteAnswer::retracted;
    vote.remark = why;
    vote.at = context.now;
    auto sentence = fmt::format("{}: {}", vote.party, why);
    add_vote(item, std::move(vote), outcome);
    return sentence;
}

// What the person said in Slack afterwards holds.
bool said_in_slack_since(const Case& item, const UserId& voter, const Signature& signature) {
    return std::ranges::any_of(item.votes, [&](const Vote& vote) {
        return vote.voter == voter && vote.scope_hash == item.request.scope_hash &&
               vote.source == VoteSource::slack && vote.at > signature.at;
    });
}

void count(Case& item, const std::string& party, const Signature& signature, Outcome& outcome,
           const Context& context) {
    const auto voter = person_of(item.issue->tracker, signature.account, context);
    if (asks_for_it(item, voter)) return;
    const auto standing = standing_of(item, signature);
    if (standing != Standing::fresh && standing != Standing::voided) return;
    const auto* newest = newest_of(item, voter);
    if (newest != nullptr && is_signature(*newest) && newest->party == party) return;
    if (said_in_slack_since(item, voter, signature)) return;
    add_vote(item,
             {.request = item.request.id,
              .party = party,
              .voter = voter,
              .answer = VoteAnswer::approve,
              .remark = signature.login.empty() ? "" : "@" + signature.login,
              .condition_until = {},
              .scope_hash = item.request.scope_hash,
              .source = VoteSource::tracker,
              .source_ref = reference(*item.issue, signature),
              .at = signature.at},
             outcome);
}

// Another sign of the same person's that could be the vote. One that the policy carried is of other scopes
// itself; then no earlier ones.
bool could_stand_in(const Signature& other, const Vote& vote, const Case& item, const Context& context) {
    if (person_of(item.issue->tracker, other.account, context) != vote.voter) return false;
    if (said_in_slack_since(item, vote.voter, other)) return false;
    const auto standing = standing_of(item, other);
    if (standing == Standing::of_other_scopes)
        return vote.source_ref.starts_with(carried) && other.at >= vote.at;
    return standing != Standing::withdrawn;
}

std::vector<std::string> parties_missing(Case item, const Context& context) {
    draw_matrix(item, context);
    return review::missing_parties(item.matrix);
}

// What a vote rests on still: its own sign, else another that can stand in for it.
const Signature* standing_sign(const review::PartySigned& party, const Vote& vote, const Case& item,
                               const Context& context) {
    const auto ref = signature_of(vote, item.votes);
    const auto& counted = party.counted;
    auto found = std::ranges::find_if(
        counted, [&](const Signature& each) { return reference(*item.issue, each) == ref; });
    if (found == counted.end())
        found = std::ranges::find_if(
            counted, [&](const Signature& each) { return could_stand_in(each, vote, item, context); });
    return found == counted.end() ? nullptr : &*found;
}

// The sign behind a vote, as far as it is still on the issue.
const Signature* refused_sign(const review::PartySigned& party, const Vote& vote, const Case& item) {
    const auto ref = signature_of(vote, item.votes);
    const auto found = std::ranges::find_if(
        party.refused, [&](const Signature& refused) { return reference(*item.issue, refused) == ref; });
    return found == party.refused.end() ? nullptr : &*found;
}

// Why a signature that counted does not any more, in the verdict's own words.
std::string why_not(const Signature* refused, const Vote& vote, const Case& item, const Context& context) {
    if (refused != nullptr) return refused->refused;
    const auto& tracker = item.issue->tracker;
    if (person_of(tracker, own_accounts(tracker, context).now, context) == vote.voter)
        return "Countersign writes with the account that signed";
    return vote.remark.empty() ? say_in(views::Language::english, texts::sign_taken_off)
                               : say_in(views::Language::english, texts::sign_of_taken_off, vote.remark);
}

// Who gave the sign is named for the party, or belongs to it.
bool may_sign(const std::string& party, const Signature& sign, const Case& item, const Context& context) {
    const auto question = question_for(item.request, *item.issue, item.known, context);
    const auto asked = std::ranges::find(question.parties, party, &review::SigningParty::name);
    if (asked == question.parties.end()) return false;
    const auto holds = [&](const auto& accounts) {
        return std::ranges::find(accounts, sign.account) != accounts.end();
    };
    return holds(asked->approvers) || holds(asked->members);
}

}  // namespace

std::string signature_of(const Vote& vote, const std::vector<Vote>& all) {
    if (!vote.source_ref.starts_with(carried)) return vote.source_ref;
    const auto from = vote.source_ref.substr(carried.size());
    const auto origin =
        std::ranges::find_if(all, [&](const Vote& each) { return std::to_string(each.id) == from; });
    return origin == all.end() || &*origin == &vote ? vote.source_ref : signature_of(*origin, all);
}

std::vector<std::string> void_signatures_elsewhere(Case& item, Outcome& outcome, const Context& context) {
    std::vector<std::string> taken_back;
    const auto here = fmt::format("{}:", to_text(key_of(*item.issue)));
    for (const auto& vote : counting_signatures(item)) {
        if (signature_of(vote, item.votes).starts_with(here)) continue;
        const auto why = say_in(views::Language::english, texts::other_issue_linked);
        taken_back.push_back(take_back(item, vote, voided, why, outcome, context));
    }
    return taken_back;
}

std::vector<std::string> apply_signatures(Case& item, const review::IssueVerdict& verdict, Outcome& outcome,
                                          const Context& context) {
    if (!item.issue) return {};
    note_reading(item, outcome);
    auto taken_back = void_signatures_elsewhere(item, outcome, context);
    auto missing = parties_missing(item, context);
    bool is_known_now = false;
    const bool stands = verdict.problem == review::IssueProblem::none;
    for (const auto& vote : counting_signatures(item)) {
        const auto party = std::ranges::find(verdict.parties, vote.party, &review::PartySigned::party);
        const bool asked = party != verdict.parties.end();
        const auto* standing = asked ? standing_sign(*party, vote, item, context) : nullptr;
        const auto person =
            standing == nullptr ? UserId() : person_of(item.issue->tracker, standing->account, context);
        if (stands && person == vote.voter) continue;
        // Who belongs to the party cannot be read just now: nothing is taken from anybody.
        if (asked && party->verdict == review::Verdict::cannot_tell) continue;
        if (standing != nullptr || !asked) {
            // It is only known now whose account it is, or not any more: it counts as theirs.
            const auto why = say_in(views::Language::english, stands && asked ? texts::account_of_another
                                                                              : texts::issue_does_not_count);
            auto sentence = take_back(item, vote, voided, why, outcome, context);
            const bool returns = asked && !(stands && asks_for_it(item, person));
            is_known_now = is_known_now || returns;
            if (returns) continue;
            missing.push_back(vote.party);
            taken_back.push_back(std::move(sentence));
            continue;
        }
        missing.push_back(vote.party);
        const auto* sign = refused_sign(*party, vote, item);
        const bool may_return = sign != nullptr && !may_sign(vote.party, *sign, item, context);
        taken_back.push_back(take_back(item, vote, may_return ? voided : withdrawn,
                                       why_not(sign, vote, item, context), outcome, context));
    }
    if (!stands) return taken_back;
    for (const auto& party : verdict.parties) {
        for (const auto& signature : party.counted)
            count(item, party.party, signature, outcome, context);
    }
    if (!is_known_now) return taken_back;
    // Two who agreed may be one person, who counts once.
    for (const auto& party : parties_missing(item, context))
        if (std::ranges::find(missing, party) == missing.end())
            taken_back.push_back(
                fmt::format("{}: {}", party, say_in(views::Language::english, texts::account_of_another)));
    return taken_back;
}

Outcome not_ready_any_more(const Case& item, const std::vector<std::string>& taken_back,
                           const Context& context) {
    Outcome outcome;
    if (item.request.state != storage::RequestState::ready || taken_back.empty()) return outcome;
    auto after = item;
    if (state_by_rules(after, context) == storage::RequestState::ready) return outcome;
    const auto id = countersign::to_text(item.request.id);
    outcome.effects.push_back(alarm(
        context.settings, fmt::format("unsigned:{}:{}", id, to_millis(context.now)),
        views::alarm_notice(fmt::format("{} is not ready any more. {}.", id, text::joined(taken_back, "; ")),
                            "The party has to sign again.")));
    return outcome;
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
            const auto standing = standing_of(item, signature);
            const bool taken = standing == Standing::withdrawn;
            if (!taken && standing != Standing::of_other_scopes) continue;
            const auto person = person_of(item.issue->tracker, signature.account, context);
            if (std::ranges::find(row.by, person) != row.by.end()) continue;  // by another sign
            show(taken ? newest_by(item, reference(*item.issue, signature))->remark
                       : say_in(views::Language::english, texts::sign_again));
        }
    }
}

}  // namespace countersign::handlers

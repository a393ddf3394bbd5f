#include "handlers/recheck.hpp"

#include "config/base/text.hpp"
#include "handlers/deviation.hpp"
#include "handlers/joining.hpp"
#include "handlers/judging.hpp"
#include "handlers/membership.hpp"
#include "handlers/review/issue_verdict.hpp"
#include "handlers/review/votes.hpp"
#include "storage/enum_texts.hpp"
#include "storage/issue_facts.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <set>

namespace countersign::handlers {
namespace {

using storage::AppRequest;
using storage::Decision;
using storage::DecisionKind;
using storage::Vote;

// What time servers leave between two machines, and more.
constexpr auto clocks_agree = std::chrono::minutes(5);

std::optional<DecisionKind> leads_to(storage::RequestState state) {
    switch (state) {
        case storage::RequestState::approved:
        case storage::RequestState::installed:
            return DecisionKind::approve;
        case storage::RequestState::restricted:
            return DecisionKind::restrict;
        case storage::RequestState::denied:
            return DecisionKind::deny;
        default:
            return std::nullopt;
    }
}

void recheck_state(const AppRequest& request, const std::vector<Decision>& decisions,
                   std::vector<Recheck>& found) {
    const auto expected = leads_to(request.state);
    if (!expected) return;
    if (decisions.empty()) {
        found.push_back({RecheckKind::state,
                         fmt::format("is {}, but no decision is kept", storage::to_text(request.state))});
        return;
    }
    const auto& last = decisions.back();
    if (last.kind != *expected)
        found.push_back(
            {RecheckKind::state, fmt::format("is {}, but the last decision was to {}",
                                             storage::to_text(request.state), storage::to_text(last.kind))});
    else if (last.kind == DecisionKind::approve && !last.outside && last.scope_hash != request.scope_hash)
        found.push_back({RecheckKind::state, "is approved, but for other scopes than it has"});
}

// As verdicts were kept before a second sign of an account was one too.
review::IssueVerdict with_each_account_once(review::IssueVerdict verdict) {
    for (auto& party : verdict.parties) {
        std::set<std::int64_t> accounts;
        std::erase_if(party.counted,
                      [&](const auto& signature) { return !accounts.insert(signature.account).second; });
    }
    return verdict;
}

// A1: the verdict is a function of the facts and the question, and all three are kept.
std::string_view wrong_with(const storage::Evidence& evidence) {
    if (evidence.hash != text::sha256_hex(evidence.facts + evidence.verdict))
        return "was altered after it was kept";
    const auto facts = storage::parse_issue_facts(evidence.facts);
    const auto question = review::parse_issue_question(evidence.verdict);
    const auto kept = review::parse_issue_verdict(evidence.verdict);
    if (!facts || !question || !kept) return "cannot be read";
    const auto judged = review::judge_issue(*facts, *question);
    if (judged != *kept && with_each_account_once(judged) != *kept)
        return "leads to another verdict than the one that was kept";
    return {};
}

void recheck_readings(const std::vector<storage::Evidence>& readings, std::vector<Recheck>& found) {
    for (const auto& reading : readings)
        if (const auto wrong = wrong_with(reading); !wrong.empty())
            found.push_back(
                {RecheckKind::evidence, fmt::format("the reading of {} {}", to_rfc3339(reading.at), wrong)});
    if (readings.empty()) return;
    // A clock that is wrong was wrong for them all: the newest says it once.
    const auto& newest = readings.back();
    if (std::chrono::abs(newest.read_at - newest.at) > clocks_agree)
        found.push_back({RecheckKind::clock, fmt::format("the reading of {} was at {} by the tracker's clock",
                                                         to_rfc3339(newest.at), to_rfc3339(newest.read_at))});
}

// U10: times that have not come yet, each clock's latest: a clock that is wrong was wrong for them all.
void recheck_stamps(const AppRequest& request, const std::vector<Vote>& votes,
                    const std::vector<Decision>& decisions, Timestamp now, std::vector<Recheck>& found) {
    struct Stamp {
        Timestamp at;
        std::string what;
    };
    std::map<std::string_view, Stamp> latest;
    const auto take = [&](std::string_view clock, Timestamp at, const std::string& what) {
        if (at <= now + clocks_agree) return;
        auto& known = latest[clock];
        if (known.what.empty() || at > known.at) known = {at, what};
    };
    take(request.slack_id.empty() ? "ours" : "Slack's", request.created_at, "the request");
    for (const auto& vote : votes)
        take(vote.source == storage::VoteSource::tracker ? "the tracker's" : "ours", vote.at,
             "the vote for " + vote.party);
    for (const auto& decision : decisions)
        take("ours", decision.at, "the decision");
    for (const auto& [clock, stamp] : latest)
        found.push_back(
            {RecheckKind::clock, fmt::format("{} bears {}, which has not come yet; the clock is {}",
                                             stamp.what, to_rfc3339(stamp.at), clock)});
}

// Who had a say for which parties. A vote in somebody's place is also theirs: they chose who casts it.
std::map<std::string, std::set<std::string>> hands_in(const std::vector<Vote>& votes,
                                                      const std::vector<storage::Mark>& known) {
    std::map<std::string, std::set<std::string>> parties;
    for (const auto& vote : votes) {
        if (vote.answer != storage::VoteAnswer::approve) continue;
        const auto say_of = say_behind(vote, known);
        const bool own = say_of == vote.voter;
        parties[vote.voter.value].insert(
            own ? vote.party : fmt::format("{} in the place of {}", vote.party, say_of.value));
        if (!own) parties[say_of.value].insert(fmt::format("{} through {}", vote.party, vote.voter.value));
    }
    return parties;
}

void recheck_duties(const AppRequest& request, const std::vector<Vote>& votes,
                    const std::vector<storage::Mark>& known, const std::vector<Decision>& decisions,
                    std::vector<Recheck>& found) {
    const auto parties = hands_in(votes, known);
    for (const auto& [person, signed_for] : parties) {
        if (signed_for.size() > 1)
            found.push_back({RecheckKind::duty,
                             fmt::format("{} approved for {}", person, fmt::join(signed_for, " and for "))});
        if (person == request.requester.value)
            found.push_back({RecheckKind::duty, fmt::format("{} approved their own request", person)});
    }
    std::set<std::string> deciders;
    for (const auto& decision : decisions)
        if (decision.kind == DecisionKind::approve) deciders.insert(decision.actor.value);
    for (const auto& person : deciders) {
        if (const auto signed_for = parties.find(person); signed_for != parties.end())
            found.push_back({RecheckKind::duty, fmt::format("{} approved for {} and pressed Approve app",
                                                            person, *signed_for->second.begin())});
        if (person == request.requester.value)
            found.push_back({RecheckKind::duty, fmt::format("{} decided their own request", person)});
    }
}

// A signature bears the tracker's time, which may run ahead of ours.
std::vector<Vote> votes_until(Timestamp decided, std::vector<Vote> votes) {
    std::erase_if(votes, [&](const Vote& vote) {
        const bool elsewhere = vote.source == storage::VoteSource::tracker;
        return vote.at > decided + (elsewhere ? clocks_agree : std::chrono::minutes(0));
    });
    return votes;
}

}  // namespace

std::string_view to_text(RecheckKind kind) {
    switch (kind) {
        case RecheckKind::state:
            return "state";
        case RecheckKind::approval:
            return "approval";
        case RecheckKind::kept:
            return "kept";
        case RecheckKind::evidence:
            return "evidence";
        case RecheckKind::duty:
            return "duty";
        case RecheckKind::clock:
            return "clock";
    }
    return "state";
}

bool is_contradiction(RecheckKind kind) {
    return kind != RecheckKind::kept && kind != RecheckKind::duty && kind != RecheckKind::clock;
}

std::vector<Recheck> recheck_request(const AppRequest& request, const storage::View& view, Timestamp now) {
    std::vector<Recheck> found;
    const auto decisions = view.decisions(request.id);
    const auto votes = view.votes(request.id);
    recheck_state(request, decisions, found);
    recheck_readings(view.evidence(request.id), found);
    recheck_duties(request, votes, view.marks(request.id), decisions, found);
    recheck_stamps(request, votes, decisions, now, found);
    return found;
}

std::vector<Recheck> recheck_approval(const AppRequest& request, const Decision& approval,
                                      const Context& then) {
    // Slack resolved it with another request: that one's parties have agreed, and it is checked itself. Or it
    // was written down at once that not all agreed any more.
    const auto evidence = nlohmann::json::parse(approval.evidence, nullptr, false);
    if (evidence.is_object() && (evidence.contains(decided_with_key) || evidence.contains(look_again_key)))
        return {};
    const bool kept = evidence.is_object() && evidence.contains(kept_by_key);
    const auto kind = kept ? RecheckKind::kept : RecheckKind::approval;
    const auto was = fmt::format("was {} on {}", kept ? "kept" : "approved", to_rfc3339(approval.at));
    auto known = then.view.marks(request.id);
    // Who asked for it too since then could vote for it then.
    std::erase_if(known, [&](const storage::Mark& mark) {
        return mark.kind == marks::joined && mark.at > approval.at;
    });
    const auto judgement = judge_request(request, known, then);
    if (judgement.decide == config::Automatic::approve) return {};  // asks nobody
    std::vector<Recheck> found;
    auto rules = vote_rules(judgement, then);
    const auto votes = votes_until(approval.at, then.view.votes(request.id));
    rules.barred = barred_voters(request, votes, known);
    const auto matrix = review::party_matrix(request, votes, then.settings.review.parties, rules);
    if (!review::all_satisfied(matrix))
        found.push_back(
            {kind, fmt::format("{} without {}", was, text::joined(review::missing_parties(matrix), ", "))});
    const auto issue = then.view.vendor_issue(request.id);
    if (judgement.vendor_issue && (!issue || issue->linked_at > approval.at))
        found.push_back({kind, was + " without a vendor issue"});
    return found;
}

}  // namespace countersign::handlers

#include "handlers/issue_reading.hpp"

#include "config/base/text.hpp"
#include "handlers/after_decision.hpp"
#include "handlers/answers.hpp"
#include "handlers/approval_losses.hpp"
#include "handlers/effects.hpp"
#include "handlers/issue_creation.hpp"
#include "handlers/issue_standing.hpp"
#include "handlers/issue_thread.hpp"
#include "handlers/issue_votes.hpp"
#include "handlers/own_login.hpp"
#include "handlers/people.hpp"
#include "handlers/review/life_cycle.hpp"
#include "handlers/review/payload_fields.hpp"
#include "handlers/tracker_account.hpp"
#include "handlers/trackers.hpp"
#include "handlers/views/issue_texts.hpp"
#include "handlers/views/notices.hpp"
#include "handlers/views/recorded_texts.hpp"
#include "handlers/views/request_facts.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace countersign::handlers {
namespace {

namespace texts = views::texts;
using review::IssueVerdict;
using storage::IssueFacts;
using storage::IssueKey;
using storage::RequestState;
using storage::TrackerIssue;

std::string hash_of(IssueFacts facts) {
    facts.read_at = {};
    return text::sha256_hex(storage::to_json(facts));
}

bool is_decided(RequestState state) {
    return state == RequestState::approved || state == RequestState::installed;
}

// What is told once about an issue that a person may have changed (S5).
void tell_of_changes(const Case& item, const TrackerIssue& before, const IssueFacts& facts, Outcome& outcome,
                     const Context& context) {
    const auto& request = item.request;
    if (!before.read_at || request.requester.empty() || storage::is_final(request.state)) return;
    const auto tell = [&](std::string_view what, const views::Text<2>& text) {
        const auto name = facts.confidential ? std::string("#") + std::to_string(facts.iid)
                                             : views::issue_link(*item.issue);
        outcome.effects.push_back(direct_message(
            request, request.requester, fmt::format("issue_{}:{}", what, to_millis(context.now)),
            views::line(views::say_in(language_of(request.requester, context), text,
                                      countersign::to_text(request.id), name))));
    };
    if (before.open != facts.open) tell("state", facts.open ? texts::issue_reopened : texts::issue_closed);
    if (before.confidential != facts.confidential)
        tell("confidential",
             facts.confidential ? texts::issue_now_confidential : texts::issue_now_open_to_all);
}

// The requester can mend it: by another link, or by a word to the issue's author.
void tell_of_problem(const Case& item, const std::string& before, Outcome& outcome, const Context& context) {
    const auto now = issue_problem(item, context);
    const auto& request = item.request;
    if (now.empty() || now == before || request.requester.empty() || storage::is_final(request.state)) return;
    const auto language = language_of(request.requester, context);
    outcome.effects.push_back(
        direct_message(request, request.requester, fmt::format("issue_problem:{}", to_millis(context.now)),
                       views::issue_wanted(request, issue_problem(item, context, language), language)));
}

void keep_evidence(const Case& item, const IssueFacts& facts, const review::IssueQuestion& question,
                   const IssueVerdict& verdict, Outcome& outcome, const Context& context) {
    storage::Evidence evidence{.request = item.request.id,
                               .issue = key_of(*item.issue),
                               .facts = storage::to_json(review::for_the_record(facts)),
                               .verdict = review::to_json(question, verdict),
                               .read_at = facts.read_at,
                               .at = context.now};
    evidence.hash = text::sha256_hex(evidence.facts + evidence.verdict);
    outcome.audit.push_back({"countersign", "evidence.read", countersign::to_text(item.request.id),
                             details({{"issue", to_text(evidence.issue)},
                                      {"verdict", review::to_text(verdict.verdict)},
                                      {"problem", review::to_text(verdict.problem)},
                                      {"hash", evidence.hash}})});
    outcome.changes.emplace_back(storage::AddEvidence{std::move(evidence)});
}

void raise_alerts(const Case& item, const IssueVerdict& verdict, Outcome& outcome, const Context& context) {
    for (const auto& alert : verdict.alerts) {
        const auto key =
            fmt::format("issue:{}:{}", to_text(key_of(*item.issue)), text::sha256_hex(alert).substr(0, 16));
        outcome.effects.push_back(alarm(
            context.settings, key,
            views::alarm_notice(
                fmt::format("On the vendor issue of {}: {}.", countersign::to_text(item.request.id), alert),
                "Look at who changed it in the tracker; it does not count here.")));
    }
}

Outcome follow_up(Seen seen, const TrackerIssue& before, const IssueFacts& facts, const Context& context) {
    auto outcome = std::move(seen.outcome);
    auto& item = seen.item;
    const auto state = item.request.state;
    if (is_decided(state)) {
        outcome.merge(
            look_again(std::move(item), before, facts, seen.taken_back, seen.problem_before, context));
        return outcome;
    }
    tell_of_changes(item, before, facts, outcome, context);
    tell_of_problem(item, seen.problem_before, outcome, context);
    if (!seen.changed || storage::is_final(state) || review::in_flight(state)) return outcome;
    outcome.merge(not_ready_any_more(item, seen.taken_back, context));
    outcome.merge(settle(std::move(item), state, "tracker", context));
    return outcome;
}

}  // namespace

IssueKey issue_key_in(const nlohmann::json& fields) {
    return {review::text_field(fields, "tracker"), review::text_field(fields, "project"),
            review::number_field(fields, "iid")};
}

Reading reading_of(TrackerIssue before, IssueFacts facts, const EffectAnswer& answer,
                   const Context& context) {
    auto after = before;
    after.url = facts.url;
    after.title = facts.title;
    after.open = facts.open;
    after.state_reason = facts.state_reason;
    after.confidential = facts.confidential;
    after.remote_updated_at = facts.updated_at;
    after.read_at = facts.read_at;
    after.full_at = context.now;
    after.etag = review::text_field(answer.response, "etag");
    after.problem.clear();
    after.problem_since.reset();
    after.facts_hash = hash_of(facts);
    after.text_hash = review::text_hash_of(facts);
    after.text_changed_at = review::text_changed_at(facts, before.text_hash, before.text_changed_at);
    return {std::move(before), std::move(facts), std::move(after)};
}

std::expected<IssueFacts, std::string> facts_in(const EffectAnswer& answer, const Context& context) {
    if (!answer.ok()) return std::unexpected(answer.error.empty() ? "malformed" : answer.error);
    // Our own signs would pass for those of a party.
    if (!account_is_known(review::text_field(answer.args, "tracker"), context))
        return std::unexpected(std::string(account_unknown));
    const auto& told = review::field(answer.response, "facts");
    auto facts =
        told.is_object()
            ? storage::parse_issue_facts(told.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace))
            : std::nullopt;
    if (!facts) return std::unexpected("malformed");
    return std::move(*facts);
}

Seen see(const storage::AppRequest& request, const Reading& reading, const Context& context) {
    const auto& [before, facts, after] = reading;
    Seen seen{.item = load_case(request, context), .outcome = {}, .taken_back = {}, .problem_before = {}};
    auto& item = seen.item;
    seen.problem_before = issue_problem(item, context);
    // What another issue says, linked until just now, is nothing to judge the request by.
    if (!item.issue || key_of(*item.issue) != before.key) {
        seen.taken_back.push_back(say_in(views::Language::english, texts::other_issue_linked));
        return seen;
    }
    const auto question = question_for(request, *item.issue, before, context);
    auto verdict = review::judge_issue(facts, question);
    const bool new_verdict = !item.verdict || *item.verdict != verdict;
    seen.changed = new_verdict || before.facts_hash != after.facts_hash || before.problem != after.problem;
    if (new_verdict || before.facts_hash != after.facts_hash)
        keep_evidence(item, facts, question, verdict, seen.outcome, context);
    for (const auto& [party, label] : verdict.first_seen) {
        const auto& parties = context.settings.review.parties;
        const auto named = std::ranges::find(parties, party, &config::Party::name);
        seen.outcome.changes.emplace_back(storage::PinLabel{
            {item.issue->tracker, item.issue->project, party, named->tracker_label, label, context.now}});
    }
    raise_alerts(item, verdict, seen.outcome, context);
    seen.outcome.merge(comments_into_thread(request, *item.issue, facts, context));
    item.known = after;
    item.verdict = std::move(verdict);
    // "Needs a human" too: an admin may approve from there.
    const bool votes_count = review::in_votes(request.state) || review::in_flight(request.state) ||
                             request.state == storage::RequestState::manual;
    if (votes_count) {
        const auto votes_before = item.votes.size();
        seen.taken_back = apply_signatures(item, *item.verdict, seen.outcome, context);
        seen.outcome.merge(forget_found(item, {}, context));
        // The same issue as before, and somebody asks no more whose signature did not count (P17).
        seen.changed = seen.changed || item.votes.size() != votes_before;
    } else if (is_decided(request.state) || review::is_looked_at_again(request.state)) {
        // Looked at, not written: the votes are those that the decision rested on.
        auto copy = item;
        Outcome unused;
        seen.taken_back = apply_signatures(copy, *item.verdict, unused, context);
        if (review::is_looked_at_again(request.state))
            seen.outcome.merge(forget_found(item, seen.taken_back, context));
    }
    return seen;
}

Outcome unreadable(const TrackerIssue& before, const std::string& error, const Context& context) {
    auto after = before;
    after.problem = error;
    if (before.problem != error) after.problem_since = context.now;
    Outcome outcome;
    outcome.changes.emplace_back(storage::SaveTrackerIssue{after});
    if (before.problem == error) return outcome;
    for (const auto id : context.view.requests_on(before.key)) {
        const auto request = context.view.request(id);
        if (!request) continue;
        auto item = load_case(*request, context);
        const auto problem_before = issue_problem(item, context);
        item.known = after;
        outcome.audit.push_back({"countersign", "evidence.unreadable", countersign::to_text(id),
                                 details({{"issue", to_text(before.key)}, {"error", error}})});
        if (is_decided(request->state) && is_about_issue(error)) {
            const auto why = issue_problem(item, context);
            outcome.merge(reconsider(std::move(item), why, "tracker", context));
            continue;
        }
        if (storage::is_final(request->state) || review::in_flight(request->state)) continue;
        tell_of_problem(item, problem_before, outcome, context);
        outcome.merge(settle(std::move(item), request->state, "tracker", context));
    }
    return outcome;
}

Outcome tell_requests(const Reading& reading, RequestId but, const Context& context) {
    const auto& [before, facts, after] = reading;
    Outcome outcome;
    outcome.changes.emplace_back(storage::SaveTrackerIssue{after});
    for (const auto id : context.view.requests_on(before.key)) {
        const auto request = context.view.request(id);
        // What ended without an approval rests on nothing that could still change.
        const bool over = request && storage::is_final(request->state) && !is_decided(request->state);
        if (!request || over || id == but) continue;
        outcome.merge(follow_up(see(*request, reading, context), before, facts, context));
    }
    outcome.merge(tell_follower(before, facts, context));
    outcome.merge(look_for_codes(before.key.tracker, facts, context));
    return outcome;
}

}  // namespace countersign::handlers

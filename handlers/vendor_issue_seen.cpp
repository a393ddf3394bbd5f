#include "handlers/vendor_issue_seen.hpp"

#include "config/base/text.hpp"
#include "handlers/after_decision.hpp"
#include "handlers/answers.hpp"
#include "handlers/deciding.hpp"
#include "handlers/effects.hpp"
#include "handlers/inquiry_verdict.hpp"
#include "handlers/issue_creation.hpp"
#include "handlers/issue_polling.hpp"
#include "handlers/issue_standing.hpp"
#include "handlers/issue_thread.hpp"
#include "handlers/issue_votes.hpp"
#include "handlers/judging.hpp"
#include "handlers/own_login.hpp"
#include "handlers/people.hpp"
#include "handlers/review/life_cycle.hpp"
#include "handlers/review/payload_fields.hpp"
#include "handlers/slackbot.hpp"
#include "handlers/trackers.hpp"
#include "handlers/views/issue_texts.hpp"
#include "handlers/views/mrkdwn.hpp"
#include "handlers/views/notices.hpp"
#include "handlers/views/press_texts.hpp"
#include "handlers/views/recorded.hpp"
#include "handlers/views/recorded_texts.hpp"
#include "handlers/views/request_facts.hpp"
#include "handlers/watch.hpp"

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

IssueKey key_in(const nlohmann::json& args) {
    return {review::text_field(args, "tracker"), review::text_field(args, "project"),
            review::number_field(args, "iid")};
}

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

// What the decision rested on broke: one notice, to the admins, and nothing is taken from anybody (A16).
std::string why_reconsider(const Case& item, const TrackerIssue& before, const IssueFacts& facts,
                           const IssueVerdict& verdict, const std::vector<std::string>& taken_back,
                           const std::string& problem_before, const Context& context) {
    if (!before.read_at) return {};
    if (const auto problem = issue_problem(item, context); !problem.empty() && problem != problem_before)
        return problem;
    if (!before.open && facts.open) return say_in(views::Language::english, texts::issue_opened_again);
    if (!taken_back.empty())
        return say_in(views::Language::english, texts::sign_counts_no_more, taken_back.front());
    if (!before.text_hash.empty() && before.text_hash != verdict.text_hash)
        return say_in(views::Language::english, texts::issue_text_changed);
    return {};
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

// One request's part in what was read. `settled`: the caller goes on with the case itself.
struct Seen {
    Case item;
    Outcome outcome;
    std::vector<std::string> taken_back;
    std::string problem_before;
    bool changed = false;
};

Seen see(const storage::AppRequest& request, const TrackerIssue& before, const IssueFacts& facts,
         const TrackerIssue& after, const Context& context) {
    Seen seen{.item = load_case(request, context), .outcome = {}, .taken_back = {}, .problem_before = {}};
    auto& item = seen.item;
    seen.problem_before = issue_problem(item, context);
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
    const bool votes_count = review::in_votes(request.state) || review::in_flight(request.state);
    if (votes_count) {
        seen.taken_back = apply_signatures(item, *item.verdict, seen.outcome, context);
    } else if (is_decided(request.state)) {
        // Looked at, not written: the votes are those that the decision rested on.
        auto copy = item;
        Outcome unused;
        seen.taken_back = apply_signatures(copy, *item.verdict, unused, context);
    }
    return seen;
}

Outcome follow_up(Seen seen, const TrackerIssue& before, const IssueFacts& facts, const Context& context) {
    auto outcome = std::move(seen.outcome);
    auto& item = seen.item;
    const auto state = item.request.state;
    if (is_decided(state)) {
        const auto why =
            why_reconsider(item, before, facts, *item.verdict, seen.taken_back, seen.problem_before, context);
        if (!why.empty()) outcome.merge(reconsider(std::move(item), why, "tracker", context));
        return outcome;
    }
    tell_of_changes(item, before, facts, outcome, context);
    tell_of_problem(item, seen.problem_before, outcome, context);
    if (!seen.changed || storage::is_final(state) || review::in_flight(state)) return outcome;
    const bool was_ready = state == RequestState::ready;
    const auto id = countersign::to_text(item.request.id);
    auto settled = settle(std::move(item), state, "tracker", context);
    // The admins had been told that it is ready (domain.md §8.4, "evidence withdrawn").
    if (was_ready && !seen.taken_back.empty()) {
        outcome.effects.push_back(
            alarm(context.settings, fmt::format("unsigned:{}:{}", id, to_millis(context.now)),
                  views::alarm_notice(
                      fmt::format("{} is not ready any more. {}.", id, text::joined(seen.taken_back, "; ")),
                      "The party has to sign again.")));
    }
    outcome.merge(std::move(settled));
    return outcome;
}

TrackerIssue as_read(const TrackerIssue& before, const IssueFacts& facts, const std::string& etag,
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
    after.etag = etag;
    after.problem.clear();
    after.problem_since.reset();
    after.facts_hash = hash_of(facts);
    after.text_hash = review::text_hash_of(facts);
    after.text_changed_at = review::text_changed_at(facts, before.text_hash, before.text_changed_at);
    return after;
}

std::optional<IssueFacts> facts_in(const EffectAnswer& answer) {
    const auto& facts = review::field(answer.response, "facts");
    if (!facts.is_object()) return std::nullopt;
    return storage::parse_issue_facts(facts.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

// The tracker did not say what it should: the last evidence stands, and people see why nothing moves (S8).
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

// All requests on the issue but one, whose caller goes on with it.
Outcome tell_requests(const TrackerIssue& before, const TrackerIssue& after, const IssueFacts& facts,
                      RequestId but, const Context& context) {
    Outcome outcome;
    for (const auto id : context.view.requests_on(before.key)) {
        const auto request = context.view.request(id);
        // What ended without an approval rests on nothing that could still change.
        const bool over = request && storage::is_final(request->state) && !is_decided(request->state);
        if (!request || over || id == but) continue;
        outcome.merge(follow_up(see(*request, before, facts, after, context), before, facts, context));
    }
    outcome.merge(tell_follower(before, facts, context));
    outcome.merge(look_for_codes(before.key.tracker, facts, context));
    return outcome;
}

Outcome press_nothing_yet(const Press& press, const std::string& why) {
    return say(press,
               say_in(press.language, texts::press_nothing_yet, views::recorded_in(press.language, why)));
}

// Nothing was sent to Slack: the request goes back to where it was, without being taken up again at once by
// the policy, which would ask for ever.
Outcome stop_approval(Case item, const Asker& asker, const std::string& why, std::string_view cause,
                      const Context& context) {
    auto& request = item.request;
    const auto before = request.state;
    const auto language = language_of(asker.user, context);
    const bool by_itself = item.judgement.apply_at_once || item.judgement.decide.has_value();
    request.decision = storage::DecisionKind::none;
    request.decided_by = {};
    request.decided_at.reset();
    request.state = RequestState::in_review;
    Outcome outcome;
    if (by_itself) {
        request.state = RequestState::held;
        request.state_note = why;
        outcome.changes.push_back(try_later(request.id, context));
    }
    outcome.merge(
        tell(asker, cause, say_in(language, texts::nothing_sent, views::recorded_in(language, why))));
    outcome.audit.push_back(
        {"countersign", "decision.stopped", countersign::to_text(request.id), details({{"why", why}})});
    outcome.merge(settle(std::move(item), before, "tracker", context));
    return outcome;
}

}  // namespace

Outcome watch_issue(const storage::VendorIssue& issue, const Context& context) {
    Outcome outcome;
    if (!has_token(issue.tracker, context)) return outcome;
    const auto key = key_of(issue);
    auto known = context.view.tracker_issue(key).value_or(TrackerIssue{.key = key, .url = issue.url});
    auto effect = read_issue(key, fmt::format("{}:{}", issue.request.value, to_millis(context.now)));
    effect.interactive = true;
    known.read_key = effect.key;
    known.next_check = context.now + find_tracker(issue.tracker, context.settings)->poll;
    outcome.changes.emplace_back(storage::SaveTrackerIssue{std::move(known)});
    outcome.effects.push_back(std::move(effect));
    return outcome;
}

Outcome issue_told(const EffectAnswer& answer, const Context& context) {
    const auto before = context.view.tracker_issue(key_in(answer.args));
    if (!before) return {};
    if (!answer.ok()) return unreadable(*before, answer.error, context);
    if (review::bool_field(answer.response, "unchanged").value_or(false)) {
        auto same = *before;
        same.full_at = context.now;
        Outcome outcome;
        outcome.changes.emplace_back(storage::SaveTrackerIssue{std::move(same)});
        return outcome;
    }
    const auto facts = facts_in(answer);
    if (!facts) return unreadable(*before, "malformed", context);
    // Overtaken by a later reading.
    if (before->read_at && facts->read_at < *before->read_at) return {};
    const auto after = as_read(*before, *facts, review::text_field(answer.response, "etag"), context);
    Outcome outcome;
    outcome.changes.emplace_back(storage::SaveTrackerIssue{after});
    outcome.merge(tell_requests(*before, after, *facts, {}, context));
    return outcome;
}

Outcome issue_checked(const EffectAnswer& answer, const Context& context) {
    const auto request = context.view.request(answer.request);
    const auto before = context.view.tracker_issue(key_in(answer.args));
    if (!request || !review::in_flight(request->state) || !is_awaited(answer.request, answer.key, context))
        return {};
    const auto asker = read_asker(answer.context);
    Outcome outcome;
    outcome.changes.emplace_back(storage::CancelTimer{watch_name(request->id)});
    const auto facts = answer.ok() && before ? facts_in(answer) : std::nullopt;
    if (!facts) {
        auto item = load_case(*request, context);
        if (!before)
            return stop_approval(std::move(item), asker,
                                 say_in(views::Language::english, texts::issue_not_known), answer.key,
                                 context);
        auto after = *before;
        after.problem = answer.error.empty() ? "malformed" : answer.error;
        if (before->problem != after.problem) after.problem_since = context.now;
        item.known = after;
        outcome.changes.emplace_back(storage::SaveTrackerIssue{after});
        auto why = issue_problem(item, context);
        if (why.empty()) why = issue_trouble(item, context);
        outcome.merge(stop_approval(std::move(item), asker, why, answer.key, context));
        return outcome;
    }
    const auto after = as_read(*before, *facts, review::text_field(answer.response, "etag"), context);
    outcome.changes.emplace_back(storage::SaveTrackerIssue{after});
    outcome.merge(tell_requests(*before, after, *facts, request->id, context));
    auto seen = see(*request, *before, *facts, after, context);
    outcome.merge(std::move(seen.outcome));
    auto& item = seen.item;
    if (const auto why = issue_problem(item, context); !why.empty() && item.judgement.vendor_issue) {
        outcome.merge(stop_approval(std::move(item), asker, why, answer.key, context));
        return outcome;
    }
    if (!seen.taken_back.empty()) {
        const auto why =
            say_in(views::Language::english, texts::issue_has_changed, text::joined(seen.taken_back, "; "));
        outcome.merge(stop_approval(std::move(item), asker, why, answer.key, context));
        return outcome;
    }
    outcome.merge(send_decision(std::move(item), asker, context, IssueIs::fresh));
    return outcome;
}

Outcome hand_over_checked(const EffectAnswer& answer, const Context& context) {
    const auto request = context.view.request(answer.request);
    const auto before = context.view.tracker_issue(key_in(answer.args));
    if (!request || storage::is_final(request->state) || review::in_flight(request->state)) return {};
    const bool by_press = answer.context.contains("press");
    const auto not_now = [&](Outcome outcome, const std::string& why) {
        if (by_press)
            outcome.merge(press_nothing_yet(parse_press(answer.context["press"], context), why));
        else
            outcome.changes.push_back(hand_over_later(request->id, context));
        return outcome;
    };
    const auto facts = answer.ok() && before ? facts_in(answer) : std::nullopt;
    if (!facts) {
        const auto error = answer.error.empty() ? "malformed" : answer.error;
        auto outcome = before ? unreadable(*before, error, context) : Outcome();
        return not_now(std::move(outcome), say_in(views::Language::english, texts::issue_not_readable));
    }
    const auto after = as_read(*before, *facts, review::text_field(answer.response, "etag"), context);
    Outcome outcome;
    outcome.changes.emplace_back(storage::SaveTrackerIssue{after});
    outcome.merge(tell_requests(*before, after, *facts, request->id, context));
    auto seen = see(*request, *before, *facts, after, context);
    outcome.merge(std::move(seen.outcome));
    auto& item = seen.item;
    auto why = item.judgement.vendor_issue ? issue_problem(item, context) : std::string();
    if (why.empty() && !seen.taken_back.empty())
        why = say_in(views::Language::english, texts::issue_has_changed, text::joined(seen.taken_back, "; "));
    if (!why.empty()) {
        outcome.audit.push_back(
            {"countersign", "decision.stopped", countersign::to_text(request->id), details({{"why", why}})});
        outcome.merge(settle(std::move(item), request->state, "tracker", context));
        // Where nobody waits for an answer, the card says it; `Ready` will ask again.
        return by_press ? not_now(std::move(outcome), why) : outcome;
    }
    if (by_press) {
        outcome.merge(handed_over(parse_press(answer.context["press"], context), std::move(item),
                                  storage::DecisionKind::approve,
                                  review::text_field(answer.context, "reason"), context));
        return outcome;
    }
    if (request->state == RequestState::ready) outcome.merge(point_managers(*request, context));
    outcome.merge(settle(std::move(item), request->state, "tracker", context));
    return outcome;
}

Outcome tracker_hook(const Event& event, const Context& context) {
    const auto key = key_in(event.payload);
    auto known = context.view.tracker_issue(key);
    // Hooks come for every issue of a project; those that nobody here waits for are none of ours.
    if (!known || !known->next_check || !has_token(key.tracker, context)) return {};
    return read_again(std::move(*known), event.name, context);
}

}  // namespace countersign::handlers

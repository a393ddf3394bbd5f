#include "handlers/judging.hpp"

#include "config/base/time_zone.hpp"
#include "handlers/admin_agreement.hpp"
#include "handlers/answers.hpp"
#include "handlers/deciding.hpp"
#include "handlers/effects.hpp"
#include "handlers/event.hpp"
#include "handlers/inquiry.hpp"
#include "handlers/issue_votes.hpp"
#include "handlers/joining.hpp"
#include "handlers/limits.hpp"
#include "handlers/membership.hpp"
#include "handlers/resolutions.hpp"
#include "handlers/review/life_cycle.hpp"
#include "handlers/review/payload_fields.hpp"
#include "handlers/review/working_days.hpp"
#include "handlers/views/recorded_texts.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace countersign::handlers {
namespace {

namespace texts = views::texts;
using config::Automatic;
using storage::AppRequest;
using storage::DecisionKind;
using storage::RequestState;

std::vector<UserId> asked_in(const std::vector<storage::Mark>& known) {
    auto people = joined_people(known);
    for (const auto& mark : known)
        if (mark.kind == marks::on_behalf) people.emplace_back(mark.subject);
    return people;
}

std::vector<std::string> groups_of(const UserId& person, const Context& context) {
    std::vector<std::string> found;
    for (const auto& id : review::policy_groups(*context.settings.policy)) {
        const auto group = context.view.user_group(id);
        if (group && std::ranges::find(group->members, person) != group->members.end()) found.push_back(id);
    }
    return found;
}

// What it approved holds as it was asked for: nothing limits it, nobody looks at it again, and Slack has not
// heard otherwise.
bool stands_whole(const AppRequest& earlier, const Context& context) {
    const auto said = slack_says(earlier.app_id, earlier.team_id, context);
    return review::is_approved(earlier.state) && limits_of(earlier, context.view.marks(earlier.id)).empty() &&
           said.value_or("approved") == "approved";
}

// An approval of ours for the same app, place and scopes that nothing has taken back since.
std::optional<RequestId> earlier_approval(const AppRequest& request, const Context& context) {
    const auto& span = context.settings.policy->evidence.earlier_decision;
    if (span.empty() || request.app_id.empty() || request.scopes.empty()) return std::nullopt;
    for (const auto& decision : context.view.decisions_on(request.app_id, request.team_id)) {
        if (decision.request == request.id || decision.kind == DecisionKind::cancel) continue;
        const bool counts = decision.kind == DecisionKind::approve && !decision.outside &&
                            decision.scope_hash == request.scope_hash &&
                            review::after(decision.at, span, context.settings.policy->calendar) > context.now;
        const auto earlier = counts ? context.view.request(decision.request) : std::nullopt;
        return earlier && stands_whole(*earlier, context) ? std::optional(earlier->id) : std::nullopt;
    }
    return std::nullopt;
}

// domain.md §8.4: the same app with the same scopes was restricted here before it was asked for, and still
// is; what is said of it.
std::optional<std::string> restricted_before(const AppRequest& request, const Context& context) {
    if (request.app_id.empty() || request.scopes.empty()) return std::nullopt;
    for (const auto& decision : context.view.decisions_on(request.app_id, request.team_id)) {
        const bool refused = decision.kind == DecisionKind::cancel || decision.kind == DecisionKind::deny;
        if (decision.request == request.id || decision.at >= request.created_at || refused) continue;
        const auto earlier = context.view.request(decision.request);
        const bool stands = earlier && (earlier->state == RequestState::restricted ||
                                        earlier->state == RequestState::suspended);
        if (!stands || decision.scope_hash != request.scope_hash ||
            slack_says(request.app_id, request.team_id, context).value_or("restricted") != "restricted")
            return std::nullopt;
        return say_in(views::Language::english, texts::restricted_before, to_text(earlier->id),
                      decision.reason.empty() ? "-" : decision.reason);
    }
    return std::nullopt;
}

std::string hold_timer(RequestId request) {
    return "policy:" + to_text(request);
}

void end_by_policy(Case& item, const Context& context, Outcome& outcome) {
    auto& request = item.request;
    request.state = RequestState::denied;
    request.decision = DecisionKind::deny;
    request.decided_by = {};
    request.decision_reason = item.judgement.decide_why;
    request.decided_at = context.now;
    request.outside = storage::Outside::no;
    add_decision(outcome,
                 {.request = request.id,
                  .kind = DecisionKind::deny,
                  .actor = {},
                  .reason = request.decision_reason,
                  .scope_hash = request.scope_hash,
                  .evidence = details({{"policy", context.settings.policy->source}}),
                  .at = context.now},
                 item, context);
}

// Without the admin token nothing can be applied: a person has to.
void hand_to_admins(Case& item) {
    item.request.state = RequestState::manual;
    item.request.state_note =
        say_in(views::Language::english, texts::policy_restricts, item.judgement.decide_why);
}

Outcome wait_for_blackout(Case& item, const review::ActiveBlackout& blackout, const Context& context) {
    auto& request = item.request;
    request.state = RequestState::held;
    const auto ends = time_zone::date_text(blackout.ends, context.settings.policy->calendar.zone);
    const auto& reason = blackout.blackout->reason;
    request.state_note = reason.empty()
                             ? say_in(views::Language::english, texts::in_blackout, ends)
                             : say_in(views::Language::english, texts::in_blackout_because, ends, reason);
    const nlohmann::json event{{"kind", "policy"}, {"request", request.id.value}};
    Outcome outcome;
    outcome.changes.emplace_back(storage::SetTimer{{hold_timer(request.id), blackout.ends, event.dump()}});
    return outcome;
}

}  // namespace

review::Judgement judge_request(const AppRequest& request, const std::vector<storage::Mark>& known,
                                const Context& context) {
    review::RequestFacts facts{.request = request,
                               .requester_groups = groups_of(request.requester, context),
                               .claimed = {},
                               .earlier = earlier_approval(request, context),
                               .automatic = context.view.meta(automatic_applying) != "off"};
    bool overruled = false;
    for (const auto& mark : known) {
        if (mark.kind == marks::heard) facts.claimed.push_back(mark.subject);
        overruled = overruled || mark.kind == marks::overruled;
    }
    if (overruled) facts.earlier.reset();
    auto judgement = review::judge(*context.settings.policy, context.settings.review, facts);
    if (auto why = judgement.decide ? std::nullopt : restricted_before(request, context)) {
        judgement.decide = Automatic::deny;
        judgement.decide_why = std::move(*why);
    }
    if (overruled && judgement.decide != Automatic::approve) judgement.decide.reset();
    return judgement;
}

review::VoteRules vote_rules(const review::Judgement& judgement, const Context& context) {
    const auto& policy = *context.settings.policy;
    review::VoteRules rules;
    rules.needs = judgement.parties;
    rules.conditional_counts = judgement.conditional_counts;
    rules.today = time_zone::date_text(context.now, policy.calendar.zone);
    if (const auto& span = policy.evidence.votes_good_for; !span.empty()) {
        rules.stale = [span, &policy, now = context.now](Timestamp given) {
            return review::after(given, span, policy.calendar) <= now;
        };
    }
    return rules;
}

std::vector<UserId> asked_for(const Case& item) {
    return asked_in(item.marks);
}

std::vector<UserId> barred_voters(const storage::AppRequest& request, const std::vector<storage::Vote>& votes,
                                  const std::vector<storage::Mark>& known) {
    const auto people = asked_in(known);
    auto barred = people;
    const auto counting = review::counting_votes(request, votes);
    for (const auto& vote : counting) {
        const auto lender = say_behind(vote, known);
        const bool said_it_too = std::ranges::any_of(counting, [&](const storage::Vote& other) {
            return other.voter == lender && other.party == vote.party;
        });
        if (lender != vote.voter && (said_it_too || review::conflict_of_interest(request, lender, people)))
            barred.push_back(vote.voter);
    }
    return barred;
}

void draw_matrix(Case& item, const Context& context) {
    auto rules = vote_rules(item.judgement, context);
    rules.barred = barred_voters(item.request, item.votes, item.marks);
    item.matrix = review::party_matrix(item.request, item.votes, context.settings.review.parties, rules);
    show_members(item, context);
    show_refusals(item, context);
}

Outcome follow_policy(Case& item, const Context& context) {
    auto& request = item.request;
    Outcome outcome;
    if (!review::in_votes(request.state)) return outcome;
    if (item.judgement.decide == Automatic::deny) {
        end_by_policy(item, context, outcome);
        return outcome;
    }
    const bool by_api = applies_by_api(request, context);
    if (item.judgement.decide == Automatic::restrict) {
        if (by_api)
            outcome.merge(begin_restriction(request, {}, item.judgement.decide_why, {}, context));
        else
            hand_to_admins(item);
        return outcome;
    }
    if (request.state != RequestState::ready) return outcome;
    const bool decided = item.judgement.decide == Automatic::approve;
    // Without the API the managers are sent to Slack's button then, unless several have to press here first:
    // each of those is asked for a reason.
    const bool goes_on = by_api ? decided || item.judgement.apply_at_once
                                : request.decision != DecisionKind::restrict && !needs_several_admins(item);
    if (!goes_on) return outcome;
    if (const auto blackout = blackout_in_the_way(item, context)) {
        outcome.merge(wait_for_blackout(item, *blackout, context));
        return outcome;
    }
    if (!by_api) return outcome;
    outcome.merge(begin_approval(request, {}, {}, context));
    if (decided) request.decision_reason = item.judgement.decide_why;
    return outcome;
}

void add_decision(Outcome& outcome, storage::Decision decision, const Case& item, const Context& context) {
    const auto& policy = *context.settings.policy;
    decision.policy = policy.hash;
    decision.policy_rules = nlohmann::json(item.judgement.rules).dump();
    outcome.changes.emplace_back(storage::SavePolicy{{policy.hash, policy.source, policy.text}});
    outcome.changes.emplace_back(storage::AddDecision{std::move(decision)});
}

storage::Change try_later(RequestId request, const Context& context) {
    const nlohmann::json event{{"kind", "policy"}, {"request", request.value}};
    return storage::SetTimer{{hold_timer(request), context.now + std::chrono::minutes(5), event.dump()}};
}

Outcome policy_due(const Event& event, const Context& context) {
    const auto request = context.view.request(RequestId{review::number_field(event.payload, "request")});
    if (!request || request->state != RequestState::held) return {};
    auto item = load_case(*request, context);
    item.request.state = RequestState::in_review;
    item.request.state_note.clear();
    return settle(std::move(item), RequestState::held, "countersign", context);
}

}  // namespace countersign::handlers

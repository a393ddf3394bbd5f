#include "handlers/settle.hpp"

#include "handlers/answers.hpp"
#include "handlers/deadlines.hpp"
#include "handlers/deciding.hpp"
#include "handlers/effects.hpp"
#include "handlers/inquiry.hpp"
#include "handlers/issue_notes.hpp"
#include "handlers/issue_standing.hpp"
#include "handlers/joining.hpp"
#include "handlers/judging.hpp"
#include "handlers/junk_gate.hpp"
#include "handlers/limits.hpp"
#include "handlers/membership.hpp"
#include "handlers/people.hpp"
#include "handlers/review/life_cycle.hpp"
#include "handlers/review/votes.hpp"
#include "handlers/trackers.hpp"
#include "handlers/views/mrkdwn.hpp"
#include "handlers/views/notices.hpp"
#include "handlers/views/press_texts.hpp"
#include "handlers/views/recorded.hpp"
#include "handlers/views/request_card.hpp"
#include "handlers/views/requester_texts.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace countersign::handlers {
namespace {

namespace texts = views::texts;
using storage::AppRequest;
using storage::DecisionKind;
using storage::RequestState;

std::size_t decisions_so_far(const AppRequest& request, DecisionKind kind, const Context& context) {
    const auto all = context.view.decisions(request.id);
    return static_cast<std::size_t>(std::ranges::count(all, kind, &storage::Decision::kind));
}

// One message per (request, state, recipient, scope hash); a request that was reopened and ends the same way
// again has a new fact to tell, so its round is part of the key (R10, invariant 5).
std::string decided_occasion(const AppRequest& request, const Context& context) {
    const auto round = decisions_so_far(request, request.decision, context);
    const auto occasion = fmt::format("{}:{}", to_text(request.state), request.scope_hash.substr(0, 8));
    return round == 0 ? occasion : fmt::format("{}:{}", occasion, round + 1);
}

// M24: one emergency may end several requests of one person: heard of once, by the emergency's own name.
void tell_of_emergency(const Case& item, views::Language language, Outcome& outcome) {
    const auto& request = item.request;
    auto told = direct_message(request, request.requester, fmt::format("suspended:v{}", request.version),
                               views::decision_notice(request, language));
    const auto mark = std::ranges::find(item.marks, marks::suspending, &storage::Mark::kind);
    if (mark != item.marks.end() && !mark->value.empty())
        told.message = told.key = fmt::format("suspended:{}:{}", mark->value, request.requester.value);
    outcome.effects.push_back(std::move(told));
}

void tell_requester(const Case& item, const Context& context, Outcome& outcome) {
    const auto& request = item.request;
    if (request.requester.empty()) return;
    const auto language = language_of(request.requester, context);
    const auto tell = [&](std::string_view occasion, const views::Message& message) {
        outcome.effects.push_back(direct_message(request, request.requester, occasion, message));
    };
    switch (request.state) {
        case RequestState::need_info:
            tell(fmt::format("question:v{}", request.version), views::question_asked(request, language));
            break;
        case RequestState::suspended:
            tell_of_emergency(item, language, outcome);
            break;
        case RequestState::approved:
            tell(decided_occasion(request, context),
                 views::decision_notice(request, language,
                                        request.outside == storage::Outside::no
                                            ? limits_text(limits_of(item), language)
                                            : std::string()));
            break;
        case RequestState::restricted:
        case RequestState::denied:
        case RequestState::withdrawn:
        case RequestState::expired:
            tell(decided_occasion(request, context), views::decision_notice(request, language));
            break;
        case RequestState::superseded:
            tell(fmt::format("superseded:v{}", request.version), views::decision_notice(request, language));
            break;
        default:
            break;
    }
}

void raise_alarm(const AppRequest& request, const Context& context, Outcome& outcome) {
    const auto what = fmt::format("{} for {} needs a human.", to_text(request.id), request.app_name);
    outcome.effects.push_back(alarm(context.settings,
                                    fmt::format("manual:{}:v{}", to_text(request.id), request.version),
                                    views::alarm_notice(what, request.state_note)));
}

// What a person typed stands in the log by another entry, or not at all.
std::string note_for_log(const std::string& note) {
    return views::quotes_a_person(note) ? proof_of(note) : note;
}

// One party's rejection ends the request: the row says who and why (design.md §7, Reject).
void deny(Case& item, const Context& context, Outcome& outcome) {
    const auto row =
        std::ranges::find(item.matrix, review::PartyState::rejected, &review::PartyStatus::state);
    auto& request = item.request;
    request.decision = DecisionKind::deny;
    request.decided_by = row->by.back();
    request.decision_reason = row->remark;
    request.decided_at = context.now;
    request.outside = storage::Outside::no;
    add_decision(outcome,
                 {.request = request.id,
                  .kind = DecisionKind::deny,
                  .actor = request.decided_by,
                  .reason = request.decision_reason,
                  .scope_hash = request.scope_hash,
                  .evidence = details({{"party", row->party}}),
                  .at = context.now},
                 item, context);
}

// M23: where the policy routes it, the card stands too; posting it again does nothing, its key is known.
void copy_card(const AppRequest& request, const ChannelId& channel, const views::Message& card,
               Outcome& outcome) {
    outcome.effects.push_back(post_card_copy(request, channel, card));
    outcome.effects.push_back(update_card_copy(request, channel, card));
}

void cancel_in_slack(const AppRequest& request, const Context& context, Outcome& outcome) {
    if (is_given_back(request) && context.capabilities.admin && pending_in_slack(request, context)) {
        outcome.effects.push_back(cancel_slack_request(request));
    }
}

// What the card says of the issue besides its address.
std::string issue_note(const Case& item, const Context& context) {
    // Nobody waits for the issue of a request that has ended, and nobody would take the note back.
    if (storage::is_final(item.request.state)) return {};
    auto problem = issue_problem(item, context);
    return problem.empty() ? issue_trouble(item, context) : problem;
}

}  // namespace

bool has_card(const AppRequest& request, const Context& context) {
    const auto name = card_name(request.id);
    return context.view.message(name) || context.view.effect(name);
}

Outcome into_card_thread(const AppRequest& request, std::string_view occasion, const views::Message& message,
                         const Context& context) {
    Outcome outcome;
    if (has_card(request, context))
        outcome.effects.push_back(thread_line(request, context.view.message(card_name(request.id)),
                                              context.settings.review.channel, occasion, message));
    return outcome;
}

Case load_case(const AppRequest& request, const Context& context) {
    Case item{request, context.view.votes(request.id), context.view.vendor_issue(request.id),
              {},      context.view.marks(request.id), {}};
    item.judgement = judge_request(request, item.marks, context);
    recall_issue(item, context);
    draw_matrix(item, context);
    return item;
}

void recall_issue(Case& item, const Context& context) {
    item.known.reset();
    item.verdict.reset();
    if (!item.issue || !must_be_read(*item.issue, context)) return;
    item.known = context.view.tracker_issue(key_of(*item.issue));
    // A verdict on another issue says nothing about this one.
    const auto issue = context.view.newest_evidence_issue(item.request.id);
    if (issue == key_of(*item.issue))
        item.verdict = review::parse_issue_verdict(context.view.newest_verdict(item.request.id));
}

views::Message draw_card(const Case& item, const Context& context) {
    return views::request_card({.request = item.request,
                                .parties = item.matrix,
                                .issue = item.issue,
                                .settings = context.settings,
                                .org_driver = context.capabilities.admin,
                                .issue_note = issue_note(item, context),
                                .limits = limits_text(limits_of(item), views::Language::english),
                                .at_gate = is_at_gate(item),
                                .confidential = item.known && item.known->confidential,
                                .on_behalf_of = asked_on_behalf_of(item.marks)});
}

storage::Effect redrawn_card(const Case& item, std::string_view cause, const Context& context) {
    auto redrawn = update_card(item.request, draw_card(item, context));
    redrawn.key += fmt::format(":{}", cause);  // the version's own key belongs to its next change
    return redrawn;
}

RequestState state_by_rules(Case& item, const Context& context) {
    draw_matrix(item, context);
    return review::next_state(item.request, item.matrix, issue_stands(item), item.judgement.vendor_issue);
}

Outcome settle(Case item, RequestState before, std::string_view actor, const Context& context) {
    Outcome outcome;
    auto& request = item.request;
    // Whatever happens to a held request takes it up again; a hold that still has a reason is made anew.
    if (before == RequestState::held && request.state == RequestState::held) {
        request.state = RequestState::in_review;
        request.state_note.clear();
    }
    const auto next = state_by_rules(item, context);
    if (next == RequestState::denied && request.state != RequestState::denied) deny(item, context, outcome);
    request.state = next;
    stay_at_gate(item);
    outcome.merge(hold_without_members(item, context));
    outcome.merge(follow_policy(item, context));
    if (request.state == before) {
        outcome.merge(hand_over_after_all(item, context));
    } else {
        request.state_since = context.now;
        outcome.changes.push_back(next_deadline(request, context.now, context));
        tell_requester(item, context, outcome);
        cancel_in_slack(request, context, outcome);
        outcome.merge(hand_to_managers(item, context));
        if (request.state == RequestState::manual || request.state == RequestState::reconsider)
            raise_alarm(request, context, outcome);
        outcome.audit.push_back({std::string(actor), "request.state", to_text(request.id),
                                 details({{"from", to_text(before)},
                                          {"to", to_text(request.state)},
                                          {"scope_hash", request.scope_hash},
                                          {"note", note_for_log(request.state_note)}})});
    }
    outcome.changes.emplace_back(storage::SaveRequest{request});
    // The matrix may read differently in the new state (a question is only shown while it is open).
    draw_matrix(item, context);
    const auto card = draw_card(item, context);
    outcome.effects.push_back(update_card(request, card));
    for (const auto& channel : item.judgement.channels)
        copy_card(request, channel, card, outcome);
    outcome.merge(write_on_issue(item, context));
    return outcome;
}

Outcome end(Case item, const Ending& ending, std::string_view actor, const Context& context) {
    auto& request = item.request;
    const auto before = request.state;
    request.state = ending.state;
    request.state_note = ending.note;
    request.decision = ending.kind;
    request.decided_by = ending.by;
    request.decision_reason = ending.reason;
    request.decided_at = context.now;
    request.outside = ending.outside;
    Outcome outcome;
    add_decision(outcome,
                 {.request = request.id,
                  .kind = ending.kind,
                  .actor = ending.by,
                  .outside = ending.outside != storage::Outside::no,
                  .reason = ending.reason,
                  .scope_hash = request.scope_hash,
                  .evidence = ending.evidence,
                  .at = context.now},
                 item, context);
    outcome.merge(settle(std::move(item), before, actor, context));
    return outcome;
}

std::string already(const AppRequest& request, views::Language language) {
    const auto id = to_text(request.id);
    const auto by = request.decided_by.empty()
                        ? std::string()
                        : say_in(language, texts::by, views::mention(request.decided_by));
    if (review::in_flight(request.state))
        return say_in(
            language,
            request.decision == DecisionKind::restrict ? texts::being_restricted : texts::being_approved, id,
            by);
    return say_in(language, texts::decided_already, id, views::state_line(request, language), by);
}

bool is_given_back(const AppRequest& request) {
    return request.outside == storage::Outside::no &&
           (request.state == RequestState::denied || request.state == RequestState::withdrawn ||
            (request.state == RequestState::expired && request.decision == DecisionKind::cancel));
}

bool pending_in_slack(const AppRequest& request, const Context& context) {
    if (request.slack_id.empty()) return false;
    const auto all = context.view.decisions(request.id);
    return std::ranges::none_of(all, [](const storage::Decision& decision) {
        // A decision that Slack confirmed has resolved its request too: from then on the app itself is meant.
        const bool resolved =
            decision.kind == DecisionKind::approve || decision.kind == DecisionKind::restrict;
        return resolved || (!decision.outside &&
                            (decision.kind == DecisionKind::deny || decision.kind == DecisionKind::cancel));
    });
}

}  // namespace countersign::handlers

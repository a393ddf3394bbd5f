#include "config/base/text.hpp"
#include "config/base/time_zone.hpp"
#include "handlers/admin_agreement.hpp"
#include "handlers/after_decision.hpp"
#include "handlers/answers.hpp"
#include "handlers/case_marks.hpp"
#include "handlers/deciding.hpp"
#include "handlers/effects.hpp"
#include "handlers/emergency.hpp"
#include "handlers/handlers.hpp"
#include "handlers/inquiry.hpp"
#include "handlers/judging.hpp"
#include "handlers/junk_gate.hpp"
#include "handlers/limits.hpp"
#include "handlers/people.hpp"
#include "handlers/presses.hpp"
#include "handlers/protection.hpp"
#include "handlers/review/life_cycle.hpp"
#include "handlers/review/votes.hpp"
#include "handlers/review/working_days.hpp"
#include "handlers/rights.hpp"
#include "handlers/settle.hpp"
#include "handlers/slackbot.hpp"
#include "handlers/vendor_issue_seen.hpp"
#include "handlers/views/action_ids.hpp"
#include "handlers/views/forms.hpp"
#include "handlers/views/home_texts.hpp"
#include "handlers/views/limit_texts.hpp"
#include "handlers/views/mrkdwn.hpp"
#include "handlers/views/notices.hpp"
#include "handlers/views/party_form_texts.hpp"
#include "handlers/views/party_forms.hpp"
#include "handlers/views/press_texts.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace countersign::handlers {
namespace {

namespace ids = views::ids;
namespace texts = views::texts;
using storage::DecisionKind;
using storage::RequestState;
using storage::VoteAnswer;

Outcome refuse_own(const Press& press, const Case& item) {
    const auto id = to_text(item.request.id);
    return refuse(press, id, "own_request", say_in(press.language, texts::other_admins, id));
}

// Two admins have to press where the policy says so; the first is noted and told. True once all have.
// `reason`: then of them all.
bool enough_admins(const Press& press, Case& item, std::string& reason, const Context& context,
                   Outcome& outcome) {
    if (!needs_several_admins(item)) return true;
    const auto id = to_text(item.request.id);
    outcome.changes.push_back(put_mark(item, marks::admin_approval, press.user, reason, context));
    auto pressed = admins_agreed(item, context);
    // Whose user group was read for this very press.
    if (std::ranges::find(pressed, press.user) == pressed.end()) pressed.push_back(press.user);
    outcome.audit.push_back({press.user.value, "decision.admin_agreed", id,
                             details({{"scope_hash", item.request.scope_hash}, {"cause", press.cause}})});
    const auto missing = item.judgement.admins - static_cast<int>(pressed.size());
    if (missing <= 0) {
        reason = reasons_of(pressed, item);
        return true;
    }
    outcome.merge(
        say(press, say_in(press.language, texts::noted, more_admins(item, missing, press.language))));
    outcome.changes.emplace_back(storage::SaveRequest{item.request});
    return false;
}

Outcome approve(const Press& press, Case item, std::string reason, const Context& context) {
    const auto before = item.request.state;
    Outcome outcome;
    if (!enough_admins(press, item, reason, context, outcome)) return outcome;
    outcome.audit.push_back({press.user.value, "decision.approve_pressed", to_text(item.request.id),
                             details({{"scope_hash", item.request.scope_hash}, {"cause", press.cause}})});
    if (applies_by_api(item.request, context)) {
        // Pressed again while nobody knows what became of the call: what Slack shows now may be our own.
        const bool sent = before == RequestState::manual && item.request.decision == DecisionKind::approve;
        outcome.merge(
            begin_approval(item.request, press.user, {press.user, press.channel, sent ? 1 : 0}, context));
        item.request.decision_reason = reason;
        outcome.merge(settle(std::move(item), before, press.user.value, context));
        return outcome;
    }
    outcome.merge(hand_over(press, std::move(item), DecisionKind::approve, reason, context));
    return outcome;
}

// What one admin limited, the second of two agrees to; else a plain approval has no limits.
Outcome approve_plainly(const Press& press, Case item, const std::string& reason, const Context& context) {
    Outcome outcome;
    if (admins_agreed(item, context).empty()) outcome = drop_limits(item);
    outcome.merge(approve(press, std::move(item), reason, context));
    return outcome;
}

Outcome press_approve_app(const Press& press, Case item, const Context& context) {
    if (auto refused = why_not_approvable(item, press.language, context)) {
        auto outcome = refuse(press, to_text(item.request.id), "not_ready", *refused);
        // What made it ready has lapsed since: everybody sees that now.
        if (item.request.state == RequestState::ready)
            outcome.merge(settle(std::move(item), RequestState::ready, "countersign", context));
        return outcome;
    }
    // M21: nothing is applied in a blackout but with a reason that is recorded.
    if (const auto blackout = review::blackout_at(context.now, *context.settings.policy)) {
        const auto words = say_in(
            press.language, texts::in_a_blackout,
            time_zone::date_text(blackout->ends, context.settings.policy->calendar.zone),
            blackout->blackout->reason.empty() ? "" : ": " + views::inert(blackout->blackout->reason, 200));
        return open_form(press, views::reason_form(item.request, ids::form_override, texts::approve_app,
                                                   words, press.language));
    }
    return approve_plainly(press, std::move(item), {}, context);
}

Outcome press_reopen(const Press& press, Case item, const Context& context) {
    auto& request = item.request;
    const auto id = to_text(request.id);
    if (request.state != RequestState::denied) {
        return refuse(press, id, "decided",
                      say_in(press.language, texts::only_denied_reopen,
                             storage::is_final(request.state) ? already(request, press.language)
                                                              : say_in(press.language, texts::is_open, id)));
    }
    Outcome outcome;
    // The votes stay, apart from the rejections (design.md §7).
    for (const auto& vote : review::counting_votes(request, item.votes)) {
        if (vote.answer != VoteAnswer::reject) continue;
        auto retracted = vote;
        retracted.id = 0;
        retracted.answer = VoteAnswer::retracted;
        retracted.remark = "reopened";
        retracted.source = storage::VoteSource::slack;
        retracted.source_ref = press.cause;
        retracted.at = context.now;
        outcome.changes.emplace_back(storage::AddVote{retracted});
        item.votes.push_back(std::move(retracted));
    }
    // An admin's word goes before the policy's own decision, also the next time it is judged.
    outcome.changes.emplace_back(storage::SetMark{{.request = request.id,
                                                   .kind = std::string(marks::overruled),
                                                   .subject = {},
                                                   .person = press.user,
                                                   .value = {},
                                                   .scope_hash = request.scope_hash,
                                                   .at = context.now}});
    item.judgement.decide.reset();
    request.state = RequestState::in_review;
    request.decision = DecisionKind::none;
    request.decided_by = {};
    request.decision_reason.clear();
    request.decided_at.reset();
    request.outside = storage::Outside::no;
    // Nobody had followed it since the request ended.
    if (item.issue) outcome.merge(watch_issue(*item.issue, context));
    outcome.audit.push_back({press.user.value, "request.reopened", id, details({{"cause", press.cause}})});
    if (!request.requester.empty()) {
        const auto text = say_in(language_of(request.requester, context), texts::reopened, id,
                                 views::inert(request.app_name), views::mention(press.user));
        outcome.effects.push_back(direct_message(
            request, request.requester, fmt::format("reopened:v{}", request.version), views::line(text)));
    }
    outcome.merge(settle(std::move(item), RequestState::denied, press.user.value, context));
    return outcome;
}

// Why `Done` does not stand for an approval. `begun`: an admin was shown the steps.
std::optional<Outcome> refuse_approval_done(const Press& press, const Case& item, bool begun,
                                            const Context& context) {
    const auto id = to_text(item.request.id);
    if (auto refused = why_not_approvable(item, press.language, context))
        return refuse(press, id, "not_ready", *refused);
    if (!may_be_one_of_them(press.user, item)) return refuse_own(press, item);
    if (auto refused = why_admins_first(item, press.language, context))
        return refuse(press, id, "not_ready", *refused);
    // Of several admins the last is shown what to press in Slack, and nobody else was told to.
    if (!begun && needs_several_admins(item))
        return refuse(press, id, "not_begun", say_in(press.language, texts::done_too_early));
    return std::nullopt;
}

// An admin says that Slack's own button was pressed: the workspace driver's evidence.
Outcome press_done(const Press& press, Case item, const Context& context) {
    auto& request = item.request;
    const auto id = to_text(request.id);
    if (applies_by_api(request, context)) {
        return refuse(press, id, "not_needed", say_in(press.language, texts::done_not_needed));
    }
    // Where Slackbot's message is known, `Ready` told the managers to press its button: that is then done, or
    // what holds it up is said.
    const bool waits = request.state == RequestState::ready || request.state == RequestState::held;
    const bool told = waits && !notices_to_press(request.id, context).empty();
    const bool begun = request.decision != DecisionKind::none;
    if (!begun && told) request.decision = DecisionKind::approve;
    if (request.decision == DecisionKind::none) {
        return refuse(press, id, "not_begun", say_in(press.language, texts::done_too_early));
    }
    const bool approve = request.decision == DecisionKind::approve;
    if (approve) {
        if (auto refused = refuse_approval_done(press, item, begun, context)) return std::move(*refused);
    }
    Outcome outcome;
    const Ending ending{.state = approve ? RequestState::approved : restricted_state(item, outcome),
                        .kind = request.decision,
                        .by = press.user,
                        .reason = request.decision_reason,
                        .evidence = details({{"marked_done_by", press.user.value}, {"cause", press.cause}})};
    outcome.merge(approve ? watch_approval(item, context) : watch_restriction(item, context));
    outcome.merge(end(std::move(item), ending, press.user.value, context));
    return outcome;
}

Outcome approval_with_limits(const Press& press, Case item, const Context& context) {
    const auto id = to_text(item.request.id);
    const auto limits = read_limits(press, item, context);
    if (!limits) return refuse_at(press, limits.error().field, id, "no_limit", limits.error().sentence);
    // R16: a limit that nothing holds up must be said, not pretended.
    if (limits->of_access() && !applies_by_api(item.request, context))
        return refuse_at(press, limits->only_for.empty() ? ids::field_domains : ids::field_only_for, id,
                         "not_enforceable", say_in(press.language, texts::not_enforceable));
    // An end, or a few people only, takes it away from all others.
    const bool takes_away = limits->of_access() || !limits->until.empty();
    if (auto refused = why_protected(item.request.app_id, press.language, context); takes_away && refused)
        return refuse_at(press, limits->of_access() ? ids::field_only_for : ids::field_last_day, id,
                         "protected", *refused);
    if (const auto blackout = review::blackout_at(context.now, *context.settings.policy))
        return refuse_at(press, ids::field_only_for, id, "blackout",
                         press_to_override(*blackout, press.language, context));
    Outcome outcome;
    if (!same_limits(*limits, limits_of(item))) outcome = forget_marks(item, marks::admin_approval);
    outcome.merge(keep_limits(item, *limits, press.user, context));
    outcome.audit.push_back({press.user.value, "decision.limited", id,
                             details({{"left_out", text::joined(limits->left_out, " ")},
                                      {"only_for", text::joined(limits->only_for, " ")},
                                      {"domains", text::joined(limits->urls, " ")},
                                      {"mail_domains", text::joined(limits->emails, " ")},
                                      {"until", limits->until}})});
    outcome.merge(approve(press, std::move(item), {}, context));
    return outcome;
}

}  // namespace

Outcome approval_submitted(const Press& press, Case item, const Context& context) {
    const auto id = to_text(item.request.id);
    if (storage::is_final(item.request.state) || review::in_flight(item.request.state))
        return refuse(press, id, "decided", already(item.request, press.language));
    if (auto card = require_current_card(press, item, context); !card) return std::move(card.error());
    if (auto admin = require_admin(press, id, context); !admin) return std::move(admin.error());
    if (!may_be_one_of_them(press.user, item)) return refuse_own(press, item);
    if (auto refused = why_not_approvable(item, press.language, context))
        return refuse(press, id, "not_ready", *refused);
    if (press.what == ids::form_override) {
        const auto found = press.fields.find(std::string(ids::field_reason));
        const auto reason =
            found == press.fields.end() ? std::string() : std::string(text::trimmed(found->second));
        if (reason.empty())
            return refuse_at(press, ids::field_reason, id, "blank",
                             say_in(press.language, texts::why_not_wait));
        Outcome outcome;
        outcome.audit.push_back(
            {press.user.value, "blackout.overridden", id, details({{"reason", proof_of(reason)}})});
        outcome.merge(approve_plainly(press, std::move(item), text::shortened(reason, 2'000), context));
        return outcome;
    }
    return approval_with_limits(press, std::move(item), context);
}

Outcome admin_pressed(const Press& press, const Context& context) {
    auto item = require_case(press, context);
    if (!item) return std::move(item.error());
    const auto& request = item->request;
    const auto id = to_text(request.id);
    if (press.what == ids::reopen) {
        if (auto card = require_current_card(press, *item, context); !card) return std::move(card.error());
        if (auto admin = require_admin(press, id, context); !admin) return std::move(admin.error());
        return press_reopen(press, std::move(*item), context);
    }
    if (storage::is_final(request.state) || review::in_flight(request.state)) {
        return refuse(press, id, "decided", already(request, press.language));
    }
    if (auto card = require_current_card(press, *item, context); !card) return std::move(card.error());
    if (auto admin = require_admin(press, id, context); !admin) return std::move(admin.error());
    if (press.what == ids::let_through) return let_through(press, std::move(*item), context);
    const bool approves = press.what == ids::approve_app || press.what == ids::approve_limits;
    if (approves && !may_be_one_of_them(press.user, *item)) return refuse_own(press, *item);
    if (press.what == ids::approve_app) return press_approve_app(press, std::move(*item), context);
    if (press.what == ids::approve_limits) {
        if (auto refused = why_not_approvable(*item, press.language, context))
            return refuse(press, id, "not_ready", *refused);
        return open_form(press, views::limits_form(request, press.language));
    }
    const bool keeps_or_clears = press.what == ids::keep_decision || press.what == ids::clear_decision;
    if (keeps_or_clears && !review::is_looked_at_again(request.state))
        return refuse(press, id, "not_decided", say_in(press.language, texts::nothing_to_clear, id));
    if (press.what == ids::keep_decision)
        return open_form(press,
                         views::reason_form(request, ids::form_keep, texts::keep_decision,
                                            say_in(press.language, texts::keep_explained), press.language));
    if (press.what == ids::clear_decision) {
        if (auto refused = why_not_clearable(request, press.language, context))
            return refuse(press, id, "protected", *refused);
        return open_form(press,
                         views::reason_form(request, ids::form_clear, texts::clear_decision,
                                            say_in(press.language, texts::clear_explained), press.language));
    }
    if (press.what == ids::done) return press_done(press, std::move(*item), context);
    if (auto refused = why_protected(request.app_id, press.language, context))
        return refuse(press, id, "protected", *refused);
    return open_form(press, views::restrict_form(request, press.language));
}

}  // namespace countersign::handlers

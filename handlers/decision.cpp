#include "handlers/answers.hpp"
#include "handlers/effect_answer.hpp"
#include "handlers/effects.hpp"
#include "handlers/guarded.hpp"
#include "handlers/handlers.hpp"
#include "handlers/inquiry.hpp"
#include "handlers/inquiry_verdict.hpp"
#include "handlers/issue_standing.hpp"
#include "handlers/judging.hpp"
#include "handlers/review/life_cycle.hpp"
#include "handlers/review/payload_fields.hpp"
#include "handlers/settle.hpp"
#include "handlers/uninstalling.hpp"
#include "handlers/views/mrkdwn.hpp"
#include "handlers/views/notices.hpp"
#include "handlers/watch.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace countersign::handlers {
namespace {

using storage::AppRequest;
using storage::DecisionKind;
using storage::RequestState;

constexpr int max_cancel_tries = 3;

void decide(AppRequest& request, DecisionKind kind, const UserId& by, const std::string& reason,
            const Context& context) {
    request.state = RequestState::applying;
    request.state_note.clear();
    request.decision = kind;
    request.decided_by = by;
    request.decision_reason = reason;
    request.decided_at = context.now;
    request.outside = storage::Outside::no;
}

// The state and the next question go together: the answer finds the request as the question left it.
Outcome read_back(AppRequest request, RequestState state, Inquiry kind, const Asker& asker,
                  const Context& context) {
    auto outcome = ask_slack(request, kind, asker, context);
    const auto before = request.state;
    if (state == before) {  // nothing that people see changes; the version must
        outcome.changes.emplace_back(storage::SaveRequest{std::move(request)});
        return outcome;
    }
    auto item = load_case(request, context);
    item.request.state = state;
    outcome.merge(settle(std::move(item), before, "slack", context));
    return outcome;
}

}  // namespace

Outcome begin_approval(AppRequest& request, const UserId& by, const Asker& asker, const Context& context) {
    decide(request, DecisionKind::approve, by, {}, context);
    return ask_slack(request, Inquiry::precheck, asker, context);
}

Outcome begin_restriction(AppRequest& request, const UserId& by, const std::string& reason,
                          const Asker& asker, const Context& context) {
    decide(request, DecisionKind::restrict, by, reason, context);
    auto target = request;
    if (!pending_in_slack(request, context)) target.slack_id = {};
    auto effect = restrict_app(target);
    effect.context = to_context(asker);
    Outcome outcome;
    outcome.audit.push_back({by.value, "decision.restrict_sent", to_text(request.id),
                             details({{"scope_hash", request.scope_hash}, {"effect", effect.key}})});
    outcome.changes.push_back(watch_for(request.id, effect.key, context.now));
    outcome.effects.push_back(std::move(effect));
    return outcome;
}

bool may_still_leave(const storage::Effect& effect, const Context& context) {
    if (effect.method == "admin.apps.uninstall") return uninstall_may_leave(effect, context);
    // An approval only while every party agrees (invariant 1): votes are taken back and scopes grow while it
    // waits.
    if (effect.method != "admin.apps.approve" || !effect.request) return true;
    const auto request = context.view.request(*effect.request);
    if (!request || !review::in_flight(request->state) || request->decision != DecisionKind::approve)
        return false;
    auto item = load_case(*request, context);
    draw_matrix(item, context);
    return may_be_approved(item);
}

Outcome decision_answered(const Event& event, const Context& context) {
    const auto answer = read_effect_answer(event);
    const auto request = context.view.request(answer.request);
    if (!request || !review::in_flight(request->state) || !is_awaited(answer.request, answer.key, context))
        return {};
    const auto asker = read_asker(answer.context);
    Outcome outcome;
    outcome.audit.push_back(
        {"slack", "decision.answered", to_text(request->id),
         details({{"meaning", answer.meaning}, {"error", answer.error}, {"effect", answer.key}})});
    if (answer.ok()) {
        outcome.merge(read_back(*request, RequestState::applying, Inquiry::confirm, asker, context));
    } else if (answer.error == "request_already_resolved") {
        outcome.merge(read_back(*request, RequestState::applying, Inquiry::adopt, asker, context));
    } else if (answer.meaning == "expired") {
        // Put off for longer than what was read before it holds (A18): from the first reading on again.
        outcome.merge(read_back(*request, RequestState::applying, Inquiry::precheck, asker, context));
    } else if (answer.meaning == "unclear") {
        outcome.merge(read_back(*request, RequestState::unclear, Inquiry::unclear, asker, context));
    } else {
        outcome.changes.emplace_back(storage::CancelTimer{watch_name(request->id)});
        outcome.merge(
            needs_human(load_case(*request, context), answer.trouble(), asker, answer.key, context));
    }
    return outcome;
}

Outcome cancel_answered(const Event& event, const Context& context) {
    const auto answer = read_effect_answer(event);
    const auto request = context.view.request(answer.request);
    if (!request) return {};
    const auto id = to_text(request->id);
    Outcome outcome;
    outcome.audit.push_back(
        {"slack", "cancel.answered", id,
         details({{"meaning", answer.meaning}, {"error", answer.error}, {"effect", answer.key}})});
    if (answer.ok()) return outcome;
    const auto tries = review::number_field(answer.context, "tries") + 1;
    if (answer.error == "request_already_resolved") {
        // Somebody decided in Slack while we said no: their decision holds there, so it must be known here.
        if (review::in_flight(request->state)) return outcome;
        outcome.merge(ask_slack(*request, Inquiry::adopt, {}, context));
        outcome.changes.emplace_back(storage::SaveRequest{*request});
    } else if (answer.meaning == "unclear" && tries < max_cancel_tries) {
        // Cancelling twice is harmless: the second call hears `request_already_resolved`.
        auto again = cancel_slack_request(*request);
        again.key = fmt::format("{}:{}", answer.key, tries + 1);
        again.context = nlohmann::json{{"tries", tries}}.dump();
        outcome.effects.push_back(std::move(again));
    } else {
        const auto what =
            fmt::format("Slack's request behind {} ({}) could not be cancelled.", id, request->app_name);
        outcome.effects.push_back(
            alarm(context.settings, "uncancelled:" + cancel_slack_request(*request).key,
                  views::alarm_notice(what, "Cancel it in Slack's admin pages. " + answer.trouble())));
    }
    return outcome;
}

Outcome watch_due(const Event& event, const Context& context) {
    const auto request = context.view.request(RequestId{review::number_field(event.payload, "request")});
    if (!request) return {};
    const auto key = review::text_field(event.payload, "effect");
    if (still_in_outbox(key, context)) {
        Outcome outcome;
        outcome.changes.push_back(watch_for(request->id, key, context.now));
        return outcome;
    }
    if (!review::in_flight(request->state)) return {};
    return read_back(*request, RequestState::unclear, Inquiry::unclear, {}, context);
}

Outcome resume_decisions(const Context& context) {
    Outcome outcome;
    for (const auto& request : context.view.open_requests()) {
        if (!review::in_flight(request.state)) continue;
        const auto watch = context.view.timer(watch_name(request.id));
        if (watch) {
            const auto awaited = nlohmann::json::parse(watch->event, nullptr, false);
            if (still_in_outbox(review::text_field(awaited, "effect"), context)) continue;
        }
        outcome.merge(guarded("the decision on " + to_text(request.id), context, [&] {
            return read_back(request, RequestState::unclear, Inquiry::unclear, {}, context);
        }));
    }
    return outcome;
}

}  // namespace countersign::handlers

#include "handlers/admin_agreement.hpp"
#include "handlers/after_decision.hpp"
#include "handlers/answers.hpp"
#include "handlers/deviation.hpp"
#include "handlers/effects.hpp"
#include "handlers/emergency.hpp"
#include "handlers/joining.hpp"
#include "handlers/limits.hpp"
#include "handlers/review/life_cycle.hpp"
#include "handlers/review/scopes.hpp"
#include "handlers/review/votes.hpp"
#include "handlers/slackbot.hpp"
#include "handlers/views/joining_texts.hpp"
#include "handlers/views/notices.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <string>

namespace countersign::handlers {
namespace {

using storage::AppRequest;
using storage::DecisionKind;
using storage::Outside;
using storage::RequestState;

RequestState state_of(DecisionKind kind) {
    switch (kind) {
        case DecisionKind::approve:
            return RequestState::approved;
        case DecisionKind::restrict:
            return RequestState::restricted;
        case DecisionKind::deny:
            return RequestState::denied;
        default:
            return RequestState::withdrawn;
    }
}

// We had ended it, and then somebody decided otherwise in Slack.
Outcome contradiction(const AppRequest& request, const SeenDecision& seen, const Context& context) {
    Outcome outcome;
    const bool agrees = request.state == state_of(seen.kind) ||
                        // Slack knows no denial of ours: its managers take the request away.
                        (seen.kind == DecisionKind::cancel && request.state != RequestState::approved &&
                         request.state != RequestState::restricted);
    if (agrees) return outcome;
    const auto id = to_text(request.id);
    outcome.audit.push_back(
        {"slack", "decision.contradiction", id,
         details({{"here", to_text(request.state)}, {"in_slack", to_text(state_of(seen.kind))}})});
    outcome.effects.push_back(alarm(
        context.settings, fmt::format("contradiction:{}:{}", id, to_text(state_of(seen.kind))),
        views::alarm_notice(
            fmt::format("{} for {} is {} here, but {} says that it is {} in Slack.", id, request.app_name,
                        to_text(request.state), seen.told_by, to_text(state_of(seen.kind))),
            "Decide which of the two holds; change the app's approval in Slack's admin pages if "
            "it must not stay.")));
    return outcome;
}

}  // namespace

Outcome decided_in_slack(const AppRequest& request, const SeenDecision& seen, const Context& context) {
    if (const auto open = joined_to(request, context)) {
        // Slack decides about the app; a notice that is cancelled ends nothing but itself.
        if (seen.kind == DecisionKind::cancel)
            return cancelled_alone(request, *open, seen.who, seen.evidence, context);
        if (seen.kind != DecisionKind::approve || review::covers(request.scopes, open->scopes))
            return decided_in_slack(*open, seen, context);
        // Approved for less than the other asks for: that answers this one alone.
        auto alone = request;
        alone.state = RequestState::in_review;
        auto outcome = part(request, *open, context);
        outcome.merge(decided_in_slack(alone, seen, context));
        return outcome;
    }
    if (storage::is_final(request.state)) return contradiction(request, seen, context);
    Outcome outcome;
    // A call of our own is under way: its read-back says what Slack believes.
    if (review::in_flight(request.state)) return outcome;
    auto item = load_case(request, context);
    const bool asked_for = request.decision == seen.kind;
    const bool agreed =
        seen.kind == DecisionKind::approve &&
        review::may_be_approved(item.matrix, item.issue.has_value(), item.judgement.vendor_issue) &&
        !why_admins_first(item, views::Language::english, context);
    Ending ending{.state = state_of(seen.kind),
                  .kind = seen.kind,
                  .by = seen.who,
                  .reason = asked_for ? request.decision_reason : std::string(),
                  .outside = Outside::decided,
                  .evidence = seen.evidence};
    if (seen.kind == DecisionKind::cancel)
        ending.outside = Outside::cancelled;
    else if (agreed || (asked_for && seen.kind == DecisionKind::restrict))
        ending.outside = Outside::no;  // what we asked the managers to press
    if (ending.by.empty() && ending.outside == Outside::no) ending.by = request.decided_by;
    const auto sibling = ending.outside == Outside::decided ? decided_with(request, seen.kind, context)
                                                            : std::optional<storage::Decision>();
    if (sibling) {
        ending.outside = Outside::no;
        ending.by = sibling->actor;
        auto evidence = nlohmann::json::parse(seen.evidence, nullptr, false);
        if (!evidence.is_object()) evidence = nlohmann::json::object();
        evidence[std::string(decided_with_key)] = to_text(sibling->request);
        ending.evidence = evidence.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
        ending.reason =
            say_in(views::Language::english, views::texts::decided_with, to_text(sibling->request));
    }
    if (!sibling && seen.kind == DecisionKind::approve) outcome.merge(deviation(item, context));
    const bool ours = ending.outside == Outside::no;
    if (ours && seen.kind == DecisionKind::approve) outcome.merge(watch_approval(item, context));
    if (ours && seen.kind == DecisionKind::restrict) {
        ending.state = restricted_state(item, outcome);
        outcome.merge(watch_restriction(item, context));
    }
    outcome.audit.push_back({seen.who.empty() ? "slack" : seen.who.value, "decision.seen",
                             to_text(request.id),
                             details({{"told_by", seen.told_by}, {"state", to_text(ending.state)}})});
    outcome.merge(end(std::move(item), ending, "slack", context));
    return outcome;
}

}  // namespace countersign::handlers

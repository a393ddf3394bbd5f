#include "handlers/deciding.hpp"

#include "config/base/text.hpp"
#include "handlers/admin_agreement.hpp"
#include "handlers/answers.hpp"
#include "handlers/case_marks.hpp"
#include "handlers/issue_standing.hpp"
#include "handlers/protection.hpp"
#include "handlers/review/payload_fields.hpp"
#include "handlers/review/votes.hpp"
#include "handlers/slackbot.hpp"
#include "handlers/trackers.hpp"
#include "handlers/views/action_ids.hpp"
#include "handlers/views/mrkdwn.hpp"
#include "handlers/views/notices.hpp"
#include "handlers/views/press_texts.hpp"
#include "handlers/views/slackbot_steps.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace countersign::handlers {
namespace {

namespace texts = views::texts;
using nlohmann::json;

bool is_evidence(const Case& item, const Context& context) {
    return item.issue && must_be_read(*item.issue, context);
}

storage::Effect ask_before(const Case& item, const json& question, const Context& context) {
    auto effect =
        check_before_hand_over(item.request, key_of(*item.issue), std::to_string(to_millis(context.now)));
    effect.context = question.dump(-1, ' ', false, json::error_handler_t::replace);
    effect.deadline = context.now + std::chrono::seconds(30);
    return effect;
}

}  // namespace

std::optional<std::string> why_not_approvable(const Case& item, views::Language language,
                                              const Context& context) {
    // M25: who decides about Countersign must not be Countersign.
    if (is_ours(item.request.app_id, context)) {
        return say_in(language, texts::never_approve_myself);
    }
    if (!review::all_satisfied(item.matrix)) {
        return say_in(language, texts::parties_missing,
                      views::inert(text::joined(review::missing_parties(item.matrix), ", "), 1'000));
    }
    if (!item.issue && item.judgement.vendor_issue) {
        return say_in(language, texts::no_issue_linked);
    }
    if (item.judgement.vendor_issue && !issue_stands(item))
        return say_in(language, texts::issue_in_the_way, issue_problem(item, context, language));
    return std::nullopt;
}

bool applies_by_api(const storage::AppRequest& request, const Context& context) {
    const bool somewhere = !request.team_id.empty() || !request.enterprise_id.empty();
    return context.capabilities.admin && !request.app_id.empty() && somewhere;
}

Outcome hand_over(const Press& press, Case item, storage::DecisionKind kind, const std::string& reason,
                  const Context& context) {
    if (kind != storage::DecisionKind::approve || !is_evidence(item, context))
        return handed_over(press, std::move(item), kind, reason, context);
    const json question{{"press", json::parse(to_text(press))}, {"reason", reason}};
    Outcome outcome;
    outcome.effects.push_back(ask_before(item, question, context));
    return outcome;
}

Outcome hand_to_managers(Case& item, const Context& context) {
    const auto& request = item.request;
    const bool by_button = request.state == storage::RequestState::ready && !context.capabilities.admin;
    auto outcome = forget_marks(item, marks::waits_for_admins);
    if (by_button && needs_several_admins(item)) {  // the last of them is shown what to press
        outcome.changes.push_back(put_mark(item, marks::waits_for_admins, {}, {}, context));
        return outcome;
    }
    const bool shows_button =
        by_button && !waits_for_press(item, context) && !notices_to_press(request.id, context).empty();
    // What made it ready may be this very reading.
    const bool just_read = item.known && item.known->full_at == context.now;
    if (!shows_button || !is_evidence(item, context) || just_read)
        outcome.merge(point_managers(item, context));
    else
        outcome.effects.push_back(ask_before(item, json::object(), context));
    return outcome;
}

Outcome hand_over_after_all(Case& item, const Context& context) {
    const auto waited = std::ranges::find(item.marks, marks::waits_for_admins, &storage::Mark::kind);
    return waited == item.marks.end() || waits_for_press(item, context) ? Outcome()
                                                                        : hand_to_managers(item, context);
}

storage::Change hand_over_later(RequestId request, const Context& context) {
    const json event{{"kind", "hand_over"}, {"request", request.value}};
    return storage::SetTimer{
        {"hand_over:" + to_text(request), context.now + std::chrono::minutes(1), event.dump()}};
}

Outcome hand_over_due(const Event& event, const Context& context) {
    const auto request = context.view.request(RequestId{review::number_field(event.payload, "request")});
    if (!request || request->state != storage::RequestState::ready) return {};
    auto item = load_case(*request, context);
    // It is held when a blackout has begun since.
    if (blackout_in_the_way(item, context))
        return settle(std::move(item), request->state, "countersign", context);
    return hand_to_managers(item, context);
}

Outcome handed_over(const Press& press, Case item, storage::DecisionKind kind, const std::string& reason,
                    const Context& context) {
    auto& request = item.request;
    const auto before = request.state;
    request.decision = kind;
    request.decided_by = press.user;
    request.decision_reason = reason;
    const auto notices = notices_to_press(request.id, context);
    const bool own = press.user.value == context.view.meta("reviewer_user");
    auto outcome =
        say(press, notices.empty() ? views::manual_steps(request, kind, press.language)
                                   : views::slackbot_steps(request, kind, notices, own, press.language));
    if (press.what == views::ids::form_override)
        outcome.changes.push_back(put_mark(item, marks::overrode_blackout, press.user, {}, context));
    if (kind == storage::DecisionKind::approve)
        outcome.merge(forget_marks(item, marks::waits_for_admins));  // now somebody is sent to Slack
    outcome.merge(settle(std::move(item), before, press.user.value, context));
    return outcome;
}

}  // namespace countersign::handlers

#include "handlers/deciding.hpp"

#include "config/base/text.hpp"
#include "handlers/answers.hpp"
#include "handlers/issue_standing.hpp"
#include "handlers/review/votes.hpp"
#include "handlers/views/mrkdwn.hpp"
#include "handlers/views/notices.hpp"
#include "handlers/views/slackbot_steps.hpp"

#include <fmt/format.h>

namespace countersign::handlers {
namespace {

bool is_ours(const storage::AppRequest& request, const Context& context) {
    return !request.app_id.empty() && request.app_id == context.capabilities.own_app;
}

}  // namespace

std::optional<std::string> why_not_approvable(const Case& item, const Context& context) {
    // M25: who decides about Countersign must not be Countersign.
    if (is_ours(item.request, context)) {
        return "you may not, because I never approve myself; decide about this app in Slack's admin pages.";
    }
    if (!review::all_satisfied(item.matrix)) {
        return fmt::format("you may not yet, because not every party has agreed; missing: {}.",
                           views::inert(text::joined(review::missing_parties(item.matrix), ", "), 1'000));
    }
    if (!item.issue && item.judgement.vendor_issue) {
        return "you may not yet, because no vendor issue is linked.";
    }
    if (item.judgement.vendor_issue && !issue_stands(item))
        return "you may not yet, because of the vendor issue: " + issue_problem(item, context);
    return std::nullopt;
}

std::optional<std::string> why_not_restrictable(const storage::AppRequest& request, const Context& context) {
    if (!is_ours(request, context)) return std::nullopt;
    return "you may not, because I never restrict myself; decide about this app in Slack's admin pages.";
}

bool applies_by_api(const storage::AppRequest& request, const Context& context) {
    const bool somewhere = !request.team_id.empty() || !request.enterprise_id.empty();
    return context.capabilities.admin && !request.app_id.empty() && somewhere;
}

Outcome hand_over(const Press& press, Case item, storage::DecisionKind kind, const std::string& reason,
                  const Context& context) {
    auto& request = item.request;
    const auto before = request.state;
    request.decision = kind;
    request.decided_by = press.user;
    request.decision_reason = reason;
    const auto notices = context.view.slackbot_notices(request.id);
    const bool own = press.user.value == context.view.meta("reviewer_user");
    auto outcome = say(press, notices.empty() ? views::manual_steps(request, kind)
                                              : views::slackbot_steps(request, kind, notices, own));
    outcome.merge(settle(std::move(item), before, press.user.value, context));
    return outcome;
}

}  // namespace countersign::handlers

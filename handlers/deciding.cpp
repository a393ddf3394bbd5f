#include "handlers/deciding.hpp"

#include "config/base/text.hpp"
#include "handlers/answers.hpp"
#include "handlers/issue_standing.hpp"
#include "handlers/review/votes.hpp"
#include "handlers/views/mrkdwn.hpp"
#include "handlers/views/notices.hpp"
#include "handlers/views/press_texts.hpp"
#include "handlers/views/slackbot_steps.hpp"

#include <fmt/format.h>

namespace countersign::handlers {
namespace {

namespace texts = views::texts;
bool is_ours(const storage::AppRequest& request, const Context& context) {
    return !request.app_id.empty() && request.app_id == context.capabilities.own_app;
}

}  // namespace

std::optional<std::string> why_not_approvable(const Case& item, views::Language language,
                                              const Context& context) {
    // M25: who decides about Countersign must not be Countersign.
    if (is_ours(item.request, context)) {
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

std::optional<std::string> why_not_restrictable(const storage::AppRequest& request, views::Language language,
                                                const Context& context) {
    if (!is_ours(request, context)) return std::nullopt;
    return say_in(language, texts::never_restrict_myself);
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
    auto outcome =
        say(press, notices.empty() ? views::manual_steps(request, kind, press.language)
                                   : views::slackbot_steps(request, kind, notices, own, press.language));
    outcome.merge(settle(std::move(item), before, press.user.value, context));
    return outcome;
}

}  // namespace countersign::handlers

#include "handlers/admin_agreement.hpp"
#include "handlers/effects.hpp"
#include "handlers/people.hpp"
#include "handlers/review/slackbot_notice.hpp"
#include "handlers/slackbot.hpp"
#include "handlers/views/slackbot_steps.hpp"

#include <fmt/format.h>

#include <set>

namespace countersign::handlers {
namespace {

using storage::DecisionKind;
using storage::Outside;
using storage::RequestState;

// Admins as people; groups as last read.
std::set<std::string> managers(const Context& context) {
    std::set<std::string> people;
    for (const auto& admin : context.settings.review.admins) {
        if (!admin.starts_with('S')) {
            people.insert(admin);
        } else if (const auto group = context.view.user_group(admin)) {
            for (const auto& member : group->members)
                people.insert(member.value);
        }
    }
    return people;
}

}  // namespace

std::vector<storage::SlackbotNotice> notices_to_press(RequestId request, const Context& context) {
    auto notices = context.view.slackbot_notices(request);
    std::erase_if(notices,
                  [](const auto& notice) { return notice.kind == to_text(review::NoticeKind::decision); });
    return notices;
}

Outcome point_managers(const Case& item, const Context& context) {
    const auto& request = item.request;
    Outcome outcome;
    const bool ended = request.outside == Outside::no &&
                       (request.state == RequestState::denied || request.state == RequestState::withdrawn);
    if (context.capabilities.admin || (request.state != RequestState::ready && !ended)) return outcome;
    // An admin has asked for the restriction, whatever the parties say since.
    if (!ended && (request.decision == DecisionKind::restrict || waits_for_press(item, context)))
        return outcome;
    const auto notices = notices_to_press(request.id, context);
    if (notices.empty()) return outcome;
    const auto kind = ended ? DecisionKind::cancel : DecisionKind::approve;
    const UserId reviewer(context.view.meta("reviewer_user"));
    for (const auto& person : managers(context)) {
        const UserId user(person);
        outcome.effects.push_back(direct_message(
            request, user, fmt::format("press:{}:v{}", to_text(request.state), request.version),
            views::slackbot_steps(request, kind, notices, user == reviewer, language_of(user, context))));
    }
    return outcome;
}

}  // namespace countersign::handlers

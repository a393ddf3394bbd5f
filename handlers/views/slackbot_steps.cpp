#include "handlers/views/slackbot_steps.hpp"

#include "handlers/views/blocks.hpp"
#include "handlers/views/mrkdwn.hpp"
#include "handlers/views/notices.hpp"
#include "handlers/views/press_texts.hpp"

#include <fmt/format.h>

namespace countersign::handlers::views {
namespace {

using storage::DecisionKind;
using storage::SlackbotNotice;

// What everybody can open comes first.
const SlackbotNotice* to_open(const std::vector<SlackbotNotice>& notices, bool owns_conversation) {
    for (const auto& notice : notices) {
        if (!notice.personal && !notice.permalink.empty()) return &notice;
    }
    for (const auto& notice : notices) {
        if (notice.personal && owns_conversation && !notice.permalink.empty()) return &notice;
    }
    return nullptr;
}

std::string button(DecisionKind kind, const std::vector<SlackbotNotice>& notices) {
    const bool approve = kind == DecisionKind::approve;
    for (const auto& notice : notices) {
        const auto& label = approve ? notice.approve_label : notice.restrict_label;
        if (!label.empty()) return inert_line(label, 80);
    }
    return approve ? "Approve for Workspace" : "Restrict for Workspace";
}

}  // namespace

Message slackbot_steps(const storage::AppRequest& request, DecisionKind kind,
                       const std::vector<SlackbotNotice>& notices, bool owns_conversation,
                       Language language) {
    const auto app = "*" + inert_line(request.app_name, 100) + "* (" + to_text(request.id) + ")";
    const auto* message = to_open(notices, owns_conversation);
    const auto where = message != nullptr
                           ? link(message->permalink, say_in(language, texts::slacks_own_message))
                           : say_in(language, texts::slackbots_message);
    if (kind == DecisionKind::cancel) return line(say_in(language, texts::cancel_in_slack_too, app, where));
    return line(say_in(language,
                       kind == DecisionKind::approve ? texts::approve_in_slack : texts::restrict_in_slack,
                       app, where, button(kind, notices)));
}

}  // namespace countersign::handlers::views

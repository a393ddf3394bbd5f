#include "handlers/views/slackbot_steps.hpp"

#include "handlers/views/blocks.hpp"
#include "handlers/views/mrkdwn.hpp"
#include "handlers/views/notices.hpp"

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
                       const std::vector<SlackbotNotice>& notices, bool owns_conversation) {
    const auto id = to_text(request.id);
    const auto app = "*" + inert_line(request.app_name, 100) + "* (" + id + ")";
    const auto* message = to_open(notices, owns_conversation);
    const auto where = message != nullptr
                           ? link(message->permalink, "Slack's own message")
                           : std::string("Slackbot's message about it in your conversation with Slackbot");
    if (kind == DecisionKind::cancel) {
        return line(
            fmt::format("{} has ended here, but Slack still holds the request.\nNext: cancel it in Slack: "
                        "*Apps and workflows*, "
                        "*Requests to install*; {} then says so.",
                        app, where));
    }
    const auto label = button(kind, notices);
    return line(
        fmt::format("{} {}.\nNext: open {} and press *{}*; if Slack asks, confirm. Slack's answer closes the "
                    "request here. If that "
                    "takes more than a few minutes, press `Done` on the card.",
                    kind == DecisionKind::approve ? "Every party agrees on" : "Slack has to restrict", app,
                    where, label));
}

}  // namespace countersign::handlers::views

#include "bot/slack/web_api.hpp"

#include <algorithm>
#include <array>

namespace countersign::slack {
namespace {

using Body = Method::Body;
using Repeat = Method::Repeat;

// Every method we call, as Slack's reference has it: the body it reads, its tier in calls a minute, what a
// repeat does. A test compares body and tier with the reference.
constexpr auto methods = std::to_array<Method>({
    // The reference says tier 3, three SDKs say tier 1: we live with tier 1 (socket-mode.md §1.1, R16).
    {"apps.connections.open", Body::json, 1, Repeat::harmless},
    {"auth.test", Body::json, 100, Repeat::harmless},
    {"auth.teams.list", Body::form, 20, Repeat::harmless},
    {"bots.info", Body::form, 50, Repeat::harmless},  // `check` only

    {"chat.postMessage", Body::json, 60, Repeat::look_up},
    {"chat.update", Body::json, 50, Repeat::harmless},
    {"chat.postEphemeral", Body::json, 100, Repeat::harmless},
    {"chat.delete", Body::json, 50, Repeat::harmless},
    {"chat.getPermalink", Body::form, 100, Repeat::harmless},

    {"conversations.list", Body::form, 20, Repeat::harmless},
    {"conversations.open", Body::json, 50, Repeat::harmless},
    {"conversations.history", Body::json, 50, Repeat::harmless},
    {"conversations.replies", Body::form, 50, Repeat::harmless},
    {"conversations.info", Body::form, 50, Repeat::harmless},

    // An upload that is not completed is gone by itself; completing names the file, so twice is once.
    {"files.getUploadURLExternal", Body::form, 100, Repeat::harmless},
    {"files.completeUploadExternal", Body::json, 100, Repeat::harmless},

    // A lost creation is found as the channel's own canvas; replacing it twice is replacing it once.
    {"conversations.canvases.create", Body::json, 20, Repeat::handler_decides},
    {"canvases.edit", Body::json, 50, Repeat::harmless},
    {"canvases.sections.lookup", Body::json, 50, Repeat::harmless},

    {"users.info", Body::form, 100, Repeat::harmless},
    {"usergroups.users.list", Body::form, 20, Repeat::harmless},
    {"usergroups.list", Body::form, 20, Repeat::harmless},

    {"views.open", Body::json, 100, Repeat::handler_decides},
    {"views.push", Body::json, 100, Repeat::handler_decides},
    {"views.update", Body::json, 100, Repeat::harmless},
    {"views.publish", Body::json, 100, Repeat::harmless},

    {"admin.apps.approve", Body::json, 20, Repeat::handler_decides},
    {"admin.apps.restrict", Body::json, 20, Repeat::handler_decides},
    {"admin.apps.clearResolution", Body::json, 20, Repeat::handler_decides},
    {"admin.apps.uninstall", Body::json, 1, Repeat::handler_decides},
    {"admin.apps.requests.cancel", Body::json, 20, Repeat::handler_decides},
    {"admin.apps.requests.list", Body::form, 20, Repeat::harmless},
    {"admin.apps.approved.list", Body::form, 20, Repeat::harmless},
    {"admin.apps.restricted.list", Body::form, 20, Repeat::harmless},
    {"admin.apps.permissions.set", Body::json, 20, Repeat::harmless},
    {"admin.apps.permissions.list", Body::json, 50, Repeat::harmless},
    {"admin.apps.config.set", Body::json, 50, Repeat::harmless},
    {"admin.apps.config.lookup", Body::json, 20, Repeat::harmless},
    {"admin.teams.list", Body::form, 50, Repeat::harmless},
    {"team.integrationLogs", Body::form, 20, Repeat::harmless},
});

}  // namespace

const Method* find_method(std::string_view name) {
    const auto* found = std::ranges::find(methods, name, &Method::name);
    return found == methods.end() ? nullptr : found;
}

}  // namespace countersign::slack

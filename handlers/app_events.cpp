#include "config/base/text.hpp"
#include "handlers/answers.hpp"
#include "handlers/effects.hpp"
#include "handlers/handlers.hpp"
#include "handlers/inventory.hpp"
#include "handlers/review/payload_fields.hpp"
#include "handlers/slackbot.hpp"
#include "handlers/sweep.hpp"
#include "handlers/token_life.hpp"
#include "handlers/views/notices.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace countersign::handlers {
namespace {

using review::field;
using review::text_field;

struct AppEvent {
    std::string type;
    AppId app;
    std::string name;
    UserId by;
    TeamId team;  // may be an organisation's id
};

AppEvent read(const Event& event) {
    const auto& inner = field(event.payload, "event");
    AppEvent out{.type = text_field(inner, "type"),
                 .app = AppId(text_field(inner, "app_id")),
                 .name = text_field(inner, "app_name"),
                 .by = UserId(text_field(inner, "user_id")),
                 .team = TeamId(text_field(inner, "team_id"))};
    if (out.team.value.starts_with('E')) out.team = {};
    return out;
}

Outcome noted(const AppEvent& seen) {
    Outcome outcome;
    outcome.audit.push_back({seen.by.empty() ? "slack" : seen.by.value, "event." + seen.type, seen.app.value,
                             details({{"name", seen.name}, {"team", seen.team.value}})});
    return outcome;
}

review::InstallEvidence evidence_of(const AppEvent& seen, review::InstallEvidence::What what,
                                    const Context& context) {
    return {.what = what,
            .app = seen.app,
            .team = seen.team,
            .app_name = text::shortened(text::cleaned(seen.name), 150),
            .by = seen.by.value,
            .scopes = {},
            .source = "event",
            .at = context.now};
}

bool approved_in_slack(const AppEvent& seen, const Context& context) {
    for (const auto& team : {seen.team, TeamId()}) {
        const auto known = context.view.resolution(seen.app, team);
        if (known && known->status == "approved") return true;
    }
    return false;
}

// Of another workspace, where our app is installed too ("Add to Slack"): what is stored here may have ended,
// but nothing of our own.
bool from_elsewhere(const Event& event, const Context& context) {
    const auto own = context.view.meta("bot_team"), team = text_field(event.payload, "team_id");
    const EnterpriseId organisation(text_field(event.payload, "enterprise_id"));
    const bool ours = !organisation.empty() && organisation == context.capabilities.enterprise;
    return !own.empty() && !team.empty() && team != own && !ours;
}

}  // namespace

// U4: an install that no approval stands behind is a deviation.
Outcome app_installed(const Event& event, const Context& context) {
    const auto seen = read(event);
    auto outcome = noted(seen);
    if (seen.app.empty() || seen.app == context.capabilities.own_app) return outcome;
    outcome.merge(
        installed_seen(evidence_of(seen, review::InstallEvidence::What::installed, context), context));
    const bool known = approval_of(seen.app, seen.team, context.view).has_value();
    if (known || approved_in_slack(seen, context)) return outcome;
    outcome.audit.push_back(
        {"slack", "install.deviation", seen.app.value, details({{"team", seen.team.value}})});
    outcome.effects.push_back(
        alarm(context.settings, "installed:" + event.name,
              views::alarm_notice(
                  fmt::format("{} ({}) was installed{}, and no approval is known here.", seen.name,
                              seen.app.value, seen.by.empty() ? "" : " by " + seen.by.value),
                  "Ask who allowed it; restrict or uninstall it in Slack's admin pages if it must not "
                  "stay.")));
    outcome.merge(begin_sweep(context));
    return outcome;
}

// Uninstalled or deleted: the request's state says what was decided, not what is installed; an app that is
// gone leaves Slack's list of requests, which a sweep finds.
Outcome app_removed(const Event& event, const Context& context) {
    const auto seen = read(event);
    auto outcome = noted(seen);
    if (!seen.app.empty() && seen.app != context.capabilities.own_app) {
        const auto evidence = evidence_of(seen, review::InstallEvidence::What::removed, context);
        const bool everywhere =
            seen.team.empty() || text_field(field(event.payload, "event"), "type") == "app_deleted";
        outcome.merge(everywhere ? app_gone(evidence, context) : installed_seen(evidence, context));
    }
    outcome.merge(begin_sweep(context));
    return outcome;
}

// O3: what takes our own rights away. The sweep's next call shows whether the admin token is among it.
Outcome rights_lost(const Event& event, const Context& context) {
    const auto type = text_field(field(event.payload, "event"), "type");
    Outcome outcome;
    outcome.audit.push_back(
        {"slack", "event." + type, event.name, details({{"team", text_field(event.payload, "team_id")}})});
    outcome.merge(slack_tokens_lost(event, context));
    if (from_elsewhere(event, context)) return outcome;
    outcome.effects.push_back(
        alarm(context.settings, type + ":" + event.name,
              views::alarm_notice(
                  "Slack has taken away a token or the installation of Countersign (" + type + ").",
                  "Install it again, set the new tokens and run `countersign check`. While the org driver's "
                  "token is valid but nobody answers, every install in the organisation waits; to switch "
                  "Slack's own approval screens on again, revoke SLACK_ADMIN_TOKEN or remove the app.")));
    outcome.merge(begin_sweep(context));
    return outcome;
}

// Another set of workspaces: what is asked for in them is in their lists.
Outcome team_access_changed(const Event& event, const Context& context) {
    const auto& inner = field(event.payload, "event");
    Outcome outcome;
    outcome.audit.push_back({"slack", "event." + text_field(inner, "type"), event.name,
                             details({{"teams", field(inner, "team_ids").dump()}})});
    outcome.merge(begin_sweep_anew(context));
    return outcome;
}

// Slack has left events out for a minute: the lists have what they said (O8: it has no inner event).
Outcome rate_limited(const Event& event, const Context& context) {
    Outcome outcome;
    outcome.audit.push_back({"slack", "event.app_rate_limited", event.name,
                             details({{"minute", text_field(event.payload, "minute_rate_limited")}})});
    if (context.capabilities.admin) {
        outcome.changes.emplace_back(
            storage::SetTimer{{"sweep", context.now + std::chrono::minutes(1), R"({"kind":"sweep"})"}});
    }
    outcome.merge(begin_slackbot_poll(context));
    outcome.merge(read_routed_channel_in(std::chrono::minutes(1), context));
    return outcome;
}

}  // namespace countersign::handlers

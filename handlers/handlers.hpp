#pragma once

#include "handlers/context.hpp"
#include "handlers/event.hpp"
#include "handlers/outcome.hpp"

// Every behaviour of the product, one function a thing that arrives, one file a function (or a family).
// All are pure: (event, context) -> outcome. They may throw; the dispatcher then undoes the event's work
// alone.
namespace countersign::handlers {

// Picks the handler. The one function that the dispatcher calls.
[[nodiscard]] Outcome route(const Event& event, const Context& context);

// Whether what a waiting effect rests on still holds: asked when its turn to leave has come, which after a
// refusal or an outage may be long after it was decided. False: its handler hears `expired`.
[[nodiscard]] bool may_still_leave(const storage::Effect& effect, const Context& context);

// The visible answer and the alarm for an event whose handler threw.
[[nodiscard]] Outcome failed(const Event& event, const Context& context, const std::string& error);

// --- events ---
[[nodiscard]] Outcome app_requested(const Event&, const Context&);  // someone asked for an app through Slack
[[nodiscard]] Outcome home_opened(const Event&, const Context&);    // app_home_opened
[[nodiscard]] Outcome group_changed(const Event&,
                                    const Context&);  // subteam_updated, subteam_members_changed
[[nodiscard]] Outcome slackbot_message(const Event&,
                                       const Context&);  // message, message_changed, message_deleted
[[nodiscard]] Outcome app_installed(const Event&, const Context&);
[[nodiscard]] Outcome app_removed(const Event&, const Context&);          // app_uninstalled_team, app_deleted
[[nodiscard]] Outcome rights_lost(const Event&, const Context&);          // tokens_revoked, app_uninstalled
[[nodiscard]] Outcome team_access_changed(const Event&, const Context&);  // team_access_granted, _revoked
[[nodiscard]] Outcome rate_limited(const Event&, const Context&);         // app_rate_limited
[[nodiscard]] Outcome recorded_event(const Event&, const Context&);  // known events that need no reaction yet

// --- forms, commands (buttons: presses.hpp) ---
[[nodiscard]] Outcome shortcuts(const Event&,
                                const Context&);            // Request an app, My requests, Request this app
[[nodiscard]] Outcome forms(const Event&, const Context&);  // every view_submission
[[nodiscard]] Outcome app_request_command(const Event&, const Context&);  // /app-request …
[[nodiscard]] Outcome installed_apps_command(
    const Event&, const Context&);  // /installed-apps …: inventory, authorizations, integrations

// --- our own ---
[[nodiscard]] Outcome effect_results(const Event&,
                                     const Context&);          // an effect was performed, refused or expired
[[nodiscard]] Outcome timers(const Event&, const Context&);    // a timer is due
[[nodiscard]] Outcome started(const Event&, const Context&);   // the daemon came up
[[nodiscard]] Outcome reloaded(const Event&, const Context&);  // other settings hold from now on
[[nodiscard]] Outcome reconnected(const Event&, const Context&);     // there was a gap in the connection
[[nodiscard]] Outcome operator_alarm(const Event&, const Context&);  // something below needs a human

}  // namespace countersign::handlers

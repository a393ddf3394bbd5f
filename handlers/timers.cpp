#include "handlers/absences.hpp"
#include "handlers/after_decision.hpp"
#include "handlers/channel_posts.hpp"
#include "handlers/deadlines.hpp"
#include "handlers/deciding.hpp"
#include "handlers/departures.hpp"
#include "handlers/expiry.hpp"
#include "handlers/granting.hpp"
#include "handlers/group_reading.hpp"
#include "handlers/handlers.hpp"
#include "handlers/home_tab.hpp"
#include "handlers/inquiry.hpp"
#include "handlers/installed_apps.hpp"
#include "handlers/integration_log.hpp"
#include "handlers/inventory_canvas.hpp"
#include "handlers/issue_polling.hpp"
#include "handlers/judging.hpp"
#include "handlers/limits.hpp"
#include "handlers/membership.hpp"
#include "handlers/recertifying.hpp"
#include "handlers/redrawing.hpp"
#include "handlers/review/payload_fields.hpp"
#include "handlers/slackbot.hpp"
#include "handlers/sweep.hpp"
#include "handlers/token_life.hpp"
#include "handlers/uninstalling.hpp"
#include "handlers/vendor_issue_seen.hpp"
#include "handlers/waiting_press.hpp"

#include <nlohmann/json.hpp>

namespace countersign::handlers {

Outcome timers(const Event& event, const Context& context) {
    const auto kind = review::text_field(event.payload, "kind");
    if (kind == "watch") return watch_due(event, context);
    if (kind == "home") return home_due(event, context);
    if (kind == "deadline") return deadline_due(event, context);
    if (kind == "condition") return condition_due(event, context);
    if (kind == "restriction") return restriction_over(event, context);
    if (kind == "approval") return approval_over(event, context);
    if (kind == "policy") return policy_due(event, context);
    if (kind == "groups") return read_groups(context);
    if (kind == "members") return members_changed(event, context);
    if (kind == "absence") return absence_due(event, context);
    if (kind == "authorization_expiry") return look_at_expiry(context);
    if (kind == "departures") return look_for_departures(context);
    if (kind == "recertify") return recertify_due(context);
    if (kind == "uninstall") return uninstall_due(event, context);
    if (kind == "channel_digest") return digest_due(context);
    if (kind == "grant_poll") return grant_poll_due(event, context);
    if (kind == "grant_over") return grant_over(event, context);
    if (kind == "account_refresh") return refresh_due(event, context);
    if (kind == "account_check") return check_due(event, context);
    if (kind == "authorization_removed") return authorization_removed(event, context);
    if (kind == "sweep") return begin_sweep(context);
    if (kind == "listed") return listed(event, context);
    if (kind == "slackbot_poll") return begin_slackbot_poll(context);
    if (kind == "slackbot_routed") return read_routed_channel(context);
    if (kind == "integration_log") return begin_integration_log(context);
    if (kind == "slackbot_entry") return slackbot_entry(event, context);
    if (kind == "tracker_poll") return poll_due(event, context);
    if (kind == "tracker_begins") return tracker_begins(event, context);
    if (kind == "tracker_lost") return tracker_lost(event, context);
    if (kind == "hand_over") return hand_over_due(event, context);
    if (kind == "inventory_canvas") return mirror_due(context);
    if (kind == "waiting_press") return waiting_press_due(event, context);
    if (kind == "redraw") return redraw_due(event, context);
    Outcome outcome;
    outcome.recognised = false;
    return outcome;
}

}  // namespace countersign::handlers

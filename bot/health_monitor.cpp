#include "bot/health_monitor.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace countersign::bot {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// The dispatcher goes round every second; a commit on a slow disk may take its time.
constexpr auto dispatcher_silence = seconds(30);
// Liveness gives a connection up after 20 s (R23).
constexpr auto connection_silence = seconds(60);
// A locked database often comes back at once, a connection within a minute; what lasts is told.
constexpr auto usual_patience = seconds(3);
constexpr auto connection_patience = seconds(120);
constexpr auto alarm_again = seconds(60);

bool silent_connection(const HealthReport& report) {
    return std::ranges::any_of(report.socket.slots, [&](const slack::SlotHealth& slot) {
        return slot.state == "connected" && slot.last_inbound &&
               report.at - *slot.last_inbound > connection_silence;
    });
}

}  // namespace

bool HealthReport::alive() const {
    return at - dispatcher.last_turn < dispatcher_silence;
}

bool HealthReport::ready() const {
    return alive() && socket.connected && dispatcher.storage_ok;
}

std::string HealthReport::cannot_act() const {
    if (!dispatcher.storage_ok) return "it cannot write to its database: " + dispatcher.storage_error;
    if (!alive()) return "the dispatcher does not answer";
    if (!dispatcher.dead_token.empty())
        return "Slack does not take a token any more: " + dispatcher.dead_token;
    if (!dispatcher.stuck.empty()) return "nothing leaves the outbox: " + dispatcher.stuck;
    if (socket.connected) return {};
    for (const auto& slot : socket.slots) {
        if (!slot.last_error.empty())
            return fmt::format("not connected to Slack ({}): {}", slot.state, slot.last_error);
    }
    return "not connected to Slack";
}

std::string_view release_step(bool org_driver) {
    if (org_driver)
        return "While Countersign holds the admin token, Slack's own approval screens are switched off. To "
               "switch "
               "them on again: revoke SLACK_ADMIN_TOKEN (auth.revoke), or remove Countersign in Slack's "
               "organisation "
               "settings, Integrations, Installed apps. To put Countersign back, install it again, set the "
               "new token "
               "and restart.";
    return "Managers can approve and restrict apps in Slack meanwhile: Apps and workflows, Requests to "
           "install.";
}

std::string HealthReport::summary() const {
    auto words = state();
    if (!dispatcher.alarms_astray.empty())
        words += "; alarms cannot be posted, see the log: " + dispatcher.alarms_astray;
    if (!reload_problem.empty()) words += "; the last reload was refused: " + reload_problem;
    return words;
}

std::string HealthReport::state() const {
    if (!dispatcher.storage_ok || !alive() || !dispatcher.dead_token.empty() || !dispatcher.stuck.empty())
        return fmt::format("CANNOT ACT: {}. {}", cannot_act(), release_step(org_driver));
    if (socket.connected) {
        return fmt::format("connected, {} envelopes handled, {} queued", dispatcher.intake.handled,
                           dispatcher.queued);
    }
    for (const auto& slot : socket.slots) {
        if (!slot.last_error.empty())
            return fmt::format("CANNOT ACT: not connected ({}): {}. {}", slot.state, slot.last_error,
                               release_step(org_driver));
    }
    return "connecting";
}

milliseconds HealthMonitor::interval() const {
    constexpr milliseconds usual = seconds(1);
    if (!notify_->watchdog_interval()) return usual;
    // systemd asks for half the interval; a third leaves room for a slow turn.
    return std::min(usual, std::chrono::duration_cast<milliseconds>(*notify_->watchdog_interval() / 3));
}

HealthMonitor::Verdict HealthMonitor::look(const HealthReport& report) {
    Verdict verdict;
    if (report.alive() && !silent_connection(report)) notify_->watchdog();
    if (auto status = report.summary(); status != last_status_) {
        notify_->status(status);
        last_status_ = std::move(status);
    }

    const auto why = report.cannot_act();
    const bool connection = report.dispatcher.storage_ok && report.alive() &&
                            report.dispatcher.dead_token.empty() && report.dispatcher.stuck.empty();
    const auto scaled =
        std::chrono::duration_cast<milliseconds>(connection_patience) / static_cast<int>(pace_);
    const auto patience =
        connection ? std::max<milliseconds>(scaled, usual_patience) : milliseconds(usual_patience);
    if (why.empty()) {
        if (next_alarm_) verdict.alive_again = "Countersign can act again.";
        dead_since_.reset();
        next_alarm_.reset();
    } else {
        if (!dead_since_) dead_since_ = report.at;
        if (next_alarm_.value_or(report.at) <= report.at && report.at - *dead_since_ > patience) {
            next_alarm_ = report.at + alarm_again;
            verdict.dead_alarm = fmt::format("{}\n{}", why, release_step(report.org_driver));
        }
    }
    if (report.dispatcher.busy > busy_seen_) {
        busy_seen_ = report.dispatcher.busy;
        verdict.busy_alarm =
            "More arrives than can be stored: events are left for Slack to bring again, people are told to "
            "try later. "
            "Check the disk and the load.";
    }
    return verdict;
}

std::string direct_alarm_arguments(const ChannelId& channel, const std::string& text) {
    const nlohmann::json args = {
        {"channel", channel.value},
        {"text", ":rotating_light: *Countersign* " + text +
                     "\nWhat Slack sends meanwhile is delivered again for a few minutes; app "
                     "requests that come later are found afterwards, from Slack's own lists or from what "
                     "Slackbot wrote."}};
    return args.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace countersign::bot

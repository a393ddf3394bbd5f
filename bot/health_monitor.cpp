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
// A locked database often comes back at once; what lasts is told.
constexpr auto storage_patience = seconds(3);

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

std::string HealthReport::summary() const {
    if (reload_problem.empty()) return state();
    return state() + "; the last reload was refused: " + reload_problem;
}

std::string HealthReport::state() const {
    if (!dispatcher.storage_ok) return "database refuses: " + dispatcher.storage_error;
    if (!alive()) return "dispatcher does not answer";
    if (socket.connected) {
        return fmt::format("connected, {} envelopes handled, {} queued", dispatcher.intake.handled,
                           dispatcher.queued);
    }
    for (const auto& slot : socket.slots) {
        if (!slot.last_error.empty())
            return fmt::format("not connected ({}): {}", slot.state, slot.last_error);
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

    if (report.dispatcher.storage_ok) {
        storage_bad_since_.reset();
        storage_alarmed_ = false;
    } else {
        if (!storage_bad_since_) storage_bad_since_ = report.at;
        if (!storage_alarmed_ && report.at - *storage_bad_since_ > storage_patience) {
            storage_alarmed_ = true;
            verdict.storage_alarm = report.dispatcher.storage_error;
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

std::string storage_alarm_arguments(const ChannelId& channel, const std::string& text) {
    const nlohmann::json args = {
        {"channel", channel.value},
        {"text", ":rotating_light: *Countersign cannot write to its database.* " + text +
                     "\nNothing is acknowledged or lost meanwhile: Slack delivers again for a few minutes. "
                     "After that, "
                     "requests must be caught up from Slack's own list."}};
    return args.dump();
}

}  // namespace countersign::bot

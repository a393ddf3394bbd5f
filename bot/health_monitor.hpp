#pragma once

#include "bot/dispatcher.hpp"
#include "bot/service_notify.hpp"
#include "bot/slack/socket_client.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace countersign::bot {

// What health pages, metrics and systemd are told, taken at one moment on the I/O thread.
struct HealthReport {
    Dispatcher::Health dispatcher;
    slack::SocketHealth socket;
    SteadyTime at;
    int calls_in_flight = 0;
    std::string reload_problem;  // why the configuration on disk is not the one in use
    bool org_driver = false;     // Slack's own approval screens are off while we hold the admin token

    [[nodiscard]] bool alive() const;  // the dispatcher goes round
    [[nodiscard]] bool ready() const;  // alive, connected, database writable

    // O3: why nothing can be decided at the moment; "" = it can.
    [[nodiscard]] std::string cannot_act() const;
    [[nodiscard]] std::string summary() const;

  private:
    [[nodiscard]] std::string state() const;
};

// O3: how people get the approval of apps back into their own hands while we cannot act.
[[nodiscard]] std::string_view release_step(bool org_driver);

// Feeds systemd's watchdog and status line, and notices what a human must hear. The watchdog is fed by the
// I/O thread itself, and only while the dispatcher goes round and no connection that calls itself alive has
// been silent for longer than liveness allows: a restart mends a hung program, not an outage of Slack.
class HealthMonitor {
  public:
    // `pace` shortens the patience with a lost connection; settings.slack.rate_scale.
    HealthMonitor(const ServiceNotify& notify, double pace) : notify_(&notify), pace_(pace) {}

    [[nodiscard]] std::chrono::milliseconds interval() const;
    struct Verdict {
        // Nothing can be decided any more: every minute until somebody was told.
        std::optional<std::string> dead_alarm;
        std::optional<std::string> alive_again;  // and once when it can
        std::optional<std::string> busy_alarm;   // once for each time the queue was full
    };
    [[nodiscard]] Verdict look(const HealthReport& report);
    // Somebody was told that nothing can be decided.
    void alarm_delivered() {
        if (next_alarm_) next_alarm_ = SteadyTime::max();  // it may act again meanwhile
    }

  private:
    const ServiceNotify* notify_;
    std::string last_status_;
    double pace_;
    std::optional<SteadyTime> dead_since_;
    std::optional<SteadyTime> next_alarm_;  // while nothing can be decided, from the first one on
    std::uint64_t busy_seen_ = 0;
};

// Arguments of chat.postMessage for an alarm that cannot go through the outbox.
[[nodiscard]] std::string direct_alarm_arguments(const ChannelId& channel, const std::string& text);

}  // namespace countersign::bot

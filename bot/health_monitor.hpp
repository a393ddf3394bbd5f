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

    [[nodiscard]] bool alive() const;  // the dispatcher goes round
    [[nodiscard]] bool ready() const;  // alive, connected, database writable
    [[nodiscard]] std::string summary() const;

  private:
    [[nodiscard]] std::string state() const;
};

// Feeds systemd's watchdog and status line, and notices what a human must hear. The watchdog is fed by the
// I/O thread itself, and only while the dispatcher goes round and no connection that calls itself alive has
// been silent for longer than liveness allows: a restart mends a hung program, not an outage of Slack.
class HealthMonitor {
  public:
    explicit HealthMonitor(const ServiceNotify& notify) : notify_(&notify) {}

    [[nodiscard]] std::chrono::milliseconds interval() const;
    struct Verdict {
        std::optional<std::string> storage_alarm;  // once for each time the database refuses
        std::optional<std::string> busy_alarm;     // once for each time the queue was full
    };
    [[nodiscard]] Verdict look(const HealthReport& report);

  private:
    const ServiceNotify* notify_;
    std::string last_status_;
    std::optional<SteadyTime> storage_bad_since_;
    bool storage_alarmed_ = false;
    std::uint64_t busy_seen_ = 0;
};

// Arguments of chat.postMessage for an alarm that cannot go through the outbox.
[[nodiscard]] std::string storage_alarm_arguments(const ChannelId& channel, const std::string& text);

}  // namespace countersign::bot

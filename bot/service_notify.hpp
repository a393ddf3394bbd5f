#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace countersign::bot {

// systemd's notification protocol (sd_notify(3)): one datagram to $NOTIFY_SOCKET. Does nothing outside a
// unit.
class ServiceNotify {
  public:
    ServiceNotify();  // reads $NOTIFY_SOCKET, $WATCHDOG_USEC and $WATCHDOG_PID

    void ready() const { send("READY=1"); }
    void watchdog() const { send("WATCHDOG=1"); }
    void stopping() const { send("STOPPING=1"); }
    void status(std::string_view text) const { send("STATUS=" + std::string(text)); }
    // Type=notify reload: RELOADING with the monotonic time, then ready() again.
    void reloading() const;

    // How often watchdog() must be called at the latest; nullopt = no watchdog asked for.
    [[nodiscard]] std::optional<std::chrono::microseconds> watchdog_interval() const { return watchdog_; }

  private:
    void send(const std::string& state) const;

    std::string socket_;
    std::optional<std::chrono::microseconds> watchdog_;
};

}  // namespace countersign::bot

#pragma once

#include "bot/net/websocket.hpp"
#include "bot/slack/envelope.hpp"
#include "bot/slack/web_api.hpp"
#include "config/base/clock.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace countersign::slack {

// Which connection delivered an envelope: acks go back there and nowhere else (R57).
struct ConnectionId {
    int slot = 0;
    std::uint64_t generation = 0;
    auto operator<=>(const ConnectionId&) const = default;
};

// An envelope on its way to the dispatcher.
struct Delivery {
    ConnectionId connection;
    SocketMessage message;
    std::string text;  // the whole frame
    Timestamp received_at;
    SteadyTime received_steady;
};

// R70: what health endpoint, metrics and systemd status show.
struct SlotHealth {
    std::string state;  // "connected", "waiting", "opening", "stopped: invalid_auth" …
    std::string last_error;
    std::optional<SteadyTime> last_inbound;
    std::uint64_t reconnects = 0;
    std::map<std::string, std::uint64_t> reconnects_by_cause;
};
// Since the start of the program; for metrics (R72).
struct SocketCounters {
    std::uint64_t envelopes = 0;     // handed to the dispatcher
    std::uint64_t redeliveries = 0;  // of these, with retry_attempt > 0
    std::uint64_t refused = 0;       // the queue was full: events left unacknowledged (R56)
    std::uint64_t busy = 0;          // the queue was full: people told to come again (R56)
    std::uint64_t acks = 0;
    std::uint64_t acks_dropped = 0;      // the connection was gone (R57)
    std::uint64_t interim_acks = 0;      // the answer took longer than 2.5 s (R58)
    std::uint64_t late_acks = 0;         // and came afterwards: dropped
    std::uint64_t noise = 0;             // not JSON, or nothing to acknowledge (R54)
    std::uint64_t binary = 0;            // R55
    std::uint64_t oversize_inbound = 0;  // R26
    std::uint64_t acks_too_large = 0;    // Slack closed with 1009 (R39)
};
struct SocketHealth {
    std::vector<SlotHealth> slots;
    bool connected = false;   // at least one slot is past hello and alive
    int num_connections = 0;  // as Slack counted at the last hello
    SocketCounters counters;
};

// Keeps the configured number of Socket Mode connections open (R1–R39, R57, R69–R77). Lives on the I/O
// thread.
class SocketClient {
  public:
    struct Callbacks {
        // True: taken. False: the queue is full, and the delivery must be left as it is; the client then
        // leaves an event unacknowledged and answers a person's click with "busy" (R56).
        std::function<bool(Delivery&&)> deliver;
        std::function<void(int slot)> hello;  // a slot became connected
        std::function<void(std::string code, std::string text)>
            alarm;  // R17, R32, R36, R71: a human should know
    };
    struct Options {
        int connections = 2;
        std::string api_url;
        std::string expected_app_id;       // R9; "" = not checked
        bool allow_plain_ws = false;       // api_url is http:// on loopback
        double pace = 1.0;                 // of the budget for opening connections; settings.slack.rate_scale
        std::function<double()> random{};  // in [0, 1), for jitter; absent: seeded from the system
        std::function<std::chrono::milliseconds()> asleep{};  // absent: the machine's (net/time_asleep)
        // What connector and API belong to: kept alive by calls that are still under way after `stop`.
        std::weak_ptr<void> lifeline{};
    };

    SocketClient(net::asio::any_io_executor executor, net::WebsocketConnector& connector, WebApi& api,
                 const Clock& clock, Options options, Callbacks callbacks);
    ~SocketClient();

    void start();
    // Sends an ack on the connection that delivered; dropped and counted when that connection is gone (R57).
    void ack(const ConnectionId& connection, std::string text);
    // Reload (R69): new connections first, then the old ones are drained.
    void renew();
    // Stops reading, flushes queued acks for at most 2 s, closes politely; completes within 3 s (R74).
    [[nodiscard]] net::Awaitable<void> stop();
    // Another client has taken over (R69): what still comes is taken and acknowledged until each connection
    // is closed.
    [[nodiscard]] net::Awaitable<void> hand_over();
    [[nodiscard]] SocketHealth health() const;
    // Does what is due. The client's own timer calls it; a test that moves a manual clock does too.
    void wake();

  private:
    struct Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace countersign::slack

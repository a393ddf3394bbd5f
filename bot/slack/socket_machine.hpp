#pragma once

#include "bot/net/backoff.hpp"
#include "bot/slack/open_budget.hpp"
#include "config/base/clock.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

// One slot's Socket Mode connection as a pure state machine: no socket, no clock, no timer of its own. The
// driver (socket_client) feeds events with the time and performs the actions. Each connection attempt has a
// generation; what belongs to an older one is ignored (R15). Every event is legal in every state (R28).
namespace countersign::slack {

using Generation = std::uint64_t;

// --- what can happen ---
namespace event {
struct Start {};
struct Stop {};
struct Renew {  // replace the connection, whatever its state (R65, R69)
    std::string_view cause = "reload";
};
struct UrlReady {
    Generation generation;
    std::string url;
};
struct UrlFailed {
    Generation generation;
    enum class Kind { transient, throttled, fatal } kind = Kind::transient;
    std::string code;  // Slack's or our own
    std::string advice{};
    std::chrono::milliseconds rest{0};  // throttled
    bool rest_capped = false;
};
struct Connected {  // 101 has come; no hello yet
    Generation generation;
};
struct ConnectFailed {
    Generation generation;
    std::string text;
};
struct Hello {
    Generation generation;
    std::string app_id{};
    std::chrono::seconds lifetime{0};  // approximate_connection_time; 0 = not told
};
struct Disconnect {
    Generation generation;
    std::string reason;
};
struct Lost {  // closed by the peer, or failed
    Generation generation;
    std::uint16_t code = 1006;
    std::string text{};
};
struct Inbound {  // when the last frame came; told before each Tick
    Generation generation;
    SteadyTime at;
};
struct Crowded {};  // Slack has told another slot that there are too many sockets
struct Tick {};     // `wake_at` has come
}  // namespace event
using Event = std::variant<event::Start, event::Stop, event::Renew, event::UrlReady, event::UrlFailed,
                           event::Connected, event::ConnectFailed, event::Hello, event::Disconnect,
                           event::Lost, event::Inbound, event::Crowded, event::Tick>;

// --- what is to be done ---
namespace action {
struct OpenUrl {
    Generation generation;
    bool operator==(const OpenUrl&) const = default;
};
struct Connect {
    Generation generation;
    std::string url;
    bool operator==(const Connect&) const = default;
};
struct Ping {
    Generation generation;
    bool operator==(const Ping&) const = default;
};
struct Close {  // flush what is queued, Close frame, TCP; its end is not an event any more (R33)
    Generation generation;
    bool operator==(const Close&) const = default;
};
struct CloseSurplus {  // the other slots hear `Crowded` (R32)
    bool operator==(const CloseSurplus&) const = default;
};
struct Alarm {  // a human should know
    std::string code;
    std::string text;
    bool operator==(const Alarm&) const = default;
};
struct Report {  // for the log; `what` is "connected", "lost", "failed", "replacing" or "stopped"
    std::string what;
    std::string cause;
    std::string text{};
    bool operator==(const Report&) const = default;
};
}  // namespace action
using Action = std::variant<action::OpenUrl, action::Connect, action::Ping, action::Close,
                            action::CloseSurplus, action::Alarm, action::Report>;
using Actions = std::vector<Action>;
// For tests and failure messages; a URL is shown without its ticket (R3).
[[nodiscard]] std::string to_text(const Action& action);

// What a slot is doing, for people (R70). While a replacement is on its way the slot is `refreshing`, not
// less.
enum class SlotState { stopped, waiting, opening, connecting, awaiting_hello, connected, refreshing, held };
[[nodiscard]] std::string_view to_text(SlotState state);

class SocketMachine {
  public:
    struct Options {
        std::string api_url;
        bool allow_plain = false;
        std::string expected_app_id;               // R9; "" = not checked
        std::chrono::milliseconds start_delay{0};  // slots start 1 s apart (R19)
        double stagger = 0;              // of a lifetime: when to replace an unplanned connection (R75)
        std::function<double()> random;  // in [0, 1)
    };
    SocketMachine(Options options, OpenBudget& budget);

    [[nodiscard]] Actions on(SteadyTime now, const Event& event);
    // When to send the next Tick; nullopt: nothing is awaited.
    [[nodiscard]] std::optional<SteadyTime> wake_at() const;

    [[nodiscard]] SlotState state() const;
    [[nodiscard]] const std::string& held_for() const {
        return held_for_;
    }  // the code that a human must resolve
    [[nodiscard]] const std::string& last_error() const { return last_error_; }
    [[nodiscard]] std::uint64_t reconnects() const;
    [[nodiscard]] const std::map<std::string, std::uint64_t>& reconnects_by_cause() const {
        return reconnects_;
    }
    // Past hello, or on the way there: what `Inbound` may be told about.
    [[nodiscard]] std::vector<Generation> watched() const;

  private:
    struct Liveness {
        SteadyTime inbound;  // last frame of any kind (R21)
        SteadyTime pinged;
        [[nodiscard]] SteadyTime next() const;  // when to look again
    };
    struct Attempt {
        enum class Phase { idle, waiting, opening, connecting, hello } phase = Phase::idle;
        Generation generation = 0;
        SteadyTime due;      // waiting: when to open; hello: when to give up
        bool eager = false;  // waiting only to spread load: may be hurried
        bool planned = false;
        Liveness liveness;
    };
    struct Live {
        Generation generation;
        SteadyTime hello_at;
        bool condemned = false;  // told to go, or to be replaced
        bool stable = false;     // has lived long enough to forgive what went before
        std::optional<SteadyTime> renew_at;
        Liveness liveness;
    };
    struct Draining {
        Generation generation;
        SteadyTime until;
    };

    void handle(const event::Start&);
    void handle(const event::Stop&);
    void handle(const event::Renew&);
    void handle(const event::UrlReady&);
    void handle(const event::UrlFailed&);
    void handle(const event::Connected&);
    void handle(const event::ConnectFailed&);
    void handle(const event::Hello&);
    void handle(const event::Disconnect&);
    void handle(const event::Lost&);
    void handle(const event::Inbound&);
    void handle(const event::Crowded&);
    void handle(const event::Tick&);

    [[nodiscard]] bool attempting(Attempt::Phase phase, Generation generation) const;
    void plan(std::chrono::milliseconds delay, bool eager, std::string_view cause);
    void replace(std::chrono::milliseconds delay, std::string_view cause);
    void open();
    void attempt_failed(std::string_view cause, std::string text);
    void live_lost(std::string_view cause, std::string text);
    void too_many(Generation generation);
    void hold(std::string code, std::string text);
    void close(Generation generation);
    void drain(Generation generation);
    void close_drained();
    void close_draining();
    bool forget_orphan(Generation generation);
    void check_stability();
    [[nodiscard]] bool is_dead(const Liveness& liveness) const;
    void ping_if_idle(Generation generation, Liveness& liveness);
    void alarm(std::string code, std::string text);
    void report(std::string what, std::string_view cause, std::string text = {});
    [[nodiscard]] std::chrono::milliseconds up_to(std::chrono::milliseconds limit);

    Options options_;
    OpenBudget* budget_;

    bool running_ = false;
    Generation last_generation_ = 0;
    Attempt attempt_;
    std::optional<Live> live_;
    std::vector<Draining> draining_;  // oldest first
    std::optional<Generation>
        orphan_;                // given up by Stop while in flight: nothing new before it has ended (R15)
    bool renew_again_ = false;  // Renew came while an attempt was in flight
    net::Backoff backoff_;      // forgets after 60 s of stability (R14)
    std::string held_for_;
    std::string last_error_;
    std::map<std::string, std::uint64_t> reconnects_;
    std::set<std::string> alarmed_;  // since the last 60 s of stability

    // Only during `on`.
    SteadyTime now_;
    Actions actions_;
};

}  // namespace countersign::slack

#pragma once

#include "tests/fakes/server.hpp"
#include "tests/fakes/slack_world.hpp"

#include <functional>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace countersign::fakes {

// The Socket Mode side: tickets, hello, envelopes and their redelivery, acks, the faults of socket-mode.md
// §5.4. Not locked: the FakeSlack calls it with its mutex held.
class SlackSockets {
  public:
    // `run_later` runs a task after a time with the mutex held.
    using RunLater = std::function<void(std::chrono::milliseconds, std::function<void()>)>;
    SlackSockets(World& world, RunLater run_later);
    void use(Server& server) { server_ = &server; }

    // --- from the server ---
    int upgrade(const HttpQuery& query);
    void opened(int connection);
    void received(int connection, const Frame& frame);
    void closed(int connection);

    // --- envelopes ---
    struct Envelope {
        std::string type;
        Json payload;
        std::optional<bool> accepts_response;
        std::function<void(const Json& payload)> acknowledged = {};
        std::function<void()> failed = {};  // a person was told that the app did not respond
    };
    std::string deliver(Envelope envelope);
    void redeliver(const std::string& id, int attempt, bool new_id);
    void send_bytes(const std::string& bytes);

    // --- faults ---
    void disconnect(const std::string& reason);
    void refresh();
    void abort_all();
    void close_all(int code, const std::string& reason);
    void withhold_hello(bool on);
    void script_upgrades(std::vector<int> statuses);
    bool mute_pings = false, mute_close = false, silent_oversize = false;
    int ghosts = 0;

    [[nodiscard]] int ready() const;
    int ever = 0;
    int undeliverable = 0;
    std::vector<Ack> acks;
    std::vector<std::string> unanswered, violations;

  private:
    struct Connection {
        bool hello_sent = false, draining = false, closing = false;
        int pings_unanswered = 0;
        Frame message;  // under assembly
        int frames = 0;
    };
    struct Pending {
        Envelope envelope;
        int attempt = 0, connection = 0, serial = 0;
        std::set<int> delivered_to;  // a late ack on an earlier connection is still an ack
        bool done = false;
        Steady sent_at;
    };

    void say_hello(int id);
    void ping(int id);
    void send_text(int id, const std::string& text);
    void close(int id, int code, const std::string& reason);
    void handle_message(int id, const Frame& message, int frames);
    void send_envelope(const std::string& id);
    void attempt_failed(const std::string& id, int serial);
    [[nodiscard]] std::optional<int> pick();

    World* world_;
    RunLater run_later_;
    Server* server_ = nullptr;
    std::map<int, Connection> connections_;
    std::map<std::string, Pending> envelopes_;
    std::vector<int> upgrades_;
    bool withheld_ = false;
    std::mt19937 random_;
    int next_serial_ = 1, next_envelope_ = 1;
};

}  // namespace countersign::fakes

#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "tests/fakes/certificates.hpp"

namespace countersign::fakes {

using Json = nlohmann::json;

struct FakeSlackOptions {
    std::optional<TlsFiles> tls;  // set: https/wss, else http/ws
    std::uint16_t port = 0;       // 0 = any
    bool enterprise = true;       // admin.apps.* work and app_requested is sent
    bool enforce_rates = true;    // published tiers, divided by rate_scale
    double rate_scale = 1.0;
    std::chrono::milliseconds trigger_life{3000};
    std::vector<std::chrono::milliseconds> redelivery{};  // e.g. {0, 60 s, 300 s}; tests shorten it
};

// A call the daemon made, in the order of arrival.
struct ApiCall {
    std::string method;
    std::string token_kind;  // "app", "bot", "admin", "reviewer", "none"
    Json args;
    std::string content_type;
    int status = 200;
    Json answer;
    std::chrono::steady_clock::time_point at;
};
struct Ack {
    std::string envelope_id;
    Json payload;            // null when absent
    int connection = 0;
    std::chrono::milliseconds after{0};
    std::size_t frame_bytes = 0;
    int frames = 0;
};
struct Message {
    std::string channel, ts, user, text, thread_ts;
    Json blocks = Json::array();
    Json metadata;
    std::string ephemeral_to;  // "" = for all
    int edits = 0;
};
struct View {
    std::string id, user, kind;  // "modal", "home"
    Json view;
    bool open = true;
};
struct AppEntry {               // the catalogue
    std::string id, name, description;
    bool marketplace = true, internal = false;
    std::vector<Json> scopes;   // Slack's scope objects
    std::string resolution;     // "", "approved", "restricted"
};
struct PendingRequest { std::string id, app_id, user, message; bool resolved = false; Json body; };

// A strict Slack over real sockets on 127.0.0.1: Web API, Socket Mode, admin.apps.*. Runs its own thread; every
// public function may be called from any other thread. The same object serves tests and the sandbox.
class FakeSlack {
  public:
    explicit FakeSlack(FakeSlackOptions options = {});
    ~FakeSlack();

    [[nodiscard]] std::string api_url() const;   // "https://localhost:PORT/api/"
    [[nodiscard]] std::uint16_t port() const;

    // --- the world ---
    void add_user(const std::string& id, const std::string& name);
    void add_user_group(const std::string& id, std::vector<std::string> members);
    void add_channel(const std::string& id, const std::string& name, bool bot_is_member = true);
    void add_app(AppEntry app);
    // A "Request to install" by a person; sends app_requested. Returns the request id (Ar…).
    std::string request_app(const std::string& user, const std::string& app_id, const std::string& message);

    // --- what a person does; each returns the envelope id ---
    std::string press(const std::string& user, const std::string& channel, const std::string& ts, const std::string& action_id);
    std::string press_by_text(const std::string& user, const std::string& channel, const std::string& ts, const std::string& label);
    std::string submit(const std::string& user, const std::string& view_id, const std::map<std::string, std::string>& fields_by_label);
    std::string command(const std::string& user, const std::string& channel, const std::string& command, const std::string& text);
    std::string open_home(const std::string& user);
    // Any envelope body at all; `type` is "events_api", "interactive", "slash_commands" or something unknown.
    std::string send_envelope(const std::string& type, Json payload, std::optional<bool> accepts_response = {});
    void send_raw(const std::string& text);      // one text frame, exactly so
    void redeliver(const std::string& envelope_id, int retry_attempt);

    // --- what happened ---
    [[nodiscard]] std::vector<ApiCall> calls(const std::string& method = "") const;
    [[nodiscard]] std::vector<Ack> acks() const;
    [[nodiscard]] std::vector<Message> messages(const std::string& channel) const;   // a user id = that person's DM with the bot
    [[nodiscard]] std::vector<View> views(const std::string& user) const;
    [[nodiscard]] std::vector<PendingRequest> requests() const;
    [[nodiscard]] std::string resolution(const std::string& app_id) const;
    [[nodiscard]] int connections() const;
    // Waits on a condition, re-checked at every change of state; false after the limit.
    bool wait(const std::function<bool()>& condition, std::chrono::milliseconds limit = std::chrono::seconds(20));

    // --- faults ---
    // The next `times` calls of a method get this instead: {"status":429,"retry_after":1}, {"error":"internal_error"},
    // {"hang":true}, {"drop_after":true} (performed, answer lost), {"drop_before":true}, {"html":true}, {"status":500} …
    void script(const std::string& method, Json fault, int times = 1);
    void disconnect(const std::string& reason);               // on every connection
    void refresh();                                           // warning, then refresh_requested on one connection
    void abort_connections();                                 // TCP reset
    void stop_answering_pings(bool on);
    void withhold_hello(bool on);
    void half_open(bool on);                                  // no reads, no writes, no FIN
    void upgrade_status(std::vector<int> statuses);           // for the next upgrades; 101 = normal, 0 = hang
    void refuse_connections(bool on);                         // outage
    void decide_outside(const std::string& request_id, const std::string& decision);  // approve | restrict | cancel in Slack's own UI
    void grow_scopes(const std::string& request_id, Json scope);
    void set_fault(const std::string& name, Json value);      // the sandbox page's switches: "rate_limit", "outage", "disconnect"

    // Everything, for the sandbox page; changes counts upwards with each change of state.
    [[nodiscard]] Json snapshot() const;
    [[nodiscard]] std::uint64_t changes() const;

    struct Impl;
  private:
    std::unique_ptr<Impl> impl_;
};

}  // namespace countersign::fakes

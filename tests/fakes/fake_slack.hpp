#pragma once

#include "tests/fakes/certificates.hpp"
#include "tests/fakes/http.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace countersign::fakes {

using Json = nlohmann::json;

// The tokens this Slack knows. Their scopes are in the options.
namespace tokens {
inline constexpr const char* app = "xapp-1-A0COUNTER-1-test";
inline constexpr const char* bot = "xoxb-test-bot";
inline constexpr const char* admin = "xoxp-test-admin";
inline constexpr const char* reviewer = "xoxp-test-reviewer";
}  // namespace tokens

// Ids that exist from the start.
namespace ids {
inline constexpr const char* app = "A0COUNTER";
inline constexpr const char* bot_user = "U0COUNTERSIGN";
inline constexpr const char* bot = "B0COUNTERSIGN";
inline constexpr const char* team = "T0ACME";
inline constexpr const char* enterprise = "E0ACME";
inline constexpr const char* admin_user = "U0ORGADMIN";  // whose token tokens::admin is
}  // namespace ids

struct FakeSlackOptions {
    std::optional<TlsFiles> tls;  // set: https/wss, else http/ws
    std::uint16_t port = 0;       // 0 = any
    bool enterprise = true;       // admin.apps.* work and app_requested is sent
    bool enforce_rates = true;    // published tiers, times rate_scale
    double rate_scale = 1.0;
    std::chrono::milliseconds trigger_life{3000};
    // When an event that was not acknowledged comes again, each counted from the failure before.
    std::vector<std::chrono::milliseconds> redelivery{std::chrono::seconds(0), std::chrono::seconds(60),
                                                      std::chrono::seconds(300)};
    std::chrono::milliseconds ack_deadline{3000};
    std::chrono::milliseconds ticket_life{30'000};
    std::chrono::milliseconds ping_interval{30'000};  // a connection that leaves two pings unanswered is cut
    unsigned seed = 1;                                // of the choice among connections
    std::vector<std::string> bot_scopes{
        "chat:write",      "commands",    "im:write",         "im:history",     "im:read",
        "channels:read",   "groups:read", "channels:history", "groups:history", "users:read",
        "usergroups:read", "team:read",   "files:write"};
    std::vector<std::string> admin_scopes{"admin.apps:read", "admin.apps:write", "admin.teams:read"};
    std::vector<std::string> reviewer_scopes{"im:history", "im:read"};
    std::string reviewer_user = "U0REVIEWER";  // whose token tokens::reviewer is
    // Without `enterprise`, Slackbot tells of requests to install: in this channel, or, where it is empty,
    // each app manager in that person's own conversation with Slackbot.
    std::string slackbot_channel;
    std::vector<std::string> app_managers;
    std::string slackbot_words = "2026";  // or "2019", "de", "pt"
    bool reviewer_events = false;         // the reviewer's token gets message.im too
};

// A call the daemon made, in the order of arrival.
struct ApiCall {
    std::string method;
    std::string token_kind;  // "app", "bot", "admin", "reviewer", "none"
    Json args;  // blocks, view, metadata and attachments are parsed also where they came as form fields
    std::string content_type;
    int status = 200;  // 0: nothing was sent back
    Json answer;
    std::chrono::steady_clock::time_point at;
};
struct Ack {
    std::string envelope_id;
    Json payload;  // null when absent
    int connection = 0;
    std::chrono::milliseconds after{0};  // since this delivery of the envelope
    std::size_t frame_bytes = 0;         // payload bytes of all its frames
    int frames = 0;
};
struct Message {
    std::string channel, ts, user, text, thread_ts;
    Json blocks = Json::array();
    Json metadata;
    std::string ephemeral_to;  // "" = for all
    int edits = 0;
    Json more = Json::object();  // bot_id, subtype, attachments … of messages that are not the bot's
};
struct View {
    std::string id, user, kind;  // "modal", "home"
    Json view;                   // as Slack answers it: with id, hash, root_view_id, previous_view_id, state
    bool open = true;
    Json errors =
        Json::object();  // block id -> what the app said (response_action errors); "" = Slack's own complaint
};
struct AppEntry {  // the catalogue
    std::string id, name, description = {};
    bool marketplace = true, internal = false;
    std::vector<Json> scopes = {};  // Slack's scope objects: name, description, is_sensitive, token_type
    std::string resolution = {};    // "", "approved", "restricted" on the whole organisation
    bool certified = false;         // hidden from the lists unless asked for (domain.md §0.6)
};
struct PendingRequest {
    std::string id, app_id, user, message;
    bool resolved = false;
    Json body;            // the `app_request` object as events and admin.apps.requests.list show it
    std::string outcome;  // "", "approved", "restricted", "cancelled"
    std::vector<std::pair<std::string, std::string>> notices = {};  // Slackbot's messages: channel, ts
};
// What a person holds in hand when pressing a button; tests forge it by changing fields before
// `send_envelope`.
struct Press {
    Json payload;  // a block_actions body with a fresh trigger and response_url
};

// A strict Slack over real sockets on 127.0.0.1: Web API, Socket Mode, admin.apps.*. Runs its own thread;
// every public function may be called from any other thread. The same object serves tests and the sandbox.
// Functions that act for a person throw std::invalid_argument when that person could not do it (no such
// button, a required field left empty): then the test is wrong, not the daemon.
class FakeSlack {
  public:
    explicit FakeSlack(FakeSlackOptions options = {});
    ~FakeSlack();

    [[nodiscard]] std::string api_url() const;  // "https://localhost:PORT/api/"
    [[nodiscard]] std::uint16_t port() const;
    // More paths on the same port, by prefix ("/sandbox/"); called on the server's thread, which it must not
    // block.
    void serve(const std::string& prefix, std::function<HttpReply(const HttpQuery&)> handler);

    // Slack is one server for all workspaces: calls with this token belong to another one, whose bot it is,
    // until auth.revoke or that workspace takes it away.
    void host(const std::string& token, FakeSlack& workspace);
    void forget(const std::string& token);
    [[nodiscard]] bool hosts(const std::string& token) const;

    // --- the world ---
    void add_user(const std::string& id, const std::string& name);
    void set_locale(const std::string& user, const std::string& locale);  // "de-DE"
    void add_user_group(const std::string& id,
                        std::vector<std::string> members);  // again = change it, with the event
    void add_channel(const std::string& id, const std::string& name, bool bot_is_member = true);
    void add_app(AppEntry app);
    // A "Request to install" by a person; sends app_requested on Enterprise. Returns the request id (Ar…).
    // `patch` is a JSON merge patch on the app_request object: {"team":null} asks for the whole organisation.
    std::string request_app(const std::string& user, const std::string& app_id, const std::string& message,
                            const Json& patch = Json::object());

    // --- what a person does; each returns the envelope id ---
    std::string press(const std::string& user, const std::string& channel, const std::string& ts,
                      const std::string& action_id);
    std::string press_by_text(const std::string& user, const std::string& channel, const std::string& ts,
                              const std::string& label);
    // The same in a modal or on the Home tab; `value` tells buttons of one label apart.
    std::string press_in_view(const std::string& user, const std::string& view_id, const std::string& label,
                              const std::string& value = "");
    [[nodiscard]] Press make_press(const std::string& user, const std::string& channel, const std::string& ts,
                                   const std::string& label);
    // Fields that are not named keep what the view gave them. For selects the value is the option's text, for
    // people and conversation pickers an id, for checkboxes option texts separated by commas.
    std::string submit(const std::string& user, const std::string& view_id,
                       const std::map<std::string, std::string>& fields_by_label);
    void close_view(const std::string& user, const std::string& view_id);
    std::string command(const std::string& user, const std::string& channel, const std::string& command,
                        const std::string& text);
    std::string shortcut(const std::string& user, const std::string& callback_id);
    // A shortcut of a message's own menu.
    std::string message_shortcut(const std::string& user, const std::string& callback_id,
                                 const std::string& channel, const std::string& ts);
    std::string open_home(const std::string& user);
    // A person's own message; sends message.im in a DM with the bot. Returns its ts.
    std::string say(const std::string& user, const std::string& channel, const std::string& text);
    // Any envelope body at all; `type` is "events_api", "interactive", "slash_commands" or something unknown.
    std::string send_envelope(const std::string& type, Json payload,
                              std::optional<bool> accepts_response = {});
    // The Events API wrapper around an inner event.
    [[nodiscard]] Json make_event(Json inner) const;
    void send_raw(const std::string& text);  // one text frame, exactly so, on every connection
    void send_bytes(
        const std::string& bytes);  // anything at all on every connection (see websocket_frames.hpp)
    void redeliver(const std::string& envelope_id, int retry_attempt, bool new_envelope_id = false);

    // --- what happened ---
    [[nodiscard]] std::vector<ApiCall> calls(const std::string& method = "") const;
    [[nodiscard]] std::vector<Ack> acks() const;
    [[nodiscard]] std::size_t ack_count() const;
    [[nodiscard]] std::vector<Message> messages(
        const std::string& channel) const;  // a user id = that person's DM with the bot
    [[nodiscard]] std::size_t message_count(const std::string& channel) const;
    [[nodiscard]] std::vector<View> views(const std::string& user) const;
    [[nodiscard]] std::vector<PendingRequest> requests() const;
    [[nodiscard]] std::string resolution(const std::string& app_id) const;  // the last one made, anywhere
    [[nodiscard]] int connections() const;                                  // past hello
    [[nodiscard]] int undeliverable() const;     // attempts to send an envelope while there was no connection
    [[nodiscard]] int connections_ever() const;  // upgrades that succeeded
    // Envelopes for which a person saw "didn't respond": not acknowledged in time, or no connection.
    [[nodiscard]] std::vector<std::string> unanswered() const;
    // What a well-behaved client never does: unmasked or split frames, acks with a payload where none is
    // allowed …
    [[nodiscard]] std::vector<std::string> violations() const;
    // Waits on a condition, re-checked at every change of state; false after the limit.
    bool wait(const std::function<bool()>& condition,
              std::chrono::milliseconds limit = std::chrono::seconds(60));

    // --- faults ---
    // The next `times` calls of a method ("*" = of any) get this instead:
    // {"status":429,"retry_after":1}, {"error":"internal_error"}, {"hang":true}, {"html":true},
    // {"status":500},
    // {"body":"raw text"}, {"answer":{…}} (merged over the true answer), {"drop_before":true},
    // {"drop_after":true} (performed, answer lost), {"perform":true,"error":…} (performed, yet an error is
    // told),
    // {"truncate":true}, {"drip":true}, {"delay_ms":200} (with any of these or alone).
    void script(const std::string& method, Json fault, int times = 1);
    void disconnect(const std::string& reason);  // on every connection
    void refresh();                              // warning, then refresh_requested on one connection
    void abort_connections();                    // TCP reset of the WebSockets
    void close_connections(int code, const std::string& reason = "");  // Close frame on every connection
    void stop_answering_pings(bool on);
    void stop_answering_close(bool on);
    void withhold_hello(bool on);                    // off: those that wait get it now
    void half_open(bool on);                         // no reads, no writes, no FIN
    void upgrade_status(std::vector<int> statuses);  // for the next upgrades; 101 = normal, 0 = hang
    void refuse_connections(bool on);                // outage: every new TCP connection is reset
    void ghosts(int count);                          // connections Slack still believes in (num_connections)
    void silent_oversize(bool on);  // an ack above 20,480 bytes is dropped instead of close 1009
    void decide_outside(const std::string& request_id,
                        const std::string& decision);  // approve | restrict | cancel in Slack's own UI
    // The app's owner makes a new app-level token and revokes the old one; connections that are open live on.
    void rotate_app_token(const std::string& token);
    // The same by a certain person; on a workspace without the Admin API Slackbot's messages are edited, the
    // requester is told by Slackbot, and the integration log has a line.
    void decide_outside(const std::string& request_id, const std::string& decision, const std::string& by);
    // Slackbot's messages about a request, as (channel, ts).
    [[nodiscard]] std::vector<std::pair<std::string, std::string>> notices(
        const std::string& request_id) const;
    // Any message of Slackbot's, or of a look-alike: `message` has user, text, blocks … Returns its ts.
    std::string post_as(const std::string& channel, Json message);
    void edit_as(const std::string& channel, const std::string& ts, Json message);
    // A person's own conversation with Slackbot.
    [[nodiscard]] static std::string slackbot_conversation(const std::string& user);
    void grow_scopes(const std::string& request_id, Json scope);
    // The sandbox page's switches: "rate_limit" (true: every call 429), "outage" (true), "disconnect" (a
    // reason), "slow" (milliseconds before each API answer).
    void set_fault(const std::string& name, Json value);

    // Everything, for the sandbox page; changes() counts upwards with each change of state.
    // {"changes":12, "api_url":…, "team":{"id","name"}, "bot":{"user","name","app"},
    //  "connections":1, "enterprise":true,
    //  "users":[{"id","name"}], "user_groups":[{"id","members":[…]}],
    //  "channels":[{"id","name","is_im","user","bot_is_member",
    //     "messages":[{"ts","user","text","blocks":[…],"thread_ts","ephemeral_to","edits"}]}],   //
    //     ephemeral_to "" = all
    //  "views":[{"id","user","kind":"modal|home","view":{…},"errors":{block_id:text}}],          // open
    //  ones, topmost last
    //  "apps":[{"id","name","description","marketplace","internal","scopes":[…],"resolution"}],
    //  "requests":[{"id","app_id","user","message","resolved","outcome","body":{…}}],
    //  "unanswered":[envelope ids], "faults":{name:value}, "calls":n}
    [[nodiscard]] Json snapshot() const;
    [[nodiscard]] std::uint64_t changes() const;

    struct Impl;

  private:
    std::unique_ptr<Impl> impl_;
};

}  // namespace countersign::fakes

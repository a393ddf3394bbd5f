#include "tests/fakes/slack_sockets.hpp"

#include "tests/fakes/slack_wire.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace countersign::fakes {
namespace {

using std::chrono::milliseconds;
constexpr std::size_t largest_client_frame = 20'480;   // socket-mode.md §1.5
constexpr int most_connections = 10;                   // §1.8
constexpr auto drain_time = std::chrono::seconds(10);  // §1.7, after a warning or a refresh

std::string disconnect_text(const std::string& reason) {
    return slack_text(
        {{"type", "disconnect"}, {"reason", reason}, {"debug_info", {{"host", "applink-7fc4fdbb64-x2dnk"}}}});
}

}  // namespace

SlackSockets::SlackSockets(World& world, RunLater run_later)
    : world_(&world), run_later_(std::move(run_later)), random_(world.options.seed) {}

int SlackSockets::upgrade(const HttpQuery& query) {
    const auto given = query.query.find("ticket");
    const auto ticket =
        given == query.query.end() ? world_->tickets.end() : world_->tickets.find(given->second);
    if (ticket == world_->tickets.end()) return 404;
    // A scripted refusal spends the ticket too: each attempt needs a fresh one (§1.2).
    const bool good = !ticket->second.used && std::chrono::steady_clock::now() <= ticket->second.expires;
    ticket->second.used = true;
    if (!good) return 401;
    if (!upgrades_.empty()) {
        const int status = upgrades_.front();
        upgrades_.erase(upgrades_.begin());
        return status;
    }
    return 101;
}

void SlackSockets::opened(int id) {
    ++ever;
    connections_[id] = {};
    if (static_cast<int>(connections_.size()) + ghosts > most_connections) {
        connections_[id].closing = true;
        send_text(id, disconnect_text("too_many_websockets"));
        close(id, 1000, "");
        return;
    }
    if (!withheld_) say_hello(id);
    ping(id);
}

void SlackSockets::say_hello(int id) {
    send_text(id, slack_text({{"type", "hello"},
                              {"num_connections", static_cast<int>(connections_.size()) + ghosts},
                              {"debug_info",
                               {{"host", "applink-7fc4fdbb64-x2dnk"},
                                {"build_number", 11},
                                {"approximate_connection_time", 18060}}},
                              {"connection_info", {{"app_id", ids::app}}}}));
    connections_[id].hello_sent = true;
}

void SlackSockets::withhold_hello(bool on) {
    withheld_ = on;
    for (auto& [id, connection] : connections_) {
        if (!on && !connection.hello_sent && !connection.closing) say_hello(id);
    }
}

void SlackSockets::ping(int id) {
    run_later_(world_->options.ping_interval, [this, id] {
        const auto found = connections_.find(id);
        if (found == connections_.end()) return;
        if (found->second.pings_unanswered >= 2) {
            server_->abort(id);
            return;
        }
        ++found->second.pings_unanswered;
        server_->send(
            id, encode_frame({.opcode = opcode::ping, .payload = "Ping from applink-7fc4fdbb64-x2dnk"}));
        ping(id);
    });
}

void SlackSockets::send_text(int id, const std::string& text) {
    server_->send(id, encode_frame({.opcode = opcode::text, .payload = text}));
}

void SlackSockets::close(int id, int code, const std::string& reason) {
    connections_[id].closing = true;
    server_->send(id, encode_frame({.opcode = opcode::close, .payload = close_payload(code, reason)}));
}

void SlackSockets::received(int id, const Frame& frame) {
    const auto found = connections_.find(id);
    if (found == connections_.end()) return;
    Connection& from = found->second;
    if (!frame.masked) violations.push_back("an unmasked frame");
    if (frame.reserved != 0) violations.push_back("a frame with reserved bits");
    switch (frame.opcode) {
        case opcode::ping:
            if (!mute_pings)
                server_->send(id, encode_frame({.opcode = opcode::pong, .payload = frame.payload}));
            return;
        case opcode::pong:
            from.pings_unanswered = 0;
            return;
        case opcode::close:
            if (mute_close) return;
            if (!from.closing)
                server_->send(id, encode_frame({.opcode = opcode::close, .payload = frame.payload}));
            from.closing = true;
            server_->finish(id);
            return;
        case opcode::continuation:
            from.message.payload += frame.payload;
            break;
        default:
            from.message = frame;
            from.frames = 0;
    }
    ++from.frames;
    if (!frame.fin) return;
    handle_message(id, from.message, from.frames);
}

void SlackSockets::handle_message(int id, const Frame& message, int frames) {
    const Json body = Json::parse(message.payload, nullptr, false);
    if (message.opcode != opcode::text || !body.is_object() ||
        !body.value("envelope_id", Json()).is_string()) {
        violations.push_back("a message that is no acknowledgement: " + message.payload.substr(0, 200));
        return;
    }
    const std::string envelope_id = body["envelope_id"];
    const Json payload = body.value("payload", Json());
    const auto found = envelopes_.find(envelope_id);
    const auto now = std::chrono::steady_clock::now();
    acks.push_back({.envelope_id = envelope_id,
                    .payload = payload,
                    .connection = id,
                    .after = found == envelopes_.end()
                                 ? milliseconds(0)
                                 : std::chrono::duration_cast<milliseconds>(now - found->second.sent_at),
                    .frame_bytes = message.payload.size(),
                    .frames = frames});
    if (message.payload.size() > largest_client_frame) {
        violations.push_back("an acknowledgement of " + std::to_string(message.payload.size()) + " bytes");
        if (!silent_oversize) close(id, 1009, "the message is larger than 20480 bytes");
        return;
    }
    if (frames != 1) {  // not reassembled (§1.5)
        violations.push_back("an acknowledgement in " + std::to_string(frames) + " frames");
        return;
    }
    if (found == envelopes_.end()) {
        violations.push_back("an acknowledgement of an unknown envelope " + envelope_id);
        return;
    }
    Pending& pending = found->second;
    if (!pending.delivered_to.contains(id)) {
        violations.push_back("an acknowledgement on another connection");
        return;
    }
    if (!payload.is_null() && !payload.is_object()) {
        violations.push_back("an acknowledgement whose payload is no object");
        return;
    }
    const bool has_payload = payload.is_object() && !payload.empty();
    if (has_payload && !pending.envelope.accepts_response.value_or(false)) {
        violations.push_back("a payload where none is accepted");
    }
    if (pending.done) return;
    pending.done = true;
    if (pending.envelope.acknowledged) pending.envelope.acknowledged(payload);
}

void SlackSockets::closed(int id) {
    connections_.erase(id);
    std::vector<std::pair<std::string, int>> lost;
    for (const auto& [envelope, pending] : envelopes_) {
        if (!pending.done && pending.connection == id) lost.emplace_back(envelope, pending.serial);
    }
    for (const auto& [envelope, serial] : lost)
        attempt_failed(envelope, serial);
}

std::string SlackSockets::deliver(Envelope envelope) {
    const std::string id = fmt::format("{:08x}-5f3a-4c1d-9be2-{:012x}", random_(), next_envelope_++);
    envelopes_[id].envelope = std::move(envelope);
    send_envelope(id);
    return id;
}

std::optional<int> SlackSockets::pick() {
    std::vector<int> fresh, draining;
    for (const auto& [id, connection] : connections_) {
        if (connection.hello_sent && !connection.closing)
            (connection.draining ? draining : fresh).push_back(id);
    }
    if (!fresh.empty()) return fresh[random_() % fresh.size()];
    if (draining.empty()) return std::nullopt;
    return draining.back();  // the one told last still has the most time
}

void SlackSockets::send_envelope(const std::string& id) {
    Pending& pending = envelopes_[id];
    pending.serial = next_serial_++;
    pending.sent_at = std::chrono::steady_clock::now();
    const auto connection = pick();
    if (!connection) {
        ++undeliverable;
        attempt_failed(id, pending.serial);
        return;
    }
    pending.connection = *connection;
    pending.delivered_to.insert(*connection);
    Json body{{"envelope_id", id}, {"type", pending.envelope.type}, {"payload", pending.envelope.payload}};
    if (pending.envelope.accepts_response)
        body["accepts_response_payload"] = *pending.envelope.accepts_response;
    if (pending.envelope.type == "events_api") {
        body["retry_attempt"] = pending.attempt;
        body["retry_reason"] = pending.attempt == 0 ? "" : "timeout";
    }
    send_text(*connection, slack_text(body));
    run_later_(world_->options.ack_deadline,
               [this, id, serial = pending.serial] { attempt_failed(id, serial); });
}

void SlackSockets::attempt_failed(const std::string& id, int serial) {
    Pending& pending = envelopes_[id];
    if (pending.done || pending.serial != serial) return;
    pending.serial = 0;
    const auto& schedule = world_->options.redelivery;
    if (pending.envelope.type == "events_api" && pending.attempt < static_cast<int>(schedule.size())) {
        const milliseconds delay = schedule[static_cast<std::size_t>(pending.attempt)];
        run_later_(delay, [this, id] {
            if (envelopes_[id].done || envelopes_[id].serial != 0) return;
            ++envelopes_[id].attempt;
            send_envelope(id);
        });
        return;
    }
    unanswered.push_back(id);
    if (pending.envelope.failed) pending.envelope.failed();
}

void SlackSockets::redeliver(const std::string& id, int attempt, bool new_id) {
    const auto found = envelopes_.find(id);
    if (found == envelopes_.end()) return;
    std::string target = id;
    if (new_id) {
        target = fmt::format("{:08x}-5f3a-4c1d-9be2-{:012x}", random_(), next_envelope_++);
        envelopes_[target].envelope = found->second.envelope;
    }
    envelopes_[target].attempt = attempt;
    send_envelope(target);
}

void SlackSockets::send_bytes(const std::string& bytes) {
    for (const auto& [id, connection] : connections_)
        server_->send(id, bytes);
}

void SlackSockets::disconnect(const std::string& reason) {
    for (auto& [id, connection] : connections_) {
        send_text(id, disconnect_text(reason));
        connection.draining = true;
        if (reason == "link_disabled" || reason == "too_many_websockets") {
            close(id, 1000, "");
        } else {
            run_later_(drain_time, [this, gone = id] {
                if (connections_.contains(gone)) close(gone, 1000, "");
            });
        }
    }
}

void SlackSockets::refresh() {
    const auto id = pick();
    if (!id) return;
    connections_[*id].draining = true;
    send_text(*id, disconnect_text("warning"));
    send_text(*id, disconnect_text("refresh_requested"));
    run_later_(drain_time, [this, gone = *id] {
        if (connections_.contains(gone)) close(gone, 1000, "");
    });
}

void SlackSockets::abort_all() {
    for (auto& [id, connection] : connections_) {
        connection.closing = true;
        server_->abort(id);
    }
}

void SlackSockets::close_all(int code, const std::string& reason) {
    std::vector<int> all;
    for (const auto& [id, connection] : connections_)
        all.push_back(id);
    for (const int id : all)
        close(id, code, reason);
}

void SlackSockets::script_upgrades(std::vector<int> statuses) {
    upgrades_ = std::move(statuses);
}

int SlackSockets::ready() const {
    return static_cast<int>(std::ranges::count_if(
        connections_, [](const auto& each) { return each.second.hello_sent && !each.second.closing; }));
}

}  // namespace countersign::fakes

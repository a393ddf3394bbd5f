#pragma once

#include "bot/net/websocket.hpp"
#include "bot/slack/socket_client.hpp"

#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace countersign::slack {

class Connection;

class ConnectionOwner {
  public:
    virtual void received(Connection& connection, net::Websocket::Message message) = 0;
    // The peer has closed, or reading failed. Not called for what `close` or `abort` brought about.
    virtual void lost(Connection& connection, const Failure& failure) = 0;
    // Nothing of the connection runs any more; it may be forgotten.
    virtual void ended(Connection& connection) = 0;
    virtual void wrote(Connection& connection) = 0;

  protected:
    ~ConnectionOwner() = default;
};

// One open WebSocket: a read is always outstanding, acks leave one after the other, and what a person waits
// for is remembered until it is answered (R58). Belongs to the I/O thread; its coroutines keep it alive until
// they end.
class Connection : public std::enable_shared_from_this<Connection> {
  public:
    Connection(net::asio::any_io_executor executor, ConnectionId id, std::unique_ptr<net::Websocket> socket,
               ConnectionOwner& owner);

    void start();
    // The owner is going away.
    void detach() { owner_ = nullptr; }

    [[nodiscard]] const ConnectionId& id() const { return id_; }
    [[nodiscard]] SteadyTime last_inbound() const { return socket_->last_inbound(); }
    [[nodiscard]] std::uint16_t close_code() const { return socket_->close_code(); }
    [[nodiscard]] bool open() const { return !closing_; }
    [[nodiscard]] std::size_t unacknowledged() const { return unacknowledged_; }
    [[nodiscard]] bool writing() const { return writing_; }
    [[nodiscard]] std::size_t last_ack_bytes() const { return last_ack_bytes_; }

    // An envelope went to the dispatcher. `person_waits`: the interim ack is due if nothing came before.
    void delivered(const std::string& envelope_id, bool person_waits);
    enum class AckResult { queued, late, gone, full };
    AckResult ack(std::string text);
    // An answer to what was never delivered.
    bool send(std::string text) { return !leaving_ && enqueue(std::move(text)); }
    // For the deadline of R58: true if an interim ack was needed and left.
    bool ack_in_the_meantime(const std::string& envelope_id);

    void ping();
    // What was delivered is acknowledged (at most `patience`), then Close, then TCP (R33). Until the Close is
    // sent the connection is read on: what still comes is taken and acknowledged too (R30).
    void close(std::chrono::milliseconds patience);
    void abort();

  private:
    using Self = std::shared_ptr<Connection>;
    static net::Awaitable<void> read_all(Self self);
    static net::Awaitable<void> write_queued(Self self);
    static net::Awaitable<void> send_ping(Self self);
    static net::Awaitable<void> close_politely(Self self, SteadyTime deadline);
    void spawn(net::Awaitable<void> task);
    bool enqueue(std::string text);
    [[nodiscard]] bool owes_acks() const { return writing_ || unacknowledged_ > 0; }

    net::asio::any_io_executor executor_;
    ConnectionId id_;
    std::unique_ptr<net::Websocket> socket_;
    ConnectionOwner* owner_;
    net::asio::steady_timer settled_;  // expires when the flush before a close has taken too long

    std::deque<std::string> queue_;
    std::unordered_map<std::string, bool> people_;  // envelope id in ack form -> has had its interim ack
    std::size_t unacknowledged_ = 0;
    std::size_t last_ack_bytes_ = 0;
    int tasks_ = 0;
    bool writing_ = false;
    bool pinging_ = false;
    bool closing_ = false;  // given up; nothing of it is reported any more
    bool leaving_ = false;  // Close or reset is on its way: nothing can be read or acknowledged
};

}  // namespace countersign::slack

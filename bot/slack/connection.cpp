#include "bot/slack/connection.hpp"

#include "bot/slack/envelope.hpp"
#include "bot/slack/json_walk.hpp"

#include <boost/asio/co_spawn.hpp>

#include <exception>
#include <utility>

namespace countersign::slack {
namespace {

using namespace std::chrono_literals;

// A peer that reads nothing while it sends: its acks are of no use any more.
constexpr std::size_t most_queued = 10'000;

// An id as it stands in an ack, without the quotes.
std::string in_ack_form(const std::string& envelope_id) {
    const std::string quoted = json_quoted(envelope_id);
    return quoted.substr(1, quoted.size() - 2);
}

}  // namespace

Connection::Connection(net::asio::any_io_executor executor, ConnectionId id,
                       std::unique_ptr<net::Websocket> socket, ConnectionOwner& owner)
    : executor_(std::move(executor)),
      id_(id),
      socket_(std::move(socket)),
      owner_(&owner),
      settled_(executor_) {}

void Connection::start() {
    spawn(read_all(shared_from_this()));
}

void Connection::spawn(net::Awaitable<void> task) {
    ++tasks_;
    net::asio::co_spawn(executor_, std::move(task),
                        [self = shared_from_this()](const std::exception_ptr& error) {
                            if (error) std::rethrow_exception(error);
                            if (--self->tasks_ == 0 && self->owner_ != nullptr) self->owner_->ended(*self);
                        });
}

void Connection::delivered(const std::string& envelope_id, bool person_waits) {
    ++unacknowledged_;
    if (person_waits) people_.insert_or_assign(in_ack_form(envelope_id), false);
}

Connection::AckResult Connection::ack(std::string text) {
    if (unacknowledged_ > 0) --unacknowledged_;
    if (!people_.empty()) {
        const auto waiting = people_.find(std::string(acked_envelope(text)));
        if (waiting != people_.end()) {
            const bool had_interim = waiting->second;
            people_.erase(waiting);
            if (had_interim) {
                settled_.cancel();
                return AckResult::late;
            }
        }
    }
    if (leaving_) return AckResult::gone;
    return enqueue(std::move(text)) ? AckResult::queued : AckResult::full;
}

bool Connection::ack_in_the_meantime(const std::string& envelope_id) {
    const auto waiting = people_.find(in_ack_form(envelope_id));
    if (waiting == people_.end() || waiting->second || leaving_) return false;
    waiting->second = true;
    return enqueue(ack_text(envelope_id, "").text);
}

bool Connection::enqueue(std::string text) {
    if (queue_.size() >= most_queued) return false;
    queue_.push_back(std::move(text));
    if (!writing_) {
        writing_ = true;
        spawn(write_queued(shared_from_this()));
    }
    return true;
}

void Connection::ping() {
    if (pinging_ || closing_) return;
    pinging_ = true;
    spawn(send_ping(shared_from_this()));
}

void Connection::close(std::chrono::milliseconds patience) {
    if (std::exchange(closing_, true)) return;
    if (!owes_acks()) leaving_ = true;
    spawn(close_politely(shared_from_this(), std::chrono::steady_clock::now() + patience));
}

void Connection::abort() {
    closing_ = leaving_ = true;
    queue_.clear();
    settled_.cancel();
    socket_->abort();
}

net::Awaitable<void> Connection::read_all(Self self) {
    while (true) {
        auto message = co_await self->socket_->read();
        if (!message) {
            const bool unexpected = !self->closing_;
            // The connection is dead: what is being written must end too.
            self->abort();
            if (unexpected && self->owner_ != nullptr) self->owner_->lost(*self, message.error());
            co_return;
        }
        if (!self->leaving_ && self->owner_ != nullptr) self->owner_->received(*self, *std::move(message));
    }
}

net::Awaitable<void> Connection::write_queued(Self self) {
    while (!self->queue_.empty()) {
        std::string text = std::move(self->queue_.front());
        self->queue_.pop_front();
        self->last_ack_bytes_ = text.size();
        const auto written = co_await self->socket_->write(std::move(text));
        if (!written) {
            self->queue_.clear();
            self->socket_->abort();  // the reader reports the loss
            break;
        }
    }
    self->writing_ = false;
    self->settled_.cancel();
    if (self->owner_ != nullptr) self->owner_->wrote(*self);
}

net::Awaitable<void> Connection::send_ping(Self self) {
    const auto sent = co_await self->socket_->ping();
    self->pinging_ = false;
    if (!sent) self->socket_->abort();
}

net::Awaitable<void> Connection::close_politely(Self self, SteadyTime deadline) {
    while (self->owes_acks() && !self->leaving_ && std::chrono::steady_clock::now() < deadline) {
        self->settled_.expires_at(deadline);
        co_await self->settled_.async_wait(net::as_value);
    }
    self->leaving_ = true;
    co_await self->socket_->close();
}

}  // namespace countersign::slack

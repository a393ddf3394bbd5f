#pragma once

#include "bot/net/net.hpp"

#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>

namespace countersign::net {

// An operation or a timer, whichever is first (Asio 1.81 has no cancel_after). One deadline may span many
// operations: what is in flight is named by a Guard, and expiry interrupts it, normally by closing its
// socket. The interrupted operation then fails, and `expired` says why.
class Deadline {
    struct State {
        bool expired = false;
        std::function<void()> interrupt;
    };

  public:
    Deadline(const asio::any_io_executor& executor, std::chrono::milliseconds limit)
        : limit_(limit), state_(std::make_shared<State>()), timer_(executor, std::max(limit, limit.zero())) {
        timer_.async_wait([state = state_](const boost::system::error_code& ec) {
            if (ec) return;
            state->expired = true;
            if (state->interrupt) state->interrupt();
        });
    }
    Deadline(const Deadline&) = delete;
    Deadline& operator=(const Deadline&) = delete;
    ~Deadline() { state_->interrupt = nullptr; }

    [[nodiscard]] bool expired() const { return state_->expired; }
    [[nodiscard]] std::chrono::milliseconds limit() const { return limit_; }
    // For a phase with a limit of its own inside this one.
    [[nodiscard]] std::chrono::milliseconds at_most(std::chrono::milliseconds phase) const {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
            timer_.expiry() - std::chrono::steady_clock::now());
        return std::clamp(left, phase.zero(), phase);
    }

    // While it lives, expiry calls `interrupt`; if the deadline has passed already, it is called at once.
    class Guard {
      public:
        Guard(Deadline& deadline, std::function<void()> interrupt)
            : state_(deadline.state_), previous_(std::exchange(state_->interrupt, std::move(interrupt))) {
            if (state_->expired) state_->interrupt();
        }
        Guard(const Guard&) = delete;
        Guard& operator=(const Guard&) = delete;
        ~Guard() { state_->interrupt = std::move(previous_); }

      private:
        std::shared_ptr<State> state_;
        std::function<void()> previous_;
    };

  private:
    std::chrono::milliseconds limit_;
    std::shared_ptr<State> state_;
    asio::steady_timer timer_;
};

// "10 s", "1500 ms": for messages.
[[nodiscard]] inline std::string to_text(std::chrono::milliseconds duration) {
    const bool whole = duration.count() % 1000 == 0;
    return whole ? std::to_string(duration.count() / 1000) + " s" : std::to_string(duration.count()) + " ms";
}

}  // namespace countersign::net

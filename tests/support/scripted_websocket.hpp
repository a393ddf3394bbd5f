#pragma once

#include "bot/net/websocket.hpp"
#include "config/base/clock.hpp"

#include <boost/asio/steady_timer.hpp>

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace countersign::tests {

// The far end of one scripted connection: the test says what comes in and sees what went out.
class SocketScript {
  public:
    SocketScript(net::asio::any_io_executor executor, const Clock& clock, std::string url_)
        : url(std::move(url_)),
          changed_(std::move(executor), net::asio::steady_timer::time_point::max()),
          clock_(&clock),
          inbound_at_(clock.steady()) {}

    void say(std::string text) { push(net::Websocket::Message{false, std::move(text)}); }
    void say_binary(std::string bytes) { push(net::Websocket::Message{true, std::move(bytes)}); }
    void pong() { inbound_at_ = clock_->steady(); }
    void fail_read(Errc code, std::uint16_t close_code = 1006) {
        code_ = close_code;
        inbound_.push_back(fail(code, "scripted"));
        changed_.cancel();
    }
    void hold_writes(bool on) {
        holding_ = on;
        changed_.cancel();
    }

    const std::string url;
    std::vector<std::string> written;
    int pings = 0;
    bool closed = false;  // Close was sent
    bool aborted = false;
    bool destroyed = false;

  private:
    friend class ScriptedWebsocket;
    void push(Result<net::Websocket::Message> message) {
        inbound_at_ = clock_->steady();
        inbound_.push_back(std::move(message));
        changed_.cancel();
    }
    [[nodiscard]] bool over() const { return closed || aborted; }
    net::Awaitable<void> wait() { co_await changed_.async_wait(net::as_value); }

    net::asio::steady_timer changed_;
    const Clock* clock_;
    SteadyTime inbound_at_;
    std::deque<Result<net::Websocket::Message>> inbound_;
    std::uint16_t code_ = 0;
    bool holding_ = false;
};

class ScriptedWebsocket final : public net::Websocket {
  public:
    // `step` is asked before each operation; true makes it fail.
    ScriptedWebsocket(std::shared_ptr<SocketScript> script, std::function<bool()> step)
        : script_(std::move(script)), step_(std::move(step)) {}
    ScriptedWebsocket(const ScriptedWebsocket&) = delete;
    ScriptedWebsocket& operator=(const ScriptedWebsocket&) = delete;
    ~ScriptedWebsocket() override { script_->destroyed = true; }

    net::Awaitable<Result<Message>> read() override { return read(script_, step_); }
    net::Awaitable<Result<void>> write(std::string text) override {
        return write(script_, step_, std::move(text));
    }
    net::Awaitable<Result<void>> ping() override {
        ++script_->pings;
        Result<void> result;
        if (step_()) result = broken(*script_);
        co_return result;
    }
    net::Awaitable<void> close() override {
        script_->closed = true;
        script_->changed_.cancel();
        co_return;
    }
    void abort() override {
        script_->aborted = true;
        script_->changed_.cancel();
    }
    std::chrono::steady_clock::time_point last_inbound() const override { return script_->inbound_at_; }
    std::uint16_t close_code() const override { return script_->code_; }

  private:
    using Script = std::shared_ptr<SocketScript>;
    static std::unexpected<Failure> broken(SocketScript& script) {
        if (script.code_ == 0) script.code_ = 1006;
        return fail(Errc::unreachable, "scripted");
    }
    static net::Awaitable<Result<Message>> read(Script script, std::function<bool()> step) {
        while (script->inbound_.empty() && !script->over())
            co_await script->wait();
        if (script->over() || step()) co_return broken(*script);
        Result<Message> message = std::move(script->inbound_.front());
        script->inbound_.pop_front();
        co_return message;
    }
    static net::Awaitable<Result<void>> write(Script script, std::function<bool()> step, std::string text) {
        while (script->holding_ && !script->over())
            co_await script->wait();
        if (script->over() || step()) co_return broken(*script);
        script->written.push_back(std::move(text));
        co_return Result<void>();
    }

    Script script_;
    std::function<bool()> step_;
};

// Every connection succeeds unless a failure was scripted.
class ScriptedConnector final : public net::WebsocketConnector {
  public:
    ScriptedConnector(net::asio::any_io_executor executor, const Clock& clock)
        : executor_(std::move(executor)),
          clock_(&clock),
          released_(executor_, net::asio::steady_timer::time_point::max()) {}

    // Until then every connect hangs.
    void hold() { holding_ = true; }
    void release() {
        holding_ = false;
        released_.cancel();
    }

    net::Awaitable<Result<std::unique_ptr<net::Websocket>>> connect(net::WebsocketOptions options) override {
        using Connected = Result<std::unique_ptr<net::Websocket>>;
        while (holding_)
            co_await released_.async_wait(net::as_value);
        if (step()) co_return Connected(fail(Errc::unreachable, "scripted"));
        if (!failures.empty()) {
            Failure failure = failures.front();
            failures.pop_front();
            co_return Connected(std::unexpected(std::move(failure)));
        }
        sockets.push_back(std::make_shared<SocketScript>(executor_, *clock_, options.url));
        co_return Connected(std::make_unique<ScriptedWebsocket>(sockets.back(), [this] { return step(); }));
    }

    std::function<bool()> step = [] { return false; };
    std::deque<Failure> failures;
    std::vector<std::shared_ptr<SocketScript>> sockets;  // in the order of their making

  private:
    net::asio::any_io_executor executor_;
    const Clock* clock_;
    net::asio::steady_timer released_;
    bool holding_ = false;
};

}  // namespace countersign::tests

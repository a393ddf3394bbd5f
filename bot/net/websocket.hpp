#pragma once

#include "bot/net/http_client.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

namespace countersign::net {

// One WebSocket connection. Dies once: after a failure, a close or an abort the object is only good for
// destruction. Text messages only; no extensions; every write is one masked frame (R44, R77).
class Websocket {
  public:
    virtual ~Websocket() = default;

    // What arrives. `binary` is counted by the caller and otherwise ignored (R55).
    struct Message {
        bool binary = false;
        std::string text;
    };
    // Resolves with the next message; a failure ends the connection. Pings are answered inside (R20).
    [[nodiscard]] virtual Awaitable<Result<Message>> read() = 0;
    // One write at a time. Fails after 5 s on a full send buffer (R24).
    [[nodiscard]] virtual Awaitable<Result<void>> write(std::string text) = 0;
    [[nodiscard]] virtual Awaitable<Result<void>> ping() = 0;
    // Sends Close(1000), waits at most 1 s for the answer, then closes TCP (R33, R34).
    [[nodiscard]] virtual Awaitable<void> close() = 0;
    // Closes TCP now; pending operations fail.
    virtual void abort() = 0;
    // Steady time of the last inbound frame of any kind, pings and pongs included (R21).
    [[nodiscard]] virtual std::chrono::steady_clock::time_point last_inbound() const = 0;
    // 0 while open; the peer's close code afterwards (1006 when there was none).
    [[nodiscard]] virtual std::uint16_t close_code() const = 0;
};

struct WebsocketOptions {
    std::string url;  // ws:// or wss:// with a ticket in it: a secret for its lifetime
    std::chrono::milliseconds connect_limit{10'000};  // DNS, proxy, TCP, TLS and upgrade together (R6)
    std::size_t message_limit = std::size_t{16} * 1024 * 1024;  // R26
};

// Makes connections; an interface because tests script one (tests/support/scripted_websocket.hpp).
class WebsocketConnector {
  public:
    virtual ~WebsocketConnector() = default;
    // A failed upgrade names the HTTP status in the text (R12).
    [[nodiscard]] virtual Awaitable<Result<std::unique_ptr<Websocket>>> connect(WebsocketOptions options) = 0;
};
[[nodiscard]] std::unique_ptr<WebsocketConnector> make_websocket_connector(asio::any_io_executor executor,
                                                                           std::shared_ptr<TlsContext> tls,
                                                                           Route route);

}  // namespace countersign::net

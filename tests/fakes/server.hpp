#pragma once

#include "tests/fakes/certificates.hpp"
#include "tests/fakes/http.hpp"
#include "tests/fakes/websocket_frames.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace countersign::fakes {

// HTTP/1.1 and WebSocket, TLS or plain, on one port of 127.0.0.1, on a thread of its own. All callbacks come
// from that thread; all functions may be called from any thread. What a WebSocket says is up to the
// callbacks: the server only carries frames.
class Server {
  public:
    struct Callbacks {
        std::function<HttpReply(const HttpQuery&)> http;
        // 101 = welcome; any other status is sent and the connection closed; 0 = no answer ever.
        std::function<int(const HttpQuery&)> upgrade;
        std::function<void(int connection, const HttpQuery&)> opened;
        std::function<void(int connection, Frame)> received;
        std::function<void(int connection)> closed;  // whoever ended it
        // A server without WebSockets.
        static Callbacks of_http(std::function<HttpReply(const HttpQuery&)> http) {
            return {std::move(http), [](const HttpQuery&) { return 404; }, {}, {}, {}};
        }
    };

    Server(std::optional<TlsFiles> tls, std::uint16_t port, Callbacks callbacks);
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    [[nodiscard]] std::uint16_t port() const;
    // Nothing is called back after it.
    void stop();
    // Runs a task on the server's thread after a time; dropped when the server ends first.
    void after(std::chrono::milliseconds delay, std::function<void()> task);

    void send(int connection, std::string bytes);  // encoded frames, or any bytes at all
    void finish(int connection);                   // what was sent leaves, then TCP is closed
    void abort(int connection);                    // TCP reset
    void refuse(bool on);                          // new TCP connections are reset
    void freeze(bool on);  // half-open: WebSockets are neither read nor written, without FIN
    void reset_http();     // resets idle and busy HTTP connections

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace countersign::fakes

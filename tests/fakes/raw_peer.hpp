#pragma once

#include "tests/fakes/certificates.hpp"
#include "tests/fakes/weak_tls.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace countersign::fakes {

// A server that does exactly what its script says, byte by byte, right or wrong. Blocking sockets, a thread a
// connection; the script runs there. Everything ends with the object.
class RawPeer {
  public:
    // The other side has gone: thrown to end a script early, never a test failure.
    struct Gone {};

    struct Frame {
        int opcode = 0;  // 1 text, 2 binary, 8 close, 9 ping, 10 pong, 0 continuation
        bool fin = false, masked = false;
        int reserved = 0;  // the three bits that only extensions may set
        std::string payload;
        [[nodiscard]] int close_code() const;
    };

    class Connection {
      public:
        [[nodiscard]] int number() const { return number_; }  // 1 = the first

        // Through and with `end`; what follows stays for the next read.
        std::string read_until(std::string_view end);
        std::string read_exactly(std::size_t size);
        // A request with the body that its Content-Length announces.
        std::string read_http_request();
        void write(std::string_view bytes);
        // A byte at a time.
        void drip(std::string_view bytes, std::chrono::milliseconds pause);
        // Answers with a body and its length; the connection stays open.
        void answer(int status, std::string_view body, std::string_view more_headers = "");

        // Half-open: reads nothing, writes nothing, sends no FIN, until the peer object goes.
        void stall();
        // Reads and drops until the other side ends the connection; how it did so.
        enum class End { closed, reset };
        End wait_for_end();
        // With TLS: close_notify and FIN; `truncate`: FIN only; `reset`: RST.
        void close();
        void truncate();
        void reset();

        // Answers the upgrade; gives the request.
        std::string accept_websocket();
        void send_frame(int opcode, std::string_view payload, bool fin = true);
        void send_close(int code) { send_frame(8, close_payload(code)); }
        Frame read_frame();
        [[nodiscard]] static std::string close_payload(int code);

        // For the test to read afterwards.
        void note(std::string text);
        [[nodiscard]] int descriptor() const { return descriptor_; }

      private:
        friend class RawPeer;
        Connection(RawPeer& peer, int descriptor, int number)
            : peer_(&peer), descriptor_(descriptor), number_(number) {}
        std::size_t read_some();
        void fill(std::size_t size);

        RawPeer* peer_;
        int descriptor_;
        int number_;
        void* tls_ = nullptr;  // SSL
        std::string buffer_;
    };

    using Script = std::function<void(Connection&)>;

    explicit RawPeer(Script script, std::optional<TlsFiles> tls = std::nullopt,
                     const char* address = "127.0.0.1");
    // Offers nothing better than this.
    RawPeer(Script script, const TlsFiles& tls, WeakTls how);
    RawPeer(const RawPeer&) = delete;
    RawPeer& operator=(const RawPeer&) = delete;
    ~RawPeer();

    [[nodiscard]] std::uint16_t port() const { return port_; }
    // "https://localhost:PORT/path" and the like.
    [[nodiscard]] std::string url(std::string_view scheme, std::string_view path = "/") const;
    [[nodiscard]] int connections() const { return count_; }
    [[nodiscard]] std::vector<std::string> notes() const;
    // Waits until there are so many notes; false after 10 s.
    [[nodiscard]] bool wait_for_notes(std::size_t count) const;

  private:
    RawPeer(Script script, SSL_CTX* tls_context, const char* address);
    void accept_all();
    void serve(Connection& connection);

    Script script_;
    SSL_CTX* tls_context_;
    int listener_ = -1;
    std::uint16_t port_ = 0;
    std::atomic<int> count_ = 0;
    mutable std::mutex mutex_;
    mutable std::condition_variable changed_;
    bool stopping_ = false;
    std::vector<std::string> notes_;
    std::list<Connection> open_;
    std::vector<std::thread> threads_;
    std::thread acceptor_;
};

// An address that swallows connection attempts, as a firewall does that drops packets (R6, R63).
class BlackHole {
  public:
    explicit BlackHole(const char* address = "127.0.0.1");
    BlackHole(const BlackHole&) = delete;
    BlackHole& operator=(const BlackHole&) = delete;
    ~BlackHole();
    [[nodiscard]] std::uint16_t port() const { return port_; }

  private:
    std::vector<int> sockets_;
    std::uint16_t port_ = 0;
};

// A port on which nobody listens.
[[nodiscard]] std::uint16_t closed_port();

}  // namespace countersign::fakes

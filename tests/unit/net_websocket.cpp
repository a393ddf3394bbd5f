// The WebSocket against a peer that does what no library would: wrong frames, silence, resets, drips.
#include "bot/net/websocket.hpp"
#include "tests/fakes/proxy.hpp"
#include "tests/fakes/raw_peer.hpp"
#include "tests/support/run_coro.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <doctest/doctest.h>

using namespace countersign;
using namespace std::chrono_literals;
using fakes::RawPeer;
using tests::run;
namespace asio = net::asio;

namespace {

using Steady = std::chrono::steady_clock;

std::shared_ptr<net::TlsContext> trusting(const std::filesystem::path& ca = {}) {
    auto context = net::TlsContext::make(ca);
    REQUIRE(context);
    return *context;
}

// A client on a loop of its own, driven step by step from the test.
struct Client {
    explicit Client(std::shared_ptr<net::TlsContext> tls = trusting(), net::Route route = {})
        : connector(net::make_websocket_connector(io.get_executor(), std::move(tls), std::move(route))) {}
    // The connection goes before the loop that it runs on.
    ~Client() { socket.reset(); }

    Result<void> open(const std::string& url, std::chrono::milliseconds limit = 10s,
                      std::size_t message_limit = 16u << 20) {
        net::WebsocketOptions options;
        options.url = url;
        options.connect_limit = limit;
        options.message_limit = message_limit;
        auto opened = run(io, connector->connect(options));
        if (!opened) return std::unexpected(opened.error());
        socket = std::move(*opened);
        return {};
    }
    Result<net::Websocket::Message> read() { return run(io, socket->read()); }
    Result<void> write(std::string text) { return run(io, socket->write(std::move(text))); }
    void close() { run(io, socket->close()); }

    asio::io_context io{1};
    std::unique_ptr<net::WebsocketConnector> connector;
    std::unique_ptr<net::Websocket> socket;
};

std::chrono::milliseconds since(Steady::time_point begin) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(Steady::now() - begin);
}

std::string describe(const RawPeer::Frame& frame) {
    return std::to_string(frame.opcode) + (frame.fin ? " fin" : " part") +
           (frame.masked ? " masked" : " bare") + (frame.reserved ? " reserved" : "");
}

}  // namespace

TEST_CASE("R77: the upgrade offers neither extensions nor subprotocols and names the host") {
    const RawPeer server([](RawPeer::Connection& c) { c.note(c.accept_websocket()), c.wait_for_end(); });
    Client client;
    REQUIRE(client.open(server.url("ws", "/link/?ticket=abc&app_id=1")));
    REQUIRE(server.wait_for_notes(1));
    const std::string request = server.notes().at(0);
    CHECK(request.starts_with("GET /link/?ticket=abc&app_id=1 HTTP/1.1\r\n"));
    CHECK(request.contains("Host: localhost:" + std::to_string(server.port()) + "\r\n"));
    CHECK(!request.contains("Sec-WebSocket-Extensions"));
    CHECK(!request.contains("Sec-WebSocket-Protocol"));
}

TEST_CASE("R44 R77: a text of any size leaves as one masked text frame") {
    const RawPeer server([](RawPeer::Connection& c) {
        c.accept_websocket();
        for (int i = 0; i < 4; ++i) {
            const auto frame = c.read_frame();
            c.note(describe(frame) + " " + std::to_string(frame.payload.size()));
        }
    });
    Client client;
    REQUIRE(client.open(server.url("ws")));
    for (const std::size_t size : {0u, 100u, 20'000u, 200'000u})
        REQUIRE(client.write(std::string(size, 'x')));
    REQUIRE(server.wait_for_notes(4));
    CHECK(server.notes() == std::vector<std::string>{"1 fin masked 0", "1 fin masked 100",
                                                     "1 fin masked 20000", "1 fin masked 200000"});
}

TEST_CASE("R61: wss reads and writes over TLS, a wrong certificate never sees the ticket") {
    const fakes::TestCa ca;
    const RawPeer server(
        [](RawPeer::Connection& c) {
            c.accept_websocket();
            c.send_frame(1, "hello");
            c.note(c.read_frame().payload);
            c.wait_for_end();
        },
        ca.good());
    Client client(trusting(ca.file()));
    REQUIRE(client.open(server.url("wss")));
    CHECK(client.read()->text == "hello");
    REQUIRE(client.write("ack"));
    REQUIRE(server.wait_for_notes(1));
    CHECK(server.notes() == std::vector<std::string>{"ack"});

    const RawPeer impostor([](RawPeer::Connection& c) { c.note(c.read_until("\r\n")); }, ca.wrong_host());
    const auto refused = client.open(impostor.url("wss", "/?ticket=SECRET"));
    REQUIRE(!refused);
    CHECK(refused.error().code == Errc::tls);
    CHECK(!refused.error().text.contains("SECRET"));
    CHECK(impostor.notes().empty());
}

TEST_CASE("R61: TLS that is too weak never sees the ticket") {
    const fakes::TestCa ca;
    for (const auto how : {fakes::WeakTls::version_1_1, fakes::WeakTls::no_certificate}) {
        const RawPeer server([](RawPeer::Connection& c) { c.note(c.read_until("\r\n")); }, ca.good(), how);
        Client client(trusting(ca.file()));
        const auto refused = client.open(server.url("wss", "/?ticket=SECRET"));
        REQUIRE(!refused);
        CHECK(refused.error().code == Errc::tls);
        CHECK(server.notes().empty());
        CHECK(fakes::careless_client_gets_in(server.port(), how));
    }
}

TEST_CASE("R60: wss goes through the proxy") {
    const fakes::TestCa ca;
    const RawPeer server(
        [](RawPeer::Connection& c) { c.accept_websocket(), c.send_frame(1, "hello"), c.wait_for_end(); },
        ca.good());
    const fakes::FakeProxy proxy({.status = 200, .user = "u", .password = "p"});
    net::Route route;
    route.proxy = proxy.url();
    Client client(trusting(ca.file()), route);
    REQUIRE(client.open(server.url("wss")));
    CHECK(client.read()->text == "hello");
    CHECK(proxy.requests().size() == 1);
}

TEST_CASE(
    "R12: an upgrade that is answered with another status fails with that status, and no ticket in the "
    "text") {
    for (const int status : {200, 302, 401, 403, 404, 408, 409, 429, 500, 503}) {
        CAPTURE(status);
        const RawPeer server([status](RawPeer::Connection& c) {
            c.read_until("\r\n\r\n");
            c.answer(status, "<html>captive portal</html>",
                     "Content-Type: text/html\r\nLocation: https://evil.example/\r\n");
            c.wait_for_end();
        });
        Client client;
        const auto opened = client.open(server.url("ws", "/?ticket=SECRET"));
        REQUIRE(!opened);
        CHECK(opened.error().code == Errc::unavailable);
        CHECK_MESSAGE(opened.error().text.contains("HTTP " + std::to_string(status)), opened.error().text);
        CHECK(!opened.error().text.contains("SECRET"));
        CHECK(server.connections() == 1);
    }
}

TEST_CASE("R12: a 101 that does not answer our key, or garbage, is refused") {
    const std::string status = "HTTP/1.1 101 Switching Protocols\r\n";
    const std::string upgrade = "Upgrade: websocket\r\nConnection: Upgrade\r\n";
    const std::string answers[] = {status + upgrade + "Sec-WebSocket-Accept: bm8=\r\n\r\n",
                                   status + upgrade + "\r\n", status + "\r\n", "SSH-2.0-OpenSSH_9.2\r\n",
                                   "\r\n\r\n"};
    for (const std::string& answer : answers) {
        const RawPeer server(
            [answer](RawPeer::Connection& c) { c.read_until("\r\n\r\n"), c.write(answer), c.close(); });
        Client client;
        CHECK(!client.open(server.url("ws"), 2s));
    }
}

TEST_CASE("R6: an upgrade that is never answered, or byte by byte, ends with the connect limit") {
    const RawPeer::Script scripts[] = {
        [](RawPeer::Connection& c) { c.stall(); },
        [](RawPeer::Connection& c) {
            c.drip("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n", 100ms);
        }};
    for (const auto& script : scripts) {
        const RawPeer server(script);
        Client client;
        const auto begin = Steady::now();
        const auto opened = client.open(server.url("ws"), 400ms);
        REQUIRE(!opened);
        CHECK(opened.error().code == Errc::timeout);
        CHECK(since(begin) < 2s);
    }
}

TEST_CASE("R20 R21: a ping is answered with its payload while a read is outstanding, and counts as life") {
    const RawPeer server([](RawPeer::Connection& c) {
        c.accept_websocket();
        c.send_frame(9, "Ping from applink-1");
        const auto sent = Steady::now();
        const auto pong = c.read_frame();
        c.note(describe(pong) + " " + pong.payload);
        c.note(since(sent) < 1s ? "in time" : "late");
        c.send_frame(1, "text");
        c.wait_for_end();
    });
    Client client;
    REQUIRE(client.open(server.url("ws")));
    const auto opened = client.socket->last_inbound();
    CHECK(client.read()->text == "text");
    CHECK(client.socket->last_inbound() > opened);
    CHECK(server.notes() == std::vector<std::string>{"10 fin masked Ping from applink-1", "in time"});
}

TEST_CASE("R20: a ping in the same packet as the 101 is answered too") {
    const RawPeer server([](RawPeer::Connection& c) {
        std::string upgrade = c.accept_websocket();
        c.send_frame(9, "early");
        c.note(c.read_frame().payload);
        c.wait_for_end();
    });
    Client client;
    REQUIRE(client.open(server.url("ws")));
    using namespace asio::experimental::awaitable_operators;
    const auto read_a_while = [](Client& c) -> net::Awaitable<void> {
        asio::steady_timer timer(c.io, 200ms);
        co_await (c.socket->read() || timer.async_wait(net::as_value));
    };
    run(client.io, read_a_while(client));
    REQUIRE(server.wait_for_notes(1));
    CHECK(server.notes() == std::vector<std::string>{"early"});
}

TEST_CASE("R21: each of ping, pong and part of a message moves the time of the last frame") {
    const RawPeer server([](RawPeer::Connection& c) {
        c.accept_websocket();
        c.read_frame();
        c.send_frame(10, "");
        c.read_frame();
        c.send_frame(9, "x");
        c.read_frame();
        c.read_frame();
        c.send_frame(1, "part of a long mess", false);
        c.wait_for_end();
    });
    Client client;
    REQUIRE(client.open(server.url("ws")));
    auto last = client.socket->last_inbound();
    asio::co_spawn(client.io, client.socket->read(), [](const std::exception_ptr&, const auto&) {});
    for (int i = 0; i < 3; ++i) {
        REQUIRE(run(client.io, client.socket->ping()));
        const auto end = Steady::now() + 10s;
        while (client.socket->last_inbound() == last && Steady::now() < end)
            client.io.run_one_for(100ms);
        CHECK(client.socket->last_inbound() > last);
        last = client.socket->last_inbound();
    }
    client.socket->abort();
    client.io.run();
}

TEST_CASE("R26: 1.5 MB in one frame and in many fragments") {
    const std::string large(1'500'000, 'z');
    const RawPeer server([&](RawPeer::Connection& c) {
        c.accept_websocket();
        c.send_frame(1, large);
        for (std::size_t at = 0; at < large.size(); at += 10'000) {
            c.send_frame(at == 0 ? 1 : 0, std::string_view(large).substr(at, 10'000),
                         at + 10'000 == large.size());
        }
        c.send_frame(1, "small");
        c.wait_for_end();
    });
    Client client;
    REQUIRE(client.open(server.url("ws")));
    CHECK(client.read()->text == large);
    CHECK(client.read()->text == large);
    CHECK(client.read()->text == "small");
}

TEST_CASE("R26: a message over the limit closes with 1009, whether in one frame or in many") {
    for (const bool in_one : {true, false}) {
        CAPTURE(in_one);
        const RawPeer server([in_one](RawPeer::Connection& c) {
            c.accept_websocket();
            if (in_one) c.send_frame(1, std::string(2000, 'x'));
            // The last one is too much: nothing is written any more when the client closes.
            for (int i = 0; !in_one && i < 11; ++i)
                c.send_frame(i == 0 ? 1 : 0, std::string(100, 'x'), false);
            const auto frame = c.read_frame();
            c.note(describe(frame) + " " + std::to_string(frame.close_code()));
        });
        Client client;
        REQUIRE(client.open(server.url("ws"), 10s, 1000));
        const auto message = client.read();
        REQUIRE(!message);
        CHECK(message.error().code == Errc::too_large);
        REQUIRE(server.wait_for_notes(1));
        CHECK(server.notes() == std::vector<std::string>{"8 fin masked 1009"});
        CHECK(!client.read());
    }
}

TEST_CASE("R27: fragments with pings in between are one message") {
    const RawPeer server([](RawPeer::Connection& c) {
        c.accept_websocket();
        c.send_frame(1, "{\"a\":", false);
        c.send_frame(9, "1");
        c.send_frame(0, "", false);
        c.send_frame(10, "");
        c.send_frame(0, "\xc3", false);  // half of "ä": UTF-8 may be cut anywhere
        c.send_frame(9, "2");
        c.send_frame(0, "\xa4}", true);
        c.note(c.read_frame().payload + c.read_frame().payload);
        c.wait_for_end();
    });
    Client client;
    REQUIRE(client.open(server.url("ws")));
    CHECK(client.read()->text == "{\"a\":\xc3\xa4}");
    REQUIRE(server.wait_for_notes(1));
    CHECK(server.notes() == std::vector<std::string>{"12"});
}

TEST_CASE("R55: a binary message is marked as such and the connection goes on") {
    const RawPeer server([](RawPeer::Connection& c) {
        c.accept_websocket();
        c.send_frame(2, std::string("\xff\x00\xfe", 3));
        c.send_frame(1, "text");
        c.wait_for_end();
    });
    Client client;
    REQUIRE(client.open(server.url("ws")));
    const auto binary = client.read();
    REQUIRE(binary);
    CHECK(binary->binary);
    CHECK(binary->text.size() == 3);
    const auto text = client.read();
    REQUIRE(text);
    CHECK(!text->binary);
}

TEST_CASE("R76: invalid UTF-8 closes with 1007") {
    const RawPeer server([](RawPeer::Connection& c) {
        c.accept_websocket();
        c.send_frame(1, "\xc3\x28");
        c.note(std::to_string(c.read_frame().close_code()));
    });
    Client client;
    REQUIRE(client.open(server.url("ws")));
    const auto message = client.read();
    REQUIRE(!message);
    CHECK(message.error().code == Errc::malformed);
    REQUIRE(server.wait_for_notes(1));
    CHECK(server.notes() == std::vector<std::string>{"1007"});
}

TEST_CASE("R28: frames that the protocol forbids end the connection with 1002") {
    const std::string bad[] = {std::string("\xc1\x01x", 3),          // a reserved bit
                               std::string("\x83\x00", 2),           // an opcode that does not exist
                               std::string("\x80\x01x", 3),          // a continuation of nothing
                               std::string("\x09\x00", 2),           // a ping in parts
                               std::string("\x81\x81mask\x10", 7)};  // masked by a server
    for (const std::string& bytes : bad) {
        const RawPeer server([&](RawPeer::Connection& c) {
            c.accept_websocket();
            c.write(bytes);
            c.note(std::to_string(c.read_frame().close_code()));
        });
        Client client;
        REQUIRE(client.open(server.url("ws")));
        const auto message = client.read();
        REQUIRE(!message);
        CHECK(message.error().code == Errc::malformed);
        REQUIRE(server.wait_for_notes(1));
        CHECK(server.notes() == std::vector<std::string>{"1002"});
    }
}

TEST_CASE("R39: the peer's close code is kept and its close is answered") {
    for (const int code : {1000, 1001, 1008, 1009, 1011, 1012, 4001}) {
        CAPTURE(code);
        const RawPeer server([code](RawPeer::Connection& c) {
            c.accept_websocket();
            c.send_close(code);
            c.note(describe(c.read_frame()));
            c.note(c.wait_for_end() == RawPeer::Connection::End::closed ? "closed" : "reset");
        });
        Client client;
        REQUIRE(client.open(server.url("ws")));
        CHECK(client.socket->close_code() == 0);
        const auto message = client.read();
        REQUIRE(!message);
        CHECK_MESSAGE(message.error().text.contains(std::to_string(code)), message.error().text);
        CHECK(client.socket->close_code() == code);
        REQUIRE(server.wait_for_notes(2));  // R34: and TCP goes without waiting for the server's own end
        CHECK(server.notes() == std::vector<std::string>{"8 fin masked", "closed"});
    }
}

TEST_CASE("R39 R62: reset, end without goodbye and TLS cut short are losses with 1006, not protocol errors") {
    const fakes::TestCa ca;
    const RawPeer::Script scripts[] = {[](RawPeer::Connection& c) { c.accept_websocket(), c.reset(); },
                                       [](RawPeer::Connection& c) { c.accept_websocket(), c.truncate(); },
                                       [](RawPeer::Connection& c) { c.accept_websocket(), c.close(); }};
    for (const auto& script : scripts) {
        for (const bool tls : {false, true}) {
            CAPTURE(tls);
            const RawPeer server(script, tls ? std::optional(ca.good()) : std::nullopt);
            Client client(trusting(ca.file()));
            REQUIRE(client.open(server.url(tls ? "wss" : "ws")));
            const auto message = client.read();
            REQUIRE(!message);
            CHECK(message.error().code == Errc::unreachable);
            CHECK(client.socket->close_code() == 1006);
        }
    }
}

TEST_CASE("R33: closing sends Close 1000 before TCP ends") {
    const RawPeer server([](RawPeer::Connection& c) {
        c.accept_websocket();
        const auto frame = c.read_frame();
        c.note(describe(frame) + " " + std::to_string(frame.close_code()));
        c.send_close(1000);
        c.note(c.wait_for_end() == RawPeer::Connection::End::closed ? "closed" : "reset");
    });
    Client client;
    REQUIRE(client.open(server.url("ws")));
    const auto begin = Steady::now();
    client.close();
    CHECK(since(begin) < 900ms);  // it did not wait for the limit
    REQUIRE(server.wait_for_notes(2));
    CHECK(server.notes() == std::vector<std::string>{"8 fin masked 1000", "closed"});
}

TEST_CASE("R34: a peer that does not answer Close is left after 1 s, one that drops first is no error") {
    const RawPeer silent([](RawPeer::Connection& c) { c.accept_websocket(), c.stall(); });
    Client client;
    REQUIRE(client.open(silent.url("ws")));
    const auto begin = Steady::now();
    client.close();
    CHECK(since(begin) >= 900ms);
    CHECK(since(begin) < 2s);
    CHECK(!client.write("too late"));

    const RawPeer dropping([](RawPeer::Connection& c) { c.accept_websocket(), c.read_frame(), c.reset(); });
    Client second;
    REQUIRE(second.open(dropping.url("ws")));
    second.close();
    CHECK(second.socket->close_code() == 1006);
}

TEST_CASE("R34: a peer that floods instead of answering Close is left after 1 s too") {
    const RawPeer flooding([](RawPeer::Connection& c) {
        c.accept_websocket();
        while (true)
            c.send_frame(1, std::string(1000, 'x'));
    });
    Client client;
    REQUIRE(client.open(flooding.url("ws")));
    const auto begin = Steady::now();
    client.close();
    CHECK(since(begin) < 2s);
}

TEST_CASE("R33: closing while a read is outstanding ends both") {
    const RawPeer server([](RawPeer::Connection& c) {
        c.accept_websocket(), c.read_frame(), c.send_close(1000), c.wait_for_end();
    });
    Client client;
    REQUIRE(client.open(server.url("ws")));
    bool read_ended = false;
    asio::co_spawn(client.io, client.socket->read(), [&](const std::exception_ptr& bug, const auto& message) {
        read_ended = !bug && !message;
    });
    client.close();
    client.io.restart();
    client.io.run();
    CHECK(read_ended);
}

TEST_CASE("R24: a write on a full send buffer fails after 5 s") {
    const RawPeer server([](RawPeer::Connection& c) { c.accept_websocket(), c.stall(); });
    Client client;
    REQUIRE(client.open(server.url("ws")));
    const auto begin = Steady::now();
    Result<void> written;
    while (written && since(begin) < 15s)
        written = client.write(std::string(1'000'000, 'x'));
    REQUIRE(!written);
    CHECK(since(begin) >= 4900ms);
    CHECK(since(begin) < 7s);
    CHECK(client.socket->close_code() == 1006);
}

TEST_CASE("R24: writes that make progress are never cut off, however long they go on") {
    const RawPeer server([](RawPeer::Connection& c) {
        c.accept_websocket();
        for (int i = 0; i < 7; ++i)
            c.read_frame();
        c.note("all");
        c.wait_for_end();
    });
    Client client;
    REQUIRE(client.open(server.url("ws")));
    const auto spread = [](Client& c) -> net::Awaitable<bool> {
        asio::steady_timer timer(c.io);
        bool all = true;
        for (int i = 0; i < 7; ++i) {
            const auto written = co_await c.socket->write("x");
            all = all && written.has_value();
            timer.expires_after(1s);
            co_await timer.async_wait(net::as_value);
        }
        co_return all;
    };
    CHECK(run(client.io, spread(client)));
    CHECK(server.wait_for_notes(1));
}

TEST_CASE("R18: dropping the object with operations pending ends them and leaves nothing on the loop") {
    const RawPeer server([](RawPeer::Connection& c) { c.accept_websocket(), c.stall(); });
    Client client;
    REQUIRE(client.open(server.url("ws")));
    int ended = 0;
    asio::co_spawn(client.io, client.socket->read(),
                   [&](const std::exception_ptr&, const auto& m) { ended += !m; });
    asio::co_spawn(client.io, client.socket->write(std::string(50'000'000, 'x')),
                   [&](const std::exception_ptr&, const auto& r) { ended += !r; });
    client.io.restart();
    client.io.run_for(100ms);
    CHECK(ended == 0);
    client.socket.reset();
    const auto begin = Steady::now();
    client.io.restart();
    client.io.run();
    CHECK(ended == 2);
    CHECK(since(begin) < 1s);
}

TEST_CASE("R35: a hundred connections leave no descriptor behind") {
    const RawPeer server([](RawPeer::Connection& c) { c.accept_websocket(), c.wait_for_end(); });
    const auto descriptors = [] {
        return std::distance(std::filesystem::directory_iterator("/proc/self/fd"),
                             std::filesystem::directory_iterator());
    };
    Client client;
    REQUIRE(client.open(server.url("ws")));
    const auto before = descriptors();
    for (int i = 0; i < 100; ++i) {
        REQUIRE(client.open(server.url("ws")));
        if (i % 2 == 0) client.socket->abort();
    }
    const auto end = Steady::now() + 10s;
    while (descriptors() > before + 2 && Steady::now() < end)
        std::this_thread::yield();  // the server's side goes a moment later
    CHECK(descriptors() <= before + 2);
}

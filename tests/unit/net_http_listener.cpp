// The small server behind [http].listen.
#include "bot/net/http_client.hpp"
#include "bot/net/http_listener.hpp"
#include "tests/fakes/raw_client.hpp"
#include "tests/fakes/raw_peer.hpp"
#include "tests/support/run_coro.hpp"

#include <boost/asio/steady_timer.hpp>
#include <doctest/doctest.h>

#include <sys/resource.h>
#include <unistd.h>

using namespace countersign;
using namespace std::chrono_literals;
using tests::run;
namespace asio = net::asio;

namespace {

using Steady = std::chrono::steady_clock;

net::HttpAnswer page(std::string_view method, std::string_view path, std::string_view) {
    if (path == "/healthz") return {200, "text/plain; charset=utf-8", "ok\n"};
    if (path == "/metrics")
        return {200, "text/plain; version=0.0.4", std::string(method) + std::string(1'000'000, 'm')};
    return {404, "text/plain; charset=utf-8", "no such page\n"};
}

// A listener on a thread of its own, so that the test may block on plain sockets.
struct Running {
    explicit Running(net::HttpListener::Posts posts = {})
        : listener(std::in_place, io.get_executor(), page, std::move(posts)) {
        auto started = listener->start("127.0.0.1:0");
        REQUIRE(started);
        port = *started;
        thread = std::thread([this] { io.run(); });
    }
    ~Running() {
        asio::co_spawn(io, listener->stop(), [](const std::exception_ptr&) {});
        thread.join();
    }
    asio::io_context io{1};
    std::optional<net::HttpListener> listener;
    std::uint16_t port = 0;
    std::thread thread;
};

std::chrono::milliseconds since(Steady::time_point begin) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(Steady::now() - begin);
}

}  // namespace

TEST_CASE(
    "R70: the listener answers GET and HEAD on a port of the system's choice, and keeps the connection") {
    Running server;
    fakes::RawClient client(server.port);
    client.write("GET /healthz?verbose=1 HTTP/1.1\r\nHost: x\r\n\r\n");
    const std::string head = client.read_until("\r\n\r\n");
    CHECK(head.starts_with("HTTP/1.1 200 OK\r\n"));
    CHECK(head.contains("Content-Type: text/plain; charset=utf-8\r\n"));
    CHECK(head.contains("Content-Length: 3\r\n"));
    CHECK(client.read_exactly(3) == "ok\n");

    client.write("HEAD /healthz HTTP/1.1\r\nHost: x\r\n\r\nGET /nothing HTTP/1.1\r\nHost: x\r\n\r\n");
    CHECK(client.read_until("\r\n\r\n").contains("Content-Length: 3\r\n"));
    CHECK(client.read_until("\r\n\r\n").starts_with("HTTP/1.1 404 "));
    CHECK(client.read_exactly(13) == "no such page\n");

    client.write("GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    CHECK(client.read_until("\r\n\r\n").contains("Content-Length: 1000003\r\n"));
    CHECK(client.read_exactly(1'000'003).starts_with("GETmm"));
    CHECK(client.ended());
}

TEST_CASE("R70: other methods, bodies, garbage and long headers do not get through") {
    Running server;
    fakes::RawClient post(server.port);
    post.write("POST /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n");
    CHECK(post.read_until("\r\n\r\n").starts_with("HTTP/1.1 405 "));
    for (const std::string& bytes : {std::string("\x16\x03\x01 not http\r\n\r\n"),
                                     "GET / HTTP/1.1\r\nX: " + std::string(9'000, 'x') + "\r\n\r\n",
                                     std::string("POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello"),
                                     std::string("GET / HTTP/9\r\n\r\n")}) {
        fakes::RawClient client(server.port);
        client.write(bytes);
        CHECK(client.ended());
    }
    fakes::RawClient after(server.port);
    after.write("GET /healthz HTTP/1.1\r\n\r\n");
    CHECK(after.read_until("\r\n\r\n").starts_with("HTTP/1.1 200 "));
}

TEST_CASE("R70: a request that drips in is cut off after 5 s, and sixteen of them are the most") {
    Running server;
    std::vector<std::unique_ptr<fakes::RawClient>> slow;
    for (int i = 0; i < 16; ++i) {
        slow.push_back(std::make_unique<fakes::RawClient>(server.port));
        slow.back()->write("GET /hea");
    }
    fakes::RawClient one_too_many(server.port);
    CHECK(one_too_many.ended());
    const auto begin = Steady::now();
    for (const auto& client : slow)
        CHECK(client->ended());
    CHECK(since(begin) < 7s);
    fakes::RawClient after(server.port);
    after.write("GET /healthz HTTP/1.1\r\n\r\n");
    CHECK(after.read_until("\r\n\r\n").starts_with("HTTP/1.1 200 "));
}

TEST_CASE("R74: stopping ends idle connections at once and stuck ones within a second, and frees the port") {
    std::uint16_t port = 0;
    const auto begin = Steady::now();
    {
        Running server;
        port = server.port;
        fakes::RawClient idle(port);
        idle.write("GET /healthz HTTP/1.1\r\n\r\n");
        CHECK(idle.read_until("\r\n\r\nok\n").starts_with("HTTP/1.1 200 "));
        fakes::RawClient deaf(port);  // asks for more than the socket buffers hold and reads nothing
        for (int i = 0; i < 20; ++i)
            deaf.write("GET /metrics HTTP/1.1\r\n\r\n");
        (void)deaf.read_exactly(1);
    }
    CHECK(since(begin) < 3s);
    asio::io_context io(1);
    net::HttpListener again(io.get_executor(), page);
    CHECK(again.start("127.0.0.1:" + std::to_string(port)).has_value());
}

TEST_CASE("R70: the listener says what is wrong with its address") {
    asio::io_context io(1);
    for (const char* wrong :
         {"", "9464", "127.0.0.1", "127.0.0.1:", "127.0.0.1:http", "127.0.0.1:99999", "no-such.invalid:1"}) {
        CAPTURE(wrong);
        net::HttpListener listener(io.get_executor(), page);
        const auto started = listener.start(wrong);
        REQUIRE(!started);
        CHECK(started.error().text.contains("http.listen"));
    }
    net::HttpListener first(io.get_executor(), page);
    const auto port = first.start("[::1]:0");
    REQUIRE(port);
    net::HttpListener second(io.get_executor(), page);
    const auto taken = second.start("[::1]:" + std::to_string(*port));
    REQUIRE(!taken);
    CHECK(taken.error().text.contains("in use"));
}

TEST_CASE("R66: out of descriptors the listener waits and then serves again") {
    Running server;
    rlimit before{};
    ::getrlimit(RLIMIT_NOFILE, &before);
    fakes::RawClient client(server.port);
    client.write("GET /healthz HTTP/1.1\r\n\r\n");
    CHECK(client.read_until("\r\n\r\nok\n").starts_with("HTTP/1.1 200 "));
    fakes::RawClient waiting(server.port, fakes::RawClient::Connect::later);
    rlimit none = before;
    none.rlim_cur = 0;
    ::setrlimit(RLIMIT_NOFILE, &none);
    waiting.connect();
    waiting.write("GET /healthz HTTP/1.1\r\n\r\n");
    timespec used{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    const auto cpu_before = used;
    std::this_thread::sleep_for(500ms);  // the time to measure, not to hope
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    ::setrlimit(RLIMIT_NOFILE, &before);
    const auto busy =
        (used.tv_sec - cpu_before.tv_sec) * 1000 + (used.tv_nsec - cpu_before.tv_nsec) / 1'000'000;
    CHECK(busy < 100);
    CHECK(waiting.read_until("\r\n\r\nok\n").starts_with("HTTP/1.1 200 "));
}

namespace {

// Not a coroutine lambda: see docs/decisions.
net::Awaitable<net::HttpAnswer> told(net::HttpPost post) {
    co_return net::HttpAnswer{
        200, "text/plain", post.path + " " + std::to_string(post.body.size()) + " " + post.headers["x-kind"]};
}

net::HttpListener::Posts posts() {
    return {.refuse = [](const net::HttpPost& head) -> std::optional<net::HttpAnswer> {
                if (head.path == "/hook") return std::nullopt;
                return net::HttpAnswer{404, "text/plain", "nobody\n"};
            },
            .answer = told};
}

}  // namespace

TEST_CASE("G9: a POST is read up to 25 MiB where somebody takes it, and refused without reading elsewhere") {
    Running server;
    fakes::RawClient no(server.port);
    no.write("POST /hook HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}");
    CHECK_FALSE(no.read_until("\r\n\r\n").starts_with("HTTP/1.1 200"));

    Running taking{posts()};
    fakes::RawClient client(taking.port);
    client.write("POST /hook?x=1 HTTP/1.1\r\nHost: x\r\nX-Kind: issue\r\nContent-Length: 2\r\n\r\n{}");
    CHECK(client.read_until("\r\n\r\n").starts_with("HTTP/1.1 200"));
    CHECK(client.read_exactly(13) == "/hook 2 issue");
    // The connection is kept, and a large body comes through whole.
    const std::string large(3'000'000, 'x');
    client.write("POST /hook HTTP/1.1\r\nHost: x\r\nContent-Length: 3000000\r\n\r\n" + large);
    CHECK(client.read_until("\r\n\r\n").starts_with("HTTP/1.1 200"));
    CHECK(client.read_exactly(14) == "/hook 3000000 ");

    fakes::RawClient elsewhere(taking.port);
    elsewhere.write("POST /other HTTP/1.1\r\nHost: x\r\nContent-Length: 2000\r\n\r\n");
    CHECK(elsewhere.read_until("\r\n\r\n").starts_with("HTTP/1.1 404"));
    fakes::RawClient huge(taking.port);
    huge.write("POST /hook HTTP/1.1\r\nHost: x\r\nContent-Length: 26214401\r\n\r\n");
    CHECK(huge.read_until("\r\n\r\n").starts_with("HTTP/1.1 413"));
}

// The way to the server: names, addresses, proxies, certificates, one deadline.
#include "bot/net/connector.hpp"
#include "tests/fakes/proxy.hpp"
#include "tests/fakes/raw_peer.hpp"
#include "tests/support/run_coro.hpp"

#include <doctest/doctest.h>

#include <condition_variable>
#include <fcntl.h>
#include <mutex>
#include <sys/resource.h>
#include <unistd.h>

using namespace countersign;
using namespace std::chrono_literals;
using fakes::RawPeer;
using tests::run;
namespace asio = net::asio;

namespace {

std::shared_ptr<net::TlsContext> trusting(const std::filesystem::path& ca = {}) {
    auto context = net::TlsContext::make(ca);
    REQUIRE(context);
    return *context;
}

struct Attempt {
    bool connected = false;
    Errc code = Errc::malformed;
    std::string text;
    std::chrono::milliseconds took{0};
};

net::Awaitable<Attempt> try_to(net::Connector connector, std::string url, std::chrono::milliseconds limit) {
    const auto begin = std::chrono::steady_clock::now();
    net::Deadline deadline(connector.executor(), limit);
    auto stream = co_await connector.connect(*net::parse_url(url), deadline);
    Attempt attempt;
    attempt.connected = stream.has_value();
    if (!stream) attempt.code = stream.error().code;
    if (!stream) attempt.text = stream.error().text;
    attempt.took =
        std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin);
    co_return attempt;
}

Attempt connect(const std::string& url, std::shared_ptr<net::TlsContext> tls = trusting(),
                net::Route route = {}, std::chrono::milliseconds limit = 5s,
                net::Lookup lookup = net::system_lookup) {
    asio::io_context io(1);
    const net::Connector connector(io.get_executor(), std::move(tls), std::move(route), std::move(lookup));
    return run(io, try_to(connector, url, limit));
}

net::Route through(const fakes::FakeProxy& proxy) {
    net::Route route;
    route.proxy = proxy.url();
    return route;
}

void wait_for_end(RawPeer::Connection& connection) {
    connection.wait_for_end();
}

asio::ip::tcp::endpoint endpoint(const char* address, std::uint16_t port) {
    return {asio::ip::make_address(address), port};
}

}  // namespace

TEST_CASE("R61 N1: a server with a certificate of a trusted authority for its name is accepted") {
    const fakes::TestCa ca;
    const RawPeer server(wait_for_end, ca.good());
    CHECK(connect(server.url("https"), trusting(ca.file())).connected);
    CHECK(connect("https://127.0.0.1:" + std::to_string(server.port()), trusting(ca.file())).connected);
}

TEST_CASE(
    "R61 N1: expired, future, self-signed, wrong-host and unknown certificates are refused, each with its "
    "reason") {
    const fakes::TestCa ca;
    const fakes::TestCa stranger;
    struct Row {
        fakes::TlsFiles files;
        const char* reason;
    };
    const Row rows[] = {{ca.expired(), "certificate has expired"},
                        {ca.not_yet_valid(), "not yet valid"},
                        {ca.self_signed(), "self-signed certificate"},
                        {ca.wrong_host(), "hostname mismatch"},
                        {stranger.good(), "(an authority of your own is trusted once ca_file names it)"}};
    for (const Row& row : rows) {
        CAPTURE(row.reason);
        const RawPeer server([](RawPeer::Connection& c) { c.note("handshake done: " + c.read_until("x")); },
                             row.files);
        const Attempt attempt = connect(server.url("https"), trusting(ca.file()));
        CHECK(!attempt.connected);
        CHECK(attempt.code == Errc::tls);
        CHECK_MESSAGE(attempt.text.contains(row.reason), attempt.text);
        CHECK(server.notes().empty());
    }
}

TEST_CASE("R61: an address must be in the certificate as an address") {
    const fakes::TestCa ca;
    const RawPeer server(wait_for_end, ca.wrong_host());
    const Attempt attempt =
        connect("https://127.0.0.1:" + std::to_string(server.port()), trusting(ca.file()));
    CHECK(attempt.code == Errc::tls);
    CHECK_MESSAGE(attempt.text.contains("IP address mismatch"), attempt.text);
}

TEST_CASE("R61: without ca_file our test authority is not trusted, a ca_file that is none is an error") {
    const fakes::TestCa ca;
    const RawPeer server(wait_for_end, ca.good());
    CHECK(connect(server.url("https")).code == Errc::tls);
    for (const auto& path : {ca.good().key, std::filesystem::path("/nonexistent/ca.pem")}) {
        const auto context = net::TlsContext::make(path);
        REQUIRE(!context);
        CHECK(context.error().text.contains(path.string()));
    }
}

TEST_CASE("R61: a server that offers TLS 1.1 at most, or a cipher without a certificate, is refused") {
    const fakes::TestCa ca;
    for (const auto how : {fakes::WeakTls::version_1_1, fakes::WeakTls::no_certificate}) {
        CAPTURE(static_cast<int>(how));
        const RawPeer server([](RawPeer::Connection& c) { c.note("handshake done"), c.wait_for_end(); },
                             ca.good(), how);
        const Attempt attempt = connect(server.url("https"), trusting(ca.file()));
        CHECK(!attempt.connected);
        CHECK(attempt.code == Errc::tls);
        CHECK(server.notes().empty());
        CHECK(fakes::careless_client_gets_in(server.port(), how));
    }
}

TEST_CASE("R13 R61: a plain server behind https is a TLS failure, not a hang") {
    const RawPeer server([](RawPeer::Connection& c) { c.write("HTTP/1.1 400 Bad Request\r\n\r\n"); });
    CHECK(connect(server.url("https")).code == Errc::tls);
    const RawPeer closing([](RawPeer::Connection& c) { c.close(); });
    CHECK(connect(closing.url("https")).code == Errc::tls);
}

TEST_CASE("R13: connection refused and a name that does not exist are failures at once") {
    const Attempt refused = connect("http://127.0.0.1:" + std::to_string(fakes::closed_port()));
    CHECK(refused.code == Errc::unreachable);
    CHECK_MESSAGE(refused.text.contains("Connection refused"), refused.text);
    const Attempt unknown = connect("https://no-such-name.invalid/");
    CHECK(unknown.code == Errc::unreachable);
    CHECK_MESSAGE(unknown.text.contains("no-such-name.invalid"), unknown.text);
}

TEST_CASE("R6: a server that accepts TCP and says nothing in the TLS handshake ends with the deadline") {
    const RawPeer server([](RawPeer::Connection& c) { c.stall(); });
    const Attempt attempt = connect(server.url("https"), trusting(), {}, 300ms);
    CHECK(attempt.code == Errc::timeout);
    CHECK(attempt.took >= 300ms);
    CHECK(attempt.took < 2s);
}

TEST_CASE("R6: a black hole ends with the deadline") {
    const fakes::BlackHole hole;
    const Attempt attempt =
        connect("https://127.0.0.1:" + std::to_string(hole.port()), trusting(), {}, 400ms);
    CHECK(attempt.code == Errc::timeout);
    CHECK(attempt.took >= 400ms);
    CHECK(attempt.took < 2s);
}

TEST_CASE("R63: a black-holed IPv6 address falls back to IPv4 within the connect limit") {
    const RawPeer server(wait_for_end);
    const fakes::BlackHole hole("::1");
    const net::Lookup lookup = [&](const std::string&, std::uint16_t) -> Result<net::Endpoints> {
        return net::Endpoints{endpoint("::1", hole.port()), endpoint("127.0.0.1", server.port())};
    };
    const Attempt attempt = connect("http://dual.example/", trusting(), {}, 5s, lookup);
    CHECK_MESSAGE(attempt.connected, attempt.text);
    CHECK(attempt.took >= 200ms);
    CHECK(attempt.took < 2s);
}

TEST_CASE("R63: many dead addresses of one family do not use up the limit before the other is tried") {
    const RawPeer server(wait_for_end);
    const fakes::BlackHole hole("::1");
    const net::Lookup lookup = [&](const std::string&, std::uint16_t) -> Result<net::Endpoints> {
        net::Endpoints endpoints(20, endpoint("::1", hole.port()));
        endpoints.push_back(endpoint("127.0.0.1", server.port()));
        return endpoints;
    };
    CHECK(connect("http://dual.example/", trusting(), {}, 4s, lookup).connected);
}

TEST_CASE("R63: addresses that refuse make way at once, without the pause that a silent one gets") {
    const RawPeer server(wait_for_end);
    const std::uint16_t refusing = fakes::closed_port();
    const net::Lookup lookup = [&](const std::string&, std::uint16_t) -> Result<net::Endpoints> {
        net::Endpoints endpoints(40, endpoint("127.0.0.1", refusing));
        endpoints.push_back(endpoint("127.0.0.1", server.port()));
        return endpoints;
    };
    const Attempt attempt = connect("http://dual.example/", trusting(), {}, 15s, lookup);
    CHECK(attempt.connected);
    CHECK(attempt.took < 5s);  // 40 pauses would be ten
}

TEST_CASE(
    "R2 R74: a name server that never answers ends with the deadline and delays neither others nor the end") {
    struct Gate {
        std::mutex mutex;
        std::condition_variable opened;
        bool open = false;
        int asked = 0;
    };
    const auto gate = std::make_shared<Gate>();
    const net::Lookup hangs = [gate](const std::string&, std::uint16_t) -> Result<net::Endpoints> {
        std::unique_lock lock(gate->mutex);
        ++gate->asked;
        gate->opened.wait(lock, [&] { return gate->open; });
        --gate->asked;
        gate->opened.notify_all();
        return net::Endpoints();
    };
    const Attempt attempt = connect("http://slow.example/", trusting(), {}, 200ms, hangs);
    CHECK(attempt.code == Errc::timeout);
    CHECK(attempt.took < 2s);
    // The loop and its executor are gone by now; another name still resolves, and the late answer does no
    // harm.
    const RawPeer server(wait_for_end);
    CHECK(connect(server.url("http")).connected);
    std::unique_lock lock(gate->mutex);
    CHECK(gate->asked == 1);
    gate->open = true;
    gate->opened.notify_all();
    CHECK(gate->opened.wait_for(lock, 10s, [&] { return gate->asked == 0; }));
}

TEST_CASE("R66: no descriptors left is an ordinary failure, and it recovers") {
    const RawPeer server(wait_for_end);
    const auto tls = trusting();
    asio::io_context io(1);
    const net::Connector connector(io.get_executor(), tls, {});
    const std::string url = "http://127.0.0.1:" + std::to_string(server.port());
    CHECK(run(io, try_to(connector, url, 5s)).connected);

    rlimit before{};
    ::getrlimit(RLIMIT_NOFILE, &before);
    rlimit none = before;
    none.rlim_cur =
        3;  // standard input, output and error: no other descriptor can be opened, whatever closes
    ::setrlimit(RLIMIT_NOFILE, &none);
    const Attempt without = run(io, try_to(connector, url, 5s));
    ::setrlimit(RLIMIT_NOFILE, &before);

    CHECK(without.code == Errc::unreachable);
    CHECK_MESSAGE(without.text.contains("Too many open files"), without.text);
    CHECK(run(io, try_to(connector, url, 5s)).connected);
}

TEST_CASE(
    "R60: the tunnel goes through the proxy with credentials and extra headers, TLS inside to the real "
    "host") {
    const fakes::TestCa ca;
    const RawPeer server(wait_for_end, ca.good());
    const fakes::FakeProxy proxy({.status = 200, .user = "alice", .password = "open-sesame"});
    net::Route route = through(proxy);
    route.proxy_headers.emplace_back("X-Egress", "countersign");
    CHECK(connect(server.url("https"), trusting(ca.file()), route).connected);
    const auto requests = proxy.requests();
    REQUIRE(requests.size() == 1);
    CHECK(requests[0].starts_with("CONNECT localhost:" + std::to_string(server.port()) + " HTTP/1.1\r\n"));
    CHECK(requests[0].contains("Host: localhost:"));
    CHECK(requests[0].contains("X-Egress: countersign\r\n"));

    const RawPeer impostor(wait_for_end, ca.wrong_host());
    CHECK(connect(impostor.url("https"), trusting(ca.file()), route).code == Errc::tls);
}

TEST_CASE("R60: 407, 403, 502 and silence from the proxy are told apart, and no text holds the password") {
    const RawPeer server(wait_for_end);
    struct Row {
        int status;
        const char* password;
        Errc code;
        const char* text;
    };
    const Row rows[] = {{200, "WRONG-SECRET", Errc::unreachable, "HTTP 407"},
                        {403, "open-sesame", Errc::unreachable, "HTTP 403"},
                        {502, "open-sesame", Errc::unreachable, "HTTP 502"},
                        {500, "open-sesame", Errc::unreachable, "HTTP 500"},
                        {0, "open-sesame", Errc::timeout, "did not answer"}};
    for (const Row& row : rows) {
        CAPTURE(row.text);
        const fakes::FakeProxy proxy({.status = row.status, .user = "alice", .password = "open-sesame"});
        net::Route route;
        route.proxy = "http://alice:" + std::string(row.password) + "@" + proxy.endpoint();
        const Attempt attempt =
            connect(server.url("http"), trusting(), route, row.code == Errc::timeout ? 400ms : 10s);
        CHECK(!attempt.connected);
        CHECK(attempt.code == row.code);
        CHECK_MESSAGE(attempt.text.contains(row.text), attempt.text);
        CHECK_MESSAGE(attempt.text.contains(proxy.endpoint()), attempt.text);
        CHECK(!attempt.text.contains("SECRET"));
        CHECK(!attempt.text.contains("sesame"));
    }
    CHECK(server.connections() == 0);
}

TEST_CASE("R60: a proxy that is away, hangs up or talks nonsense is a failure that names it") {
    net::Route route;
    route.proxy = "http://127.0.0.1:" + std::to_string(fakes::closed_port());
    const Attempt away = connect("http://localhost:1/", trusting(), route);
    CHECK(away.code == Errc::unreachable);
    CHECK_MESSAGE(away.text.contains("proxy"), away.text);

    const std::string endless(20'000, 'a');
    const RawPeer::Script scripts[] = {
        [](RawPeer::Connection& c) { c.close(); },
        [](RawPeer::Connection& c) {
            c.read_until("\r\n\r\n"), c.write("SSH-2.0-OpenSSH_9.2\r\n\r\n"), c.wait_for_end();
        },
        [&](RawPeer::Connection& c) { c.write(endless), c.wait_for_end(); },
        [](RawPeer::Connection& c) {
            c.read_until("\r\n\r\n"), c.write("HTTP/1.1 200 OK\r\n\r\nearly"), c.wait_for_end();
        }};
    for (const auto& script : scripts) {
        const RawPeer proxy(script);
        route.proxy = "http://127.0.0.1:" + std::to_string(proxy.port());
        const Attempt attempt = connect("http://localhost:1/", trusting(), route, 10s);
        CHECK(attempt.code == Errc::unreachable);
        CHECK_MESSAGE(attempt.text.contains("proxy 127.0.0.1:"), attempt.text);
    }
}

TEST_CASE("R60: NO_PROXY goes direct") {
    const RawPeer server(wait_for_end);
    const fakes::FakeProxy proxy({.status = 403, .user = "", .password = ""});
    net::Route route = through(proxy);
    route.no_proxy = "localhost";
    CHECK(connect(server.url("http"), trusting(), route).connected);
    CHECK(proxy.requests().empty());
}

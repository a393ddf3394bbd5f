// The HTTP client against servers that answer right, wrong, slowly, in part or not at all.
#include "bot/net/http_client.hpp"
#include "tests/fakes/proxy.hpp"
#include "tests/fakes/raw_peer.hpp"
#include "tests/support/run_coro.hpp"

#include <boost/asio/steady_timer.hpp>
#include <doctest/doctest.h>

#include <algorithm>

using namespace countersign;
using namespace std::chrono_literals;
using fakes::RawPeer;
using tests::run;
namespace asio = net::asio;

namespace {

using Steady = std::chrono::steady_clock;
using Answer = Result<net::HttpResponse>;

std::shared_ptr<net::TlsContext> trusting(const std::filesystem::path& ca = {}) {
    auto context = net::TlsContext::make(ca);
    REQUIRE(context);
    return *context;
}

struct Client {
    explicit Client(std::shared_ptr<net::TlsContext> tls = trusting(), net::Route route = {})
        : http(net::make_http_client(io.get_executor(), std::move(tls), std::move(route))) {}

    Answer send(net::HttpRequest request) { return run(io, http->send(std::move(request))); }
    Answer post(const std::string& url, std::string body = "a=1", std::chrono::milliseconds limit = 30s) {
        return send(request(url, std::move(body), limit));
    }
    static net::HttpRequest request(const std::string& url, std::string body = "a=1",
                                    std::chrono::milliseconds limit = 30s) {
        net::HttpRequest request;
        request.url = url;
        request.headers = {{"Authorization", "Bearer xoxb-SECRET"},
                           {"Content-Type", "application/x-www-form-urlencoded"}};
        request.body = std::move(body);
        request.limit = limit;
        return request;
    }

    asio::io_context io{1};
    std::unique_ptr<net::HttpClient> http;
};

std::chrono::milliseconds since(Steady::time_point begin) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(Steady::now() - begin);
}

// Answers each request on a connection with its body.
void echo(RawPeer::Connection& c) {
    while (true) {
        const std::string request = c.read_http_request();
        c.note(std::to_string(c.number()));
        c.answer(200, request.substr(request.find("\r\n\r\n") + 4));
    }
}

}  // namespace

TEST_CASE(
    "N1 N11: a request over TLS carries method, host, agent, length and nothing compressed; the answer comes "
    "back whole") {
    const fakes::TestCa ca;
    const RawPeer server(
        [](RawPeer::Connection& c) {
            c.note(c.read_http_request());
            c.answer(200, "{\"ok\":true}",
                     "Content-Type: application/json\r\nX-Slack-Req-Id: 1\r\nX-Slack-Req-Id: 2\r\n");
            c.wait_for_end();
        },
        ca.good());
    Client client(trusting(ca.file()));
    const Answer answer = client.post(server.url("https", "/api/chat.postMessage?x=1"), "text=hi");
    REQUIRE(answer);
    CHECK(answer->status == 200);
    CHECK(answer->body == "{\"ok\":true}");
    CHECK(answer->header("content-type") == "application/json");
    CHECK(answer->header("x-slack-req-id") == "2");
    CHECK(answer->header("absent").empty());
    const std::string request = server.notes().at(0);
    CHECK(request.starts_with("POST /api/chat.postMessage?x=1 HTTP/1.1\r\n"));
    for (const char* header : {"Host: localhost:", "User-Agent: countersign", "Accept-Encoding: identity\r\n",
                               "Content-Length: 7\r\n", "Authorization: Bearer xoxb-SECRET\r\n"}) {
        CHECK_MESSAGE(request.contains(header), header);
    }
    CHECK(request.ends_with("\r\n\r\ntext=hi"));
}

TEST_CASE("N1 R61: no byte of a request reaches a server with a wrong certificate") {
    const fakes::TestCa ca;
    for (const auto& files : {ca.expired(), ca.self_signed(), ca.wrong_host()}) {
        const RawPeer server([](RawPeer::Connection& c) { c.note(c.read_until("\r\n")); }, files);
        Client client(trusting(ca.file()));
        const Answer answer = client.post(server.url("https"));
        REQUIRE(!answer);
        CHECK(answer.error().code == Errc::tls);
        CHECK(server.notes().empty());
    }
}

TEST_CASE("N1 R61: no byte of a request reaches a server with TLS that is too weak") {
    const fakes::TestCa ca;
    for (const auto how : {fakes::WeakTls::version_1_1, fakes::WeakTls::no_certificate}) {
        const RawPeer server([](RawPeer::Connection& c) { c.note(c.read_until("\r\n")); }, ca.good(), how);
        Client client(trusting(ca.file()));
        const Answer answer = client.post(server.url("https"));
        REQUIRE(!answer);
        CHECK(answer.error().code == Errc::tls);
        CHECK(server.notes().empty());
        CHECK(fakes::careless_client_gets_in(server.port(), how));
    }
}

TEST_CASE("N1: the system's trust store is used") {
    const fakes::TestCa ca;
    const RawPeer server(echo, ca.good());
    const char* before = std::getenv("SSL_CERT_FILE");
    const std::string kept = before ? before : "";
    ::setenv("SSL_CERT_FILE", ca.file().c_str(), 1);
    const auto tls = trusting();
    before ? ::setenv("SSL_CERT_FILE", kept.c_str(), 1) : ::unsetenv("SSL_CERT_FILE");
    Client client(tls);
    CHECK(client.post(server.url("https")).has_value());
}

TEST_CASE("R60: the API goes through the proxy, and its refusals come out") {
    const fakes::TestCa ca;
    const RawPeer server(echo, ca.good());
    const fakes::FakeProxy proxy({.status = 200, .user = "u", .password = "p"});
    net::Route route;
    route.proxy = proxy.url();
    Client client(trusting(ca.file()), route);
    REQUIRE(client.post(server.url("https"), "via proxy"));
    CHECK(client.post(server.url("https"), "again")->body == "again");
    CHECK(proxy.requests().size() == 1);

    const fakes::FakeProxy refusing({.status = 403, .user = "", .password = ""});
    route.proxy = refusing.url();
    Client refused(trusting(ca.file()), route);
    const Answer answer = refused.post(server.url("https"));
    REQUIRE(!answer);
    CHECK(answer.error().code == Errc::unreachable);
    CHECK(answer.error().text.contains("403"));
}

TEST_CASE("connections are kept and used again, one after another and up to twenty at once") {
    const RawPeer server(echo);
    Client client;
    for (int i = 0; i < 5; ++i)
        CHECK(client.post(server.url("http"), std::to_string(i))->body == std::to_string(i));
    CHECK(server.connections() == 1);

    int ended = 0;
    for (int i = 0; i < 50; ++i) {
        asio::co_spawn(client.io, client.http->send(Client::request(server.url("http"), std::to_string(i))),
                       [&ended, i](const std::exception_ptr&, const Answer& answer) {
                           REQUIRE(answer);
                           CHECK(answer->body == std::to_string(i));
                           ++ended;
                       });
    }
    client.io.restart();
    client.io.run();
    CHECK(ended == 50);
    CHECK(server.connections() <= 20);

    client.http->close_idle();
    CHECK(client.post(server.url("http"), "fresh")->body == "fresh");
    CHECK(server.connections() <= 21);
}

TEST_CASE("a call that finds no free connection waits for one, within its limit") {
    const RawPeer server([](RawPeer::Connection& c) { c.read_http_request(), c.note("request"), c.stall(); });
    Client client;
    int ended = 0;
    for (int i = 0; i < 20; ++i) {
        asio::co_spawn(client.io, client.http->send(Client::request(server.url("http"), "", 4s)),
                       [&](const std::exception_ptr&, const Answer& answer) { ended += answer ? 0 : 1; });
    }
    const auto begin = Steady::now();
    const Answer answer = client.post(server.url("http"), "", 300ms);
    REQUIRE(!answer);
    CHECK(answer.error().code == Errc::timeout);  // nothing of it was sent
    CHECK(since(begin) < 3s);
    client.io.run();
    CHECK(ended == 20);
    CHECK(server.notes().size() == 20);
}

TEST_CASE("when twenty calls end together, twenty that waited go at once, first come, first served") {
    const RawPeer* itself = nullptr;
    const RawPeer server([&itself](RawPeer::Connection& c) {
        for (std::size_t round = 1; round <= 3; ++round) {
            const std::string request = c.read_http_request();
            c.note(request.substr(request.find("\r\n\r\n") + 4));
            if (!itself->wait_for_notes(20 * round)) return;  // all twenty are here, or a wake-up was lost
            c.answer(200, "");
        }
    });
    itself = &server;
    Client client;
    int answered = 0;
    for (int i = 0; i < 60; ++i) {
        asio::co_spawn(client.io,
                       client.http->send(Client::request(server.url("http"), std::to_string(i / 20))),
                       [&](const std::exception_ptr&, const Answer& answer) { answered += answer ? 1 : 0; });
    }
    client.io.run();
    CHECK(answered == 60);
    const auto rounds = server.notes();
    CHECK(std::ranges::is_sorted(rounds));
}

TEST_CASE(
    "an idle connection that the server has closed is not used: nothing is lost, nothing is sent twice") {
    const RawPeer server([](RawPeer::Connection& c) {
        const std::string request = c.read_http_request();
        c.answer(200, request.substr(request.find("\r\n\r\n") + 4));
        if (c.number() == 2) c.wait_for_end();
        c.number() % 2 ? c.close() : c.reset();
        c.note("closed");
    });
    Client client;
    for (int i = 1; i <= 6; ++i) {
        const Answer answer = client.post(server.url("http"), std::to_string(i));
        REQUIRE(answer);
        CHECK(answer->body == std::to_string(i));
        if (i == 2) client.http->close_idle();
        REQUIRE(server.wait_for_notes(static_cast<std::size_t>(i)));
    }
    CHECK(server.connections() == 6);
}

TEST_CASE("what was given up never arrives later: the kernel forgets it with the connection (R47)") {
    const RawPeer server([](RawPeer::Connection& c) {
        c.read_http_request();
        const auto end = c.wait_for_end();
        c.note(end == RawPeer::Connection::End::reset ? "reset" : "closed");
    });
    Client client;
    const Answer answer = client.post(server.url("http"), "a=1", 200ms);
    REQUIRE(!answer);
    CHECK(answer.error().code == Errc::unclear);
    REQUIRE(server.wait_for_notes(1));
    CHECK(server.notes().at(0) == "reset");
}

TEST_CASE("one connection that is silent makes all idle ones suspect: the next call opens a new one (R13)") {
    const RawPeer* itself = nullptr;
    const RawPeer server([&itself](RawPeer::Connection& c) {
        if (c.number() > 2) return echo(c);
        c.read_http_request();
        c.note("first");
        if (itself->wait_for_notes(2)) c.answer(200, "");
        c.stall();
    });
    itself = &server;
    Client client;
    for (int i = 0; i < 2; ++i) {
        asio::co_spawn(client.io, client.http->send(Client::request(server.url("http"))),
                       [](const std::exception_ptr&, const Answer& answer) { CHECK(answer.has_value()); });
    }
    client.io.run();
    REQUIRE(server.connections() == 2);
    CHECK_FALSE(client.post(server.url("http"), "into silence", 200ms).has_value());
    const Answer answer = client.post(server.url("http"), "over a new one", 5s);
    REQUIRE(answer);
    CHECK(answer->body == "over a new one");
}

TEST_CASE("a reused connection that dies after the request was written is unclear, and is not repeated") {
    const RawPeer server([](RawPeer::Connection& c) {
        c.read_http_request();
        c.answer(200, "first");
        c.note(c.read_http_request().substr(0, 4));
        c.reset();
    });
    Client client;
    REQUIRE(client.post(server.url("http")));
    const Answer answer = client.post(server.url("http"));
    REQUIRE(!answer);
    CHECK(answer.error().code == Errc::unclear);
    CHECK(server.connections() == 1);
    CHECK(server.notes() == std::vector<std::string>{"POST"});
}

TEST_CASE(
    "what is lost after the request went out is unclear: no answer, half a header, half a body, reset") {
    const RawPeer::Script scripts[] = {
        [](RawPeer::Connection& c) { c.read_http_request(), c.close(); },
        [](RawPeer::Connection& c) { c.read_http_request(), c.reset(); },
        [](RawPeer::Connection& c) {
            c.read_http_request(), c.write("HTTP/1.1 200 OK\r\nContent-Le"), c.close();
        },
        [](RawPeer::Connection& c) {
            c.read_http_request(), c.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{\"ok\""), c.close();
        },
        [](RawPeer::Connection& c) {
            c.read_http_request(),
                c.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"ok\"\r\n"), c.close();
        }};
    const fakes::TestCa ca;
    for (const auto& script : scripts) {
        for (const bool tls : {false, true}) {
            const RawPeer server(script, tls ? std::optional(ca.good()) : std::nullopt);
            Client client(trusting(ca.file()));
            const Answer answer = client.post(server.url(tls ? "https" : "http", "/?q=SECRET"));
            REQUIRE(!answer);
            CHECK(answer.error().code == Errc::unclear);
            CHECK(!answer.error().text.contains("SECRET"));
            CHECK(server.connections() == 1);
        }
    }
}

TEST_CASE("R62: over TLS, a body without a length that ends without close_notify may be cut short: unclear") {
    const fakes::TestCa ca;
    const auto script = [](bool politely) {
        return [politely](RawPeer::Connection& c) {
            c.read_http_request();
            c.write("HTTP/1.1 200 OK\r\n\r\n{\"ok\":true");
            politely ? c.close() : c.truncate();
        };
    };
    const RawPeer cut(script(false), ca.good());
    const RawPeer whole(script(true), ca.good());
    Client client(trusting(ca.file()));
    const Answer answer = client.post(cut.url("https"));
    REQUIRE(!answer);
    CHECK(answer.error().code == Errc::unclear);
    CHECK(client.post(whole.url("https"))->body == "{\"ok\":true");
}

TEST_CASE("N5: an answer that is not HTTP is malformed, never a success and never a crash") {
    for (const std::string bytes :
         {"SSH-2.0-OpenSSH_9.2\r\n\r\n", "HTTP/9.9 200 OK\r\n\r\n", "HTTP/1.1 abc OK\r\n\r\n",
          "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "HTTP/1.1 200 OK\r\nbad header\r\n\r\n",
          "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"}) {
        CAPTURE(bytes);
        const RawPeer server(
            [&](RawPeer::Connection& c) { c.read_http_request(), c.write(bytes), c.wait_for_end(); });
        Client client;
        const Answer answer = client.post(server.url("http"));
        REQUIRE(!answer);
        CHECK_MESSAGE(answer.error().code == Errc::malformed, answer.error().text);
    }
}

TEST_CASE("N5: HTML, empty and binary answers come back as they are, for the caller to judge") {
    for (const std::string& body :
         {std::string("<html>Error</html>"), std::string(), std::string("\xff\x00\xfe", 3)}) {
        const RawPeer server(
            [&](RawPeer::Connection& c) { c.read_http_request(), c.answer(502, body), c.wait_for_end(); });
        Client client;
        const Answer answer = client.post(server.url("http"));
        REQUIRE(answer);
        CHECK(answer->status == 502);
        CHECK(answer->body == body);
    }
}

TEST_CASE("N2: a redirect is an answer, not a journey, the token goes nowhere else") {
    const RawPeer elsewhere(echo);
    for (const int status : {301, 302, 303, 307, 308}) {
        const RawPeer server([&](RawPeer::Connection& c) {
            c.read_http_request();
            c.answer(status, "", "Location: " + elsewhere.url("http") + "\r\n");
            c.wait_for_end();
        });
        Client client;
        const Answer answer = client.post(server.url("http"));
        REQUIRE(answer);
        CHECK(answer->status == status);
        CHECK(answer->header("location") == elsewhere.url("http"));
    }
    CHECK(elsewhere.connections() == 0);
}

TEST_CASE(
    "R2 N4: a server that accepts and says nothing is left at the limit: unclear, for it may have acted") {
    const RawPeer server([](RawPeer::Connection& c) { c.read_http_request(), c.stall(); });
    Client client;
    const auto begin = Steady::now();
    const Answer answer = client.post(server.url("http"), "a=1", 1s);
    REQUIRE(!answer);
    CHECK(answer.error().code == Errc::unclear);
    CHECK(since(begin) >= 990ms);
    CHECK(since(begin) < 4s);
}

TEST_CASE("R2 N4: silence before the request went out is a timeout: it can be repeated") {
    const RawPeer server([](RawPeer::Connection& c) { c.stall(); });
    const fakes::BlackHole hole;
    Client client;
    for (const std::string& url : {server.url("https"), "http://127.0.0.1:" + std::to_string(hole.port())}) {
        const auto begin = Steady::now();
        const Answer answer = client.post(url, "a=1", 300ms);
        REQUIRE(!answer);
        CHECK(answer.error().code == Errc::timeout);
        CHECK(since(begin) < 2s);
    }
}

TEST_CASE("N4: connecting has 5 s of its own") {
    const fakes::BlackHole hole;
    Client client;
    const auto begin = Steady::now();
    const Answer answer = client.post("http://127.0.0.1:" + std::to_string(hole.port()));
    REQUIRE(!answer);
    CHECK(answer.error().code == Errc::timeout);
    CHECK(since(begin) >= 4900ms);
    CHECK(since(begin) < 7s);
}

TEST_CASE("N4: the header has 10 s of its own, a dripping one too, and a slow body has the whole limit") {
    const RawPeer dripping([](RawPeer::Connection& c) {
        c.read_http_request();
        c.write("HTTP/1.1 200 OK\r\n");
        while (true)
            c.drip("X-A: b\r\n", 100ms);
    });
    const RawPeer slow([](RawPeer::Connection& c) {
        c.read_http_request();
        c.write("HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n");
        c.drip("twelve bytes", 1s);
        c.wait_for_end();
    });
    Client client;
    bool slow_came = false;
    asio::co_spawn(client.io, client.http->send(Client::request(slow.url("http"))),
                   [&](const std::exception_ptr&, const Answer& answer) {
                       slow_came = answer && answer->body == "twelve bytes";
                   });
    const auto begin = Steady::now();
    const Answer answer = client.post(dripping.url("http"));
    REQUIRE(!answer);
    CHECK(answer.error().code == Errc::unclear);
    CHECK(since(begin) >= 9900ms);
    CHECK(since(begin) < 12s);
    client.io.run();
    CHECK(slow_came);
}

TEST_CASE("N4: a header over 32 KiB and a body over 8 MiB are too large, whatever Content-Length says") {
    const std::string large(8 * 1024 * 1024 + 1, 'x');
    const RawPeer::Script scripts[] = {
        [](RawPeer::Connection& c) {
            c.read_http_request(), c.write("HTTP/1.1 200 OK\r\nX: " + std::string(33'000, 'x') + "\r\n\r\n");
        },
        [](RawPeer::Connection& c) {
            c.read_http_request(), c.write("HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n"),
                c.stall();
        },
        [&](RawPeer::Connection& c) { c.read_http_request(), c.write("HTTP/1.1 200 OK\r\n\r\n" + large); },
        [&](RawPeer::Connection& c) {
            c.read_http_request();
            c.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n800001\r\n" + large +
                    "\r\n0\r\n\r\n");
        }};
    for (const auto& script : scripts) {
        const RawPeer server(script);
        Client client;
        const Answer answer = client.post(server.url("http"));
        REQUIRE(!answer);
        CHECK_MESSAGE(answer.error().code == Errc::too_large, answer.error().text);
    }
    const RawPeer fits([&](RawPeer::Connection& c) {
        c.read_http_request(), c.answer(200, large.substr(1)), c.wait_for_end();
    });
    Client client;
    CHECK(client.post(fits.url("http"))->body.size() == 8u * 1024 * 1024);
}

TEST_CASE("interim answers are passed over, a chunked body is joined, 204 has none") {
    const RawPeer server([](RawPeer::Connection& c) {
        c.read_http_request();
        c.write("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n");
        c.write(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n{\"o\r\n6;x=y\r\nk\":1} "
            "\r\n0\r\nTrailer: z\r\n\r\n");
        c.read_http_request();
        c.write("HTTP/1.1 204 No Content\r\n\r\n");
        c.wait_for_end();
    });
    Client client;
    const Answer first = client.post(server.url("http"));
    REQUIRE(first);
    CHECK(first->body == "{\"ok\":1} ");
    CHECK(first->header("link").empty());
    CHECK(client.post(server.url("http"))->status == 204);
    CHECK(server.connections() == 1);
}

TEST_CASE("a connection is not used again after Connection: close or when bytes follow the answer") {
    const RawPeer server([](RawPeer::Connection& c) {
        c.read_http_request();
        if (c.number() == 1) c.answer(200, "", "Connection: close\r\n");
        if (c.number() == 2)
            c.write(
                "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: "
                "6\r\n\r\npoison");
        if (c.number() == 3) c.answer(200, "clean");
        c.wait_for_end();
    });
    Client client;
    CHECK(client.post(server.url("http"))->body.empty());
    CHECK(client.post(server.url("http"))->body.empty());
    CHECK(client.post(server.url("http"))->body == "clean");
    CHECK(server.connections() == 3);
}

TEST_CASE("N12: a header with a line break is refused before anything is sent, and not quoted") {
    const RawPeer server(echo);
    Client client;
    for (const char* value : {"Bearer xoxb-SECRET\r\nHost: evil", "xoxb-SECRET\n"}) {
        auto request = Client::request(server.url("http"));
        request.headers = {{"Authorization", value}};
        const Answer answer = client.send(request);
        REQUIRE(!answer);
        CHECK(answer.error().code == Errc::invalid_argument);
        CHECK(!answer.error().text.contains("SECRET"));
    }
    auto request = Client::request(server.url("http"));
    request.method = "GET / HTTP/1.1\r\nX: y\r\n\r\nPOST";
    CHECK(client.send(request).error().code == Errc::invalid_argument);
    CHECK(client.post("https://user:SECRET@slack.com/").error().code == Errc::invalid_argument);
    CHECK(server.connections() == 0);
}

TEST_CASE("R13: after an outage the next call succeeds") {
    std::uint16_t port = 0;
    Client client;
    {
        const RawPeer server(echo);
        port = server.port();
        CHECK(client.post(server.url("http")).has_value());
    }
    const Answer during = client.post("http://127.0.0.1:" + std::to_string(port));
    REQUIRE(!during);
    CHECK(during.error().code == Errc::unreachable);
    const RawPeer back(echo);
    CHECK(client.post(back.url("http")).has_value());
}

TEST_CASE("R18: calls that are abandoned end with the loop, and the client may go before them") {
    const RawPeer server(
        [](RawPeer::Connection& c) { c.read_http_request(), c.note("in flight"), c.stall(); });
    auto client = std::make_unique<Client>();
    asio::co_spawn(client->io, client->http->send(Client::request(server.url("http"))),
                   [](const std::exception_ptr&, const auto&) {});
    const auto end = Steady::now() + 10s;
    while (server.notes().empty() && Steady::now() < end)
        client->io.run_one_for(10ms);
    client->http.reset();
    client->io.run_for(10ms);
    client.reset();
    CHECK(server.notes().size() == 1);
}

// The one file of the fake Slack that instantiates Beast.
#include "tests/fakes/server.hpp"

#include "tests/fakes/slack_wire.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include <deque>
#include <exception>
#include <set>
#include <sstream>
#include <thread>
#include <utility>

namespace countersign::fakes {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;
using std::chrono::milliseconds;

namespace {

constexpr auto values = asio::as_tuple(asio::use_awaitable);

// TLS or plain behind one type, so that Beast is instantiated once.
class Stream {
  public:
    using executor_type = tcp::socket::executor_type;

    Stream(tcp::socket socket, asio::ssl::context* tls) : socket_(std::move(socket)) {
        if (tls != nullptr) tls_.emplace(socket_, *tls);
    }
    executor_type get_executor() { return socket_.get_executor(); }

    template <class Buffers, class Token>
    auto async_read_some(const Buffers& buffers, Token&& token) {
        if (tls_) return tls_->async_read_some(buffers, std::forward<Token>(token));
        return socket_.async_read_some(buffers, std::forward<Token>(token));
    }
    template <class Buffers, class Token>
    auto async_write_some(const Buffers& buffers, Token&& token) {
        if (tls_) return tls_->async_write_some(buffers, std::forward<Token>(token));
        return socket_.async_write_some(buffers, std::forward<Token>(token));
    }
    asio::awaitable<bool> handshake() {
        if (!tls_) co_return true;
        auto [error] = co_await tls_->async_handshake(asio::ssl::stream_base::server, values);
        co_return !error;
    }
    // close_notify; completes only when the peer says the same.
    asio::awaitable<void> say_goodbye() {
        if (tls_) co_await tls_->async_shutdown(values);
    }
    void end_writing() {
        error_code ignored;
        socket_.shutdown(tcp::socket::shutdown_send, ignored);
    }
    void reset() {
        error_code ignored;
        socket_.set_option(asio::socket_base::linger(true, 0), ignored);
        socket_.close(ignored);
    }

  private:
    tcp::socket socket_;
    std::optional<asio::ssl::stream<tcp::socket&>> tls_;
};

struct Connection {
    Connection(tcp::socket socket, asio::ssl::context* tls)
        : stream(std::move(socket), tls),
          wake(stream.get_executor(), asio::steady_timer::time_point::max()) {}
    Stream stream;
    asio::steady_timer wake;  // rung for the writer
    std::deque<std::string> out;
    bool websocket = false, finishing = false, dead = false;
};
using Shared = std::shared_ptr<Connection>;

HttpQuery to_query(const http::request<http::string_body>& request) {
    HttpQuery query;
    query.method = std::string(request.method_string());
    const std::string target(request.target());
    const auto mark = target.find('?');
    query.path = target.substr(0, mark);
    if (mark != std::string::npos) query.raw_query = target.substr(mark + 1);
    query.query = decode_form(query.raw_query);
    for (const auto& field : request)
        query.headers[lower(field.name_string())] = std::string(field.value());
    query.body = request.body();
    return query;
}

http::response<http::string_body> to_response(const HttpReply& reply, bool keep_alive) {
    http::response<http::string_body> response;
    response.version(11);
    response.result(static_cast<unsigned>(reply.status));
    response.keep_alive(keep_alive);
    if (!reply.content_type.empty()) response.set(http::field::content_type, reply.content_type);
    for (const auto& [name, value] : reply.headers)
        response.set(name, value);
    response.body() = reply.body;
    response.prepare_payload();
    return response;
}

}  // namespace

struct Server::Impl {
    asio::io_context io{1};
    std::optional<asio::ssl::context> tls;
    tcp::acceptor acceptor{io};
    Callbacks callbacks;
    std::map<int, Shared> sockets;
    std::set<Shared> http_connections;
    bool refusing = false, frozen = false;
    asio::steady_timer thaw{io, asio::steady_timer::time_point::max()};
    int next_id = 1;
    std::thread thread;

    void spawn(asio::awaitable<void> task) {
        asio::co_spawn(io, std::move(task), [](std::exception_ptr error) {
            if (error) std::rethrow_exception(error);  // a bug in a fake ends the test program
        });
    }

    asio::awaitable<void> accept() {
        while (acceptor.is_open()) {
            auto [error, socket] = co_await acceptor.async_accept(values);
            if (error) continue;
            error_code ignored;
            socket.set_option(tcp::no_delay(true), ignored);
            auto connection = std::make_shared<Connection>(std::move(socket), tls ? &*tls : nullptr);
            if (refusing) {
                connection->stream.reset();
            } else {
                spawn(serve(std::move(connection)));
            }
        }
    }

    asio::awaitable<void> serve(Shared connection) {
        if (!co_await connection->stream.handshake()) co_return;
        http_connections.insert(connection);
        boost::beast::flat_buffer buffer;
        bool alive = true;
        while (alive && !connection->dead) {
            http::request_parser<http::string_body> parser;
            parser.body_limit(16U << 20U);
            auto [error, size] = co_await http::async_read(connection->stream, buffer, parser, values);
            if (error) break;
            const auto& request = parser.get();
            if (lower(request[http::field::upgrade]) == "websocket") {
                http_connections.erase(connection);
                co_await upgrade(connection, request, buffer);
                co_return;
            }
            alive = co_await answer(connection, callbacks.http(to_query(request)), request.keep_alive());
        }
        http_connections.erase(connection);
        if (!connection->dead) connection->stream.reset();
    }

    asio::awaitable<void> sleep(milliseconds time) {
        asio::steady_timer timer(io, time);
        co_await timer.async_wait(values);
    }

    // True while the connection may carry another request.
    asio::awaitable<bool> answer(Shared connection, HttpReply reply, bool keep_alive) {
        if (reply.delay.count() > 0) co_await sleep(reply.delay);
        if (connection->dead) co_return false;
        if (reply.ending == HttpReply::Ending::hang) {
            // Held until the client gives up: its FIN or reset ends this read.
            char byte = 0;
            co_await connection->stream.async_read_some(asio::buffer(&byte, 1), values);
            co_return false;
        }
        if (reply.ending == HttpReply::Ending::reset) {
            connection->stream.reset();
            connection->dead = true;
            co_return false;
        }
        auto response = to_response(reply, keep_alive);
        if (reply.ending == HttpReply::Ending::answer) {
            auto [error, size] = co_await http::async_write(connection->stream, response, values);
            co_return !error && keep_alive;
        }
        std::string text = (std::ostringstream() << response).str();
        if (reply.ending == HttpReply::Ending::truncate) {
            text.resize(text.size() - (reply.body.size() + 1) / 2);
            co_await asio::async_write(connection->stream, asio::buffer(text), values);
            co_return false;
        }
        for (const char& byte : text) {
            auto [error, size] =
                co_await asio::async_write(connection->stream, asio::buffer(&byte, 1), values);
            if (error) co_return false;
            co_await sleep(milliseconds(200));
        }
        co_return keep_alive;
    }

    asio::awaitable<void> upgrade(Shared connection, const http::request<http::string_body>& request,
                                  boost::beast::flat_buffer& rest) {
        const auto query = to_query(request);
        const int status = callbacks.upgrade(query);
        if (status != 101) {
            HttpReply reply{.status = status, .body = "", .content_type = "text/plain", .headers = {}};
            if (status == 0) reply.ending = HttpReply::Ending::hang;
            co_await answer(connection, reply, false);
            co_return;
        }
        const std::string head =
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Accept: " +
            accept_key(std::string(request["Sec-WebSocket-Key"])) + "\r\n\r\n";
        co_await asio::async_write(connection->stream, asio::buffer(head), values);
        const int id = next_id++;
        connection->websocket = true;
        sockets[id] = connection;
        callbacks.opened(id, query);
        spawn(write(connection));
        FrameReader frames;
        const auto data = rest.cdata();
        frames.feed({static_cast<const char*>(data.data()), data.size()});
        co_await read(id, connection, frames);
        connection->dead = true;
        connection->wake.cancel();
        sockets.erase(id);
        callbacks.closed(id);
    }

    asio::awaitable<void> read(int id, Shared connection, FrameReader& frames) {
        std::string chunk(65536, '\0');
        for (;;) {
            while (auto frame = frames.next())
                callbacks.received(id, std::move(*frame));
            auto [error, size] = co_await connection->stream.async_read_some(asio::buffer(chunk), values);
            while (frozen && !connection->dead)
                co_await thaw.async_wait(values);
            if (error || connection->dead) co_return;
            frames.feed(std::string_view(chunk).substr(0, size));
        }
    }

    asio::awaitable<void> write(Shared connection) {
        while (!connection->dead) {
            if (frozen) {
                co_await thaw.async_wait(values);
            } else if (!connection->out.empty()) {
                const std::string bytes = std::move(connection->out.front());
                connection->out.pop_front();
                auto [error, size] =
                    co_await asio::async_write(connection->stream, asio::buffer(bytes), values);
                if (error) co_return;
            } else if (connection->finishing) {
                spawn(goodbye(connection));
                co_await sleep(milliseconds(50));
                connection->stream.end_writing();
                co_return;
            } else {
                co_await connection->wake.async_wait(values);
            }
        }
    }

    asio::awaitable<void> goodbye(Shared connection) { co_await connection->stream.say_goodbye(); }

    void kill(Connection& connection) {
        connection.dead = true;
        connection.stream.reset();
        connection.wake.cancel();
        thaw.cancel();
    }

    template <class Task>
    void with(int id, Task task) {
        asio::post(io, [this, id, task = std::move(task)] {
            if (const auto found = sockets.find(id); found != sockets.end()) task(*found->second);
        });
    }
};

Server::Server(std::optional<TlsFiles> tls, std::uint16_t port, Callbacks callbacks)
    : impl_(std::make_unique<Impl>()) {
    impl_->callbacks = std::move(callbacks);
    if (tls) {
        auto& context = impl_->tls.emplace(asio::ssl::context::tls_server);
        context.use_certificate_chain_file(tls->certificate.string());
        context.use_private_key_file(tls->key.string(), asio::ssl::context::pem);
    }
    const tcp::endpoint endpoint(asio::ip::address_v4::loopback(), port);
    impl_->acceptor.open(endpoint.protocol());
    impl_->acceptor.set_option(tcp::acceptor::reuse_address(true));
    impl_->acceptor.bind(endpoint);
    impl_->acceptor.listen();
    impl_->spawn(impl_->accept());
    impl_->thread = std::thread([this] { impl_->io.run(); });
}

Server::~Server() {
    stop();
}

void Server::stop() {
    impl_->io.stop();
    if (impl_->thread.joinable()) impl_->thread.join();
}

std::uint16_t Server::port() const {
    return impl_->acceptor.local_endpoint().port();
}

void Server::after(milliseconds delay, std::function<void()> task) {
    asio::post(impl_->io, [this, delay, task = std::move(task)] {
        auto timer = std::make_shared<asio::steady_timer>(impl_->io, delay);
        timer->async_wait([timer, task](error_code error) {
            if (!error) task();
        });
    });
}

void Server::send(int connection, std::string bytes) {
    impl_->with(connection, [bytes = std::move(bytes)](Connection& to) {
        to.out.push_back(bytes);
        to.wake.cancel();
    });
}

void Server::finish(int connection) {
    impl_->with(connection, [](Connection& to) {
        to.finishing = true;
        to.wake.cancel();
    });
}

void Server::abort(int connection) {
    impl_->with(connection, [this](Connection& to) { impl_->kill(to); });
}

void Server::refuse(bool on) {
    asio::post(impl_->io, [this, on] { impl_->refusing = on; });
}

void Server::freeze(bool on) {
    asio::post(impl_->io, [this, on] {
        impl_->frozen = on;
        impl_->thaw.cancel();
    });
}

void Server::reset_http() {
    asio::post(impl_->io, [this] {
        for (const auto& connection : impl_->http_connections)
            impl_->kill(*connection);
    });
}

}  // namespace countersign::fakes

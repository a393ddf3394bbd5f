#include "bot/net/http_listener.hpp"

#include "bot/net/deadline.hpp"
#include "bot/net/resolver.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include <charconv>
#include <exception>
#include <list>

namespace countersign::net {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;
using Tcp = asio::ip::tcp;

constexpr std::size_t most_connections = 16;
constexpr std::uint32_t most_header_bytes = 8'192;
constexpr std::chrono::seconds request_limit{5};
constexpr std::uint64_t most_body_bytes = 25u << 20u;
constexpr std::chrono::seconds body_limit{10};
constexpr int most_posts = 4;
constexpr std::chrono::seconds idle_limit{30};
constexpr std::chrono::seconds stop_limit{1};
// After accept has failed (no descriptors left) it would fail again at once: no spinning (R66).
constexpr std::chrono::milliseconds accept_pause{200};

void rethrow(const std::exception_ptr& bug) {
    if (bug) std::rethrow_exception(bug);
}

void shut(Tcp::socket& socket) {
    boost::system::error_code ignored;
    socket.close(ignored);
}

Result<Tcp::endpoint> endpoint_of(const std::string& listen) {
    const std::string wrong =
        "http.listen \"" + listen + "\" is not an address and a port; write e.g. 127.0.0.1:9464";
    const std::size_t colon = listen.rfind(':');
    if (colon == listen.npos) return fail(Errc::invalid_argument, wrong);
    std::string host = listen.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    const std::string digits = listen.substr(colon + 1);
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (error != std::errc() || end != digits.data() + digits.size())
        return fail(Errc::invalid_argument, wrong);
    boost::system::error_code not_an_address;
    const auto address = asio::ip::make_address(host, not_an_address);
    if (!not_an_address) return Tcp::endpoint(address, port);
    Result<Endpoints> found = system_lookup(host, port);
    if (!found) return std::unexpected(found.error().during("http.listen"));
    return found->front();
}

HttpAnswer plain(int status, std::string text) {
    return {status, "text/plain; charset=utf-8", std::move(text)};
}

struct Client {
    explicit Client(Tcp::socket accepted) : socket(std::move(accepted)) {}
    Tcp::socket socket;
    bool answering = false;
};

}  // namespace

struct HttpListener::Impl {
    Impl(asio::any_io_executor on, Handler answer, Posts taken)
        : executor(std::move(on)),
          handler(std::move(answer)),
          posts(std::move(taken)),
          acceptor(executor),
          pause(executor),
          empty(executor) {}

    asio::any_io_executor executor;
    Handler handler;
    Posts posts;
    int posts_under_way = 0;
    Tcp::acceptor acceptor;
    asio::steady_timer pause;
    asio::steady_timer empty;  // cancelled when the last client has gone
    std::list<Client> clients;
    bool stopping = false;

    void stop_accepting() {
        stopping = true;
        boost::system::error_code ignored;
        acceptor.close(ignored);
        pause.cancel();
        for (Client& client : clients) {
            if (!client.answering) shut(client.socket);
        }
    }
    void shut_all() {
        stop_accepting();
        for (Client& client : clients)
            shut(client.socket);
    }
    [[nodiscard]] HttpAnswer answer_to(const http::request<http::empty_body>& request) const {
        const bool reading = request.method() == http::verb::get || request.method() == http::verb::head;
        if (!reading) return plain(405, "GET and HEAD only\n");
        const std::string_view target(request.target().data(), request.target().size());
        const std::string_view method = request.method() == http::verb::get ? "GET" : "HEAD";
        const auto mark = std::min(target.find('?'), target.size());
        return handler(method, target.substr(0, mark), target.substr(std::min(mark + 1, target.size())));
    }
};

namespace {

using Request = http::request<http::empty_body>;
using Response = http::response<http::string_body>;

// What came: a request without a body, or the head of a POST whose body is still on its way.
struct Incoming {
    boost::system::error_code error;
    Request request;
    std::unique_ptr<http::request_parser<http::empty_body>> post;
};

// The next request; an error when there is none in time or it is over a limit.
Awaitable<Incoming> read_request(Tcp::socket& socket, beast::flat_buffer& buffer, bool posts_taken) {
    Incoming incoming;
    Deadline idle(socket.get_executor(), idle_limit);
    const Deadline::Guard idle_guard(idle, [&socket] { shut(socket); });
    if (buffer.size() == 0) {
        const auto [error] = co_await socket.async_wait(Tcp::socket::wait_read, as_value);
        incoming.error = error;
        if (error) co_return incoming;
    }
    Deadline reading(socket.get_executor(), request_limit);
    const Deadline::Guard guard(reading, [&socket] { shut(socket); });
    auto parser = std::make_unique<http::request_parser<http::empty_body>>();
    parser->header_limit(most_header_bytes);
    parser->body_limit(most_body_bytes);
    const auto [error, size] = co_await http::async_read_header(socket, buffer, *parser, as_value);
    incoming.error = error;
    if (error) co_return incoming;
    if (posts_taken && parser->get().method() == http::verb::post) {
        incoming.request = parser->get();
        incoming.post = std::move(parser);
        co_return incoming;
    }
    const auto [broken, rest] = co_await http::async_read(socket, buffer, *parser, as_value);
    incoming.error = broken;
    if (!broken) incoming.request = parser->release();
    co_return incoming;
}

HttpPost head_of(const Request& request) {
    HttpPost post;
    const std::string_view target(request.target().data(), request.target().size());
    post.path = std::string(target.substr(0, target.find('?')));
    for (const auto& field : request) {
        std::string name(field.name_string());
        for (char& c : name)
            if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
        post.headers[std::move(name)] = std::string(field.value());
    }
    return post;
}

struct Posted {
    HttpAnswer answer;
    bool body_left = true;  // unread bytes are in the way of the next request
};

template <class Listener>
Awaitable<Posted> take_post(std::shared_ptr<Listener> listener, Tcp::socket& socket,
                            beast::flat_buffer& buffer, Incoming& incoming) {
    Posted posted;
    HttpPost post = head_of(incoming.request);
    if (auto refused = listener->posts.refuse(post)) {
        posted.answer = *std::move(refused);
        co_return posted;
    }
    if (listener->posts_under_way >= most_posts) {
        posted.answer = plain(503, "busy\n");
        co_return posted;
    }
    struct Count {
        explicit Count(int& number) : number_(number) { ++number_; }
        Count(const Count&) = delete;
        Count& operator=(const Count&) = delete;
        ~Count() { --number_; }
        int& number_;
    };
    const Count count(listener->posts_under_way);
    http::request_parser<http::string_body> whole(std::move(*incoming.post));
    whole.body_limit(most_body_bytes);
    {
        Deadline reading(socket.get_executor(), body_limit);
        const Deadline::Guard guard(reading, [&socket] { shut(socket); });
        const auto [error, size] = co_await http::async_read(socket, buffer, whole, as_value);
        if (error) {
            posted.answer =
                error == http::error::body_limit ? plain(413, "too large\n") : plain(400, "cut off\n");
            co_return posted;
        }
    }
    posted.body_left = false;
    post.body = std::move(whole.get().body());
    posted.answer = co_await listener->posts.answer(std::move(post));
    co_return posted;
}

Response response_for(HttpAnswer answer, const Request& request, bool last) {
    Response response(static_cast<http::status>(answer.status), request.version());
    response.set(http::field::content_type, answer.content_type);
    response.set(http::field::cache_control, "no-store");
    response.set("Referrer-Policy", "no-referrer");  // a callback's address holds a code
    response.set("X-Content-Type-Options", "nosniff");
    response.keep_alive(request.keep_alive() && !last);
    response.body() = std::move(answer.body);
    response.prepare_payload();
    if (request.method() == http::verb::head) response.body().clear();
    return response;
}

template <class Listener>
Awaitable<void> serve(std::shared_ptr<Listener> listener, std::list<Client>::iterator client) {
    beast::flat_buffer buffer;
    Tcp::socket& socket = client->socket;
    bool more = true;
    while (more && !listener->stopping) {
        Incoming incoming = co_await read_request(socket, buffer, listener->posts.answer != nullptr);
        const bool too_large = incoming.error == http::error::body_limit;
        if (incoming.error && !too_large) break;
        client->answering = true;
        Posted posted{{}, too_large};
        if (too_large)
            posted.answer = plain(413, "too large\n");
        else if (incoming.post)
            posted = co_await take_post(listener, socket, buffer, incoming);
        else
            posted.answer = listener->answer_to(incoming.request);
        Response response =
            response_for(std::move(posted.answer), incoming.request, listener->stopping || posted.body_left);
        Deadline writing(socket.get_executor(), request_limit);
        const Deadline::Guard guard(writing, [&socket] { shut(socket); });
        const auto [error, size] = co_await http::async_write(socket, response, as_value);
        client->answering = false;
        more = !error && response.keep_alive();
    }
    listener->clients.erase(client);
    if (listener->clients.empty()) listener->empty.cancel();
}

template <class Listener>
Awaitable<void> accept_all(std::shared_ptr<Listener> listener) {
    while (!listener->stopping) {
        auto [error, socket] = co_await listener->acceptor.async_accept(as_value);
        if (listener->stopping) break;
        if (error) {
            listener->pause.expires_after(accept_pause);
            co_await listener->pause.async_wait(as_value);
            continue;
        }
        if (listener->clients.size() >= most_connections) continue;  // closes it
        const auto client = listener->clients.emplace(listener->clients.end(), std::move(socket));
        asio::co_spawn(listener->executor, serve(listener, client), rethrow);
    }
}

}  // namespace

HttpListener::HttpListener(asio::any_io_executor executor, Handler handler, Posts posts)
    : impl_(std::make_shared<Impl>(std::move(executor), std::move(handler), std::move(posts))) {}

HttpListener::~HttpListener() {
    impl_->shut_all();
}

Result<std::uint16_t> HttpListener::start(const std::string& listen) {
    const Result<Tcp::endpoint> endpoint = endpoint_of(listen);
    if (!endpoint) return std::unexpected(endpoint.error());
    boost::system::error_code error;
    Tcp::acceptor& acceptor = impl_->acceptor;
    acceptor.open(endpoint->protocol(), error);
    if (!error) acceptor.set_option(Tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor.bind(*endpoint, error);
    if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
    const std::uint16_t port = error ? std::uint16_t{0} : acceptor.local_endpoint(error).port();
    if (error) return fail(Errc::unreachable, "cannot listen on " + listen + ": " + error.message());
    asio::co_spawn(impl_->executor, accept_all(impl_), rethrow);
    return port;
}

Awaitable<void> HttpListener::stop() {
    const auto impl = impl_;
    impl->stop_accepting();
    if (impl->clients.empty()) co_return;
    impl->empty.expires_after(stop_limit);
    co_await impl->empty.async_wait(as_value);
    impl->shut_all();
}

}  // namespace countersign::net

#include "bot/net/http_client.hpp"

#include "bot/net/connector.hpp"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include <algorithm>
#include <list>
#include <sys/socket.h>

namespace countersign::net {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;
using Clock = std::chrono::steady_clock;

// N4
constexpr std::chrono::seconds connect_limit{5};
constexpr std::chrono::seconds header_limit{10};
constexpr std::uint32_t most_header_bytes = 32'768;
constexpr std::uint64_t most_body_bytes = 8'388'608;
// A server that is full of idle connections closes the oldest; ours should not be among them when we need
// one.
constexpr std::chrono::seconds idle_limit{30};
// More than the outbox has under way at once: what is claimed leaves, and waits for no other call.
constexpr int most_connections = 20;

struct Idle {
    Stream stream;
    Clock::time_point since;
};

// The connections to one origin. A call holds a Slot from its start to its end.
struct Origin {
    std::vector<Idle> idle;
    int calls = 0;
    std::list<asio::steady_timer> waiting;
};

struct Pool {
    explicit Pool(Connector to_use) : connector(std::move(to_use)) {}
    Connector connector;
    std::map<std::string, Origin, std::less<>> origins;
};
using PoolPtr = std::shared_ptr<Pool>;

void wake_waiting(Origin& origin) {
    for (asio::steady_timer& each : origin.waiting)
        each.cancel();
}

class Slot {
  public:
    Slot(PoolPtr pool, Origin& origin) : pool_(std::move(pool)), origin_(&origin) { ++origin_->calls; }
    Slot(const Slot&) = delete;
    Slot& operator=(const Slot&) = delete;
    ~Slot() {
        --origin_->calls;
        wake_waiting(*origin_);
    }

  private:
    PoolPtr pool_;  // keeps the origin alive
    Origin* origin_;
};

// A place in the queue for a slot.
class Turn {
  public:
    Turn(const asio::any_io_executor& executor, Origin& origin)
        : origin_(&origin), place_(origin.waiting.emplace(origin.waiting.end(), executor)) {}
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    ~Turn() {
        origin_->waiting.erase(place_);
        wake_waiting(*origin_);  // the next one may be able to go, or this one gave up
    }
    [[nodiscard]] bool has_come() const {
        return origin_->calls < most_connections && place_ == origin_->waiting.begin();
    }
    [[nodiscard]] asio::steady_timer& timer() { return *place_; }

  private:
    Origin* origin_;
    std::list<asio::steady_timer>::iterator place_;
};

// A server may have closed an idle connection; a byte or an end waiting there says so before we write (also
// TLS: nothing is due from the server between two calls).
bool still_open(Stream& stream) {
    char byte = 0;
    const auto received = ::recv(stream.socket().native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return received < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

void drop_stale(Pool& pool) {
    const auto now = Clock::now();
    for (auto& [name, origin] : pool.origins) {
        std::erase_if(origin.idle, [now](Idle& each) {
            return now - each.since > idle_limit || !still_open(each.stream);
        });
    }
}

// First come, first served. False: no turn within the limit.
Awaitable<bool> wait_for_turn(Pool& pool, Origin& origin, Deadline& total) {
    Turn turn(pool.connector.executor(), origin);
    const Deadline::Guard guard(total, [&turn] { turn.timer().cancel(); });
    while (!turn.has_come() && !total.expired()) {
        turn.timer().expires_at(asio::steady_timer::time_point::max());
        co_await turn.timer().async_wait(as_value);
    }
    co_return !total.expired();
}

using Message = http::request<http::string_body>;

bool is_token(std::string_view text) {
    constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
    return !text.empty() && std::ranges::all_of(text, [marks](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               marks.contains(c);
    });
}

Result<Message> message_for(HttpRequest& request, const Url& url) {
    Message message;
    message.version(11);
    if (!is_token(request.method)) return fail(Errc::invalid_argument, "the HTTP method is not valid");
    message.method_string(request.method);
    message.target(url.target);
    message.set(http::field::host, url.authority());
    message.set(http::field::user_agent, "countersign");
    message.set(http::field::accept_encoding, "identity");
    for (const auto& [name, value] : request.headers) {
        const bool splits = value.find_first_of(std::string_view("\r\n\0", 3)) != value.npos;
        // Not quoting the value: it may be a token read from a file with a line too many.
        if (!is_token(name) || splits)
            return fail(Errc::invalid_argument, "the header " + name + " has a line break in it");
        message.set(name, value);
    }
    message.body() = std::move(request.body);
    const bool bodyless = message.body().empty() && (request.method == "GET" || request.method == "HEAD");
    if (!bodyless) message.prepare_payload();
    return message;
}

struct Exchange {
    beast::flat_buffer buffer;
    std::optional<http::response_parser<http::string_body>> parser;
    boost::system::error_code error;
    bool header_late = false;
    bool nothing_written = false;

    [[nodiscard]] bool reusable() const { return !error && parser->get().keep_alive() && buffer.size() == 0; }
};

Failure broken_off(const boost::system::error_code& error) {
    if (error == http::error::header_limit) return {Errc::too_large, "the answer's header is over 32 KiB"};
    if (error == http::error::body_limit) return {Errc::too_large, "the answer is over 8 MiB"};
    const bool cut_short = error == http::error::partial_message || error == http::error::end_of_stream;
    if (!cut_short && error.category() == make_error_code(http::error::bad_version).category()) {
        return {Errc::malformed, "the answer is not HTTP: " + error.message()};
    }
    return {Errc::unclear, "the connection was lost before the answer was complete: " + error.message()};
}

HttpResponse response_from(http::response<http::string_body> message) {
    HttpResponse response;
    response.status = static_cast<int>(message.result_int());
    for (const auto& field : message) {
        std::string name(field.name_string());
        std::ranges::transform(name, name.begin(), [](char c) {
            return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        });
        response.headers[std::move(name)] = std::string(field.value());
    }
    response.body = std::move(message.body());
    return response;
}

// Up to and with the header of the final answer; interim ones (103 Early Hints) are passed over.
Awaitable<void> read_header(Stream& stream, Exchange& exchange, bool is_head) {
    int status = 0;
    do {
        exchange.parser.emplace();
        exchange.parser->header_limit(most_header_bytes);
        exchange.parser->body_limit(most_body_bytes);
        exchange.parser->skip(is_head);
        const auto [error, size] =
            co_await http::async_read_header(stream, exchange.buffer, *exchange.parser, as_value);
        exchange.error = error;
        status = error ? 0 : static_cast<int>(exchange.parser->get().result_int());
    } while (status >= 100 && status < 200 && status != 101);
}

Awaitable<void> ask(Stream& stream, const Message& message, std::chrono::milliseconds limit,
                    Exchange& exchange) {
    Deadline deadline(stream.get_executor(), limit);
    const Deadline::Guard guard(deadline, [&stream] { stream.shut(); });
    const auto [error, written] = co_await http::async_write(stream, message, as_value);
    exchange.error = error;
    exchange.nothing_written = error && written == 0;
    if (!error) co_await read_header(stream, exchange, message.method() == http::verb::head);
    exchange.header_late = exchange.error && deadline.expired();
}

Awaitable<void> perform_on(Stream& stream, const Message& message, Deadline& total, Exchange& exchange) {
    const Deadline::Guard guard(total, [&stream] { stream.shut(); });
    co_await ask(stream, message, total.at_most(header_limit), exchange);
    if (exchange.error) co_return;
    const auto [error, size] = co_await http::async_read(stream, exchange.buffer, *exchange.parser, as_value);
    exchange.error = error;
}

Result<HttpResponse> result_of(Exchange& exchange, const Deadline& total) {
    if (!exchange.error) return response_from(exchange.parser->release());
    if (total.expired()) return fail(Errc::unclear, "no complete answer within " + to_text(total.limit()));
    const auto header_time = std::min<std::chrono::milliseconds>(header_limit, total.limit());
    if (exchange.header_late) return fail(Errc::unclear, "no answer within " + to_text(header_time));
    return std::unexpected(broken_off(exchange.error));
}

Awaitable<Result<HttpResponse>> perform(PoolPtr pool, HttpRequest request) {
    const Result<Url> url = parse_url(request.url);
    if (!url) co_return std::unexpected(url.error());
    Result<Message> message = message_for(request, *url);
    if (!message) co_return std::unexpected(message.error());
    const std::string peer = url->endpoint();

    Deadline total(pool->connector.executor(), request.limit);
    drop_stale(*pool);
    Origin& origin = pool->origins[url->scheme + "://" + peer];
    const bool my_turn = co_await wait_for_turn(*pool, origin, total);
    if (!my_turn)
        co_return fail(Errc::timeout, peer + ": all connections were busy for " + to_text(request.limit));
    const Slot slot(pool, origin);

    while (true) {
        const bool reused = !origin.idle.empty();
        std::optional<Stream> stream;
        if (reused) {
            stream = std::move(origin.idle.back().stream);
            origin.idle.pop_back();
        } else {
            Deadline connecting(pool->connector.executor(), total.at_most(connect_limit));
            Result<Stream> fresh = co_await pool->connector.connect(*url, connecting);
            if (!fresh) co_return std::unexpected(fresh.error());
            stream = std::move(*fresh);
            // Whoever hears `unclear` looks for what became of the request and may send it again: the kernel
            // must not deliver the first one minutes later, when the network is back.
            stream->forget_unsent_when_closed();
        }
        Exchange exchange;
        co_await perform_on(*stream, *message, total, exchange);
        // The server had given up the idle connection, and not a byte went out: as if it had never been
        // tried.
        if (reused && exchange.nothing_written && !total.expired()) {
            origin.idle.clear();
            continue;
        }
        // What was silent here may be so for the others too: a middlebox that forgot them, a network that is
        // another one now.
        if (exchange.error) origin.idle.clear();
        const bool reusable = exchange.reusable();
        Result<HttpResponse> response = result_of(exchange, total);
        if (reusable) origin.idle.push_back(Idle{std::move(*stream), Clock::now()});
        if (!response) co_return std::unexpected(response.error().during(peer));
        co_return response;
    }
}

class BeastHttpClient final : public HttpClient {
  public:
    explicit BeastHttpClient(Connector connector) : pool_(std::make_shared<Pool>(std::move(connector))) {}
    Awaitable<Result<HttpResponse>> send(HttpRequest request) override {
        return perform(pool_, std::move(request));
    }
    void close_idle() override {
        for (auto& [name, origin] : pool_->origins)
            origin.idle.clear();
    }

  private:
    PoolPtr pool_;
};

}  // namespace

std::string_view HttpResponse::header(std::string_view lower_case_name) const {
    const auto found = headers.find(std::string(lower_case_name));
    return found == headers.end() ? std::string_view() : std::string_view(found->second);
}

std::unique_ptr<HttpClient> make_http_client(asio::any_io_executor executor, std::shared_ptr<TlsContext> tls,
                                             Route route) {
    return std::make_unique<BeastHttpClient>(
        Connector(std::move(executor), std::move(tls), std::move(route)));
}

}  // namespace countersign::net

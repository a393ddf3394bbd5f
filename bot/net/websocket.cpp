#include "bot/net/websocket.hpp"

#include "bot/net/connector.hpp"
#include "bot/net/failure.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>

namespace countersign::net {
namespace {

namespace beast = boost::beast;
namespace websocket = boost::beast::websocket;
using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds write_limit{5};  // R24
constexpr std::chrono::seconds close_limit{1};  // R34
constexpr std::uint16_t no_close_code = 1006;
// What an idle connection may keep of its read buffer.
constexpr std::size_t kept_buffer = 65'536;

// Shared by the Websocket and its operations, so that the owner may drop the one while the others still
// unwind: a Beast stream must not go while anything is pending on it.
struct Session {
    Session(Stream connected, std::size_t message_limit)
        : stream(std::move(connected)), write_watch(stream.get_executor()) {
        websocket::stream_base::timeout timeout{};
        timeout.handshake_timeout =
            std::chrono::seconds(10);  // also bounds the goodbye after a protocol error
        timeout.idle_timeout =
            websocket::stream_base::none();  // liveness is judged by the socket machine (R23)
        timeout.keep_alive_pings = false;
        stream.set_option(timeout);
        stream.read_message_max(message_limit);  // R26
        stream.auto_fragment(false);             // R44
        stream.text(true);
        stream.control_callback(
            [this](websocket::frame_type, beast::string_view) { last_inbound = Clock::now(); });
    }

    // Also ends the write watch, so that nothing of this connection keeps the loop busy.
    void shut() {
        open = false;
        write_watch.cancel();
        stream.next_layer().shut();
    }
    [[nodiscard]] std::uint16_t close_code() const {
        if (open) return 0;
        const auto code = static_cast<std::uint16_t>(stream.reason().code);
        return code == 0 ? no_close_code : code;
    }

    websocket::stream<Stream, false> stream;
    beast::flat_buffer buffer;
    Clock::time_point last_inbound = Clock::now();
    bool open = true;
    int writing = 0;
    Clock::time_point write_until;
    bool watching = false;
    asio::steady_timer write_watch;
};
using SessionPtr = std::shared_ptr<Session>;

// One timer for all writes: it runs only while there was a write in the last five seconds, and a write costs
// no timer of its own.
void watch_writes(const SessionPtr& session) {
    if (session->watching) return;
    session->watching = true;
    session->write_watch.expires_at(session->write_until);
    session->write_watch.async_wait([session](const boost::system::error_code& ec) {
        session->watching = false;
        if (ec || session->writing == 0) return;
        if (Clock::now() >= session->write_until) {
            session->shut();
        } else {
            watch_writes(session);
        }
    });
}

// Marks a write for the watch; the limit counts from the last progress.
class Writing {
  public:
    explicit Writing(SessionPtr session) : session_(std::move(session)) {
        if (session_->writing++ == 0) session_->write_until = Clock::now() + write_limit;
        watch_writes(session_);
    }
    Writing(const Writing&) = delete;
    Writing& operator=(const Writing&) = delete;
    ~Writing() {
        if (--session_->writing > 0) session_->write_until = Clock::now() + write_limit;
    }

  private:
    SessionPtr session_;
};

Failure lost(Session& session, const boost::system::error_code& error, std::string_view doing) {
    session.shut();
    if (error == websocket::error::closed) {
        return {Errc::unavailable,
                "the peer closed the WebSocket with code " + std::to_string(session.close_code())};
    }
    if (error == websocket::error::message_too_big) return {Errc::too_large, "a message is over the limit"};
    if (error == websocket::error::bad_frame_payload) return {Errc::malformed, "a text message is not UTF-8"};
    if (error.category() == make_error_code(websocket::error::closed).category()) {
        return {Errc::malformed, "the peer broke the WebSocket protocol: " + error.message()};
    }
    return failure_of(error, doing);
}

Awaitable<Result<Websocket::Message>> read_message(SessionPtr session) {
    auto& stream = session->stream;
    if (!session->open) co_return fail(Errc::unavailable, "the WebSocket is closed");
    // Piece by piece: a large message on a slow line is a sign of life before it is complete (R21).
    do {
        const auto [error, size] = co_await stream.async_read_some(session->buffer, 0, as_value);
        if (error) co_return std::unexpected(lost(*session, error, "reading from the WebSocket"));
        session->last_inbound = Clock::now();
    } while (!stream.is_message_done());
    Websocket::Message message;
    message.binary = stream.got_binary();
    const auto data = session->buffer.cdata();
    message.text.assign(static_cast<const char*>(data.data()), data.size());
    session->buffer.clear();
    if (session->buffer.capacity() > kept_buffer) session->buffer.shrink_to_fit();
    co_return message;
}

Awaitable<Result<void>> write_message(SessionPtr session, std::string text) {
    if (!session->open) co_return fail(Errc::unavailable, "the WebSocket is closed");
    const Writing writing(session);
    const auto [error, size] = co_await session->stream.async_write(asio::buffer(text), as_value);
    if (error) co_return std::unexpected(lost(*session, error, "writing to the WebSocket"));
    co_return Result<void>();
}

Awaitable<Result<void>> send_ping(SessionPtr session) {
    if (!session->open) co_return fail(Errc::unavailable, "the WebSocket is closed");
    const Writing writing(session);
    const websocket::ping_data nothing;
    const auto [error] = co_await session->stream.async_ping(nothing, as_value);
    if (error) co_return std::unexpected(lost(*session, error, "sending a ping"));
    co_return Result<void>();
}

Awaitable<void> say_goodbye(SessionPtr session) {
    if (!session->open) co_return;
    Deadline limit(session->stream.get_executor(), close_limit);
    const Deadline::Guard guard(limit, [&session] { session->shut(); });
    const websocket::close_reason normal(websocket::close_code::normal);
    co_await session->stream.async_close(normal, as_value);
    session->shut();
}

class BeastWebsocket final : public Websocket {
  public:
    explicit BeastWebsocket(SessionPtr session) : session_(std::move(session)) {}
    BeastWebsocket(const BeastWebsocket&) = delete;
    BeastWebsocket& operator=(const BeastWebsocket&) = delete;
    ~BeastWebsocket() override { session_->shut(); }

    Awaitable<Result<Message>> read() override { return read_message(session_); }
    Awaitable<Result<void>> write(std::string text) override {
        return write_message(session_, std::move(text));
    }
    Awaitable<Result<void>> ping() override { return send_ping(session_); }
    Awaitable<void> close() override { return say_goodbye(session_); }
    void abort() override { session_->shut(); }
    std::chrono::steady_clock::time_point last_inbound() const override { return session_->last_inbound; }
    std::uint16_t close_code() const override { return session_->close_code(); }

  private:
    SessionPtr session_;
};

// "HTTP 503" and, if the server named one, the pause it wants (R12).
Failure declined(const websocket::response_type& response) {
    return {Errc::unavailable,
            "the WebSocket upgrade was answered with HTTP " + std::to_string(response.result_int())};
}

Awaitable<Result<std::unique_ptr<Websocket>>> open(std::shared_ptr<Connector> connector,
                                                   WebsocketOptions options) {
    const Result<Url> url = parse_url(options.url);
    if (!url) co_return std::unexpected(url.error().during("opening a WebSocket"));
    Deadline deadline(connector->executor(), options.connect_limit);
    Result<Stream> stream = co_await connector->connect(*url, deadline);
    if (!stream) co_return std::unexpected(stream.error());

    const auto session = std::make_shared<Session>(std::move(*stream), options.message_limit);
    const Deadline::Guard guard(deadline, [session] { session->shut(); });
    websocket::response_type response;
    const std::string authority = url->authority();
    const auto [error] = co_await session->stream.async_handshake(response, authority, url->target, as_value);
    const std::string peer = "opening a WebSocket to " + url->endpoint();
    if (deadline.expired()) {
        co_return fail(Errc::timeout,
                       peer + ": no answer to the upgrade within " + to_text(deadline.limit()));
    }
    if (error) session->shut();
    if (error == websocket::error::upgrade_declined)
        co_return std::unexpected(declined(response).during(peer));
    if (error) co_return std::unexpected(failure_of(error, peer));
    session->last_inbound = Clock::now();  // liveness is armed from the 101 on (R21)
    co_return std::make_unique<BeastWebsocket>(session);
}

class BeastConnector final : public WebsocketConnector {
  public:
    explicit BeastConnector(std::shared_ptr<Connector> connector) : connector_(std::move(connector)) {}
    Awaitable<Result<std::unique_ptr<Websocket>>> connect(WebsocketOptions options) override {
        return open(connector_, std::move(options));
    }

  private:
    std::shared_ptr<Connector> connector_;
};

}  // namespace

std::unique_ptr<WebsocketConnector> make_websocket_connector(asio::any_io_executor executor,
                                                             std::shared_ptr<TlsContext> tls, Route route) {
    return std::make_unique<BeastConnector>(
        std::make_shared<Connector>(std::move(executor), std::move(tls), std::move(route)));
}

}  // namespace countersign::net

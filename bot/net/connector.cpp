#include "bot/net/connector.hpp"

#include "bot/net/tcp_race.hpp"

namespace countersign::net {

Awaitable<Result<Stream>> Connector::connect(Url url, Deadline& deadline) const {
    Result<Tcp::socket> socket = co_await reach(url, deadline);
    if (!socket) co_return std::unexpected(socket.error().during("connecting to " + url.endpoint()));
    if (!url.secure()) co_return Stream(std::move(*socket));
    Result<Stream> secured = co_await secure(std::move(*socket), url.host, deadline);
    if (!secured) co_return std::unexpected(secured.error().during("connecting to " + url.endpoint()));
    co_return secured;
}

Awaitable<Result<Tcp::socket>> Connector::reach(Url url, Deadline& deadline) const {
    const Result<std::optional<Proxy>> proxy = proxy_for(route_, url);
    if (!proxy) co_return std::unexpected(proxy.error());
    const bool direct = !proxy->has_value();
    const std::string host = direct ? url.host : (*proxy)->host;
    const std::uint16_t port = direct ? url.port : (*proxy)->port;

    Result<Endpoints> endpoints = co_await resolve(executor_, lookup_, host, port, deadline);
    if (!endpoints) co_return std::unexpected(endpoints.error());
    Result<Tcp::socket> socket = co_await connect_first(executor_, std::move(*endpoints), deadline);
    if (direct) co_return socket;
    if (!socket) co_return std::unexpected(socket.error().during("the proxy " + (*proxy)->endpoint()));
    const Result<void> tunnel = co_await open_tunnel(*socket, **proxy, url.endpoint(), deadline);
    if (!tunnel) co_return std::unexpected(tunnel.error());
    co_return socket;
}

Awaitable<Result<Stream>> Connector::secure(Tcp::socket socket, std::string host, Deadline& deadline) const {
    auto stream = std::make_unique<TlsStream>(std::move(socket), tls_->native());
    if (!expect_host(stream->native_handle(), host))
        co_return fail(Errc::tls, "no certificate can be for this name");
    const Deadline::Guard guard(deadline, [&stream] {
        boost::system::error_code ignored;
        stream->next_layer().close(ignored);
    });
    const auto [error] = co_await stream->async_handshake(TlsStream::client, as_value);
    if (deadline.expired()) {
        co_return fail(Errc::timeout, "the TLS handshake did not end within " + to_text(deadline.limit()));
    }
    if (!error) co_return Stream(std::move(stream));
    const std::string problem = certificate_problem(stream->native_handle());
    co_return fail(Errc::tls, problem.empty() ? "the TLS handshake failed: " + error.message()
                                              : "the certificate was refused: " + problem);
}

}  // namespace countersign::net

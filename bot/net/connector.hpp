#pragma once

#include "bot/net/http_client.hpp"
#include "bot/net/proxy.hpp"
#include "bot/net/resolver.hpp"
#include "bot/net/stream.hpp"
#include "bot/net/tls.hpp"
#include "bot/net/url.hpp"

#include <memory>

namespace countersign::net {

// Name, proxy, TCP and TLS under one deadline: the one way out of the process, for API and WebSocket alike
// (R60, R61). Internal to net/. Every failure here means that nothing has reached the server.
class Connector {
  public:
    Connector(asio::any_io_executor executor, std::shared_ptr<TlsContext> tls, Route route,
              Lookup lookup = system_lookup)
        : executor_(std::move(executor)),
          tls_(std::move(tls)),
          route_(std::move(route)),
          lookup_(std::move(lookup)) {}

    [[nodiscard]] Awaitable<Result<Stream>> connect(Url url, Deadline& deadline) const;
    [[nodiscard]] const asio::any_io_executor& executor() const { return executor_; }

  private:
    [[nodiscard]] Awaitable<Result<Tcp::socket>> reach(Url url, Deadline& deadline) const;
    [[nodiscard]] Awaitable<Result<Stream>> secure(Tcp::socket socket, std::string host,
                                                   Deadline& deadline) const;

    asio::any_io_executor executor_;
    std::shared_ptr<TlsContext> tls_;
    Route route_;
    Lookup lookup_;
};

}  // namespace countersign::net

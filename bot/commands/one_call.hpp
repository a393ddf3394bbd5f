#pragma once

#include "bot/net/http_client.hpp"
#include "bot/net/tls.hpp"
#include "bot/tracker_http.hpp"
#include "config/settings.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <memory>
#include <optional>

namespace countersign::bot::commands {

// An HTTP client, for Slack and trackers, whose coroutines are waited for one at a time: for commands, which
// have nothing else to do.
class WaitingClient {
  public:
    // Fails when the extra trust anchor cannot be used.
    [[nodiscard]] static Result<std::unique_ptr<WaitingClient>> make(const config::Settings& settings) {
        auto tls = net::TlsContext::make(settings.slack.ca_file);
        if (!tls) return std::unexpected(tls.error());
        std::unique_ptr<WaitingClient> client(new WaitingClient(settings, std::move(*tls)));
        auto http = make_tracker_http(client->io_.get_executor(), *client->slack_, settings);
        if (!http) return std::unexpected(http.error());
        client->http_ = std::move(*http);
        return client;
    }
    [[nodiscard]] net::HttpClient& http() { return *http_; }

    template <class T>
    [[nodiscard]] Result<T> wait_for(net::Awaitable<Result<T>> work) {
        std::exception_ptr bug;
        std::optional<Result<T>> out;
        net::asio::co_spawn(io_, std::move(work), [&](const std::exception_ptr& thrown, Result<T> result) {
            bug = thrown;
            out.emplace(std::move(result));
            http_->close_idle();  // so that the loop ends with the answer
        });
        io_.restart();
        io_.run();
        if (bug) std::rethrow_exception(bug);
        return std::move(*out);
    }

  private:
    WaitingClient(const config::Settings& settings, std::shared_ptr<net::TlsContext> tls)
        : slack_(net::make_http_client(io_.get_executor(), std::move(tls),
                                       net::route_from_environment(settings.slack.proxy))) {}

    net::asio::io_context io_{1};
    std::unique_ptr<net::HttpClient> slack_;
    std::unique_ptr<net::HttpClient> http_;
};

}  // namespace countersign::bot::commands

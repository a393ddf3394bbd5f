#include "bot/tracker_http.hpp"

#include "bot/net/tls.hpp"
#include "bot/net/url.hpp"

#include <fmt/format.h>

#include <map>
#include <string>
#include <utility>

namespace countersign::bot {
namespace {

class TrackerHttp final : public net::HttpClient {
  public:
    explicit TrackerHttp(net::HttpClient& slack) : otherwise_(&slack) {}

    void trust(const config::Tracker& tracker, std::shared_ptr<net::HttpClient> client) {
        for (const auto& url : {tracker.url, tracker.api_url})
            if (const auto parsed = net::parse_url(url); parsed && parsed->secure())
                clients_.insert_or_assign(parsed->endpoint(), client);
    }

    net::Awaitable<Result<net::HttpResponse>> send(net::HttpRequest request) override {
        auto& client = client_for(request.url);
        return client.send(std::move(request));
    }

    void close_idle() override {
        otherwise_->close_idle();
        for (const auto& [endpoint, client] : clients_)
            client->close_idle();
    }

  private:
    net::HttpClient& client_for(const std::string& address) {
        const auto url = net::parse_url(address);
        const auto found = url ? clients_.find(url->endpoint()) : clients_.end();
        return found == clients_.end() ? *otherwise_ : *found->second;
    }

    net::HttpClient* otherwise_;
    std::map<std::string, std::shared_ptr<net::HttpClient>> clients_;  // by "host:port"
};

}  // namespace

Result<std::unique_ptr<net::HttpClient>> make_tracker_http(const net::asio::any_io_executor& executor,
                                                           net::HttpClient& slack,
                                                           const config::Settings& settings) {
    auto http = std::make_unique<TrackerHttp>(slack);
    for (const auto& tracker : settings.trackers) {
        if (tracker.ca_file.empty()) continue;
        auto tls = net::TlsContext::make(settings.slack.ca_file, tracker.ca_file);
        if (!tls) return std::unexpected(tls.error().during(fmt::format("tracker {}", tracker.name)));
        http->trust(tracker, net::make_http_client(executor, std::move(*tls),
                                                   net::route_from_environment(settings.slack.proxy)));
    }
    return http;
}

}  // namespace countersign::bot

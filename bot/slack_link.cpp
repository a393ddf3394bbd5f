#include "bot/slack_link.hpp"

#include "bot/tracker_http.hpp"
#include "bot/tracker_tokens.hpp"

namespace countersign::bot {

Result<std::shared_ptr<SlackLink>> make_slack_link(const net::asio::any_io_executor& executor,
                                                   const Clock& clock, const config::Settings& settings,
                                                   config::Secrets secrets,
                                                   slack::SocketClient::Callbacks callbacks) {
    auto tls = net::TlsContext::make(settings.slack.ca_file);
    if (!tls) return std::unexpected(tls.error());
    const auto route = net::route_from_environment(settings.slack.proxy);

    auto link = std::make_shared<SlackLink>();
    link->secrets = std::move(secrets);
    link->http = net::make_http_client(executor, *tls, route);
    auto tracker_http = make_tracker_http(executor, *link->http, settings);
    if (!tracker_http) return std::unexpected(tracker_http.error());
    link->tracker_http = std::move(*tracker_http);
    link->connector = net::make_websocket_connector(executor, *tls, route);
    link->api = std::make_shared<slack::WebApi>(*link->http, settings.slack.api_url, link->secrets);
    auto tokens = std::make_shared<TrackerTokens>(
        settings.database, storage::KeyRing(link->secrets.sealing_keys), link->secrets.trackers);
    link->trackers = std::make_shared<tracker::TrackerApi>(
        *link->tracker_http, settings, [tokens](std::string_view name) { return tokens->of(name); });
    link->accounts = std::make_shared<AccountApi>(*link->tracker_http, settings,
                                                  storage::KeyRing(link->secrets.sealing_keys));
    slack::SocketClient::Options options;
    options.connections = settings.slack.connections;
    options.api_url = settings.slack.api_url;
    options.expected_app_id = link->secrets.app_id;
    options.allow_plain_ws = settings.slack.api_url.starts_with("http://");
    options.pace = settings.slack.rate_scale;
    options.lifeline = link;
    link->socket = std::make_shared<slack::SocketClient>(executor, *link->connector, *link->api, clock,
                                                         options, std::move(callbacks));
    return link;
}

}  // namespace countersign::bot

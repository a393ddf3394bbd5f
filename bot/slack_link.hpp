#pragma once

#include "bot/account_api.hpp"
#include "bot/net/http_client.hpp"
#include "bot/net/tls.hpp"
#include "bot/net/websocket.hpp"
#include "bot/slack/socket_client.hpp"
#include "bot/slack/web_api.hpp"
#include "bot/tracker/tracker_api.hpp"
#include "config/base/clock.hpp"
#include "config/secrets.hpp"
#include "config/settings.hpp"

#include <memory>

namespace countersign::bot {

// Everything between us and Slack, and the trackers, that tokens, proxy and trust belong to: made as a whole,
// replaced as a whole at a reload, so that the new connections are up before the old ones are drained (R69).
// I/O thread only.
struct SlackLink {
    config::Secrets secrets;
    std::unique_ptr<net::HttpClient> http;
    std::unique_ptr<net::HttpClient> tracker_http;
    std::unique_ptr<net::WebsocketConnector> connector;
    std::shared_ptr<slack::WebApi> api;
    std::shared_ptr<tracker::TrackerApi> trackers;
    std::shared_ptr<AccountApi> accounts;
    std::shared_ptr<slack::SocketClient> socket;
};

[[nodiscard]] Result<std::shared_ptr<SlackLink>> make_slack_link(const net::asio::any_io_executor& executor,
                                                                 const Clock& clock,
                                                                 const config::Settings& settings,
                                                                 config::Secrets secrets,
                                                                 slack::SocketClient::Callbacks callbacks);

}  // namespace countersign::bot

#pragma once

#include "bot/net/http_client.hpp"
#include "config/settings.hpp"

#include <memory>

namespace countersign::bot {

// The client for everything that goes to a tracker, API and OAuth alike: calls to the addresses of a tracker
// with a `ca_file` trust its authority too, all others go through `slack`, which must live longer and knows
// none of them (N1). Fails when such a file cannot be used.
[[nodiscard]] Result<std::unique_ptr<net::HttpClient>> make_tracker_http(
    const net::asio::any_io_executor& executor, net::HttpClient& slack, const config::Settings& settings);

}  // namespace countersign::bot

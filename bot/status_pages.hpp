#pragma once

#include "bot/health_monitor.hpp"
#include "bot/net/http_listener.hpp"
#include "bot/net/net.hpp"
#include "config/base/result.hpp"
#include "config/settings.hpp"

#include <functional>
#include <memory>
#include <string_view>

namespace countersign::bot {

// What /oauth/callback, and what is below it, answers to its query.
using OauthPage = std::function<net::HttpAnswer(std::string_view path, std::string_view query)>;

// /healthz, /readyz and /metrics, /oauth/callback, and what is posted, on `[http].listen`; nothing at all
// when that is empty. I/O thread.
class StatusPages {
  public:
    virtual ~StatusPages() = default;
};
[[nodiscard]] Result<std::shared_ptr<StatusPages>> serve_status_pages(net::asio::any_io_executor executor,
                                                                      const config::Settings& settings,
                                                                      std::function<HealthReport()> report,
                                                                      OauthPage callback,
                                                                      net::HttpListener::Posts posts);

}  // namespace countersign::bot

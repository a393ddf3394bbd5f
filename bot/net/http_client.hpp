#pragma once

#include "bot/net/net.hpp"
#include "bot/net/tls.hpp"
#include "config/base/result.hpp"

#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace countersign::net {

struct HttpRequest {
    std::string method = "POST";
    std::string url;  // absolute, built from configuration only; never logged with its query
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
    // Overall limit: DNS, proxy, TCP, TLS, request and answer together (R2, N4).
    std::chrono::milliseconds limit{30'000};
};

struct HttpResponse {
    int status = 0;
    std::map<std::string, std::string> headers;  // names in lower case; the last of a repeated name
    std::string body;                            // at most 8 MiB (N4)
    [[nodiscard]] std::string_view header(std::string_view lower_case_name) const;
};

// Where and how to connect; one object for API and WebSocket so that they share proxy, trust and limits (R60,
// R61).
struct Route {
    std::string proxy;     // "http://user:pw@host:port"; "" = direct unless the environment says otherwise
    std::string no_proxy;  // NO_PROXY syntax
    std::vector<std::pair<std::string, std::string>> proxy_headers;
};
[[nodiscard]] Route route_from_environment(const std::string& configured_proxy);

// HTTP/1.1 with keep-alive; certificates verified, redirects never followed (N2). One coroutine may run per
// call; calls to one origin share up to 8 connections. Failure::code
// `timeout`/`unreachable`/`tls`/`invalid_argument` = nothing of the request can have reached the server.
// `unclear` = it was written but no full answer came; `malformed`/`too_large` = an answer came that is not
// HTTP or over a limit (N4): the server may have acted in all three cases.
class HttpClient {
  public:
    virtual ~HttpClient() = default;
    [[nodiscard]] virtual Awaitable<Result<HttpResponse>> send(HttpRequest request) = 0;
    virtual void close_idle() = 0;
};
[[nodiscard]] std::unique_ptr<HttpClient> make_http_client(asio::any_io_executor executor,
                                                           std::shared_ptr<TlsContext> tls, Route route);

}  // namespace countersign::net

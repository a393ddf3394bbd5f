#pragma once

#include "bot/net/net.hpp"
#include "config/base/result.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace countersign::net {

// What /healthz, /readyz and /metrics answer.
struct HttpAnswer {
    int status = 200;
    std::string content_type = "text/plain; charset=utf-8";
    std::string body;
};

struct HttpPost {
    std::string path;                            // without the query
    std::map<std::string, std::string> headers;  // names in lower case
    std::string body;
};

// A small HTTP/1.1 server for the few pages of `[http].listen`. GET, HEAD, and POST where somebody takes it;
// at most 16 connections, 8 KiB of header, a body with POST alone, 5 s for a request and 10 s for a body, 30
// s idle. Lives on the I/O thread, and so do the handlers.
class HttpListener {
  public:
    // `path` is without the query, `query` without the '?'.
    using Handler =
        std::function<HttpAnswer(std::string_view method, std::string_view path, std::string_view query)>;

    // POST. `refuse` sees it before its body is read: an answer instead of reading, or nullopt. At most four
    // bodies of at most 25 MiB (trackers.md G9) are read at once.
    struct Posts {
        std::function<std::optional<HttpAnswer>(const HttpPost& head)> refuse;
        std::function<Awaitable<HttpAnswer>(HttpPost post)> answer;
    };

    HttpListener(asio::any_io_executor executor, Handler handler, Posts posts = {});
    HttpListener(const HttpListener&) = delete;
    HttpListener& operator=(const HttpListener&) = delete;
    ~HttpListener();

    // "127.0.0.1:9464", "[::1]:0"; gives the port, which port 0 leaves to the system.
    [[nodiscard]] Result<std::uint16_t> start(const std::string& listen);
    // No new connections; answers on their way are finished, for at most 1 s.
    [[nodiscard]] Awaitable<void> stop();

  private:
    struct Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace countersign::net

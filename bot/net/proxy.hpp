#pragma once

#include "bot/net/deadline.hpp"
#include "bot/net/http_client.hpp"
#include "bot/net/stream.hpp"
#include "bot/net/url.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace countersign::net {

struct Proxy {
    std::string host;
    std::uint16_t port = 0;
    std::string authorization;  // "Basic …" or ""; a secret
    std::vector<std::pair<std::string, std::string>> headers;

    [[nodiscard]] std::string endpoint() const;
};

// The proxy for this target: none when the route has none or NO_PROXY names the target.
[[nodiscard]] Result<std::optional<Proxy>> proxy_for(const Route& route, const Url& target);

// NO_PROXY: a comma list of "*", host, .suffix, address, address/bits, each with an optional :port. A host
// also covers its subdomains.
[[nodiscard]] bool bypasses_proxy(std::string_view no_proxy, const std::string& host, std::uint16_t port);

// Asks the proxy on the other end for a tunnel. Its refusals have texts of their own (R60): 407, 403, 502,
// silence.
[[nodiscard]] Awaitable<Result<void>> open_tunnel(Tcp::socket& socket, Proxy proxy, std::string target,
                                                  Deadline& deadline);

}  // namespace countersign::net

#pragma once

#include "config/base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace countersign::net {

// An absolute URL that we may connect to.
struct Url {
    std::string scheme;  // http, https, ws or wss
    std::string host;    // lower case; an IPv6 address without brackets
    std::uint16_t port = 0;
    std::string target;  // path and query, still encoded; at least "/". May be a secret (R3).

    [[nodiscard]] bool secure() const { return scheme == "https" || scheme == "wss"; }
    // "host:port", an IPv6 address in brackets: what CONNECT names and what messages may show.
    [[nodiscard]] std::string endpoint() const;
    // The Host header: the port only where it is not the scheme's own.
    [[nodiscard]] std::string authority() const;
};

// Refuses everything else: other schemes, user names and passwords, fragments, strange hosts, port 0. The
// failure never quotes the URL.
[[nodiscard]] Result<Url> parse_url(std::string_view text);

// Everything but letters, digits and - . _ ~ as %XX: for one part of a path, or one value of a query.
[[nodiscard]] std::string percent_encoded(std::string_view text);

}  // namespace countersign::net

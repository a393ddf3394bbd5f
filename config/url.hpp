#pragma once

#include <string>
#include <string_view>

namespace countersign::config {

enum class TrackerKind;
// Where the API of a GitLab or GitHub is, unless it is configured; `url` without a trailing '/'.
[[nodiscard]] std::string default_api_url(TrackerKind kind, std::string_view url);

// What is wrong with a base URL from the configuration, or "". It must be https://, or http:// on loopback,
// with a host and without user name, query or fragment.
[[nodiscard]] std::string base_url_problem(std::string_view url);

// "https://host:443": where a checked base URL leads, whatever its spelling; "" when it is none.
[[nodiscard]] std::string origin_of(std::string_view url);

// "http://host:port", a user name and password allowed.
[[nodiscard]] bool is_proxy_url(std::string_view url);

// "host:port" to listen on: an address in brackets if it is IPv6; port 0 to 65535.
[[nodiscard]] bool is_listen_address(std::string_view text);

}  // namespace countersign::config

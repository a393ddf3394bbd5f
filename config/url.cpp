#include "config/url.hpp"

#include "config/base/text.hpp"
#include "config/settings.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <fmt/format.h>

#include <charconv>
#include <optional>

namespace countersign::config {
namespace {

// Boost 1.81 reads "http://127.0.0.1.evil.com/" as host 127.0.0.1 and path ".evil.com/": such a path is
// refused here.
std::optional<boost::urls::url_view> parse(std::string_view text) {
    const auto url = boost::urls::parse_uri(text);
    if (!url || !url->has_authority() || url->host().empty()) return std::nullopt;
    const std::string_view path = url->encoded_path();
    if (!path.empty() && !path.starts_with('/')) return std::nullopt;
    return *url;
}

bool has_loopback_host(const boost::urls::url_view& url) {
    switch (url.host_type()) {
        case boost::urls::host_type::ipv4:
            return url.host_ipv4_address().is_loopback();
        case boost::urls::host_type::ipv6:
            return url.host_ipv6_address().is_loopback();
        case boost::urls::host_type::name:
            return text::lower(url.host_name()) == "localhost";
        default:
            return false;
    }
}

}  // namespace

bool is_loopback_url(std::string_view url) {
    const auto parsed = parse(url);
    if (!parsed) return false;
    const bool web =
        parsed->scheme_id() == boost::urls::scheme::http || parsed->scheme_id() == boost::urls::scheme::https;
    return web && has_loopback_host(*parsed);
}

std::string base_url_problem(std::string_view url) {
    const auto parsed = parse(url);
    if (!parsed) return "is not a URL; expected https://HOST/…";
    if (parsed->has_userinfo()) return "carries a user name or password; expected a URL without";
    if (parsed->has_query() || parsed->has_fragment())
        return "carries a query or a fragment; expected a URL without";
    if (parsed->has_port() && (parsed->port_number() == 0))
        return "has no valid port; expected a port from 1 to 65535";
    if (parsed->scheme_id() == boost::urls::scheme::https) return "";
    if (parsed->scheme_id() != boost::urls::scheme::http) return "is not a web address; expected https://…";
    if (!has_loopback_host(*parsed))
        return "is http:// and not loopback; expected https:// (http:// only on 127.0.0.1, [::1] or "
               "localhost)";
    return "";
}

std::string origin_of(std::string_view url) {
    const auto parsed = parse(url);
    if (!parsed) return "";
    const bool secure = parsed->scheme_id() == boost::urls::scheme::https;
    const int port = parsed->has_port() && parsed->port_number() != 0 ? parsed->port_number()
                     : secure                                         ? 443
                                                                      : 80;
    return fmt::format("{}://{}:{}", secure ? "https" : "http",
                       text::lower(std::string(parsed->encoded_host())), port);
}

bool is_proxy_url(std::string_view url) {
    const auto parsed = parse(url);
    return parsed && parsed->scheme_id() == boost::urls::scheme::http && !parsed->has_query() &&
           !parsed->has_fragment() && (parsed->encoded_path().empty() || parsed->encoded_path() == "/");
}

bool is_listen_address(std::string_view text) {
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos || colon == 0) return false;
    const auto host = text.substr(0, colon);
    const auto digits = text.substr(colon + 1);
    unsigned port = 0;
    const auto [rest, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (digits.empty() || error != std::errc() || rest != digits.data() + digits.size() || port > 65535)
        return false;
    if (host.starts_with('['))
        return host.ends_with(']') && boost::urls::parse_ipv6_address(host.substr(1, host.size() - 2));
    return host == "localhost" || bool(boost::urls::parse_ipv4_address(host));
}

}  // namespace countersign::config

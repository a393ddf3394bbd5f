#include "bot/net/url.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <algorithm>

namespace countersign::net {
namespace {

bool host_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
}

std::string lower(std::string_view text) {
    std::string result(text);
    std::ranges::transform(result, result.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return result;
}

std::uint16_t default_port(std::string_view scheme) {
    return scheme == "https" || scheme == "wss" ? 443 : 80;
}

}  // namespace

std::string Url::endpoint() const {
    const std::string name = host.contains(':') ? "[" + host + "]" : host;
    return name + ":" + std::to_string(port);
}

std::string Url::authority() const {
    const std::string full = endpoint();
    return port == default_port(scheme) ? full.substr(0, full.rfind(':')) : full;
}

Result<Url> parse_url(std::string_view text) {
    const auto parsed = boost::urls::parse_uri(text);
    if (!parsed) return fail(Errc::invalid_argument, "not an absolute URL");
    const boost::urls::url_view& view = *parsed;

    Url url;
    url.scheme = lower(view.scheme());
    if (url.scheme != "http" && url.scheme != "https" && url.scheme != "ws" && url.scheme != "wss") {
        return fail(Errc::invalid_argument, "the URL must begin with https:// or wss://");
    }
    // "https://slack.com@evil.example/" is the oldest trick there is.
    if (view.has_userinfo()) return fail(Errc::invalid_argument, "the URL must not contain a user name");
    if (view.has_fragment()) return fail(Errc::invalid_argument, "the URL must not contain a fragment");

    const bool is_ipv6 = view.host_type() == boost::urls::host_type::ipv6;
    url.host = lower(is_ipv6 ? view.host_address() : view.host());
    if (url.host.empty() || (!is_ipv6 && !std::ranges::all_of(url.host, host_character))) {
        return fail(Errc::invalid_argument, "the URL's host name is not valid");
    }
    const bool has_port = view.has_port() && !view.port().empty();
    url.port = has_port ? view.port_number() : default_port(url.scheme);
    if (url.port == 0) return fail(Errc::invalid_argument, "the URL's port is not valid");

    url.target = view.encoded_target();
    if (!url.target.starts_with('/')) url.target.insert(0, "/");
    return url;
}

std::string percent_encoded(std::string_view text) {
    constexpr std::string_view hex = "0123456789ABCDEF";
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                           c == '-' || c == '.' || c == '_' || c == '~';
        if (plain) {
            out.push_back(c);
        } else {
            out.push_back('%');
            out.push_back(hex[byte >> 4U]);
            out.push_back(hex[byte & 15U]);
        }
    }
    return out;
}

}  // namespace countersign::net

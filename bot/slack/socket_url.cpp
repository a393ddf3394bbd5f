#include "bot/slack/socket_url.hpp"

#include "config/base/text.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

namespace countersign::slack {
namespace {

bool is_or_is_below(std::string_view host, std::string_view domain) {
    if (host == domain) return true;
    return host.size() > domain.size() && host.ends_with(domain) &&
           host[host.size() - domain.size() - 1] == '.';
}

bool is_slack(std::string_view host) {
    return is_or_is_below(host, "slack.com") || is_or_is_below(host, "slack-gov.com");
}

}  // namespace

Result<void> check_socket_url(std::string_view url, std::string_view api_url, bool allow_plain) {
    const auto target = boost::urls::parse_uri(url);
    const auto api = boost::urls::parse_uri(api_url);
    if (!target || !api) return fail(Errc::malformed, "the socket URL is not a URL");

    const std::string host = text::lower(target->host_address());
    const std::string api_host = text::lower(api->host_address());
    if (target->has_userinfo()) return fail(Errc::malformed, "the socket URL carries a user name");
    const bool plain = target->scheme() == "ws";
    if (!plain && target->scheme() != "wss") {
        return fail(Errc::malformed, "the socket URL's scheme is not wss: " + std::string(target->scheme()));
    }
    if (plain && !allow_plain) return fail(Errc::tls, "the socket URL is not encrypted (ws://)");
    const bool allowed = is_slack(api_host) ? is_slack(host) && !plain : host == api_host;
    if (!allowed) return fail(Errc::forbidden, "the socket URL leads to a host that is not allowed: " + host);
    return {};
}

}  // namespace countersign::slack

#include "bot/net/proxy.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>

namespace countersign::net {
namespace {

constexpr std::size_t longest_answer = 16'384;

std::string base64(std::string_view plain) {
    std::string encoded(4 * ((plain.size() + 2) / 3) + 1, '\0');  // EVP_EncodeBlock ends with a NUL
    const auto* bytes = reinterpret_cast<const unsigned char*>(plain.data());
    const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(encoded.data()), bytes,
                                       static_cast<int>(plain.size()));
    encoded.resize(static_cast<std::size_t>(length));
    return encoded;
}

std::string environment(const char* upper, const char* lower) {
    const char* value = std::getenv(upper);
    if (!value || !*value) value = std::getenv(lower);
    return value ? value : "";
}

template <class Number>
std::optional<Number> number(std::string_view text) {
    Number value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

std::vector<unsigned char> bytes_of(const asio::ip::address& address) {
    if (address.is_v4()) {
        const auto bytes = address.to_v4().to_bytes();
        return {bytes.begin(), bytes.end()};
    }
    const auto bytes = address.to_v6().to_bytes();
    return {bytes.begin(), bytes.end()};
}

bool in_network(std::string_view rule, const std::string& host) {
    const std::size_t slash = rule.find('/');
    boost::system::error_code bad_network;
    boost::system::error_code bad_host;
    const auto network = asio::ip::make_address(std::string(rule.substr(0, slash)), bad_network);
    const auto address = asio::ip::make_address(host, bad_host);
    if (bad_network || bad_host || network.is_v4() != address.is_v4()) return false;
    const auto wanted = bytes_of(network);
    const auto actual = bytes_of(address);
    const auto bits = number<unsigned>(rule.substr(slash + 1));
    if (!bits || *bits > wanted.size() * 8) return false;
    for (unsigned bit = 0; bit < *bits; ++bit) {
        const unsigned mask = 0x80u >> (bit % 8);
        if ((wanted[bit / 8] & mask) != (actual[bit / 8] & mask)) return false;
    }
    return true;
}

bool rule_covers(std::string_view rule, const std::string& host, std::uint16_t port) {
    if (rule == "*") return true;
    if (rule.contains('/')) return in_network(rule, host);
    const std::size_t colon = rule.rfind(':');
    const bool bare_ipv6 = colon != rule.npos && rule.find(':') != colon && !rule.starts_with('[');
    if (colon != rule.npos && !bare_ipv6 && rule.find(']', colon) == rule.npos) {
        if (number<std::uint16_t>(rule.substr(colon + 1)) != port) return false;
        rule = rule.substr(0, colon);
    }
    if (rule.starts_with('[') && rule.ends_with(']')) rule = rule.substr(1, rule.size() - 2);
    if (rule.starts_with("*.")) rule.remove_prefix(1);
    if (rule.starts_with('.')) return host.ends_with(rule);
    return host == rule || (host.size() > rule.size() && host.ends_with("." + std::string(rule)));
}

std::string lower_without_spaces(std::string_view text) {
    std::string result;
    for (const char c : text) {
        if (c == ' ' || c == '\t') continue;
        result += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    return result;
}

// "HTTP/1.1 407 Proxy Authentication Required" -> 407; 0 when it is not HTTP.
int status_of(std::string_view answer) {
    if (!answer.starts_with("HTTP/1.") || answer.size() < 12) return 0;
    return number<int>(answer.substr(9, 3)).value_or(0);
}

Result<void> meaning_of(int status, const std::string& proxy, const std::string& target) {
    const std::string refusal = "the proxy " + proxy + " ";
    switch (status) {
        case 200:
            return {};
        case 407:
            return fail(
                Errc::unreachable,
                refusal + "wants other credentials (HTTP 407); check user and password in the proxy setting");
        case 403:
            return fail(Errc::unreachable,
                        refusal + "forbids " + target + " (HTTP 403); ask for it to be allowed");
        case 502:
        case 503:
        case 504:
            return fail(Errc::unreachable,
                        refusal + "cannot reach " + target + " (HTTP " + std::to_string(status) + ")");
        case 0:
            return fail(Errc::unreachable, refusal + "does not speak HTTP; check the proxy setting");
        default:
            return fail(Errc::unreachable,
                        refusal + "refused a tunnel to " + target + " (HTTP " + std::to_string(status) + ")");
    }
}

}  // namespace

std::string Proxy::endpoint() const {
    return host + ":" + std::to_string(port);
}

Route route_from_environment(const std::string& configured_proxy) {
    Route route;
    // What the configuration says is meant for every target; the environment's proxy comes with its own
    // exceptions, and like other programs we never send loopback through it.
    if (!configured_proxy.empty()) {
        route.proxy = configured_proxy;
        return route;
    }
    route.proxy = environment("HTTPS_PROXY", "https_proxy");
    route.no_proxy = environment("NO_PROXY", "no_proxy") + ",localhost,127.0.0.0/8,::1";
    return route;
}

bool bypasses_proxy(std::string_view no_proxy, const std::string& host, std::uint16_t port) {
    const std::string rules = lower_without_spaces(no_proxy);
    std::string_view rest = rules;
    while (!rest.empty()) {
        const std::size_t comma = rest.find(',');
        const std::string_view rule = rest.substr(0, comma);
        if (!rule.empty() && rule_covers(rule, host, port)) return true;
        rest = comma == rest.npos ? "" : rest.substr(comma + 1);
    }
    return false;
}

Result<std::optional<Proxy>> proxy_for(const Route& route, const Url& target) {
    if (route.proxy.empty() || bypasses_proxy(route.no_proxy, target.host, target.port)) return std::nullopt;
    const std::string text = route.proxy.contains("://") ? route.proxy : "http://" + route.proxy;
    const auto parsed = boost::urls::parse_uri(text);
    if (!parsed || parsed->scheme() != "http" || parsed->host().empty()) {
        return fail(Errc::unreachable, "the proxy setting is not of the form http://user:password@host:port");
    }
    Proxy proxy;
    const bool is_ipv6 = parsed->host_type() == boost::urls::host_type::ipv6;
    proxy.host = is_ipv6 ? parsed->host_address() : parsed->host();
    proxy.port = parsed->has_port() ? parsed->port_number() : std::uint16_t{80};
    if (parsed->has_userinfo())
        proxy.authorization = "Basic " + base64(parsed->user() + ":" + parsed->password());
    proxy.headers = route.proxy_headers;
    return proxy;
}

Awaitable<Result<void>> open_tunnel(Tcp::socket& socket, Proxy proxy, std::string target,
                                    Deadline& deadline) {
    const Deadline::Guard guard(deadline, [&socket] {
        boost::system::error_code ignored;
        socket.close(ignored);
    });
    std::string request = "CONNECT " + target + " HTTP/1.1\r\nHost: " + target + "\r\n";
    if (!proxy.authorization.empty()) request += "Proxy-Authorization: " + proxy.authorization + "\r\n";
    for (const auto& [name, value] : proxy.headers)
        request.append(name).append(": ").append(value).append("\r\n");
    request += "\r\n";
    const auto [write_error, written] = co_await asio::async_write(socket, asio::buffer(request), as_value);
    std::string answer;
    std::size_t header_size = 0;
    boost::system::error_code error = write_error;
    if (!error) {
        const auto [read_error, size] = co_await asio::async_read_until(
            socket, asio::dynamic_buffer(answer, longest_answer), "\r\n\r\n", as_value);
        error = read_error;
        header_size = size;
    }
    if (deadline.expired()) {
        co_return fail(Errc::timeout, "the proxy " + proxy.endpoint() + " did not answer within " +
                                          to_text(deadline.limit()));
    }
    if (error)
        co_return fail(Errc::unreachable, "the proxy " + proxy.endpoint() + " hung up: " + error.message());
    const int status = status_of(answer);
    // Nothing may follow the header: behind it the tunnel begins, and there we speak first.
    if (status == 200 && header_size != answer.size()) co_return meaning_of(0, proxy.endpoint(), target);
    co_return meaning_of(status, proxy.endpoint(), target);
}

}  // namespace countersign::net

#include "handlers/review/link_origin.hpp"

#include "config/base/text.hpp"
#include "handlers/review/punycode.hpp"

#include <boost/url/authority_view.hpp>

#include <algorithm>
#include <charconv>
#include <optional>

namespace countersign::handlers::review {
namespace {

std::optional<int> port_of(std::string_view digits, bool https) {
    if (digits.empty()) return https ? 443 : 80;
    int port = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    const bool clean =
        error == std::errc() && end == digits.data() + digits.size() && !digits.starts_with('0');
    return clean && port > 0 && port <= 65535 ? std::optional(port) : std::nullopt;
}

std::optional<Origin> origin_of(std::string_view authority, bool https) {
    const auto ascii = idna_ascii(authority);
    if (!ascii) return std::nullopt;
    const auto parsed = boost::urls::parse_authority({ascii->data(), ascii->size()});
    if (!parsed.has_value()) return std::nullopt;
    const std::string_view port_text(parsed->port().data(), parsed->port().size());
    const auto port = port_of(port_text, https);
    std::string host =
        text::lower(std::string_view(parsed->encoded_host().data(), parsed->encoded_host().size()));
    if (host.ends_with('.')) host.pop_back();
    if (!port || host.empty()) return std::nullopt;
    return Origin{https, std::move(host), *port};
}

}  // namespace

std::expected<LinkParts, LinkProblem> split_link(std::string_view url) {
    const auto colon = url.find("://");
    if (colon == std::string_view::npos) return std::unexpected(LinkProblem::not_a_link);
    const auto scheme = text::lower(url.substr(0, colon));
    const auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
    if (scheme.empty() || !std::ranges::all_of(scheme, is_letter))
        return std::unexpected(LinkProblem::not_a_link);
    if (scheme != "https" && scheme != "http") return std::unexpected(LinkProblem::not_https);

    url = url.substr(colon + 3);
    url = url.substr(0, url.find('#'));
    const auto authority = url.substr(0, url.find_first_of("/?"));
    url.remove_prefix(authority.size());
    if (authority.empty()) return std::unexpected(LinkProblem::not_a_link);
    if (authority.contains('@')) return std::unexpected(LinkProblem::has_user_info);
    auto origin = origin_of(authority, scheme == "https");
    if (!origin) return std::unexpected(LinkProblem::unknown_tracker);

    const auto question = url.find('?');
    const auto query = question == std::string_view::npos ? std::string_view() : url.substr(question + 1);
    return LinkParts{std::move(*origin), url.substr(0, question), query};
}

}  // namespace countersign::handlers::review

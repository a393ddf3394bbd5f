#include "bot/tracker/wire.hpp"

#include "bot/net/http_date.hpp"
#include "bot/net/url.hpp"
#include "bot/tracker/quota.hpp"
#include "config/base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace countersign::tracker {
namespace {

// N9; together with the limit of a body it bounds what one list can cost.
constexpr std::size_t most_pages = 50;
constexpr std::size_t most_bytes = 32u << 20u;
constexpr std::string_view large_pages = "per_page=100";
constexpr std::string_view small_pages = "per_page=5";

bool is_redirect(int status) {
    return status == 301 || status == 302 || status == 307 || status == 308;
}

bool is_json(const net::HttpResponse& response) {
    const auto header = response.header("content-type");
    const auto type = text::lower(text::trimmed(header.substr(0, header.find(';'))));
    return type == "application/json" || (type.starts_with("application/") && type.ends_with("+json"));
}

// N6: every status that is no success.
std::string_view code_of(const net::HttpResponse& response) {
    if (over_quota(response)) return "rate_limited";
    switch (response.status) {
        case 400:
            // Before it looks at anything else GitHub refuses the version.
            return response.body.find("API version") != std::string::npos ? "unsupported_version"
                                                                          : "rejected";
        case 401:
            return "unauthorized";
        case 403:
        case 451:
            return "forbidden";
        case 404:
            return "not_found";
        case 408:
            return "timeout";
        case 409:
        case 412:
        case 423:
            return "conflict";
        case 410:
            return "gone";
        case 413:
            return "too_large";
        case 405:
        case 406:
        case 414:
        case 415:
        case 422:
            return "rejected";
        default:
            return response.status >= 500 ? "unavailable" : "malformed";
    }
}

std::string_view code_of(const Failure& failure) {
    switch (failure.code) {
        case Errc::timeout:
        case Errc::unclear:
            return "timeout";
        case Errc::unreachable:
            return "unreachable";
        case Errc::tls:
            return "tls";
        case Errc::too_large:
            return "too_large";
        default:
            return "malformed";
    }
}

// Whether nothing of a write can have reached the tracker, see HttpClient.
bool surely_unsent(const Failure& failure) {
    return failure.code == Errc::timeout || failure.code == Errc::unreachable || failure.code == Errc::tls ||
           failure.code == Errc::invalid_argument;
}

// Of a path with its query: the same with another page number.
std::string with_page(std::string path, std::string_view number) {
    for (const std::string_view mark : {"&page=", "?page="}) {
        const auto at = path.find(mark);
        if (at == std::string::npos) continue;
        const auto begin = at + mark.size();
        return path.replace(begin, std::min(path.find('&', begin), path.size()) - begin, number);
    }
    return fmt::format("{}{}page={}", path, path.find('?') == std::string::npos ? '?' : '&', number);
}

bool is_number(std::string_view text) {
    return !text.empty() && text.size() < 10 &&
           text.find_first_not_of("0123456789") == std::string_view::npos;
}

bool climbs(std::string_view target) {
    const auto path = text::lower(target.substr(0, target.find('?')));
    return path.find("/../") != std::string::npos || path.ends_with("/..") ||
           path.find("%2e") != std::string::npos || path.find('\\') != std::string::npos;
}

}  // namespace

std::string next_link(std::string_view header) {
    while (!header.empty()) {
        const auto open = header.find('<');
        const auto close = open == header.npos ? open : header.find('>', open);
        if (close == header.npos) return "";
        const auto address = header.substr(open + 1, close - open - 1);
        header.remove_prefix(close + 1);
        const auto parameters = header.substr(0, std::min(header.find(",<"), header.find(", <")));
        header.remove_prefix(parameters.size());
        if (parameters.find("rel=\"next\"") != parameters.npos ||
            parameters.find("rel=next") != parameters.npos)
            return std::string(address);
    }
    return "";
}

std::string below_root(std::string_view address, std::string_view root) {
    const auto base = net::parse_url(root);
    if (!base) return "";
    std::string whole(address);
    if (whole.starts_with('/') && !whole.starts_with("//"))
        whole = std::string(root.substr(0, root.find('/', root.find("://") + 3))) + whole;
    const auto url = net::parse_url(whole);
    if (!url || url->scheme != base->scheme || url->host != base->host || url->port != base->port) return "";
    const std::string prefix = base->target == "/" ? "/" : base->target + "/";
    return url->target.starts_with(prefix) && !climbs(url->target) ? whole : "";
}

Wire::Wire(net::HttpClient& http, const config::Tracker& tracker, Secret token)
    : http_(&http), kind_(tracker.kind), root_(tracker.api_url), token_(std::move(token)) {}

net::HttpRequest Wire::request(std::string method, std::string url) const {
    net::HttpRequest request;
    request.method = std::move(method);
    request.url = std::move(url);
    request.headers.emplace_back("User-Agent", "countersign");  // N11
    // GitLab's own PRIVATE-TOKEN finds no token that an application was granted.
    request.headers.emplace_back("Authorization", "Bearer " + token_.reveal());
    if (kind_ == config::TrackerKind::gitlab) {
        request.headers.emplace_back("Accept", "application/json");
    } else {
        request.headers.emplace_back("Accept", "application/vnd.github+json");
        request.headers.emplace_back("X-GitHub-Api-Version", "2022-11-28");
    }
    return request;
}

Expected<Reply> Wire::reply_of(net::HttpResponse response, bool conditional) {
    const auto asked = rest_asked(response);
    const bool success = response.status >= 200 && response.status <= 204;
    if (!success && !(response.status == 304 && conditional)) {
        Trouble failed{std::string(code_of(response)), fmt::format("HTTP {}", response.status), {}, {}};
        if (failed.code == "rate_limited" || (failed.code == "unavailable" && asked))
            failed.retry_after = rest_taken(asked);
        return std::unexpected(std::move(failed));
    }
    if (asked) rest_ = std::max(rest_.value_or(std::chrono::milliseconds(0)), rest_taken(asked));
    const bool empty = response.status == 204 || response.status == 304;
    if (!empty && !is_json(response)) return trouble("malformed", "an answer that is not JSON");
    const auto date = net::parse_http_date(response.header("date"));
    if (!date) return trouble("malformed", "an answer without a date");
    Reply reply;
    reply.status = response.status;
    reply.date = *date;
    reply.body = std::move(response.body);
    reply.head = std::move(response);
    return reply;
}

net::Awaitable<Expected<Reply>> Wire::fetch(std::string url, std::string etag) {
    bool redirected = false;
    while (true) {
        auto asking = request("GET", url);
        if (!etag.empty()) asking.headers.emplace_back("If-None-Match", etag);
        auto response = co_await http_->send(std::move(asking));
        if (!response) co_return trouble(code_of(response.error()), response.error().text);
        if (!is_redirect(response->status)) co_return reply_of(*std::move(response), !etag.empty());
        // For good: a project or an issue that moved. For now: a login page or a maintenance page.
        const bool for_good = response->status == 301 || response->status == 308;
        url = below_root(response->header("location"), root_);
        if (url.empty() || redirected)
            co_return trouble(for_good ? "moved" : "malformed",
                              fmt::format("HTTP {} to another place", response->status));
        redirected = true;
    }
}

net::Awaitable<Expected<Reply>> Wire::get(const std::string& path, std::string etag) {
    return fetch(root_ + path, std::move(etag));
}

net::Awaitable<Expected<std::vector<Reply>>> Wire::pages(std::string path, std::string etag) {
    std::vector<Reply> all;
    std::set<std::string> seen;
    std::size_t bytes = 0;
    std::string url = root_ + path;
    while (!url.empty()) {
        if (all.size() >= most_pages || bytes > most_bytes) co_return trouble("too_many_pages");
        if (!seen.insert(url).second) co_return trouble("malformed", "a list that leads back to itself");
        auto page = co_await fetch(url, all.empty() ? etag : std::string());
        if (!page) co_return std::unexpected(page.error());
        bytes += page->body.size();
        const auto next = next_link(page->head.header("link"));
        const auto number = page->head.header("x-next-page");
        const auto below = below_root(next, root_);
        // A list that ends too soon could hide that a signature was taken back: then there is no list.
        if (!below.empty())
            url = below;
        else if (is_number(number))
            url = with_page(url, number);
        else if (!next.empty())
            co_return trouble("malformed", "the next page is said to be on another host");
        else
            url.clear();
        all.push_back(*std::move(page));
    }
    co_return all;
}

net::Awaitable<Expected<std::vector<Reply>>> Wire::list(std::string path, std::string etag) {
    auto all = co_await pages(path, std::move(etag));
    const auto at = path.find(large_pages);
    if (all || all.error().code != "too_large" || at == std::string::npos) co_return all;
    co_return co_await pages(path.replace(at, large_pages.size(), small_pages), "");
}

net::Awaitable<Expected<Reply>> Wire::write(std::string method, std::string path, std::string json) {
    auto asking = request(std::move(method), root_ + path);
    if (!json.empty()) asking.headers.emplace_back("Content-Type", "application/json");
    asking.body = std::move(json);
    auto response = co_await http_->send(std::move(asking));
    if (!response)
        co_return trouble(surely_unsent(response.error()) ? code_of(response.error()) : "answer_lost",
                          response.error().text);
    // N2: whatever it was, it was not done there. The project's path is read again with the next attempt.
    if (is_redirect(response->status)) co_return trouble("conflict", "a redirect for a write");
    auto reply = reply_of(*std::move(response), false);
    if (!reply && (reply.error().code == "unavailable" || reply.error().code == "malformed" ||
                   reply.error().code == "timeout"))
        reply.error().code = "answer_lost";
    co_return reply;
}

std::optional<std::chrono::milliseconds> Wire::take_rest() {
    return std::exchange(rest_, std::nullopt);
}

}  // namespace countersign::tracker

#include "bot/issuer.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace countersign::bot {
namespace {

using nlohmann::json;
using storage::AuthorizationKind;

// Whoever waits for a link does not wait long for this.
constexpr std::chrono::seconds limit{3};

// What the server's metadata has to call it, or they are not its own.
std::string issuer_of(const Instance& instance) {
    return instance.kind == AuthorizationKind::github ? instance.url + "/login/oauth" : instance.url;
}

// RFC 8414 §3.1: between the host and the path.
std::string metadata_page(const std::string& issuer) {
    const auto slash = std::min(issuer.find('/', issuer.find("://") + 3), issuer.size());
    return issuer.substr(0, slash) + "/.well-known/oauth-authorization-server" + issuer.substr(slash);
}

}  // namespace

net::Awaitable<Result<std::string>> promised_issuer(net::HttpClient& http, Instance instance) {
    if (instance.kind == AuthorizationKind::slack) co_return std::string();
    const auto issuer = issuer_of(instance);
    net::HttpRequest request;
    request.method = "GET";
    request.url = metadata_page(issuer);
    request.limit = limit;
    request.headers = {{"Accept", "application/json"}, {"User-Agent", "countersign"}};
    const auto response = co_await http.send(std::move(request));
    if (!response || response->status != 200) co_return std::string();
    const auto metadata = json::parse(response->body, nullptr, false);
    if (!metadata.is_object()) co_return std::string();
    const auto named = metadata.find("issuer");
    const auto promised = metadata.find("authorization_response_iss_parameter_supported");
    const bool own = named != metadata.end() && named->is_string() && *named == issuer;
    const bool promises = own && promised != metadata.end() && *promised == true;
    co_return promises ? issuer : std::string();
}

}  // namespace countersign::bot

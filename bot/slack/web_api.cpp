#include "bot/slack/web_api.hpp"

#include "bot/net/http_date.hpp"
#include "bot/net/url.hpp"
#include "bot/slack/json_walk.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>

namespace countersign::slack {
namespace {

using Json = nlohmann::json;
using namespace std::chrono_literals;

constexpr std::chrono::milliseconds default_rest = 30s;  // R11: a 429 that does not say how long
constexpr std::chrono::milliseconds longest_rest = 10min;

struct Rest {
    std::chrono::milliseconds time = default_rest;
    bool capped = false;
};

Rest rest_of(std::string_view header) {
    const bool digits = !header.empty() && header.find_first_not_of("0123456789") == std::string_view::npos;
    if (!digits) return {};
    std::int64_t seconds = 0;
    const auto result = std::from_chars(header.data(), header.data() + header.size(), seconds);
    // Compared in seconds: so many that they are no number of milliseconds any more are too long, too.
    if (result.ec != std::errc() || seconds > std::chrono::floor<std::chrono::seconds>(longest_rest).count())
        return {longest_rest, true};
    return {std::max<std::chrono::milliseconds>(std::chrono::seconds(seconds), 1s), false};
}

// Methods that read forms only want nested values as JSON text; a null is an argument that is not there.
std::string form(const Json& args) {
    std::string out;
    for (const auto& [name, value] : args.items()) {
        if (value.is_null()) continue;
        if (!out.empty()) out.push_back('&');
        out += net::percent_encoded(name) + "=";
        out += net::percent_encoded(value.is_string()
                                        ? value.get_ref<const std::string&>()
                                        : value.dump(-1, ' ', false, Json::error_handler_t::replace));
    }
    return out;
}

const Secret* token_of(const config::Secrets& secrets, storage::TokenKind kind) {
    switch (kind) {
        case storage::TokenKind::bot:
            return &secrets.bot_token;
        case storage::TokenKind::app:
            return &secrets.app_token;
        case storage::TokenKind::admin:
            return secrets.admin_token ? &*secrets.admin_token : nullptr;
        case storage::TokenKind::reviewer:
            return secrets.reviewer_token ? &*secrets.reviewer_token : nullptr;
        case storage::TokenKind::tracker:
            return nullptr;  // never sent to Slack
    }
    return nullptr;
}

// The two fields that decide. A field that comes twice is no answer: readers would disagree about it (N5).
class Verdict final : public JsonVisitor {
  public:
    bool member(std::string_view, std::string_view key, const JsonValue& value) override {
        if (key == "ok") {
            sound_ = sound_ && !seen_ok_ && value.kind == JsonValue::Kind::boolean;
            seen_ok_ = true;
            ok = value.is_true();
        } else if (key == "error") {
            sound_ = sound_ && error.empty() && value.kind == JsonValue::Kind::string;
            error = value.text();
        }
        return false;
    }
    [[nodiscard]] bool sound() const { return sound_ && seen_ok_ && ok == error.empty(); }

    bool ok = false;
    std::string error;

  private:
    bool seen_ok_ = false;
    bool sound_ = true;
};

bool is_json(const net::HttpResponse& response) {
    const auto type = response.header("content-type");
    return type.empty() || type.starts_with("application/json");
}

ApiAnswer answer_with(const Method& method, std::string error) {
    ApiAnswer answer;
    answer.meaning = meaning_of(method.name, error);
    answer.error = std::move(error);
    answer.body = "{}";
    return answer;
}

ApiAnswer read_failure(const Method& method, const Failure& failure) {
    switch (failure.code) {
        case Errc::timeout:
            return answer_with(method, "timeout");
        case Errc::unreachable:
            return answer_with(method, "unreachable");
        case Errc::tls:
            return answer_with(method, "tls");
        case Errc::malformed:
        case Errc::too_large:
            return answer_with(method, "malformed");
        default:
            return answer_with(method, "answer_lost");
    }
}

bool may_upload_to(const std::string& url, const std::string& api_url) {
    const auto parsed = net::parse_url(url);
    if (!parsed) return false;
    const auto api = net::parse_url(api_url);
    if (api && parsed->scheme == api->scheme && parsed->host == api->host && parsed->port == api->port)
        return true;
    return parsed->scheme == "https" && parsed->host.ends_with(".slack.com");
}

}  // namespace

ApiAnswer read_answer(const Method& method, net::HttpResponse response) {
    if (response.status == 429) {
        const Rest rest = rest_of(response.header("retry-after"));
        ApiAnswer answer = answer_with(method, "ratelimited");
        answer.retry_after = rest.time;
        answer.rest_capped = rest.capped;
        return answer;
    }
    Verdict verdict;
    const bool readable =
        is_json(response) && walk_json(response.body, verdict) == JsonShape::object && verdict.sound();
    const bool success = response.status >= 200 && response.status < 300;
    if (!readable || (verdict.ok && !success)) {
        ApiAnswer answer = answer_with(method, "malformed");
        answer.http_status = response.status;
        answer.detail = "HTTP " + std::to_string(response.status) + " with a body that is not Slack's answer";
        return answer;
    }
    ApiAnswer answer;
    answer.http_status = response.status;
    answer.body = std::move(response.body);
    if (!verdict.ok) {
        answer.meaning = meaning_of(method.name, verdict.error);
        answer.error = std::move(verdict.error);
        if (answer.error == "ratelimited" || answer.error == "rate_limited") {
            answer.retry_after = rest_of(response.header("retry-after")).time;
        }
    }
    return answer;
}

WebApi::WebApi(net::HttpClient& http, std::string api_url, const config::Secrets& secrets)
    : http_(&http), api_url_(std::move(api_url)), secrets_(&secrets) {}

net::Awaitable<ApiAnswer> WebApi::call(std::string method_name, storage::TokenKind kind, std::string args,
                                       std::chrono::milliseconds limit) {
    ApiAnswer unsent;
    unsent.meaning = ApiMeaning::human;
    unsent.body = "{}";
    const Method* method = find_method(method_name);
    const Json arguments = Json::parse(args, nullptr, false);
    if (method == nullptr || !arguments.is_object()) {
        unsent.error = method == nullptr ? "unknown_method" : "invalid_arguments";
        co_return unsent;
    }
    const Secret* token = token_of(*secrets_, kind);
    if (token == nullptr || token->empty()) {
        unsent.error = "not_authed";
        co_return unsent;
    }

    net::HttpRequest request;
    request.url = api_url_ + method_name;
    request.limit = limit;
    request.headers.emplace_back("Authorization", "Bearer " + token->reveal());  // never anywhere else (R1)
    request.headers.emplace_back("User-Agent", "countersign");
    request.headers.emplace_back("Accept", "application/json");
    if (method->body == Method::Body::json) {
        request.headers.emplace_back("Content-Type", "application/json; charset=utf-8");
        request.body = std::move(args);
    } else {
        request.headers.emplace_back("Content-Type", "application/x-www-form-urlencoded");
        request.body = form(arguments);
    }
    auto response = co_await http_->send(std::move(request));
    if (!response) {
        ApiAnswer answer = read_failure(*method, response.error());
        answer.detail = response.error().text;
        co_return answer;
    }
    const auto date = net::parse_http_date(response->header("date"));
    auto answer = read_answer(*method, *std::move(response));
    answer.date = date;
    co_return answer;
}

net::Awaitable<ApiAnswer> WebApi::upload(std::string url, std::string bytes) {
    const Method* method = find_method("files.getUploadURLExternal");
    if (!may_upload_to(url, api_url_)) {
        auto answer = answer_with(*method, "malformed");
        answer.meaning = ApiMeaning::human;
        answer.detail = "Slack named a place for the upload that is not Slack's";
        co_return answer;
    }
    net::HttpRequest request;
    request.url = std::move(url);
    request.headers.emplace_back("User-Agent", "countersign");
    request.headers.emplace_back("Content-Type", "application/octet-stream");
    request.body = std::move(bytes);
    auto response = co_await http_->send(std::move(request));
    if (!response) {
        auto answer = read_failure(*method, response.error());
        answer.detail = response.error().text;
        co_return answer;
    }
    if (response->status == 429 || response->status < 200 || response->status >= 300) {
        auto answer = answer_with(*method, response->status == 429 ? "ratelimited" : "service_unavailable");
        answer.http_status = response->status;
        answer.retry_after = default_rest;
        co_return answer;
    }
    ApiAnswer answer;
    answer.http_status = response->status;
    answer.body = "{}";
    co_return answer;
}

}  // namespace countersign::slack

#include "tests/fakes/token_server.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <mutex>

namespace countersign::fakes {
namespace {

using Json = nlohmann::json;

HttpReply reply(int status, std::string body, std::string type = "application/json; charset=utf-8") {
    HttpReply made;
    made.status = status;
    made.body = std::move(body);
    made.content_type = std::move(type);
    return made;
}

HttpReply refused(int status, const char* message) {
    return reply(status, Json{{"message", message}}.dump());
}

std::string token_of(const HttpQuery& query) {
    if (const auto own = query.headers.find("private-token"); own != query.headers.end()) return own->second;
    const auto bearer = query.headers.find("authorization");
    constexpr std::string_view start = "Bearer ";
    if (bearer == query.headers.end() || !bearer->second.starts_with(start)) return "";
    return bearer->second.substr(start.size());
}

}  // namespace

struct TokenServer::Impl {
    mutable std::mutex mutex;
    std::vector<Token> tokens;
    int broken = 0, calls = 0;
    std::string client;
    Token granted;
    int pending = 0;
    std::chrono::steady_clock::time_point next_poll{};
    std::unique_ptr<Server> server;

    HttpReply device_code(const HttpQuery& query) {
        if (client.empty()) return reply(404, "<html>not found</html>", "text/html");
        if (!query.body.contains("client_id=" + client)) return reply(401, R"({"error":"invalid_client"})");
        next_poll = std::chrono::steady_clock::now() + std::chrono::milliseconds(900);
        return reply(200, Json{{"device_code", "canary-device-code"},
                               {"user_code", "ABCD-1234"},
                               {"verification_uri", url() + "/oauth/device"},
                               {"expires_in", 60},
                               {"interval", 1}}
                              .dump());
    }

    HttpReply poll(const HttpQuery& query) {
        if (!query.body.contains("device_code=canary-device-code"))
            return reply(400, R"({"error":"invalid_grant"})");
        if (std::chrono::steady_clock::now() < next_poll) return reply(400, R"({"error":"slow_down"})");
        next_poll = std::chrono::steady_clock::now() + std::chrono::milliseconds(900);
        if (pending-- > 0) return reply(400, R"({"error":"authorization_pending"})");
        tokens.push_back(granted);
        return reply(
            200,
            Json{{"access_token", granted.value}, {"token_type", "Bearer"}, {"expires_in", 7200}}.dump());
    }

    [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(server->port()); }

    HttpReply answer(const HttpQuery& query) {
        const std::scoped_lock lock(mutex);
        ++calls;
        if (broken != 0) return reply(broken, "<html>down</html>", "text/html");
        if (query.method == "POST" && query.path == "/oauth/authorize_device") return device_code(query);
        if (query.method == "POST" && query.path == "/oauth/token") return poll(query);
        const auto token = std::ranges::find(tokens, token_of(query), &Token::value);
        if (token == tokens.end()) return refused(401, "401 Unauthorized");
        if (query.path == "/api/v4/user" && query.method == "GET")
            return reply(200,
                         Json{{"id", token->id}, {"username", token->login}, {"state", "active"}}.dump());
        if (query.path != "/api/v4/personal_access_tokens/self") return refused(404, "404 Not Found");
        if (query.method == "GET") {
            const auto expires = token->expires_at.empty() ? Json() : Json(token->expires_at);
            return reply(
                200,
                Json{{"id", 1}, {"active", true}, {"scopes", token->scopes}, {"expires_at", expires}}.dump());
        }
        if (query.method != "DELETE") return refused(405, "405 Method Not Allowed");
        tokens.erase(token);
        return reply(204, "");
    }
};

TokenServer::TokenServer() : impl_(std::make_unique<Impl>()) {
    impl_->server = std::make_unique<Server>(
        std::nullopt, std::uint16_t{0},
        Server::Callbacks{
            .http = [impl = impl_.get()](const HttpQuery& query) { return impl->answer(query); },
            .upgrade = [](const HttpQuery&) { return 404; },
            .opened = {},
            .received = {},
            .closed = {}});
}

TokenServer::~TokenServer() {
    impl_->server->stop();
}

std::string TokenServer::url() const {
    return impl_->url();
}

void TokenServer::add(Token token) {
    const std::scoped_lock lock(impl_->mutex);
    impl_->tokens.push_back(std::move(token));
}

void TokenServer::revoke(const std::string& value) {
    const std::scoped_lock lock(impl_->mutex);
    std::erase_if(impl_->tokens, [&](const Token& token) { return token.value == value; });
}

bool TokenServer::knows(const std::string& value) const {
    const std::scoped_lock lock(impl_->mutex);
    return std::ranges::find(impl_->tokens, value, &Token::value) != impl_->tokens.end();
}

void TokenServer::allow_device_grant(const std::string& client_id, Token granted, int pending) {
    const std::scoped_lock lock(impl_->mutex);
    impl_->client = client_id;
    impl_->granted = std::move(granted);
    impl_->pending = pending;
}

void TokenServer::break_with(int status) {
    const std::scoped_lock lock(impl_->mutex);
    impl_->broken = status;
}

int TokenServer::calls() const {
    const std::scoped_lock lock(impl_->mutex);
    return impl_->calls;
}

}  // namespace countersign::fakes

#include "tests/fakes/token_server.hpp"

#include "tests/fakes/pkce.hpp"
#include "tests/fakes/slack_wire.hpp"
#include "tests/fakes/tracker_world.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <map>
#include <mutex>
#include <set>
#include <stdexcept>

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

constexpr const char* user_code = "ABCD-1234";

HttpReply refused(int status, const char* message) {
    return reply(status, Json{{"message", message}}.dump());
}

std::string token_of(const HttpQuery& query) {
    const auto bearer = query.headers.find("authorization");
    constexpr std::string_view start = "Bearer ";
    if (bearer == query.headers.end() || !bearer->second.starts_with(start)) return "";
    return bearer->second.substr(start.size());
}

}  // namespace

struct TokenServer::Impl {
    mutable std::mutex mutex;
    std::vector<Token> tokens;
    std::set<std::string> of_grants;  // which of their values an OAuth application was granted
    std::set<std::string> hidden;
    int broken = 0, calls = 0;
    std::vector<HttpQuery> queries;
    std::string client;
    Token granted;
    int pending = 0;
    enum class Decision { not_asked, asked, allowed, refused };
    bool by_hand = false;
    Decision decision = Decision::not_asked;
    std::chrono::steady_clock::time_point next_poll{};
    std::unique_ptr<Server> server;
    int lives = 0;        // 0: no refresh token
    std::string refresh;  // the one that is good now
    std::vector<std::string> used_refreshes;
    int renewed = 0, broken_renewals = 0, renewal_status = 503;
    std::chrono::milliseconds renewal_delay{0};
    std::string code_client, code_secret, redirect;
    struct Code {
        std::string value, challenge;
    };
    std::vector<Code> codes;
    std::vector<std::string> verifiers, codes_shown;
    int made = 0;

    // The answer with a new token of the account that was granted.
    HttpReply grant() {
        std::erase_if(tokens, [&](const Token& token) { return token.value == granted.value; });
        tokens.push_back(granted);
        of_grants.insert(granted.value);
        Json answer{{"access_token", granted.value},
                    {"token_type", "Bearer"},
                    {"scope", "api"},
                    {"expires_in", lives == 0 ? 7200 : lives}};
        if (lives > 0) {
            refresh = "canary-refresh-" + std::to_string(++made);
            answer["refresh_token"] = refresh;
        }
        return reply(200, answer.dump());
    }

    HttpReply renew(const std::map<std::string, std::string>& form) {
        if (form.at("client_id") != client && form.at("client_id") != code_client)
            return reply(401, R"({"error":"invalid_client"})");
        if (!code_secret.empty() && form.contains("client_secret") && form.at("client_secret") != code_secret)
            return reply(401, R"({"error":"invalid_client"})");
        const bool breaks = broken_renewals > 0 && broken_renewals-- > 0;
        if (breaks && renewal_status != 0) return reply(renewal_status, "<html>down</html>", "text/html");
        if (std::ranges::find(used_refreshes, form.at("refresh_token")) != used_refreshes.end()) {
            refresh.clear();  // the whole family
            std::erase_if(tokens, [&](const Token& token) { return token.value == granted.value; });
        }
        if (refresh.empty() || form.at("refresh_token") != refresh)
            return reply(400, R"({"error":"invalid_grant"})");
        used_refreshes.push_back(refresh);
        std::erase_if(tokens, [&](const Token& token) { return token.value == granted.value; });
        granted.value = granted.value.substr(0, granted.value.find('+')) + "+" + std::to_string(++renewed);
        auto answer = grant();
        answer.delay = renewal_delay;
        if (breaks) answer.ending = HttpReply::Ending::reset;
        return answer;
    }

    HttpReply exchange(const std::map<std::string, std::string>& form) {
        if (const auto shown = form.find("code_verifier"); shown != form.end())
            verifiers.push_back(shown->second);
        codes_shown.push_back(form.at("code"));
        if (form.at("client_id") != code_client ||
            (!code_secret.empty() &&
             (!form.contains("client_secret") || form.at("client_secret") != code_secret)))
            return reply(401, R"({"error":"invalid_client"})");
        const auto code = std::ranges::find(codes, form.at("code"), &Code::value);
        if (code == codes.end() || form.at("redirect_uri") != redirect || !form.contains("code_verifier") ||
            pkce_challenge(form.at("code_verifier")) != code->challenge)
            return reply(400, R"({"error":"invalid_grant"})");
        codes.erase(code);
        return grant();
    }

    HttpReply token(const HttpQuery& query) {
        const auto form = decode_form(query.body);
        const auto type = form.find("grant_type");
        if (type != form.end() && type->second == "refresh_token") return renew(form);
        if (type != form.end() && type->second == "authorization_code") return exchange(form);
        return poll(query);
    }

    HttpReply device_code(const HttpQuery& query) {
        if (client.empty()) return reply(404, "<html>not found</html>", "text/html");
        if (!query.body.contains("client_id=" + client)) return reply(401, R"({"error":"invalid_client"})");
        next_poll = std::chrono::steady_clock::now() + std::chrono::milliseconds(900);
        decision = Decision::asked;
        return reply(200, Json{{"device_code", "canary-device-code"},
                               {"user_code", user_code},
                               {"verification_uri", url() + "/oauth/device"},
                               {"expires_in", by_hand ? 600 : 60},
                               {"interval", 1}}
                              .dump());
    }

    HttpReply poll(const HttpQuery& query) {
        if (!query.body.contains("device_code=canary-device-code"))
            return reply(400, R"({"error":"invalid_grant"})");
        if (std::chrono::steady_clock::now() < next_poll) return reply(400, R"({"error":"slow_down"})");
        next_poll = std::chrono::steady_clock::now() + std::chrono::milliseconds(900);
        if (by_hand && decision == Decision::asked) return reply(400, R"({"error":"authorization_pending"})");
        if (by_hand && decision != Decision::allowed) return reply(400, R"({"error":"access_denied"})");
        decision = Decision::not_asked;
        if (pending-- > 0) return reply(400, R"({"error":"authorization_pending"})");
        return grant();
    }

    [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(server->port()); }

    // Whoever is not the application that it was granted to is refused; an unknown token is no fault.
    HttpReply take_back(const HttpQuery& query) {
        const auto form = decode_form(query.body);
        const auto given = [&](const char* name) {
            const auto found = form.find(name);
            return found == form.end() ? std::string() : found->second;
        };
        const bool by_code = !code_client.empty() && given("client_id") == code_client;
        if ((!by_code && (client.empty() || given("client_id") != client)) ||
            (by_code && given("client_secret") != code_secret))
            return reply(403, R"({"error":"unauthorized_client"})");
        if (!of_grants.contains(given("token"))) return reply(200, "{}");
        if (given("token") == granted.value) refresh.clear();
        std::erase_if(tokens, [&](const Token& each) { return each.value == given("token"); });
        return reply(200, "{}");
    }

    HttpReply answer(const HttpQuery& query) {
        auto said = reply_to(query);
        said.headers["Date"] =
            http_date(std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()));
        return said;
    }

    HttpReply reply_to(const HttpQuery& query) {
        const std::scoped_lock lock(mutex);
        ++calls;
        queries.push_back(query);
        if (broken != 0) return reply(broken, "<html>down</html>", "text/html");
        if (query.method == "POST" && query.path == "/oauth/authorize_device") return device_code(query);
        if (query.method == "POST" && query.path == "/oauth/token") return token(query);
        if (query.method == "POST" && query.path == "/oauth/revoke") return take_back(query);
        const auto token = std::ranges::find(tokens, token_of(query), &Token::value);
        if (token == tokens.end()) return refused(401, "401 Unauthorized");
        if (query.path == "/api/v4/user" && query.method == "GET")
            return reply(200,
                         Json{{"id", token->id}, {"username", token->login}, {"state", "active"}}.dump());
        // What an application was granted; of no other token.
        if (query.path == "/oauth/token/info" && query.method == "GET") {
            if (!of_grants.contains(token->value)) return refused(401, "401 Unauthorized");
            return reply(200, Json{{"scope", token->scopes}, {"expires_in", 7200}}.dump());
        }
        constexpr std::string_view projects = "/api/v4/projects/";
        if (query.method == "GET" && query.path.starts_with(projects) &&
            !hidden.contains(query.path.substr(projects.size())))
            return reply(200, Json{{"id", 1}}.dump());
        if (query.path != "/api/v4/personal_access_tokens/self") return refused(404, "404 Not Found");
        if (of_grants.contains(token->value))  // as GitLab says it of a token that an application was granted
            return refused(400, "This endpoint requires token type to be a personal access token");
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
    impl_->server =
        std::make_unique<Server>(std::nullopt, std::uint16_t{0},
                                 Server::Callbacks::of_http([impl = impl_.get()](const HttpQuery& query) {
                                     return impl->answer(query);
                                 }));
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

void TokenServer::hide(const std::string& project, bool hidden) {
    const std::scoped_lock lock(impl_->mutex);
    auto path = project;
    for (auto at = path.find('/'); at != std::string::npos; at = path.find('/'))
        path.replace(at, 1, "%2F");
    if (hidden)
        impl_->hidden.insert(path);
    else
        impl_->hidden.erase(path);
}

void TokenServer::allow_device_grant(const std::string& client_id, Token granted, int pending) {
    const std::scoped_lock lock(impl_->mutex);
    impl_->client = client_id;
    impl_->granted = std::move(granted);
    impl_->pending = pending;
}

void TokenServer::ask_before_granting(const std::string& client_id) {
    const std::scoped_lock lock(impl_->mutex);
    impl_->client = client_id;
    impl_->by_hand = true;
}

std::string TokenServer::code_to_confirm() const {
    const std::scoped_lock lock(impl_->mutex);
    return impl_->decision == Impl::Decision::asked ? user_code : "";
}

void TokenServer::confirm(const std::string& code, bool allow, Token granted) {
    const std::scoped_lock lock(impl_->mutex);
    if (impl_->decision != Impl::Decision::asked || code != user_code)
        throw std::invalid_argument("No application has asked with this code.");
    impl_->decision = allow ? Impl::Decision::allowed : Impl::Decision::refused;
    impl_->granted = std::move(granted);
}

void TokenServer::make_renewable(int lives) {
    const std::scoped_lock lock(impl_->mutex);
    impl_->lives = lives;
}

void TokenServer::allow_code_grant(const std::string& client_id, const std::string& redirect_url,
                                   Token granted, const std::string& secret) {
    const std::scoped_lock lock(impl_->mutex);
    impl_->code_client = client_id;
    impl_->redirect = redirect_url;
    impl_->granted = std::move(granted);
    impl_->code_secret = secret;
}

std::string TokenServer::visit(const std::string& authorize_url) {
    const std::scoped_lock lock(impl_->mutex);
    const auto page = impl_->url() + "/oauth/authorize?";
    if (!authorize_url.starts_with(page)) throw std::invalid_argument("not this server: " + authorize_url);
    const auto asked = decode_form(authorize_url.substr(page.size()));
    if (asked.at("client_id") != impl_->code_client || asked.at("redirect_uri") != impl_->redirect ||
        asked.at("response_type") != "code" || asked.at("code_challenge_method") != "S256" ||
        asked.at("state").size() < 20)
        throw std::invalid_argument("refused by the server: " + authorize_url);
    impl_->codes.push_back(
        {"canary-code-" + std::to_string(impl_->server->port()) + "-" + std::to_string(++impl_->made),
         asked.at("code_challenge")});
    return impl_->redirect + "?code=" + impl_->codes.back().value + "&state=" + asked.at("state");
}

void TokenServer::break_renewals(int status, int times) {
    const std::scoped_lock lock(impl_->mutex);
    impl_->renewal_status = status;
    impl_->broken_renewals = times;
}

void TokenServer::delay_renewals(std::chrono::milliseconds by) {
    const std::scoped_lock lock(impl_->mutex);
    impl_->renewal_delay = by;
}

std::string TokenServer::newest() const {
    const std::scoped_lock lock(impl_->mutex);
    return impl_->granted.value;
}

int TokenServer::renewals() const {
    const std::scoped_lock lock(impl_->mutex);
    return impl_->renewed;
}

std::vector<std::string> TokenServer::verifiers() const {
    const std::scoped_lock lock(impl_->mutex);
    return impl_->verifiers;
}

std::vector<std::string> TokenServer::codes_shown() const {
    const std::scoped_lock lock(impl_->mutex);
    return impl_->codes_shown;
}

std::vector<HttpQuery> TokenServer::queries() const {
    const std::scoped_lock lock(impl_->mutex);
    return impl_->queries;
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

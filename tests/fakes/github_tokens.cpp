#include "tests/fakes/github_tokens.hpp"

#include "config/base/base64.hpp"
#include "tests/fakes/slack_wire.hpp"

#include <nlohmann/json.hpp>
#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <map>
#include <mutex>
#include <set>
#include <stdexcept>

namespace countersign::fakes {
namespace {

using Json = nlohmann::json;

HttpReply reply(int status, const Json& body) {
    HttpReply made;
    made.status = status;
    made.body = body.is_null() ? "" : body.dump();
    return made;
}

std::string header(const HttpQuery& query, const char* name) {
    const auto found = query.headers.find(name);
    return found == query.headers.end() ? "" : found->second;
}

std::string challenge_of(const std::string& verifier) {
    std::array<unsigned char, 32> digest{};
    SHA256(reinterpret_cast<const unsigned char*>(verifier.data()), verifier.size(), digest.data());
    auto text = base64::encoded({reinterpret_cast<const char*>(digest.data()), digest.size()});
    std::ranges::replace(text, '+', '-');
    std::ranges::replace(text, '/', '_');
    while (text.ends_with('='))
        text.pop_back();
    return text;
}

}  // namespace

struct GithubTokens::Impl {
    explicit Impl(Application given) : application(std::move(given)) {}

    mutable std::mutex mutex;
    Application application;
    bool promises = false, in_form = false;
    std::map<std::string, std::string> codes;  // code: challenge
    std::set<std::string> tokens;
    std::string newest;
    int made = 0, taken_back = 0;
    std::unique_ptr<Server> server;

    [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(server->port()); }

    HttpReply exchange(const HttpQuery& query) {
        const auto form = decode_form(query.body);
        const auto given = [&](const char* name) {
            const auto found = form.find(name);
            return found == form.end() ? std::string() : found->second;
        };
        // GitHub says what is wrong with HTTP 200.
        if (given("client_id") != application.client_id || given("client_secret") != application.secret)
            return reply(200, {{"error", "incorrect_client_credentials"}});
        const auto code = codes.find(given("code"));
        if (code == codes.end() || given("redirect_uri") != application.redirect_url ||
            challenge_of(given("code_verifier")) != code->second)
            return reply(200, {{"error", "bad_verification_code"}});
        codes.erase(code);
        newest = "ghu_canary" + std::to_string(++made);
        tokens.insert(newest);
        if (!in_form && header(query, "accept") == "application/json")
            return reply(200, {{"access_token", newest}, {"scope", "repo"}, {"token_type", "bearer"}});
        HttpReply form_reply;
        form_reply.content_type = "application/x-www-form-urlencoded; charset=utf-8";
        form_reply.body = "access_token=" + newest + "&scope=repo&token_type=bearer";
        return form_reply;
    }

    HttpReply take_back(const HttpQuery& query) {
        const auto basic = "Basic " + base64::encoded(application.client_id + ":" + application.secret);
        if (header(query, "authorization") != basic) return reply(401, {{"message", "Bad credentials"}});
        const auto body = Json::parse(query.body, nullptr, false);
        if (!body.is_object() || tokens.erase(body.value("access_token", "")) == 0)
            return reply(422, {{"message", "Validation Failed"}});
        ++taken_back;
        return reply(204, Json());
    }

    HttpReply answer(const HttpQuery& query) {
        const std::scoped_lock lock(mutex);
        const auto& [method, path] = std::pair(query.method, query.path);
        if (method == "GET" && path == "/.well-known/oauth-authorization-server/login/oauth" && promises)
            return reply(200, {{"issuer", url() + "/login/oauth"},
                               {"authorization_response_iss_parameter_supported", true}});
        if (method == "POST" && path == "/login/oauth/access_token") return exchange(query);
        if (method == "DELETE" && path == "/api/v3/applications/" + application.client_id + "/token")
            return take_back(query);
        const auto bearer = header(query, "authorization");
        if (!path.starts_with("/api/v3/")) return reply(404, {{"message", "Not Found"}});
        if (!bearer.starts_with("Bearer ") || !tokens.contains(bearer.substr(7)))
            return reply(401, {{"message", "Bad credentials"}});
        if (path == "/api/v3/user") {
            auto user = reply(200, {{"login", "octo"}, {"id", 583231}, {"type", "User"}});
            user.headers["X-OAuth-Scopes"] = "repo";
            return user;
        }
        if (path.starts_with("/api/v3/repos/")) return reply(200, {{"full_name", path.substr(14)}});
        return reply(404, {{"message", "Not Found"}});
    }
};

GithubTokens::GithubTokens(Application application) : impl_(std::make_unique<Impl>(std::move(application))) {
    impl_->server =
        std::make_unique<Server>(std::nullopt, std::uint16_t{0},
                                 Server::Callbacks::of_http([impl = impl_.get()](const HttpQuery& query) {
                                     return impl->answer(query);
                                 }));
}

GithubTokens::~GithubTokens() {
    impl_->server->stop();
}

std::string GithubTokens::url() const {
    return impl_->url();
}

void GithubTokens::promise_issuer() {
    const std::scoped_lock lock(impl_->mutex);
    impl_->promises = true;
}

bool GithubTokens::promises_issuer() const {
    const std::scoped_lock lock(impl_->mutex);
    return impl_->promises;
}

void GithubTokens::answer_in_form() {
    const std::scoped_lock lock(impl_->mutex);
    impl_->in_form = true;
}

std::string GithubTokens::visit(const std::string& authorize_url) {
    const std::scoped_lock lock(impl_->mutex);
    const auto page = impl_->url() + "/login/oauth/authorize?";
    if (!authorize_url.starts_with(page)) throw std::invalid_argument("not this server: " + authorize_url);
    const auto asked = decode_form(authorize_url.substr(page.size()));
    if (asked.at("client_id") != impl_->application.client_id ||
        asked.at("redirect_uri") != impl_->application.redirect_url || asked.at("scope") != "repo" ||
        asked.at("code_challenge_method") != "S256" || asked.at("state").size() < 20)
        throw std::invalid_argument("refused by the server: " + authorize_url);
    const auto code = "canary-code-" + std::to_string(++impl_->made);
    impl_->codes[code] = asked.at("code_challenge");
    return impl_->application.redirect_url + "?code=" + code + "&state=" + asked.at("state");
}

bool GithubTokens::knows(const std::string& token) const {
    const std::scoped_lock lock(impl_->mutex);
    return impl_->tokens.contains(token);
}

std::string GithubTokens::newest() const {
    const std::scoped_lock lock(impl_->mutex);
    return impl_->newest;
}

int GithubTokens::taken_back() const {
    const std::scoped_lock lock(impl_->mutex);
    return impl_->taken_back;
}

}  // namespace countersign::fakes

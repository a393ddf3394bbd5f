#include "tests/fakes/github_tokens.hpp"

#include "config/base/base64.hpp"
#include "tests/fakes/pkce.hpp"
#include "tests/fakes/slack_wire.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <mutex>
#include <optional>
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
    std::vector<HttpQuery> queries;
    std::optional<DeviceGrant> device;
    std::string device_code, refresh;  // "" = none is good now
    Decision decision = Decision::none;
    bool code_over = false;
    std::chrono::seconds interval{0};
    std::chrono::steady_clock::time_point last_poll{};
    int slow_downs = 0, polls = 0, early_polls = 0, stale_polls = 0, renewals = 0;
    std::unique_ptr<Server> server;

    [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(server->port()); }

    // To whoever does not ask for JSON it speaks as a form does.
    [[nodiscard]] HttpReply say(const HttpQuery& query, const Json& members) const {
        if (!in_form && header(query, "accept") == "application/json") return reply(200, members);
        HttpReply form;
        form.content_type = "application/x-www-form-urlencoded; charset=utf-8";
        for (const auto& [name, value] : members.items())
            form.body += (form.body.empty() ? "" : "&") + name + "=" +
                         (value.is_string() ? value.get<std::string>() : value.dump());
        return form;
    }

    [[nodiscard]] std::string scopes() const { return device ? device->scopes : "repo"; }

    Json grant() {
        newest = "ghu_canary" + std::to_string(++made);
        tokens.insert(newest);
        Json told{{"access_token", newest}, {"scope", scopes()}, {"token_type", "bearer"}};
        if (!device || device->token_lives.count() == 0) return told;
        refresh = "ghr_canary" + std::to_string(made);
        told["expires_in"] = device->token_lives.count();
        told["refresh_token"] = refresh;
        told["refresh_token_expires_in"] = 15'897'600;
        return told;
    }

    HttpReply begin_device(const HttpQuery& query) {
        const auto form = decode_form(query.body);
        if (!form.contains("client_id") || form.at("client_id") != application.client_id)
            return reply(404, {{"message", "Not Found"}});
        if (!device) return say(query, {{"error", "device_flow_disabled"}});
        device_code = "canary-device-" + std::to_string(++made);
        decision = Decision::none;
        code_over = false;
        interval = device->interval;
        last_poll = std::chrono::steady_clock::now();
        const auto page =
            device->verification_uri.empty() ? url() + "/login/device" : device->verification_uri;
        return say(query, {{"device_code", device_code},
                           {"user_code", "WDJB-MJHT"},
                           {"verification_uri", page},
                           {"expires_in", device->lives.count()},
                           {"interval", interval.count()}});
    }

    HttpReply poll(const HttpQuery& query, const std::map<std::string, std::string>& form) {
        const auto now = std::chrono::steady_clock::now();
        const bool early = now - last_poll < interval;
        last_poll = now;
        ++polls;
        if (early) ++early_polls;
        const auto error = [&](const char* word) {
            return say(query, {{"error", word}, {"error_description", "see the documentation"}});
        };
        if (form.at("client_id") != application.client_id) return error("incorrect_client_credentials");
        if (device_code.empty() || !form.contains("device_code") || form.at("device_code") != device_code) {
            ++stale_polls;
            return error("incorrect_device_code");
        }
        if (code_over) return error("expired_token");
        if (early || slow_downs > 0) {
            if (slow_downs > 0) --slow_downs;
            interval += std::chrono::seconds(5);
            return say(query, {{"error", "slow_down"}, {"interval", interval.count()}});
        }
        if (decision == Decision::none) return error("authorization_pending");
        device_code.clear();  // good for one answer
        if (decision == Decision::denied) return error("access_denied");
        auto granted = say(query, grant());
        granted.delay = device->answer_after;
        return granted;
    }

    // Of what a device was granted it needs no secret. Both old tokens end.
    HttpReply renew(const HttpQuery& query, const std::map<std::string, std::string>& form) {
        if (form.at("client_id") != application.client_id)
            return say(query, {{"error", "incorrect_client_credentials"}});
        if (refresh.empty() || !form.contains("refresh_token") || form.at("refresh_token") != refresh)
            return say(query, {{"error", "bad_refresh_token"}});
        ++renewals;
        tokens.erase(newest);
        return say(query, grant());
    }

    HttpReply exchange(const HttpQuery& query) {
        const auto form = decode_form(query.body);
        const auto given = [&](const char* name) {
            const auto found = form.find(name);
            return found == form.end() ? std::string() : found->second;
        };
        if (given("grant_type") == "urn:ietf:params:oauth:grant-type:device_code") return poll(query, form);
        if (given("grant_type") == "refresh_token") return renew(query, form);
        // GitHub says what is wrong with HTTP 200.
        if (given("client_id") != application.client_id || given("client_secret") != application.secret)
            return say(query, {{"error", "incorrect_client_credentials"}});
        const auto code = codes.find(given("code"));
        if (code == codes.end() || given("redirect_uri") != application.redirect_url ||
            pkce_challenge(given("code_verifier")) != code->second)
            return say(query, {{"error", "bad_verification_code"}});
        codes.erase(code);
        return say(query, grant());
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
        queries.push_back(query);
        const auto& [method, path] = std::pair(query.method, query.path);
        if (method == "GET" && path == "/.well-known/oauth-authorization-server/login/oauth" && promises)
            return reply(200, {{"issuer", url() + "/login/oauth"},
                               {"authorization_response_iss_parameter_supported", true}});
        if (method == "POST" && path == "/login/device/code") return begin_device(query);
        if (method == "POST" && path == "/login/oauth/access_token") return exchange(query);
        if (method == "DELETE" && path == "/api/v3/applications/" + application.client_id + "/token")
            return take_back(query);
        const auto bearer = header(query, "authorization");
        if (!path.starts_with("/api/v3/")) return reply(404, {{"message", "Not Found"}});
        if (!bearer.starts_with("Bearer ") || !tokens.contains(bearer.substr(7)))
            return reply(401, {{"message", "Bad credentials"}});
        if (path == "/api/v3/user") {
            auto user = reply(200, {{"login", "octo"}, {"id", 583231}, {"type", "User"}});
            user.headers["X-OAuth-Scopes"] = scopes();
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

void GithubTokens::allow_device_grant(DeviceGrant how) {
    const std::scoped_lock lock(impl_->mutex);
    impl_->device = std::move(how);
}

void GithubTokens::decide(Decision decision) {
    const std::scoped_lock lock(impl_->mutex);
    impl_->decision = decision;
}

void GithubTokens::end_device_code() {
    const std::scoped_lock lock(impl_->mutex);
    impl_->code_over = true;
}

void GithubTokens::slow_down(int polls) {
    const std::scoped_lock lock(impl_->mutex);
    impl_->slow_downs = polls;
}

int GithubTokens::polls() const {
    const std::scoped_lock lock(impl_->mutex);
    return impl_->polls;
}

int GithubTokens::early_polls() const {
    const std::scoped_lock lock(impl_->mutex);
    return impl_->early_polls;
}

int GithubTokens::stale_polls() const {
    const std::scoped_lock lock(impl_->mutex);
    return impl_->stale_polls;
}

int GithubTokens::renewals() const {
    const std::scoped_lock lock(impl_->mutex);
    return impl_->renewals;
}

void GithubTokens::forget(const std::string& token) {
    const std::scoped_lock lock(impl_->mutex);
    impl_->tokens.erase(token);
}

std::vector<HttpQuery> GithubTokens::queries() const {
    const std::scoped_lock lock(impl_->mutex);
    return impl_->queries;
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

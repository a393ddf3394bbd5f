#include "tests/fakes/slack_oauth.hpp"

#include "config/base/base64.hpp"
#include "tests/fakes/pkce.hpp"
#include "tests/fakes/slack_wire.hpp"

#include <map>
#include <mutex>
#include <stdexcept>

namespace countersign::fakes {

struct SlackOauth::Impl {
    Impl(FakeSlack& front, FakeSlack& other, Application given, std::chrono::seconds lives)
        : slack(front), workspace(other), application(std::move(given)), token_lives(lives) {}

    mutable std::mutex mutex;
    FakeSlack& slack;
    FakeSlack& workspace;
    Application application;
    std::chrono::seconds token_lives;
    std::map<std::string, std::string> codes;  // code: challenge
    std::vector<std::string> tokens, complaints;
    std::string refresh;  // the one that is good now; "" = none
    int made = 0, renewals = 0;

    HttpReply say(const Json& answer) const {
        HttpReply reply;
        reply.body = answer.dump();
        return reply;
    }

    HttpReply refuse(const std::string& error, const std::string& why) {
        complaints.push_back(error + ": " + why);
        return say({{"ok", false}, {"error", error}});
    }

    HttpReply grant() {
        const auto token = "xoxe.xoxb-canary-" + std::to_string(++made);
        tokens.push_back(token);
        slack.host(token, workspace);
        refresh = "xoxe-1-canary-" + std::to_string(made);
        return say({{"ok", true},
                    {"access_token", token},
                    {"token_type", "bot"},
                    {"scope", "chat:write,channels:read,channels:history"},
                    {"bot_user_id", ids::bot_user},
                    {"app_id", ids::app},
                    {"expires_in", token_lives.count()},
                    {"refresh_token", refresh},
                    {"team", {{"id", "T0OTHER"}, {"name", "Other"}}},
                    {"enterprise", nullptr},
                    {"is_enterprise_install", false}});
    }

    HttpReply answer(const HttpQuery& query) {
        const std::scoped_lock lock(mutex);
        const auto form = decode_form(query.body);
        const auto given = [&](const char* name) {
            const auto found = form.find(name);
            return found == form.end() ? std::string() : found->second;
        };
        const auto basic = query.headers.find("authorization");
        const auto expected = "Basic " + base64::encoded(application.client_id + ":" + application.secret);
        if (basic == query.headers.end() || basic->second != expected)
            return refuse("bad_client_secret", "not in the Basic header");
        if (form.contains("client_secret")) return refuse("bad_client_secret", "twice");
        if (given("grant_type") == "refresh_token") {
            if (refresh.empty() || given("refresh_token") != refresh)
                return refuse("invalid_refresh_token", given("refresh_token"));
            ++renewals;
            return grant();
        }
        const auto code = codes.find(given("code"));
        if (code == codes.end()) return refuse("invalid_code", given("code"));
        if (given("redirect_uri") != application.redirect_url) return refuse("bad_redirect_uri", "another");
        if (pkce_challenge(given("code_verifier")) != code->second) return refuse("invalid_code", "PKCE");
        codes.erase(code);
        return grant();
    }
};

SlackOauth::SlackOauth(FakeSlack& slack, FakeSlack& workspace, Application application,
                       std::chrono::seconds token_lives)
    : impl_(std::make_unique<Impl>(slack, workspace, std::move(application), token_lives)) {
    slack.serve("/api/oauth.v2.access",
                [impl = impl_.get()](const HttpQuery& query) { return impl->answer(query); });
}

SlackOauth::~SlackOauth() {
    impl_->slack.serve("/api/oauth.v2.access", [](const HttpQuery&) { return HttpReply(); });
}

std::string SlackOauth::visit(const std::string& authorize_url) {
    const std::scoped_lock lock(impl_->mutex);
    constexpr std::string_view page = "/oauth/v2/authorize?";
    const auto at = authorize_url.find(page);
    if (at == std::string::npos) throw std::invalid_argument("not Slack: " + authorize_url);
    const auto asked = decode_form(authorize_url.substr(at + page.size()));
    if (asked.at("client_id") != impl_->application.client_id ||
        asked.at("redirect_uri") != impl_->application.redirect_url ||
        asked.at("code_challenge_method") != "S256" || asked.at("state").size() < 20)
        throw std::invalid_argument("refused by Slack: " + authorize_url);
    const auto code = "canary-slack-code-" + std::to_string(++impl_->made);
    impl_->codes[code] = asked.at("code_challenge");
    return impl_->application.redirect_url + "?code=" + code + "&state=" + asked.at("state");
}

int SlackOauth::renewals() const {
    const std::scoped_lock lock(impl_->mutex);
    return impl_->renewals;
}

std::string SlackOauth::newest() const {
    const std::scoped_lock lock(impl_->mutex);
    return impl_->tokens.empty() ? "" : impl_->tokens.back();
}

bool SlackOauth::knows(const std::string& token) const {
    return impl_->slack.hosts(token);
}

void SlackOauth::uninstall() {
    const std::scoped_lock lock(impl_->mutex);
    for (const auto& token : impl_->tokens)
        impl_->slack.forget(token);
    impl_->refresh.clear();
}

std::vector<std::string> SlackOauth::complaints() const {
    const std::scoped_lock lock(impl_->mutex);
    return impl_->complaints;
}

}  // namespace countersign::fakes

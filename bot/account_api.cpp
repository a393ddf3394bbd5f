#include "bot/account_api.hpp"

#include "bot/message_search.hpp"
#include "bot/stored_client.hpp"
#include "handlers/accounts.hpp"
#include "handlers/review/payload_fields.hpp"
#include "storage/installed_view.hpp"
#include "storage/vault.hpp"

#include <nlohmann/json.hpp>

namespace countersign::bot {
namespace {

using handlers::review::text_field;
using net::ApiAnswer;
using nlohmann::json;

json account_json(const Account& account) {
    json told{{"account", account.name},
              {"account_id", account.id},
              {"workspace", account.workspace},
              {"scopes", account.scopes},
              {"warning", account.warning}};
    if (account.expires_at) told["expires_at"] = to_millis(*account.expires_at);
    return told;
}

}  // namespace

ApiAnswer account_answer(const json& body) {
    ApiAnswer answer;
    answer.body = body.dump(-1, ' ', false, json::error_handler_t::replace);
    return answer;
}

ApiAnswer account_failure(std::string error, const std::string& text) {
    ApiAnswer answer = account_answer({{"text", text}});
    answer.meaning = net::ApiMeaning::refused;  // its handler decides, and says when to try again
    answer.error = std::move(error);
    answer.detail = text;
    answer.advice = text;
    return answer;
}

ApiAnswer account_failure(const Failure& failure) {
    switch (failure.code) {
        case Errc::unauthorised:
            return account_failure("refused", failure.text);
        case Errc::forbidden:
            return account_failure("lost_scope", failure.text);
        case Errc::unclear:
        case Errc::too_large:
            return account_failure("unclear", failure.text);
        default:
            return account_failure("unavailable", failure.text);
    }
}

std::optional<storage::Authorization> AccountApi::row(std::string_view id) {
    const auto* database = vault_.reader();
    return database == nullptr ? std::nullopt : storage::InstalledView(*database).authorization(id);
}

std::optional<storage::PendingGrant> AccountApi::grant(std::string_view id) {
    const auto* database = vault_.reader();
    return database == nullptr ? std::nullopt : storage::InstalledView(*database).grant(id);
}

OauthClient AccountApi::client_of(storage::AuthorizationKind kind, const std::string& url,
                                  const std::string& record, std::string client_id) {
    const auto* database = vault_.reader();
    if (database == nullptr) return {std::move(client_id), std::nullopt};
    return stored_client(*database, vault_.ring(), kind, url, record, std::move(client_id));
}

net::Awaitable<ApiAnswer> AccountApi::refresh(const json& args) {
    const auto id = text_field(args, "authorization");
    const auto fingerprint = text_field(args, "fingerprint");
    const auto before = row(id);
    if (!before) co_return account_failure("gone", "it was removed meanwhile");
    // O12: somebody else has renewed it; what is there now is the newer one.
    if (before->fingerprint != fingerprint) co_return account_failure("changed", "it was renewed meanwhile");
    const auto instance = instance_of(before->kind, before->url, settings_);
    if (!instance) co_return account_failure(instance.error());
    auto refresh_token = vault_.read(*before, "refresh_token");
    auto client_id = vault_.read(*before, "client_id");
    if (!refresh_token || !client_id)
        co_return account_failure("no_secret", "there is no refresh token for it");
    const auto client = client_of(before->kind, before->url, before->id, client_id->reveal());
    auto granted = co_await renew_token(*http_, *instance, client, std::move(*refresh_token));
    if (!granted) {
        const auto now = row(id);
        if (!now) co_return account_failure("gone", "it was removed meanwhile");
        if (now->fingerprint != fingerprint) co_return account_failure("changed", "it was renewed meanwhile");
        co_return account_failure(granted.error());
    }
    const std::string kind(to_text(before->kind));
    std::vector<std::pair<storage::SealedPlace, Secret>> secrets;
    secrets.emplace_back(storage::SealedPlace{id, "token", kind, before->url}, granted->token);
    // A server that sends no new one goes on taking the old one.
    if (granted->refresh_token)
        secrets.emplace_back(storage::SealedPlace{id, "refresh_token", kind, before->url},
                             *granted->refresh_token);
    // O14: what takes it back, should nobody want it by the time the answer is read.
    const auto apart = id + handlers::unwanted_suffix;
    std::vector<std::pair<storage::SealedPlace, Secret>> unwanted;
    unwanted.emplace_back(storage::SealedPlace{apart, "token", kind, before->url}, granted->token);
    unwanted.emplace_back(storage::SealedPlace{apart, "client_id", kind, before->url}, Secret(client.id));
    if (client.secret)
        unwanted.emplace_back(storage::SealedPlace{apart, "client_secret", kind, before->url},
                              *client.secret);
    json told{{"sealed", to_json(storage::sealed_bundle(vault_.ring(), secrets))},
              {"unwanted", to_json(storage::sealed_bundle(vault_.ring(), unwanted))},
              {"fingerprint", storage::fingerprint(granted->token)}};
    if (granted->lives) told["lives_s"] = granted->lives->count();
    co_return account_answer(told);
}

net::Awaitable<ApiAnswer> AccountApi::check(const json& args) {
    const auto found = row(text_field(args, "authorization"));
    if (!found) co_return account_failure("gone", "it was removed meanwhile");
    const auto instance = instance_of(found->kind, found->url, settings_);
    if (!instance) co_return account_failure(instance.error());
    auto token = vault_.read(*found, "token");
    if (!token) co_return account_failure("no_secret", token.error().text);
    const auto account = co_await who_am_i(*http_, *instance, *token);
    if (!account) co_return account_failure(account.error());
    auto told = account_json(*account);
    told["lost"] = json::array();
    for (const auto& probe : args.value("probes", json::array())) {
        const auto seen = co_await may_read(*http_, *instance, *token, text_field(probe, "project"));
        if (!seen && (seen.error().code == Errc::forbidden || seen.error().code == Errc::not_found))
            told["lost"].push_back(probe);
    }
    co_return account_answer(told);
}

// The row is gone already; its secrets are left for this one call.
net::Awaitable<ApiAnswer> AccountApi::revoke_token(const json& args) {
    storage::Authorization gone;
    gone.id = text_field(args, "authorization");
    gone.url = text_field(args, "url");
    const auto kind = storage::parse_kind(text_field(args, "kind"));
    if (!kind) co_return account_failure("no_secret", "there is no such kind");
    gone.kind = *kind;
    const auto instance = instance_of(gone.kind, gone.url, settings_);
    if (!instance) co_return account_failure(instance.error());
    auto token = vault_.read(gone, "token");
    if (!token) co_return account_failure("no_secret", "there was none to read");
    auto client_id = vault_.read(gone, "client_id");
    const auto client =
        client_of(gone.kind, gone.url, gone.id, client_id ? client_id->reveal() : std::string());
    const auto done = co_await take_back(*http_, *instance, client, std::move(*token));
    if (!done) co_return account_failure(done.error());
    co_return account_answer(json::object());
}

// By a stored authorization of another workspace, with the same care as our own messages.
net::Awaitable<ApiAnswer> AccountApi::post(storage::Effect effect, const json& args) {
    const auto found = row(text_field(args, "authorization"));
    if (!found || found->state == storage::AuthorizationState::needs_reauth)
        co_return account_failure("gone", "its authorization cannot be used now");
    const auto instance = instance_of(found->kind, found->url, settings_);
    if (!instance) co_return account_failure(instance.error());
    auto token = vault_.read(*found, "token");
    if (!token) co_return account_failure("no_secret", token.error().text);
    config::Secrets secrets;
    secrets.bot_token = std::move(*token);
    slack::WebApi api(*http_, instance->api_url + "/", secrets);
    effect.method = "chat.postMessage";
    effect.token = storage::TokenKind::bot;
    effect.args = args.at("message").dump();
    auto answer = co_await deliver_message(api, effect);
    // Slack's own words say "token_revoked" of ours; here they are about somebody else's.
    if (says_token_is_dead(answer.error))
        co_return account_failure("refused", "Slack refuses the token (" + answer.error + ")");
    co_return answer;
}

net::Awaitable<ApiAnswer> AccountApi::perform(storage::Effect effect) {
    const json args = json::parse(effect.args, nullptr, false);
    const auto method = effect.method;
    if (method == "account.refresh") co_return co_await refresh(args);
    if (method == "account.check") co_return co_await check(args);
    if (method == "account.revoke") co_return co_await revoke_token(args);
    if (method == "account.post") co_return co_await post(std::move(effect), args);
    if (method == "account.begin") co_return co_await begin(args);
    if (method == "account.poll") co_return co_await poll(args);
    if (method == "account.exchange") co_return co_await exchange(args);
    if (method == "account.adopt") co_return adopt(args);
    co_return account_failure("unavailable", "there is no such method: " + method);
}

}  // namespace countersign::bot

// What AccountApi does for an authorization on its way.
#include "bot/account_api.hpp"
#include "bot/device_grant.hpp"
#include "bot/issuer.hpp"
#include "config/base/text.hpp"
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

constexpr std::chrono::seconds link_lives{600};  // as long as the codes of all three servers

storage::SealedPlace place(const storage::PendingGrant& grant, const char* field) {
    return {grant.id, field, std::string(to_text(grant.kind)), grant.url};
}

}  // namespace

// Everything random is made here: handlers have none. What must stay secret is sealed under the new id.
net::Awaitable<ApiAnswer> AccountApi::begin(const json& args) {
    const auto kind = storage::parse_kind(text_field(args, "kind"));
    const auto* database = vault_.reader();
    if (!kind || database == nullptr || vault_.ring().empty())
        co_return account_failure("no_secret", "COUNTERSIGN_KEY is missing: nothing could be kept safe");
    const auto app = storage::InstalledView(*database).oauth_app(*kind, text_field(args, "url"));
    if (!app) co_return account_failure("gone", "this OAuth application was removed meanwhile");
    const auto instance = instance_of(app->kind, app->url, settings_);
    if (!instance) co_return account_failure(instance.error());
    storage::PendingGrant made;
    made.id = text_field(args, "id").empty() ? new_uuid() : text_field(args, "id");
    made.kind = app->kind;
    made.url = app->url;
    json told{{"id", made.id}, {"client_id", app->client_id}, {"redirect_url", app->redirect_url}};
    std::vector<std::pair<storage::SealedPlace, Secret>> secrets;
    if (args.value("device", false)) {
        const auto code = co_await begin_device_grant(*http_, *instance, app->client_id);
        if (!code) co_return account_failure(code.error());
        secrets.emplace_back(place(made, "device_code"), code->device_code);
        told["user_code"] = code->user_code;
        told["verification_uri"] = code->verification_uri;
        told["interval_ms"] = std::chrono::milliseconds(code->interval).count();
        told["lives_s"] = code->lives.count();
    } else {
        const auto pkce = make_pkce();
        const auto state = make_state();
        secrets.emplace_back(place(made, "verifier"), pkce.verifier);
        auto issuer = co_await promised_issuer(*http_, *instance);
        if (issuer && !issuer->empty())
            secrets.emplace_back(place(made, "issuer"), Secret(std::move(*issuer)));
        told["link"] = authorize_url(*instance, app->client_id, app->redirect_url, state, pkce.challenge);
        told["state_hash"] = text::sha256_hex(state.reveal());
        told["lives_s"] = link_lives.count();
    }
    told["sealed"] = to_json(storage::sealed_bundle(vault_.ring(), secrets));
    co_return account_answer(told);
}

net::Awaitable<ApiAnswer> AccountApi::poll(const json& args) {
    const auto found = grant(text_field(args, "grant"));
    if (!found) co_return account_failure("gone", "it was cancelled");
    const auto instance = instance_of(found->kind, found->url, settings_);
    if (!instance) co_return account_failure(instance.error());
    const auto code = vault_.read(place(*found, "device_code"));
    if (!code) co_return account_failure("no_secret", code.error().text);
    DevicePoll pace(std::chrono::duration_cast<std::chrono::seconds>(found->interval),
                    std::chrono::duration_cast<std::chrono::seconds>(found->ends_at - system_clock().now()),
                    system_clock().steady());
    const auto response = co_await poll_device_grant(*http_, *instance, found->client_id, *code);
    auto answered = pace.answered(response, system_clock().steady());
    if (!answered)
        co_return account_answer(
            {{"pending", true}, {"interval_ms", std::chrono::milliseconds(pace.interval()).count()}});
    if (!*answered) co_return account_failure("refused", answered->error().text);
    co_return co_await taken_in(*found, *instance, std::move(**answered));
}

net::Awaitable<ApiAnswer> AccountApi::exchange(const json& args) {
    const auto found = grant(text_field(args, "grant"));
    if (!found) co_return account_failure("gone", "it was cancelled");
    const auto instance = instance_of(found->kind, found->url, settings_);
    if (!instance) co_return account_failure(instance.error());
    const auto code = vault_.read(place(*found, "code"));
    const auto verifier = vault_.read(place(*found, "verifier"));
    if (!code || !verifier) co_return account_failure("no_secret", "the code was not kept");
    const auto client = client_of(found->kind, found->url, found->id, found->client_id);
    auto granted = co_await exchange_code(*http_, *instance, client, *code, *verifier, found->redirect_url);
    // A code is good for one try: whatever went wrong, the person starts again.
    if (!granted) co_return account_failure("refused", granted.error().text);
    co_return co_await taken_in(*found, *instance, std::move(*granted));
}

// A seal is bound to the row it was made for: what was granted for one is sealed anew for the other.
ApiAnswer AccountApi::adopt(const json& args) {
    const auto found = grant(text_field(args, "grant"));
    const auto into = row(text_field(args, "authorization"));
    if (!found || !into) return account_failure("gone", "it was removed meanwhile");
    std::vector<std::pair<storage::SealedPlace, Secret>> secrets;
    for (const auto* field : {"token", "refresh_token", "client_id"}) {
        auto secret = vault_.read(place(*found, field));
        const storage::SealedPlace there{into->id, field, std::string(to_text(into->kind)), into->url};
        if (secret) secrets.emplace_back(there, std::move(*secret));
    }
    if (secrets.empty()) return account_failure("no_secret", "there was none to read");
    json told{{"sealed", to_json(storage::sealed_bundle(vault_.ring(), secrets))}};
    // What takes the old one back.
    std::vector<std::pair<storage::SealedPlace, Secret>> replaced;
    for (const auto* field : {"token", "client_id", "client_secret"}) {
        auto secret = vault_.read(*into, field);
        const storage::SealedPlace apart{handlers::replaced_record(*found), field,
                                         std::string(to_text(into->kind)), into->url};
        if (secret) replaced.emplace_back(apart, std::move(*secret));
    }
    if (!replaced.empty()) told["replaced"] = to_json(storage::sealed_bundle(vault_.ring(), replaced));
    return account_answer(told);
}

net::Awaitable<ApiAnswer> AccountApi::taken_in(storage::PendingGrant grant, Instance instance,
                                               GrantedToken granted) {
    const auto account = co_await who_am_i(*http_, instance, granted.token);
    // A token that is refused or weak at once is not worth a question; nor must it stay valid (O14).
    if (!account && (account.error().code == Errc::unauthorised || account.error().code == Errc::forbidden)) {
        const auto back = co_await take_back(
            *http_, instance, client_of(grant.kind, grant.url, grant.id, grant.client_id), granted.token);
        const bool dead = back || back.error().code == Errc::unauthorised;
        co_return account_failure(
            "refused", account.error().text + (dead ? "" : "; it was not taken back: revoke it there"));
    }
    std::vector<std::pair<storage::SealedPlace, Secret>> secrets;
    secrets.emplace_back(place(grant, "token"), granted.token);
    secrets.emplace_back(place(grant, "client_id"), Secret(grant.client_id));
    if (granted.refresh_token) secrets.emplace_back(place(grant, "refresh_token"), *granted.refresh_token);
    json told{{"sealed", to_json(storage::sealed_bundle(vault_.ring(), secrets))},
              {"fingerprint", storage::fingerprint(granted.token)},
              {"renewable", granted.refresh_token.has_value()},
              {"scopes", granted.scopes}};
    if (granted.lives) told["lives_s"] = granted.lives->count();
    if (account) {
        told["account"] = text::shortened(text::cleaned(account->name), 100);
        told["account_id"] = account->id;
        told["workspace"] = text::shortened(text::cleaned(account->workspace), 100);
        if (!account->scopes.empty()) told["scopes"] = account->scopes;
        told["warning"] = account->warning;
        if (account->expires_at) told["expires_at"] = to_millis(*account->expires_at);
    }
    co_return account_answer(told);
}

}  // namespace countersign::bot

#include "bot/oauth_callback.hpp"

#include "bot/oauth.hpp"
#include "config/base/log.hpp"
#include "config/base/text.hpp"
#include "storage/installed_view.hpp"
#include "storage/storage_error.hpp"
#include "storage/vault.hpp"

#include <nlohmann/json.hpp>

namespace countersign::bot {
namespace {

using nlohmann::json;

// Nothing of the query comes back: what a browser shows is kept in histories and screenshots.
net::HttpAnswer page(int status, std::string_view sentence) {
    std::string body = "<!doctype html><meta charset=\"utf-8\"><title>Countersign</title><p>";
    body += sentence;
    return {status, "text/html; charset=utf-8", body + "</p>\n"};
}

net::HttpAnswer not_valid() {
    return page(400, "This link is not valid, or not any more. Begin again in Slack.");
}

}  // namespace

void OauthCallback::use(const config::Settings& settings, const config::Secrets& secrets) {
    vault_.reset();
    if (settings.http_public_url.empty() || secrets.sealing_keys.empty()) return;
    vault_.emplace(settings.database, storage::KeyRing(secrets.sealing_keys));
}

net::HttpAnswer OauthCallback::answer(std::string_view path, std::string_view query) {
    try {
        return taken_back(path, query);
    } catch (const std::exception& error) {
        if (!storage::storage_trouble(error)) throw;
        log::error("oauth_callback_unreadable", {{"error", error.what()}});
        return page(500, "Countersign cannot read what it has stored. Tell whoever runs it.");
    }
}

net::HttpAnswer OauthCallback::taken_back(std::string_view path, std::string_view query) {
    const auto* database = vault_ ? vault_->reader() : nullptr;
    if (database == nullptr) return page(404, "Nothing is here.");
    const auto state = state_of_query(query);
    const auto grant =
        state ? storage::InstalledView(*database).grant_of_state(text::sha256_hex(state->reveal()))
              : std::nullopt;
    const bool waits = grant && grant->stage == storage::GrantStage::asked && grant->ends_at > clock_->now();
    // Another server that was handed this state would lead back to its own path.
    if (!waits || !grant->redirect_url.ends_with(path)) return not_valid();
    // Kept with the grant when it was begun; where there is none, the server did not promise one.
    const auto issuer = vault_->read(
        storage::SealedPlace{grant->id, "issuer", std::string(to_text(grant->kind)), grant->url});
    const bool from_there =
        issuer ? check_issuer(query, issuer->reveal()).has_value() : issuer.error().code == Errc::not_found;
    if (!from_there) return not_valid();
    json payload{{"grant", grant->id}};
    if (const auto redirected = read_redirected_query(query); redirected) {
        const storage::SealedPlace place{grant->id, "code", std::string(to_text(grant->kind)), grant->url};
        payload["code"] = to_json(storage::sealed_bundle(vault_->ring(), {{place, redirected->code}}));
    } else if (redirected.error().code == Errc::invalid_argument) {
        return not_valid();
    } else {
        payload["refused"] = redirected.error().text;
    }
    if (!offer_({payload.dump()})) return page(503, "Countersign is busy. Reload this page.");
    return page(200, "You can close this page. Go back to Slack: Countersign tells you there how it went.");
}

}  // namespace countersign::bot

#include "bot/tracker_tokens.hpp"

#include "config/base/log.hpp"
#include "storage/installed_view.hpp"

namespace countersign::bot {
namespace {

bool works(const storage::Integration& integration) {
    return integration.state == storage::IntegrationState::active ||
           integration.state == storage::IntegrationState::degraded;
}

}  // namespace

std::optional<Secret> TrackerTokens::of(std::string_view tracker) {
    const auto* database = vault_.reader();
    if (database == nullptr) return std::nullopt;
    const storage::InstalledView view(*database);
    for (const auto& integration : view.integrations()) {
        if (integration.kind != storage::IntegrationKind::tracker || integration.target != tracker) continue;
        const auto authorization =
            works(integration) ? view.authorization(integration.authorization) : std::nullopt;
        if (!authorization || authorization->state == storage::AuthorizationState::needs_reauth)
            return std::nullopt;
        auto token = vault_.read(*authorization, "token");
        if (token) return std::move(*token);
        log::error("tracker_token_unreadable", {{"tracker", tracker}, {"error", token.error().text}});
        return std::nullopt;
    }
    const auto configured = environment_.find(std::string(tracker));
    return configured == environment_.end() ? std::nullopt : std::optional(configured->second);
}

}  // namespace countersign::bot

#include "bot/tracker_tokens.hpp"

#include "config/base/log.hpp"
#include "storage/installed_view.hpp"
#include "storage/storage_error.hpp"

namespace countersign::bot {
namespace {

bool works(const storage::Integration& integration) {
    return integration.state == storage::IntegrationState::active ||
           integration.state == storage::IntegrationState::degraded;
}

}  // namespace

std::optional<Secret> TrackerTokens::of(std::string_view tracker) {
    try {
        return read(tracker);
    } catch (const std::exception& error) {
        if (!storage::storage_trouble(error)) throw;
        log::error("tracker_token_unreadable", {{"tracker", tracker}, {"error", error.what()}});
        return std::nullopt;
    }
}

std::optional<Secret> TrackerTokens::read(std::string_view tracker) {
    const auto* database = vault_.reader();
    if (database == nullptr) return std::nullopt;
    const storage::InstalledView view(*database);
    if (const auto integration = view.integration_of_tracker(tracker)) {
        const auto authorization =
            works(*integration) ? view.authorization(integration->authorization) : std::nullopt;
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

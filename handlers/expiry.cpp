#include "handlers/expiry.hpp"

#include "handlers/answers.hpp"
#include "handlers/effects.hpp"
#include "handlers/installed_apps.hpp"
#include "handlers/views/installed_messages.hpp"
#include "handlers/views/mrkdwn.hpp"
#include "handlers/views/notices.hpp"

#include <fmt/format.h>

#include <array>

namespace countersign::handlers {
namespace {

using std::chrono::days;
using storage::Authorization;
using storage::AuthorizationState;

constexpr std::array notices{days(1), days(7), days(14), days(30)};
constexpr auto look_every = std::chrono::hours(24);

void tell(const Authorization& authorization, const std::string& when, const Context& context,
          Outcome& outcome) {
    const auto words = fmt::format(
        ":hourglass: The authorization *{}* ({}) {}. {} With `--reconnect` the new token "
        "takes the old one's place.",
        views::inert_line(authorization.name, 80), views::inert_line(authorization.url, 80), when,
        views::how_to_store());
    const auto key = fmt::format("expiry:{}:{}:{}", authorization.id, authorization.fingerprint, when);
    outcome.effects.push_back(alarm(context.settings, key, views::line(words)));
    if (!authorization.owner.empty())
        outcome.effects.push_back(private_line(authorization.owner, key, views::line(words)));
}

void save(Authorization authorization, AuthorizationState state, const Context& context, Outcome& outcome) {
    if (authorization.state == state) return;
    authorization.state = state;
    authorization.state_since = context.now;
    outcome.audit.push_back({"countersign", "authorization.state", authorization.id,
                             details({{"name", authorization.name}, {"state", to_text(state)}})});
    outcome.changes.emplace_back(
        storage::ChangeInstalled{storage::SaveAuthorization{std::move(authorization)}});
}

// What was built on it says so too, and its owners get the button (I7).
void ended(const Authorization& authorization, const Context& context, Outcome& outcome) {
    if (authorization.state == AuthorizationState::needs_reauth) return;
    tell(authorization, "has expired", context, outcome);
    auto stopped = context.view.installed().built_on(authorization.id);
    for (auto& use : stopped) {
        use.state = storage::IntegrationState::needs_reauth;
        use.state_note = "its authorization has expired";
        use.state_since = context.now;
        outcome.changes.emplace_back(storage::ChangeInstalled{storage::SaveIntegration{use}});
        if (!use.owner.empty())
            outcome.effects.push_back(private_line(
                use.owner,
                fmt::format("expired:{}:{}:{}", authorization.id, authorization.fingerprint, use.id),
                views::integration_broken(use)));
    }
    save(authorization, AuthorizationState::needs_reauth, context, outcome);
}

}  // namespace

Outcome look_at_expiry(const Context& context) {
    Outcome outcome;
    outcome.changes.emplace_back(storage::SetTimer{
        {"authorization_expiry", context.now + look_every, R"({"kind":"authorization_expiry"})"}});
    for (const auto& authorization : context.view.installed().authorizations()) {
        // One that renews itself has no end that a person must know of.
        if (!authorization.expires_at || authorization.renewable) continue;
        const auto left = *authorization.expires_at - context.now;
        if (left <= left.zero()) {
            ended(authorization, context, outcome);
            continue;
        }
        for (const auto notice : notices) {
            if (left > notice) continue;
            tell(authorization,
                 notice == days(1) ? "expires within a day"
                                   : fmt::format("expires within {} days", notice.count()),
                 context, outcome);
            if (authorization.state == AuthorizationState::active)
                save(authorization, AuthorizationState::expiring, context, outcome);
            break;
        }
    }
    return outcome;
}

}  // namespace countersign::handlers

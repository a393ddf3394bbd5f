#include "handlers/expiry.hpp"

#include "handlers/answers.hpp"
#include "handlers/effects.hpp"
#include "handlers/token_life.hpp"
#include "handlers/views/installed_messages.hpp"
#include "handlers/views/mrkdwn.hpp"
#include "handlers/views/notices.hpp"
#include "storage/installed_view.hpp"

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

}  // namespace

Outcome look_at_expiry(const Context& context) {
    Outcome outcome;
    auto next = context.now + look_every;
    for (const auto& authorization : context.view.installed().authorizations()) {
        // One that renews itself has no end that a person must know of.
        if (!authorization.expires_at || authorization.renewable) continue;
        const auto left = *authorization.expires_at - context.now;
        // One that lives shorter than a day says so at its end too.
        if (left > left.zero()) next = std::min(next, *authorization.expires_at);
        if (left <= left.zero()) {
            outcome.merge(authorization_broken(authorization, "it has expired", context));
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
    outcome.changes.emplace_back(
        storage::SetTimer{{"authorization_expiry", next, R"({"kind":"authorization_expiry"})"}});
    outcome.merge(schedule_accounts(context));
    return outcome;
}

}  // namespace countersign::handlers

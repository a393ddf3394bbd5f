#include "handlers/expiry.hpp"

#include "handlers/account_use.hpp"
#include "handlers/answers.hpp"
#include "handlers/effects.hpp"
#include "handlers/people.hpp"
#include "handlers/token_life.hpp"
#include "handlers/views/account_texts.hpp"
#include "handlers/views/installed_answer_texts.hpp"
#include "handlers/views/installed_messages.hpp"
#include "handlers/views/mrkdwn.hpp"
#include "handlers/views/notices.hpp"
#include "storage/installed_view.hpp"

#include <fmt/format.h>

#include <array>

namespace countersign::handlers {
namespace {

namespace texts = views::texts;
using std::chrono::days;
using storage::Authorization;
using storage::AuthorizationState;

constexpr std::array notices{days(1), days(7), days(14), days(30)};
constexpr auto look_every = std::chrono::hours(24);

void tell(const Authorization& authorization, int days_left, const Context& context, Outcome& outcome) {
    const auto when = [&](views::Language language) {
        return days_left == 1 ? say_in(language, texts::ends_in_a_day)
                              : say_in(language, texts::ends_in_days, std::to_string(days_left));
    };
    const auto words = [&](views::Language language) {
        return views::line(
            say_in(language, texts::authorization_ends, views::inert_line(authorization.name, 80),
                   views::inert_line(authorization.url, 80), when(language), views::how_to_store(language)));
    };
    const auto key = fmt::format("expiry:{}:{}:{}", authorization.id, authorization.fingerprint,
                                 when(views::Language::english));
    outcome.effects.push_back(alarm(context.settings, key, words(views::Language::english)));
    if (!authorization.owner.empty())
        outcome.effects.push_back(
            private_line(authorization.owner, key, words(language_of(authorization.owner, context))));
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
            outcome.merge(authorization_broken(
                authorization, texts::account_has_expired.in(views::Language::english), context));
            continue;
        }
        for (const auto notice : notices) {
            if (left > notice) continue;
            tell(authorization, static_cast<int>(notice.count()), context, outcome);
            if (authorization.state == AuthorizationState::active)
                save(authorization, AuthorizationState::expiring, context, outcome);
            break;
        }
    }
    outcome.changes.emplace_back(
        storage::SetTimer{{"authorization_expiry", next, R"({"kind":"authorization_expiry"})"}});
    outcome.merge(schedule_accounts(context));
    outcome.merge(close_days(context));
    return outcome;
}

}  // namespace countersign::handlers

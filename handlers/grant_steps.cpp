#include "handlers/grant_steps.hpp"

#include "handlers/accounts.hpp"
#include "handlers/answers.hpp"
#include "handlers/effects.hpp"
#include "handlers/people.hpp"
#include "handlers/token_parts.hpp"
#include "handlers/views/grant_texts.hpp"
#include "handlers/views/mrkdwn.hpp"
#include "handlers/views/notices.hpp"
#include "handlers/views/recorded.hpp"
#include "storage/installed_view.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace countersign::handlers {

using storage::PendingGrant;

storage::Change installed_change(storage::InstalledChange change) {
    return storage::ChangeInstalled{std::move(change)};
}

Outcome tell_of_grant(const PendingGrant& grant, std::string_view occasion, const views::Message& message) {
    Outcome outcome;
    outcome.effects.push_back(
        private_line(grant.asked_by, fmt::format("grant:{}:{}", grant.id, occasion), message));
    return outcome;
}

Outcome grant_ended(const PendingGrant& grant, std::string_view why, const Context& context) {
    Outcome outcome;
    storage::Authorization unwanted;  // its token must not stay valid (O14); then its secrets go
    unwanted.id = grant.id;
    unwanted.kind = grant.kind;
    unwanted.name = grant.name;
    unwanted.url = grant.url;
    unwanted.account_id = grant.account_id;
    unwanted.fingerprint = grant.fingerprint;
    const auto stored = context.view.installed().authorizations();
    const bool in_use = std::ranges::any_of(stored, [&](const storage::Authorization& each) {
        return !why_left_valid(unwanted, each, {}).empty();
    });
    if (grant.stage == storage::GrantStage::granted && !in_use) {
        outcome.effects.push_back(revoke_account(unwanted, context.now));
    } else {
        outcome.changes.push_back(installed_change(storage::ShredSecrets{grant.id}));
    }
    outcome.changes.push_back(installed_change(storage::RemoveGrant{grant.id}));
    for (const auto* kind : {"grant_poll", "grant_over"})
        outcome.changes.emplace_back(storage::CancelTimer{fmt::format("{}:{}", kind, grant.id)});
    outcome.audit.push_back({grant.asked_by.value, "authorization.not_granted", grant.id,
                             details({{"name", grant.name}, {"url", grant.url}, {"why", why}})});
    return outcome;
}

Outcome grant_failed(const PendingGrant& grant, const std::string& why, const Context& context) {
    auto outcome = grant_ended(grant, why, context);
    const auto language = language_of(grant.asked_by, context);
    outcome.merge(tell_of_grant(
        grant, "failed",
        views::line(say_in(language, views::texts::not_connected, views::inert_line(grant.name, 80),
                           views::inert_line(views::recorded_in(language, why), 300)))));
    return outcome;
}

}  // namespace countersign::handlers

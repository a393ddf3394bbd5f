#include "handlers/token_life.hpp"

#include "handlers/accounts.hpp"
#include "handlers/answers.hpp"
#include "handlers/effects.hpp"
#include "handlers/review/payload_fields.hpp"
#include "handlers/token_parts.hpp"
#include "handlers/views/mrkdwn.hpp"
#include "handlers/views/notices.hpp"
#include "storage/installed_view.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace countersign::handlers {
namespace {

using review::field;
using review::text_field;
using std::chrono::milliseconds;
using storage::Authorization;
using storage::AuthorizationState;
using storage::IntegrationState;

constexpr milliseconds margin = std::chrono::minutes(5), short_life = std::chrono::minutes(10);
constexpr milliseconds first_pause = std::chrono::seconds(30), longest_pause = std::chrono::minutes(15);
constexpr milliseconds second_look = std::chrono::seconds(60), fresh = std::chrono::minutes(5);
// A server that restarts is no news.
constexpr std::int64_t troubles_told = 3;

// What hangs on it, while it has trouble and when that is over.
void mark_dependents(const Authorization& authorization, IntegrationState from, IntegrationState to,
                     std::string_view why, const Context& context, Outcome& outcome) {
    for (auto& use : context.view.installed().built_on(authorization.id)) {
        if (use.state != from || awaits_access(use)) continue;
        use.state = to;
        use.state_note = why;
        use.state_since = context.now;
        outcome.changes.push_back(save(std::move(use)));
    }
}

Outcome not_renewed(Authorization authorization, const std::string& why, const Context& context) {
    Outcome outcome;
    const auto pause = std::min<milliseconds>(
        first_pause * (1LL << std::min<std::int64_t>(authorization.troubles, 5)), longest_pause);
    ++authorization.troubles;
    outcome.changes.push_back(account_timer("account_refresh", authorization, context.now + pause));
    outcome.audit.push_back(account_note(authorization, "authorization.not_refreshed", why));
    mark_dependents(authorization, IntegrationState::active, IntegrationState::degraded,
                    "its authorization could not be renewed", context, outcome);
    if (authorization.state != AuthorizationState::refresh_failed) authorization.state_since = context.now;
    authorization.state = AuthorizationState::refresh_failed;
    authorization.state_note = why;
    if (authorization.troubles == troubles_told)
        outcome.effects.push_back(alarm(
            context.settings, fmt::format("not_refreshed:{}:{}", authorization.id, authorization.fingerprint),
            views::line(fmt::format(":warning: The authorization {} could not be renewed {} times: {}. "
                                    "Its token is kept, and it is tried again.",
                                    account_name(authorization), troubles_told,
                                    views::inert_line(why, 200)))));
    outcome.changes.push_back(save(std::move(authorization)));
    return outcome;
}

// O14, I19: removed or connected again while it was renewed; what came is nobody's and must not stay valid.
Outcome renewed_in_vain(const EffectAnswer& answer, const Context& context) {
    Outcome outcome;
    const auto& unwanted = field(answer.response, "unwanted");
    if (!unwanted.is_object()) return outcome;
    outcome.changes.emplace_back(
        storage::ChangeInstalled{storage::PutSealed{storage::parse_sealed(unwanted)}});
    const auto record = text_field(answer.args, "authorization") + unwanted_suffix;
    outcome.effects.push_back(revoke_unwanted(answer, record, context.now));
    return outcome;
}

}  // namespace

Timestamp refresh_time(const Authorization& authorization, Timestamp now) {
    if (!authorization.expires_at) return now + account_check_every;
    const auto began = authorization.refreshed_at.value_or(authorization.added_at);
    const auto life = std::max(*authorization.expires_at - began, milliseconds(1'000));
    const auto before = life < short_life ? life / 2 : std::max(margin, life / 10);
    // O16: whatever the clock has done meanwhile, one renewal is not followed by the next at once.
    return std::max(*authorization.expires_at - before,
                    std::min(began, now) + std::min(first_pause, life / 2));
}

Outcome schedule_accounts(const Context& context) {
    Outcome outcome;
    for (const auto& each : context.view.installed().authorizations()) {
        if (each.state == AuthorizationState::needs_reauth) continue;
        const auto last = each.checked_at.value_or(context.now - account_check_every);
        outcome.changes.push_back(account_timer(
            "account_check", each, std::max(context.now, last + account_check_every) + account_jitter(each)));
        if (each.renewable && each.state != AuthorizationState::refresh_failed)
            outcome.changes.push_back(
                account_timer("account_refresh", each, refresh_time(each, context.now)));
    }
    return outcome;
}

Outcome refresh_due(const Event& event, const Context& context) {
    Outcome outcome;
    const auto found = context.view.installed().authorization(text_field(event.payload, "id"));
    if (!found || !found->renewable || found->state == AuthorizationState::needs_reauth) return outcome;
    outcome.effects.push_back(refresh_account(*found));
    return outcome;
}

Outcome refresh_answered(const EffectAnswer& answer, const Context& context) {
    auto found = subject_of(answer, context);
    if (!found && answer.ok()) return renewed_in_vain(answer, context);
    if (!found || answer.error == "gone" || answer.error == "changed") return {};  // O12
    if (answer.error == "refused" || answer.error == "no_secret")
        return authorization_broken(std::move(*found), text_field(answer.response, "text"), context);
    if (!answer.ok()) return not_renewed(std::move(*found), text_field(answer.response, "text"), context);
    Outcome outcome;
    auto& row = *found;
    // Before anything uses it: the new token is on disk with the commit that ends the old one.
    outcome.changes.emplace_back(storage::ChangeInstalled{
        storage::PutSealed{storage::parse_sealed(field(answer.response, "sealed"))}});
    row.fingerprint = text_field(answer.response, "fingerprint");
    row.refreshed_at = context.now;
    row.refused_at.reset();
    row.troubles = 0;
    row.expires_at.reset();
    if (const auto lives = review::number_field(answer.response, "lives_s"); lives > 0)
        row.expires_at = end_of_life(lives, context.now);
    if (row.state != AuthorizationState::active) {
        mark_dependents(row, IntegrationState::degraded, IntegrationState::active, "", context, outcome);
        row.state = AuthorizationState::active;
        row.state_since = context.now;
        row.state_note.clear();
    }
    outcome.audit.push_back(account_note(row, "authorization.refreshed", row.fingerprint));
    if (row.expires_at)
        outcome.changes.push_back(account_timer("account_refresh", row, refresh_time(row, context.now)));
    outcome.changes.push_back(save(row));
    outcome.merge(check_now(row, false, context));
    return outcome;
}

Outcome token_refused(Authorization row, const Context& context) {
    Outcome outcome;
    if (row.state == AuthorizationState::needs_reauth) return outcome;
    if (row.renewable) {
        if (row.state == AuthorizationState::refresh_failed) return outcome;  // its timer is set
        const bool just_renewed =
            row.refreshed_at && std::chrono::abs(context.now - *row.refreshed_at) < fresh;
        if (just_renewed)
            return authorization_broken(std::move(row), "its server refuses a token that it has just renewed",
                                        context);
        outcome.effects.push_back(refresh_account(row));
        return outcome;
    }
    if (!row.refused_at || *row.refused_at > context.now) {
        outcome.changes.push_back(account_timer("account_check", row, context.now + second_look));
        row.refused_at = context.now;
        outcome.changes.push_back(save(std::move(row)));
        return outcome;
    }
    if (context.now - *row.refused_at < second_look) return outcome;
    return authorization_broken(std::move(row), "its server refuses the token", context);
}

Outcome tracker_refused(std::string_view tracker, const Context& context) {
    for (const auto& use : context.view.installed().integrations()) {
        if (use.kind != storage::IntegrationKind::tracker || use.target != tracker) continue;
        if (auto found = context.view.installed().authorization(use.authorization))
            return token_refused(std::move(*found), context);
    }
    return {};
}

}  // namespace countersign::handlers

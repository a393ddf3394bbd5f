#include "handlers/granting.hpp"

#include "config/base/text.hpp"
#include "handlers/accounts.hpp"
#include "handlers/grant_steps.hpp"
#include "handlers/people.hpp"
#include "handlers/review/payload_fields.hpp"
#include "handlers/token_parts.hpp"
#include "handlers/views/account_texts.hpp"
#include "handlers/views/grant_texts.hpp"
#include "handlers/views/grant_views.hpp"
#include "handlers/views/mrkdwn.hpp"
#include "handlers/views/notices.hpp"
#include "handlers/views/recorded.hpp"
#include "storage/installed_view.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace countersign::handlers {
namespace {

namespace texts = views::texts;
using review::field;
using review::text_field;
using storage::GrantStage;
using storage::PendingGrant;

constexpr auto time_to_confirm = std::chrono::hours(1);
constexpr auto least_interval = std::chrono::milliseconds(1'000);

storage::Change timer(const char* kind, const PendingGrant& grant, Timestamp due) {
    const nlohmann::json event{{"kind", kind}, {"id", grant.id}};
    return storage::SetTimer{{fmt::format("{}:{}", kind, grant.id), due, event.dump()}};
}

// The token is here and sealed; whose it is decides a person (O4, I8).
Outcome granted(PendingGrant grant, const EffectAnswer& answer, const Context& context) {
    const auto& told = answer.response;
    Outcome outcome;
    outcome.changes.push_back(installed_change(storage::ShredSecrets{grant.id}));  // what led here is used up
    outcome.changes.push_back(
        installed_change(storage::PutSealed{storage::parse_sealed(field(told, "sealed"))}));
    grant.stage = GrantStage::granted;
    grant.account = text_field(told, "account");
    grant.account_id = text_field(told, "account_id");
    grant.workspace = text_field(told, "workspace");
    grant.scopes = text::shortened(text::cleaned(text_field(told, "scopes")), 2'000);
    grant.fingerprint = text_field(told, "fingerprint");
    grant.note = text_field(told, "warning");
    grant.renewable = review::bool_field(told, "renewable").value_or(false);
    if (const auto lives = review::number_field(told, "lives_s"); lives > 0)
        grant.expires_at = end_of_life(lives, context.now);
    else if (const auto ends = review::number_field(told, "expires_at"); ends > 0)
        grant.expires_at = from_millis(ends);
    grant.ends_at = context.now + time_to_confirm;
    const auto before =
        grant.reconnect.empty() ? std::nullopt : context.view.installed().authorization(grant.reconnect);
    outcome.changes.emplace_back(storage::CancelTimer{"grant_poll:" + grant.id});
    outcome.changes.push_back(timer("grant_over", grant, grant.ends_at));
    outcome.merge(tell_of_grant(grant, "granted",
                                views::grant_question(grant, before, language_of(grant.asked_by, context))));
    outcome.changes.push_back(installed_change(storage::SaveGrant{std::move(grant)}));
    return outcome;
}

// O5, O14: cancelled or over while the answer was on its way; the token that came with it must not stay
// valid.
Outcome granted_in_vain(const EffectAnswer& answer, const Context& context) {
    Outcome outcome;
    const auto id = text_field(answer.args, "grant");
    const auto& sealed = field(answer.response, "sealed");
    // What was kept has the grant's id now, and its token.
    if (!sealed.is_object() || context.view.installed().authorization(id)) return outcome;
    outcome.changes.push_back(installed_change(storage::PutSealed{storage::parse_sealed(sealed)}));
    outcome.effects.push_back(revoke_unwanted(answer, id, context.now));
    return outcome;
}

}  // namespace

Outcome grant_begun(const EffectAnswer& answer, const Context& context) {
    PendingGrant grant;
    grant.id = text_field(answer.response, "id");
    grant.kind = storage::parse_kind(text_field(answer.context, "kind")).value_or(grant.kind);
    grant.url = text_field(answer.context, "url");
    grant.name = text_field(answer.context, "name");
    grant.reconnect = text_field(answer.context, "reconnect");
    grant.device = review::bool_field(answer.context, "device").value_or(false);
    grant.asked_by = UserId(text_field(answer.context, "user"));
    const auto language = language_of(grant.asked_by, context);
    if (!answer.ok()) {
        grant.id = answer.key;
        const bool elsewhere = grant.device && !context.settings.http_public_url.empty();
        const auto why = text_field(answer.response, "text");
        return tell_of_grant(
            grant, "failed",
            views::line(say_in(language, texts::not_connected, views::inert_line(grant.name, 80),
                               views::inert_line(views::recorded_in(language, why), 300)) +
                        (elsewhere ? say_in(language, texts::try_the_link) : "")));  // O2
    }
    grant.client_id = text_field(answer.response, "client_id");
    grant.redirect_url = text_field(answer.response, "redirect_url");
    grant.state_hash = text_field(answer.response, "state_hash");
    grant.ends_at = context.now + std::chrono::seconds(review::number_field(answer.response, "lives_s"));
    grant.interval = std::chrono::milliseconds(review::number_field(answer.response, "interval_ms"));
    Outcome outcome;
    outcome.changes.push_back(
        installed_change(storage::PutSealed{storage::parse_sealed(field(answer.response, "sealed"))}));
    outcome.changes.push_back(installed_change(storage::SaveGrant{grant}));
    if (grant.device)
        outcome.changes.push_back(
            timer("grant_poll", grant, context.now + std::max(grant.interval, least_interval)));
    outcome.changes.push_back(timer("grant_over", grant, grant.ends_at));
    // O4: for the eyes of who asked.
    outcome.merge(tell_of_grant(
        grant, "begun",
        grant.device ? views::grant_code(grant, text_field(answer.response, "verification_uri"),
                                         text_field(answer.response, "user_code"), language)
                     : views::grant_link(grant, text_field(answer.response, "link"), language)));
    return outcome;
}

Outcome grant_poll_due(const Event& event, const Context& context) {
    Outcome outcome;
    const auto grant = context.view.installed().grant(text_field(event.payload, "id"));
    if (grant && grant->device && grant->stage == GrantStage::asked)
        outcome.effects.push_back(poll_grant(*grant, std::to_string(to_millis(context.now))));
    return outcome;
}

Outcome grant_polled(const EffectAnswer& answer, const Context& context) {
    auto grant = context.view.installed().grant(text_field(answer.args, "grant"));
    if (!grant) return granted_in_vain(answer, context);
    if (grant->stage != GrantStage::asked) return {};
    if (answer.error == "refused" || answer.error == "no_secret")
        return grant_failed(*grant, text_field(answer.response, "text"), context);
    const bool pending = review::bool_field(answer.response, "pending").value_or(false);
    if (answer.ok() && !pending) return granted(std::move(*grant), answer, context);
    Outcome outcome;
    if (const auto interval = review::number_field(answer.response, "interval_ms"); interval > 0)
        grant->interval = std::chrono::milliseconds(interval);
    outcome.changes.push_back(
        timer("grant_poll", *grant, context.now + std::max(grant->interval, least_interval)));
    outcome.changes.push_back(installed_change(storage::SaveGrant{std::move(*grant)}));
    return outcome;
}

Outcome oauth_came_back(const Event& event, const Context& context) {
    auto grant = context.view.installed().grant(text_field(event.payload, "grant"));
    // O6: once, and in time.
    if (!grant || grant->device || grant->stage != GrantStage::asked || grant->ends_at < context.now)
        return {};
    if (const auto why = text_field(event.payload, "refused"); !why.empty())
        return grant_failed(*grant, why, context);
    Outcome outcome;
    outcome.changes.push_back(
        installed_change(storage::PutSealed{storage::parse_sealed(field(event.payload, "code"))}));
    grant->stage = GrantStage::exchanging;
    grant->state_hash.clear();
    outcome.effects.push_back(exchange_grant(*grant));
    outcome.changes.push_back(installed_change(storage::SaveGrant{std::move(*grant)}));
    return outcome;
}

Outcome grant_exchanged(const EffectAnswer& answer, const Context& context) {
    auto grant = context.view.installed().grant(text_field(answer.args, "grant"));
    if (!grant) return granted_in_vain(answer, context);
    if (grant->stage != GrantStage::exchanging) return {};
    if (!answer.ok()) return grant_failed(*grant, text_field(answer.response, "text"), context);
    return granted(std::move(*grant), answer, context);
}

Outcome grant_over(const Event& event, const Context& context) {
    const auto grant = context.view.installed().grant(text_field(event.payload, "id"));
    if (!grant) return {};
    const auto& why =
        grant->stage == GrantStage::granted ? texts::account_nobody_said : texts::account_nobody_back;
    return grant_failed(*grant, std::string(why.in(views::Language::english)), context);
}

}  // namespace countersign::handlers

#include "handlers/accounts.hpp"
#include "handlers/answers.hpp"
#include "handlers/grant_steps.hpp"
#include "handlers/granting.hpp"
#include "handlers/installed_apps.hpp"
#include "handlers/people.hpp"
#include "handlers/review/payload_fields.hpp"
#include "handlers/rights.hpp"
#include "handlers/token_parts.hpp"
#include "handlers/views/account_texts.hpp"
#include "handlers/views/action_ids.hpp"
#include "handlers/views/grant_texts.hpp"
#include "handlers/views/installed_answer_texts.hpp"
#include "handlers/views/installed_messages.hpp"
#include "handlers/views/mrkdwn.hpp"
#include "handlers/views/notices.hpp"

#include <nlohmann/json.hpp>

// What a person decides about a grant: kept, discarded, or put in the place of another.
namespace countersign::handlers {
namespace {

namespace ids = views::ids;
namespace texts = views::texts;
using review::field;
using review::text_field;
using storage::Authorization;
using storage::GrantStage;
using storage::PendingGrant;

Authorization authorization_of(const PendingGrant& grant, const Context& context) {
    Authorization row;
    row.id = grant.id;
    row.kind = grant.kind;
    row.name = grant.name;
    row.url = grant.url;
    row.account = grant.account;
    row.account_id = grant.account_id;
    row.workspace = grant.workspace;
    row.scopes = grant.scopes;
    row.added_by = grant.asked_by.value;
    row.owner = grant.asked_by;
    row.added_at = row.state_since = context.now;
    row.flow = grant.device ? "device" : "link";
    row.expires_at = grant.expires_at;
    row.renewable = grant.renewable;
    row.fingerprint = grant.fingerprint;
    row.state =
        grant.account_id.empty() ? storage::AuthorizationState::pending : storage::AuthorizationState::active;
    row.state_note = grant.note;
    if (row.expires_at && !row.renewable && grant.note.empty())
        row.state_note = texts::account_no_renewal.in(views::Language::english);
    if (!grant.account_id.empty()) row.checked_at = context.now;
    return row;
}

AuditNote note_of(const Authorization& row, const UserId& by, const char* action) {
    return {by.value, action, row.id,
            details({{"name", row.name},
                     {"kind", to_text(row.kind)},
                     {"url", row.url},
                     {"account", row.account},
                     {"scopes", row.scopes},
                     {"fingerprint", row.fingerprint},
                     {"flow", row.flow}})};
}

// Now is the time to set the timers of its life.
storage::Change look_at_it(const Context& context) {
    return storage::SetTimer{{"authorization_expiry", context.now, R"({"kind":"authorization_expiry"})"}};
}

Outcome kept(const Press& press, const PendingGrant& grant, const Context& context) {
    if (grant.stage != GrantStage::granted) return say(press, say_in(press.language, texts::not_granted_yet));
    Outcome outcome;
    outcome.changes.emplace_back(storage::CancelTimer{"grant_over:" + grant.id});
    if (!grant.reconnect.empty()) {
        if (!context.view.installed().authorization(grant.reconnect)) {
            outcome.merge(grant_ended(grant, "removed meanwhile", context));
            outcome.merge(say(press, say_in(press.language, texts::gone_nothing_stored)));
            return outcome;
        }
        outcome.effects.push_back(adopt_grant(grant));
        return outcome;
    }
    if (context.view.installed().name_is_taken(grant.kind, grant.name)) {
        outcome.merge(grant_ended(grant, "name taken", context));
        outcome.merge(say(press, say_in(press.language, texts::taken_nothing_stored)));
        return outcome;
    }
    const auto row = authorization_of(grant, context);
    outcome.changes.push_back(installed_change(storage::SaveAuthorization{row}));
    outcome.changes.push_back(installed_change(storage::RemoveGrant{grant.id}));
    outcome.changes.push_back(look_at_it(context));
    outcome.audit.push_back(note_of(row, press.user, "authorization.added"));
    const bool checked = row.state == storage::AuthorizationState::active;
    outcome.merge(say(press, say_in(press.language, checked ? texts::connected_line : texts::saved_line,
                                    views::authorization_line(row, 0, press.language))));
    return outcome;
}

// O14: what the new token replaces is taken back at its server, or it is written down why not.
Outcome old_token_ended(const Authorization& old, const Authorization& fresh, const PendingGrant& grant,
                        const EffectAnswer& answer, const Context& context) {
    Outcome outcome;
    const auto& replaced = field(answer.response, "replaced");
    if (!replaced.is_object()) return outcome;  // there was none to read
    const auto why = why_left_valid(old, fresh, context.view.installed().authorizations());
    if (!why.empty()) {
        outcome.audit.push_back({"countersign", "authorization.revoked", old.id,
                                 details({{"name", old.name}, {"result", "left valid"}, {"why", why}})});
        return outcome;
    }
    outcome.changes.push_back(installed_change(storage::PutSealed{storage::parse_sealed(replaced)}));
    outcome.effects.push_back(revoke_replaced(old, replaced_record(grant), context.now));
    return outcome;
}

}  // namespace

bool is_grant_button(std::string_view action) {
    return action == ids::grant_cancel || action == ids::grant_keep;
}

Outcome grant_pressed(const Press& press, const Context& context) {
    const auto grant = context.view.installed().grant(press.value);
    if (!grant) return say(press, say_in(press.language, texts::over_already));
    // O6: bound to who asked; and an admin at the moment of the press (I4).
    if (press.user != grant->asked_by)
        return refuse(press, grant->id, "no_right", say_in(press.language, texts::begun_by_other));
    if (auto may = require_admin(press, grant->id, context); !may) return std::move(may.error());
    if (press.what == ids::grant_keep) return kept(press, *grant, context);
    auto outcome = grant_ended(*grant, "cancelled", context);
    outcome.merge(
        say(press, say_in(press.language, texts::nothing_kept, views::inert_line(grant->name, 80))));
    return outcome;
}

// I9: the id stays, and what hung on it goes on.
Outcome grant_adopted(const EffectAnswer& answer, const Context& context) {
    const auto grant = context.view.installed().grant(text_field(answer.args, "grant"));
    if (!grant) return {};
    const auto old = context.view.installed().authorization(grant->reconnect);
    if (!old || !answer.ok())
        return grant_failed(*grant, old ? text_field(answer.response, "text") : "it was removed meanwhile",
                            context);
    auto row = authorization_of(*grant, context);
    row.id = old->id;
    row.name = old->name;  // it may have another one since the reconnecting began
    row.owner = old->owner;
    row.notes = old->notes;
    row.usage = old->usage;
    row.added_by = old->added_by;
    row.added_at = old->added_at;
    row.refreshed_at = context.now;
    Outcome outcome;
    outcome.changes.push_back(installed_change(storage::ShredSecrets{row.id}));
    outcome.changes.push_back(
        installed_change(storage::PutSealed{storage::parse_sealed(field(answer.response, "sealed"))}));
    outcome.changes.push_back(installed_change(storage::SaveAuthorization{row}));
    outcome.changes.push_back(installed_change(storage::ShredSecrets{grant->id}));
    outcome.changes.push_back(installed_change(storage::RemoveGrant{grant->id}));
    outcome.changes.push_back(look_at_it(context));
    outcome.audit.push_back(note_of(row, grant->asked_by, "authorization.reconnected"));
    outcome.merge(old_token_ended(*old, row, *grant, answer, context));
    for (auto& use : context.view.installed().built_on(row.id)) {
        const bool works =
            use.state == storage::IntegrationState::active || use.state == storage::IntegrationState::paused;
        if (!works) outcome.merge(reconnected_on(std::move(use), row, grant->asked_by, context));
    }
    const auto language = language_of(grant->asked_by, context);
    const auto uses = context.view.installed().built_on(row.id).size();
    outcome.merge(tell_of_grant(*grant, "kept",
                                views::line(say_in(language, texts::connected_again,
                                                   views::authorization_line(row, uses, language)))));
    return outcome;
}

}  // namespace countersign::handlers

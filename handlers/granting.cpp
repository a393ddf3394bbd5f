#include "handlers/granting.hpp"

#include "config/base/text.hpp"
#include "handlers/accounts.hpp"
#include "handlers/answers.hpp"
#include "handlers/effects.hpp"
#include "handlers/installed_apps.hpp"
#include "handlers/presses.hpp"
#include "handlers/review/payload_fields.hpp"
#include "handlers/rights.hpp"
#include "handlers/views/action_ids.hpp"
#include "handlers/views/grant_views.hpp"
#include "handlers/views/installed_messages.hpp"
#include "handlers/views/mrkdwn.hpp"
#include "handlers/views/notices.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace countersign::handlers {
namespace {

namespace ids = views::ids;
using review::field;
using review::text_field;
using storage::Authorization;
using storage::GrantStage;
using storage::PendingGrant;

constexpr std::size_t longest_name = 80;
constexpr auto time_to_confirm = std::chrono::hours(1);
constexpr auto least_interval = std::chrono::milliseconds(1'000);

storage::Change changed(storage::InstalledChange change) {
    return storage::ChangeInstalled{std::move(change)};
}

storage::Change timer(const char* kind, const PendingGrant& grant, Timestamp due) {
    const nlohmann::json event{{"kind", kind}, {"id", grant.id}};
    return storage::SetTimer{{fmt::format("{}:{}", kind, grant.id), due, event.dump()}};
}

// "gitlab https://gitlab.example.com"
std::string app_value(const storage::OauthApp& app) {
    return fmt::format("{} {}", to_text(app.kind), app.url);
}

std::optional<storage::OauthApp> app_named(std::string_view value, const Context& context) {
    for (auto& app : context.view.installed().oauth_apps())
        if (app_value(app) == value) return std::move(app);
    return std::nullopt;
}

Outcome tell(const PendingGrant& grant, std::string_view occasion, const views::Message& message) {
    Outcome outcome;
    outcome.effects.push_back(
        private_line(grant.asked_by, fmt::format("grant:{}:{}", grant.id, occasion), message));
    return outcome;
}

// Nothing of it stays.
Outcome ended(const PendingGrant& grant, std::string_view why, const Context& /*context*/) {
    Outcome outcome;
    outcome.changes.push_back(changed(storage::ShredSecrets{grant.id}));
    outcome.changes.push_back(changed(storage::RemoveGrant{grant.id}));
    for (const auto* kind : {"grant_poll", "grant_over"})
        outcome.changes.emplace_back(storage::CancelTimer{fmt::format("{}:{}", kind, grant.id)});
    outcome.audit.push_back({grant.asked_by.value, "authorization.not_granted", grant.id,
                             details({{"name", grant.name}, {"url", grant.url}, {"why", why}})});
    return outcome;
}

Outcome failed(const PendingGrant& grant, const std::string& why, const Context& context) {
    auto outcome = ended(grant, why, context);
    outcome.merge(
        tell(grant, "failed",
             views::line(fmt::format("*{}* was not connected: {}.", views::inert_line(grant.name, 80),
                                     views::inert_line(why, 300)))));
    return outcome;
}

// The token is here and sealed; whose it is decides a person (O4, I8).
Outcome granted(PendingGrant grant, const EffectAnswer& answer, const Context& context) {
    const auto& told = answer.response;
    Outcome outcome;
    outcome.changes.push_back(changed(storage::ShredSecrets{grant.id}));  // what led here is used up
    outcome.changes.push_back(changed(storage::PutSealed{storage::parse_sealed(field(told, "sealed"))}));
    grant.stage = GrantStage::granted;
    grant.account = text_field(told, "account");
    grant.account_id = text_field(told, "account_id");
    grant.workspace = text_field(told, "workspace");
    grant.scopes = text::shortened(text::cleaned(text_field(told, "scopes")), 2'000);
    grant.fingerprint = text_field(told, "fingerprint");
    grant.note = text_field(told, "warning");
    grant.renewable = review::bool_field(told, "renewable").value_or(false);
    if (const auto lives = review::number_field(told, "lives_s"); lives > 0)
        grant.expires_at = context.now + std::chrono::seconds(lives);
    else if (const auto ends = review::number_field(told, "expires_at"); ends > 0)
        grant.expires_at = from_millis(ends);
    grant.ends_at = context.now + time_to_confirm;
    const auto before =
        grant.reconnect.empty() ? std::nullopt : context.view.installed().authorization(grant.reconnect);
    outcome.changes.emplace_back(storage::CancelTimer{"grant_poll:" + grant.id});
    outcome.changes.push_back(timer("grant_over", grant, grant.ends_at));
    outcome.merge(tell(grant, "granted", views::grant_question(grant, before)));
    outcome.changes.push_back(changed(storage::SaveGrant{std::move(grant)}));
    return outcome;
}

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
    if (row.expires_at && !row.renewable && grant.note.empty()) row.state_note = "expires, cannot renew";
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
    if (grant.stage != GrantStage::granted) return say(press, "Nothing was granted there yet.");
    Outcome outcome;
    outcome.changes.emplace_back(storage::CancelTimer{"grant_over:" + grant.id});
    if (!grant.reconnect.empty()) {
        if (!context.view.installed().authorization(grant.reconnect)) {
            outcome.merge(ended(grant, "removed meanwhile", context));
            outcome.merge(say(press, "The authorization was removed meanwhile; nothing was stored."));
            return outcome;
        }
        outcome.effects.push_back(adopt_grant(grant));
        return outcome;
    }
    if (context.view.installed().name_is_taken(grant.kind, grant.name)) {
        outcome.merge(ended(grant, "name taken", context));
        outcome.merge(say(press, "There is an authorization of this name by now; nothing was stored."));
        return outcome;
    }
    const auto row = authorization_of(grant, context);
    outcome.changes.push_back(changed(storage::SaveAuthorization{row}));
    outcome.changes.push_back(changed(storage::RemoveGrant{grant.id}));
    outcome.changes.push_back(look_at_it(context));
    outcome.audit.push_back(note_of(row, press.user, "authorization.added"));
    outcome.merge(say(press, ":white_check_mark: Connected.\n" + views::authorization_line(row, 0)));
    return outcome;
}

}  // namespace

Outcome authorization_form(const Press& press, std::string_view reconnect, const Context& context) {
    if (auto may = require_admin(press, "authorizations", context); !may) return std::move(may.error());
    const auto apps = context.view.installed().oauth_apps();
    std::optional<Authorization> old;
    if (!reconnect.empty()) old = context.view.installed().authorization(reconnect);
    std::vector<views::GrantChoice> choices;
    for (const auto& app : apps) {
        if (old && (app.kind != old->kind || app.url != old->url)) continue;
        const auto words = fmt::format("{} at {}", to_text(app.kind), app.url);
        if (app.kind != storage::AuthorizationKind::slack)
            choices.push_back({words + ": enter a code", "device " + app_value(app)});
        if (!app.redirect_url.empty() && !context.settings.http_public_url.empty())
            choices.push_back(
                {app.kind == storage::AuthorizationKind::slack ? "Add to Slack" : words + ": follow a link",
                 "link " + app_value(app)});
    }
    if (choices.empty()) return say(press, views::no_oauth_app(old.has_value()));
    return open_form(press, views::authorization_form(choices, old));
}

Outcome authorization_form_submitted(const Press& press, const Context& context) {
    if (auto may = require_admin(press, "authorizations", context); !may) return std::move(may.error());
    const auto entered = [&](std::string_view id) {
        const auto found = press.fields.find(std::string(id));
        return found == press.fields.end() ? std::string() : std::string(text::trimmed(found->second));
    };
    const auto wrong = [&](std::string_view at, const std::string& sentence) {
        return refuse_at(press, at, "authorizations", "invalid", sentence);
    };
    const auto choice = entered(ids::field_use);
    const auto space = choice.find(' ');
    const auto app = app_named(space == std::string::npos ? "" : choice.substr(space + 1), context);
    if (!app) return wrong(ids::field_use, "this OAuth application was removed meanwhile.");
    const bool device = choice.starts_with("device ");
    auto name = text::cleaned(entered(ids::field_name));
    std::optional<Authorization> old;
    if (!press.value.empty()) {
        old = context.view.installed().authorization(press.value);
        if (!old) return wrong(ids::field_use, "the authorization was removed meanwhile.");
        if (old->kind != app->kind || old->url != app->url)
            return wrong(ids::field_use, "this is another server; it needs an authorization of its own.");
        name = old->name;
    } else {
        if (storage::name_key(name).empty() || name.contains('/') || name.contains('\n') ||
            text::code_points(name) > longest_name)
            return wrong(ids::field_name, "write a plain name, without a slash.");
        if (context.view.installed().name_is_taken(app->kind, name))
            return wrong(ids::field_name, "there is an authorization of this name already.");  // I11
    }
    Outcome outcome;
    const nlohmann::json travels{{"name", name},
                                 {"user", press.user.value},
                                 {"reconnect", press.value},
                                 {"kind", to_text(app->kind)},
                                 {"url", app->url},
                                 {"device", device}};
    outcome.effects.push_back(begin_grant(*app, device, travels.dump(), press.cause));
    outcome.audit.push_back({press.user.value, "authorization.begun", app_value(*app),
                             details({{"name", name}, {"how", device ? "device" : "link"}})});
    outcome.merge(say(press, fmt::format("Asking {} …", views::inert_line(app->url, 80))));
    return outcome;
}

Outcome grant_begun(const EffectAnswer& answer, const Context& context) {
    PendingGrant grant;
    grant.id = text_field(answer.response, "id");
    grant.kind = storage::parse_kind(text_field(answer.context, "kind")).value_or(grant.kind);
    grant.url = text_field(answer.context, "url");
    grant.name = text_field(answer.context, "name");
    grant.reconnect = text_field(answer.context, "reconnect");
    grant.device = review::bool_field(answer.context, "device").value_or(false);
    grant.asked_by = UserId(text_field(answer.context, "user"));
    if (!answer.ok()) {
        grant.id = answer.key;
        const bool elsewhere = grant.device && !context.settings.http_public_url.empty();
        const auto why = text_field(answer.response, "text");
        return tell(grant, "failed",
                    views::line(fmt::format("*{}* was not connected: {}.{}",
                                            views::inert_line(grant.name, 80), views::inert_line(why, 300),
                                            elsewhere ? " Try it again by the link." : "")));  // O2
    }
    grant.client_id = text_field(answer.response, "client_id");
    grant.redirect_url = text_field(answer.response, "redirect_url");
    grant.state_hash = text_field(answer.response, "state_hash");
    grant.ends_at = context.now + std::chrono::seconds(review::number_field(answer.response, "lives_s"));
    grant.interval = std::chrono::milliseconds(review::number_field(answer.response, "interval_ms"));
    Outcome outcome;
    outcome.changes.push_back(
        changed(storage::PutSealed{storage::parse_sealed(field(answer.response, "sealed"))}));
    outcome.changes.push_back(changed(storage::SaveGrant{grant}));
    if (grant.device)
        outcome.changes.push_back(
            timer("grant_poll", grant, context.now + std::max(grant.interval, least_interval)));
    outcome.changes.push_back(timer("grant_over", grant, grant.ends_at));
    // O4: for the eyes of who asked.
    outcome.merge(tell(grant, "begun",
                       grant.device
                           ? views::grant_code(grant, text_field(answer.response, "verification_uri"),
                                               text_field(answer.response, "user_code"))
                           : views::grant_link(grant, text_field(answer.response, "link"))));
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
    if (!grant || grant->stage != GrantStage::asked) {
        // O5: cancelled while the answer was on its way; a token that came with it is not kept.
        return {};
    }
    if (answer.error == "refused" || answer.error == "no_secret")
        return failed(*grant, text_field(answer.response, "text"), context);
    const bool pending = review::bool_field(answer.response, "pending").value_or(false);
    if (answer.ok() && !pending) return granted(std::move(*grant), answer, context);
    Outcome outcome;
    if (const auto interval = review::number_field(answer.response, "interval_ms"); interval > 0)
        grant->interval = std::chrono::milliseconds(interval);
    outcome.changes.push_back(
        timer("grant_poll", *grant, context.now + std::max(grant->interval, least_interval)));
    outcome.changes.push_back(changed(storage::SaveGrant{std::move(*grant)}));
    return outcome;
}

Outcome oauth_came_back(const Event& event, const Context& context) {
    auto grant = context.view.installed().grant(text_field(event.payload, "grant"));
    // O6: once, and in time.
    if (!grant || grant->device || grant->stage != GrantStage::asked || grant->ends_at < context.now)
        return {};
    if (const auto why = text_field(event.payload, "refused"); !why.empty())
        return failed(*grant, why, context);
    Outcome outcome;
    outcome.changes.push_back(
        changed(storage::PutSealed{storage::parse_sealed(field(event.payload, "code"))}));
    grant->stage = GrantStage::exchanging;
    grant->state_hash.clear();
    outcome.effects.push_back(exchange_grant(*grant));
    outcome.changes.push_back(changed(storage::SaveGrant{std::move(*grant)}));
    return outcome;
}

Outcome grant_exchanged(const EffectAnswer& answer, const Context& context) {
    auto grant = context.view.installed().grant(text_field(answer.args, "grant"));
    if (!grant || grant->stage != GrantStage::exchanging) return {};
    if (!answer.ok()) return failed(*grant, text_field(answer.response, "text"), context);
    return granted(std::move(*grant), answer, context);
}

Outcome grant_over(const Event& event, const Context& context) {
    const auto grant = context.view.installed().grant(text_field(event.payload, "id"));
    if (!grant) return {};
    return failed(*grant,
                  grant->stage == GrantStage::granted ? "nobody said whether it is the right account"
                                                      : "nobody came back in time",
                  context);
}

bool is_grant_button(std::string_view action) {
    return action == ids::grant_cancel || action == ids::grant_keep;
}

Outcome grant_pressed(const Press& press, const Context& context) {
    const auto grant = context.view.installed().grant(press.value);
    if (!grant) return say(press, "This is over already.");
    // O6: bound to who asked; and an admin at the moment of the press (I4).
    if (press.user != grant->asked_by)
        return refuse(press, grant->id, "no_right", "you may not, because somebody else has begun this.");
    if (auto may = require_admin(press, grant->id, context); !may) return std::move(may.error());
    if (press.what == ids::grant_keep) return kept(press, *grant, context);
    auto outcome = ended(*grant, "cancelled", context);
    outcome.merge(say(
        press, fmt::format("*{}* was not connected; nothing was kept.", views::inert_line(grant->name, 80))));
    return outcome;
}

// I9: the id stays, and what hung on it goes on.
Outcome grant_adopted(const EffectAnswer& answer, const Context& context) {
    const auto grant = context.view.installed().grant(text_field(answer.args, "grant"));
    if (!grant) return {};
    const auto old = context.view.installed().authorization(grant->reconnect);
    if (!old || !answer.ok())
        return failed(*grant, old ? text_field(answer.response, "text") : "it was removed meanwhile",
                      context);
    auto row = authorization_of(*grant, context);
    row.id = old->id;
    row.owner = old->owner;
    row.notes = old->notes;
    row.added_by = old->added_by;
    row.added_at = old->added_at;
    row.refreshed_at = context.now;
    Outcome outcome;
    outcome.changes.push_back(changed(storage::ShredSecrets{row.id}));
    outcome.changes.push_back(
        changed(storage::PutSealed{storage::parse_sealed(field(answer.response, "sealed"))}));
    outcome.changes.push_back(changed(storage::SaveAuthorization{row}));
    outcome.changes.push_back(changed(storage::ShredSecrets{grant->id}));
    outcome.changes.push_back(changed(storage::RemoveGrant{grant->id}));
    outcome.changes.push_back(look_at_it(context));
    outcome.audit.push_back(note_of(row, grant->asked_by, "authorization.reconnected"));
    for (auto& use : context.view.installed().built_on(row.id)) {
        const bool works =
            use.state == storage::IntegrationState::active || use.state == storage::IntegrationState::paused;
        if (!works) outcome.merge(reconnected_on(std::move(use), row, grant->asked_by, context));
    }
    outcome.merge(
        tell(*grant, "kept",
             views::line(":white_check_mark: Connected again.\n" +
                         views::authorization_line(row, context.view.installed().built_on(row.id).size()))));
    return outcome;
}

}  // namespace countersign::handlers

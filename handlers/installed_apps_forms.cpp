#include "config/base/text.hpp"
#include "handlers/answers.hpp"
#include "handlers/installed_apps.hpp"
#include "handlers/presses.hpp"
#include "handlers/rights.hpp"
#include "handlers/views/action_ids.hpp"
#include "handlers/views/installed_forms.hpp"
#include "handlers/views/installed_messages.hpp"
#include "handlers/views/mrkdwn.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace countersign::handlers {
namespace {

namespace ids = views::ids;
using storage::Authorization;
using storage::AuthorizationKind;
using storage::Integration;
using storage::IntegrationKind;
using storage::IntegrationState;
using storage::InventoryEntry;

constexpr std::size_t longest_name = 80, longest_words = 500;

std::string entered(const Press& press, std::string_view field, std::size_t limit = longest_words) {
    const auto found = press.fields.find(std::string(field));
    return found == press.fields.end() ? "" : text::shortened(text::trimmed(found->second), limit);
}

Outcome wrong(const Press& press, std::string_view field, const std::string& sentence) {
    return refuse_at(press, field, "installed_apps", "invalid", sentence);
}

storage::Change save(Integration integration) {
    return storage::ChangeInstalled{storage::SaveIntegration{std::move(integration)}};
}

bool usable(const Authorization& authorization) {
    return authorization.state != storage::AuthorizationState::needs_reauth;
}

// "" = the authorization is of the tracker's own server (O15).
std::string tracker_problem(const Authorization& authorization, const config::Tracker& tracker) {
    const auto kind =
        tracker.kind == config::TrackerKind::gitlab ? AuthorizationKind::gitlab : AuthorizationKind::github;
    if (authorization.kind != kind)
        return fmt::format("this is an authorization of {}, and the tracker is a {}.",
                           to_text(authorization.kind), to_text(kind));
    if (text::lower(authorization.url) != text::lower(tracker.url))
        return fmt::format("this is an authorization for {}, and the tracker is at {}.", authorization.url,
                           tracker.url);
    return "";
}

// What the choice "tracker:NAME" makes of the integration; or what is wrong, at a field.
std::optional<Outcome> aim(const Press& press, const Authorization& authorization, Integration& made,
                           const Context& context) {
    const auto use = entered(press, ids::field_use);
    const auto colon = use.find(':');
    const auto name = colon == std::string::npos ? "" : use.substr(colon + 1);
    const auto tracker = std::ranges::find(context.settings.trackers, name, &config::Tracker::name);
    if (tracker == context.settings.trackers.end())
        return wrong(press, ids::field_use, "this tracker is not configured any more.");
    if (const auto problem = tracker_problem(authorization, *tracker); !problem.empty())
        return wrong(press, ids::field_authorization, problem);
    made.kind = IntegrationKind::tracker;
    made.target = tracker->name;
    made.purpose = config::to_text(tracker->purpose);
    for (const auto& other : context.view.installed().integrations()) {
        if (other.kind == made.kind && other.target == made.target)
            return wrong(press, ids::field_use,
                         fmt::format("{} is connected already, by \"{}\".", made.target, other.name));
    }
    return std::nullopt;
}

std::string taken_name(const std::string& name, std::int64_t except, const Context& context) {
    const auto all = context.view.installed().integrations();
    const bool taken = std::ranges::any_of(all, [&](const Integration& other) {
        return other.id != except && storage::name_key(other.name) == storage::name_key(name);
    });
    return taken ? "there is an integration of this name already." : "";
}

// I2: any member, and nobody sees the secret.
Outcome added(const Press& press, const Context& context) {
    if (auto may = require_member(press, context); !may) return std::move(may.error());
    Integration made;
    made.name = entered(press, ids::field_name, longest_name);
    if (storage::name_key(made.name).empty()) return wrong(press, ids::field_name, "write a name.");
    if (const auto taken = taken_name(made.name, 0, context); !taken.empty())
        return wrong(press, ids::field_name, taken);
    const auto authorization =
        context.view.installed().authorization(entered(press, ids::field_authorization));
    if (!authorization)
        return wrong(press, ids::field_authorization, "this authorization was removed meanwhile.");
    if (!usable(*authorization))
        return wrong(press, ids::field_authorization,
                     "this authorization needs to be connected again first.");
    if (auto problem = aim(press, *authorization, made, context)) return std::move(*problem);
    made.authorization = authorization->id;
    made.authorization_name = authorization->name;
    made.authorization_kind = authorization->kind;
    made.instance = authorization->url;
    made.owner = press.user;
    made.made_at = made.state_since = context.now;
    auto outcome =
        say(press, fmt::format(":white_check_mark: Connected.\n{}", views::integration_line(made)));
    outcome.changes.push_back(save(made));
    outcome.audit.push_back({press.user.value, "integration.added", made.target,
                             details({{"name", made.name},
                                      {"kind", to_text(made.kind)},
                                      {"authorization", made.authorization},
                                      {"purpose", made.purpose}})});
    return outcome;
}

// M13: what this person changed is applied to what stands there now, whoever changed the rest meanwhile; the
// same field changed by two is shown and decided by a person. `shown`: digests of what the form showed.
struct Merge {
    const Press& press;
    std::vector<std::string> shown;
    std::optional<Outcome> conflict;
    std::size_t at = 0;

    void operator()(std::string& current, std::string_view field) {
        auto value = entered(press, field);
        if (field == ids::field_data && value == "none") value.clear();
        const auto before = at < shown.size() ? shown[at] : "";
        ++at;
        if (conflict || value == current || short_digest(value) == before) return;
        if (short_digest(current) != before) {
            conflict =
                wrong(press, field,
                      fmt::format("somebody has changed this meanwhile; it says \"{}\" now. Close the form "
                                  "and open it again.",
                                  text::shortened(current, 200)));
            return;
        }
        current = std::move(value);
    }
};

Outcome entry_edited(const Press& press, InventoryEntry entry, std::string_view shown,
                     const Context& context) {
    Merge merge{press, text::words(shown), std::nullopt};
    auto owner = entry.owner.value;
    merge(owner, ids::field_owner);
    merge(entry.connected_to, ids::field_connected_to);
    merge(entry.purpose, ids::field_purpose);
    merge(entry.data_class, ids::field_data);
    merge(entry.notes, ids::field_notes);
    if (merge.conflict) return std::move(*merge.conflict);
    const auto person = context.view.person(UserId(owner));
    if (person && (!person->active || person->guest))
        return wrong(press, ids::field_owner, "the owner has to be a member who is still here.");
    entry.owner = UserId(owner);
    auto outcome = say(press, "Saved.\n" + views::inventory_line(entry));
    outcome.audit.push_back({press.user.value, "inventory.edited", entry.app_id.value,
                             details({{"team", entry.team_id.value},
                                      {"owner", owner},
                                      {"purpose", entry.purpose},
                                      {"data_class", entry.data_class},
                                      {"connected_to", entry.connected_to},
                                      {"notes", entry.notes}})});
    outcome.changes.emplace_back(storage::ChangeInstalled{storage::SaveInventoryEntry{std::move(entry)}});
    return outcome;
}

Outcome integration_edited(const Press& press, Integration integration, const Context& context) {
    const auto name = entered(press, ids::field_name, longest_name);
    if (storage::name_key(name).empty()) return wrong(press, ids::field_name, "write a name.");
    if (const auto taken = taken_name(name, integration.id, context); !taken.empty())
        return wrong(press, ids::field_name, taken);
    integration.name = name;
    integration.owner = UserId(entered(press, ids::field_owner));
    const bool pause = entered(press, ids::field_pause) == "paused";
    const bool paused = integration.state == IntegrationState::paused;
    if (pause != paused && integration.state != IntegrationState::needs_reauth) {
        integration.state = pause ? IntegrationState::paused : IntegrationState::active;
        integration.state_since = context.now;
        integration.state_note.clear();
    }
    auto outcome = say(press, "Saved.\n" + views::integration_line(integration));
    outcome.audit.push_back({press.user.value, "integration.edited", std::to_string(integration.id),
                             details({{"name", name}, {"state", to_text(integration.state)}})});
    outcome.changes.push_back(save(std::move(integration)));
    return outcome;
}

Outcome authorization_edited(const Press& press, Authorization authorization, const Context& context) {
    const auto name = entered(press, ids::field_name, longest_name);
    if (storage::name_key(name).empty() || name.contains('/'))
        return wrong(press, ids::field_name, "write a name, without a slash.");
    const bool same = storage::name_key(name) == storage::name_key(authorization.name);
    if (!same && context.view.installed().name_is_taken(authorization.kind, name))
        return wrong(press, ids::field_name, "there is an authorization of this name already.");  // I11
    authorization.name = name;
    authorization.owner = UserId(entered(press, ids::field_owner));
    authorization.notes = entered(press, ids::field_notes);
    auto outcome = say(
        press, "Saved.\n" + views::authorization_line(
                                authorization, context.view.installed().built_on(authorization.id).size()));
    outcome.audit.push_back(
        {press.user.value, "authorization.edited", authorization.id, details({{"name", name}})});
    outcome.changes.emplace_back(
        storage::ChangeInstalled{storage::SaveAuthorization{std::move(authorization)}});
    return outcome;
}

Outcome gone(const Press& press, std::string_view field) {
    return wrong(press, field, "it is not there any more; somebody has removed it.");  // I20
}

Outcome edited(const Press& press, const Context& context) {
    const auto mark = press.value.rfind('#');
    const auto thing = thing_at(std::string_view(press.value).substr(0, mark), context);
    if (!thing) return gone(press, ids::field_owner);
    if (auto may = require_owner(press, *thing, context); !may) return std::move(may.error());
    if (const auto* entry = std::get_if<InventoryEntry>(&*thing))
        return entry_edited(press, *entry,
                            mark == std::string::npos ? "" : std::string_view(press.value).substr(mark + 1),
                            context);
    if (const auto* integration = std::get_if<Integration>(&*thing))
        return integration_edited(press, *integration, context);
    return authorization_edited(press, std::get<Authorization>(*thing), context);
}

Outcome authorization_taken(const Press& press, const Authorization& authorization, std::string_view shown,
                            const Context& context) {
    auto stopped = context.view.installed().built_on(authorization.id);
    std::string now;
    for (const auto& use : stopped)
        now += std::to_string(use.id) + ",";
    if (now != shown)  // I6
        return wrong(press, ids::field_name,
                     "what uses it has changed since the form was opened. Close it and look again.");
    Outcome outcome;
    outcome.changes.emplace_back(
        storage::ChangeInstalled{storage::RemoveAuthorization{authorization.id, press.user.value}});
    for (auto& use : stopped) {
        use.state = IntegrationState::needs_reauth;
        use.state_note = "its authorization was removed by " + press.user.value;
    }
    outcome.audit.push_back({press.user.value, "authorization.removed", authorization.id,
                             details({{"name", authorization.name},
                                      {"kind", to_text(authorization.kind)},
                                      {"url", authorization.url},
                                      {"stopped", std::to_string(stopped.size())}})});
    outcome.merge(
        say(press, fmt::format("*{}* was removed. Its token is still valid at {}: revoke it there.",
                               views::inert_line(authorization.name), views::inert_line(authorization.url))));
    outcome.merge(tell_of_removal(authorization.id, authorization.name, std::move(stopped), context));
    return outcome;
}

Outcome removed(const Press& press, const Context& context) {
    const auto mark = press.value.rfind('#');
    const auto thing = thing_at(std::string_view(press.value).substr(0, mark), context);
    if (!thing) return gone(press, ids::field_name);
    const bool integration = std::holds_alternative<Integration>(*thing);
    auto may = integration ? require_owner(press, *thing, context)
                           : require_admin(press, target_of(*thing), context);
    if (!may) return std::move(may.error());
    const auto name = name_of(*thing);
    if (entered(press, ids::field_name) != std::string(text::trimmed(name)))
        return wrong(press, ids::field_name, fmt::format("type \"{}\" exactly.", name));
    if (const auto* each = std::get_if<Authorization>(&*thing))
        return authorization_taken(
            press, *each, mark == std::string::npos ? "" : std::string_view(press.value).substr(mark + 1),
            context);
    auto outcome = say(press, fmt::format("*{}* was removed.", views::inert_line(name)));
    outcome.audit.push_back({press.user.value, integration ? "integration.removed" : "inventory.deleted",
                             target_of(*thing), details({{"name", name}})});
    if (const auto* each = std::get_if<Integration>(&*thing)) {
        outcome.changes.emplace_back(storage::ChangeInstalled{storage::RemoveIntegration{each->id}});
    } else {
        const auto& entry = std::get<InventoryEntry>(*thing);
        outcome.changes.emplace_back(
            storage::ChangeInstalled{storage::RemoveInventoryEntry{entry.app_id, entry.team_id}});
    }
    return outcome;
}

// I8: of the same kind and the same server.
std::vector<Authorization> fitting(const Integration& integration, const Context& context) {
    auto all = context.view.installed().authorizations();
    std::erase_if(all, [&](const Authorization& each) {
        return each.kind != integration.authorization_kind || each.url != integration.instance ||
               !usable(each);
    });
    return all;
}

Outcome reconnect_chosen(const Press& press, const Context& context) {
    const auto thing = thing_at(press.value, context);
    if (!thing || !std::holds_alternative<Integration>(*thing)) return gone(press, ids::field_authorization);
    if (auto may = require_owner(press, *thing, context); !may) return std::move(may.error());
    const auto& integration = std::get<Integration>(*thing);
    const auto choices = fitting(integration, context);
    const auto chosen =
        std::ranges::find(choices, entered(press, ids::field_authorization), &Authorization::id);
    if (chosen == choices.end())
        return wrong(press, ids::field_authorization,
                     "this authorization cannot be used any more; choose another.");
    auto outcome = reconnected_on(integration, *chosen, press.user, context);
    auto shown = integration;
    shown.state = IntegrationState::active;
    shown.authorization_name = chosen->name;
    outcome.merge(say(press, ":white_check_mark: Connected.\n" + views::integration_line(shown)));
    return outcome;
}

}  // namespace

bool is_installed_form(std::string_view callback) {
    return callback == ids::form_installed_add || callback == ids::form_installed_edit ||
           callback == ids::form_installed_remove || callback == ids::form_installed_reconnect;
}

Outcome installed_form_submitted(const Press& press, const Context& context) {
    if (press.what == ids::form_installed_add) return added(press, context);
    if (press.what == ids::form_installed_edit) return edited(press, context);
    if (press.what == ids::form_installed_remove) return removed(press, context);
    return reconnect_chosen(press, context);
}

Outcome reconnect_pressed(const Press& press, const Context& context) {
    const auto thing = thing_at("integration:" + press.value, context);
    if (!thing) return say(press, "It is not there any more; somebody has removed it.");
    if (auto may = require_owner(press, *thing, context); !may) return std::move(may.error());
    const auto& integration = std::get<Integration>(*thing);
    if (integration.state == IntegrationState::active)
        return say(press, "It works already.\n" + views::integration_line(integration));
    const auto choices = fitting(integration, context);
    if (choices.empty())
        return say(press, fmt::format("No other authorization for {} is stored yet. {}",
                                      views::inert_line(integration.instance, 80), views::how_to_store()));
    return open_form(press, views::reconnect_form(integration, choices, target_of(*thing)));
}

}  // namespace countersign::handlers

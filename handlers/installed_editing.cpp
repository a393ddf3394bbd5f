#include "config/base/text.hpp"
#include "handlers/answers.hpp"
#include "handlers/building_rights.hpp"
#include "handlers/installed_fields.hpp"
#include "handlers/installed_merging.hpp"
#include "handlers/presses.hpp"
#include "handlers/rights.hpp"
#include "handlers/token_parts.hpp"
#include "handlers/views/action_ids.hpp"
#include "handlers/views/installed_answer_texts.hpp"
#include "handlers/views/installed_messages.hpp"
#include "handlers/views/mrkdwn.hpp"
#include "handlers/waiting_press.hpp"

namespace countersign::handlers {
namespace {

namespace ids = views::ids;
namespace texts = views::texts;
using storage::Authorization;
using storage::AuthorizationKind;
using storage::Integration;
using storage::IntegrationKind;
using storage::IntegrationState;
using storage::InventoryEntry;

// I14: what somebody new is to answer for is given to a member who is still here; nobody else is asked about.
std::optional<Outcome> owner_refused(const Press& press, const UserId& before, const UserId& owner,
                                     const Context& context) {
    if (owner == before || owner.empty()) return std::nullopt;
    const auto person = context.view.person(owner);
    if (person && person->active && !person->guest) return std::nullopt;
    if (!person) return wait_for_person(owner, press);
    return wrong(press, ids::field_owner, say_in(press.language, texts::owner_is_member));
}

Outcome entry_edited(const Press& press, InventoryEntry entry, const MergedValues& values,
                     const Context& context) {
    const auto& owner = values.at(ids::field_owner);
    if (auto refused = owner_refused(press, entry.owner, UserId(owner), context)) return std::move(*refused);
    entry.owner = UserId(owner);
    entry.connected_to = values.at(ids::field_connected_to);
    entry.purpose = values.at(ids::field_purpose);
    entry.data_class = values.at(ids::field_data);
    entry.notes = values.at(ids::field_notes);
    auto outcome =
        say(press, say_in(press.language, texts::saved_line, views::inventory_line(entry, press.language)));
    outcome.audit.push_back({press.user.value, "inventory.edited", entry.app_id.value,
                             details({{"team", entry.team_id.value},
                                      {"owner", owner},
                                      {"purpose", proof_of(entry.purpose)},
                                      {"data_class", entry.data_class},
                                      {"connected_to", proof_of(entry.connected_to)},
                                      {"notes", proof_of(entry.notes)}})});
    outcome.changes.emplace_back(storage::ChangeInstalled{storage::SaveInventoryEntry{std::move(entry)}});
    return outcome;
}

Outcome integration_edited(const Press& press, Integration integration, const MergedValues& values,
                           const Context& context) {
    const auto& name = values.at(ids::field_name);
    if (storage::name_key(name).empty())
        return wrong(press, ids::field_name, say_in(press.language, texts::write_a_name));
    if (const auto taken = taken_name(press, name, integration.id, context); !taken.empty())
        return wrong(press, ids::field_name, taken);
    integration.name = name;
    const UserId owner(values.at(ids::field_owner));
    if (auto refused = owner_refused(press, integration.owner, owner, context)) return std::move(*refused);
    integration.owner = owner;
    const bool pause = values.at(ids::field_pause) == "paused";
    const bool paused = integration.state == IntegrationState::paused;
    if (pause != paused && integration.state != IntegrationState::needs_reauth) {
        integration.state = pause ? IntegrationState::paused : IntegrationState::active;
        integration.state_since = context.now;
        integration.state_note.clear();
    }
    auto outcome = say(press, say_in(press.language, texts::saved_line,
                                     views::integration_line(integration, press.language)));
    // I8: mending brings the settings back, this one among them.
    if (integration.state != IntegrationState::needs_reauth)
        outcome.changes.emplace_back(storage::SetMeta{pause_mark(integration), pause ? "1" : ""});
    outcome.audit.push_back({press.user.value, "integration.edited", std::to_string(integration.id),
                             details({{"name", name}, {"state", to_text(integration.state)}})});
    outcome.changes.push_back(save(std::move(integration)));
    return outcome;
}

// I10: what is wrong with the lists of who may build on it, if anything is.
std::optional<Outcome> allowed_refused(const Press& press, const Authorization& authorization) {
    constexpr std::size_t most = 100;
    const auto channels = text::words(authorization.allowed_channels);
    if (text::words(authorization.allowed_users).size() > most)
        return wrong(press, ids::field_allowed_users, say_in(press.language, texts::too_many_allowed));
    if (channels.size() > most)
        return wrong(press, ids::field_allowed_channels, say_in(press.language, texts::too_many_allowed));
    for (const auto& channel : channels)
        if (!is_channel_id(channel))
            return wrong(press, ids::field_allowed_channels,
                         say_in(press.language, texts::no_channel_id, text::shortened(channel, 40)));
    return std::nullopt;
}

Outcome authorization_edited(const Press& press, Authorization authorization, const MergedValues& values,
                             const Context& context) {
    const auto& name = values.at(ids::field_name);
    if (storage::name_key(name).empty() || name.contains('/'))
        return wrong(press, ids::field_name, say_in(press.language, texts::no_slash));
    const bool same = storage::name_key(name) == storage::name_key(authorization.name);
    if (!same && context.view.installed().name_is_taken(authorization.kind, name))
        return wrong(press, ids::field_name, say_in(press.language, texts::authorization_name_taken));  // I11
    authorization.name = name;
    const UserId owner(values.at(ids::field_owner));
    if (auto refused = owner_refused(press, authorization.owner, owner, context)) return std::move(*refused);
    authorization.owner = owner;
    authorization.notes = values.at(ids::field_notes);
    authorization.allowed_users = values.at(ids::field_allowed_users);
    if (const auto channels = values.find(ids::field_allowed_channels); channels != values.end())
        authorization.allowed_channels = channels->second;
    if (auto refused = allowed_refused(press, authorization)) return std::move(*refused);
    auto outcome =
        say(press, say_in(press.language, texts::saved_line,
                          views::authorization_line(
                              authorization, context.view.installed().built_on(authorization.id).size(),
                              press.language)));
    outcome.audit.push_back({press.user.value, "authorization.edited", authorization.id,
                             details({{"name", name},
                                      {"allowed_users", authorization.allowed_users},
                                      {"allowed_channels", authorization.allowed_channels}})});
    outcome.changes.emplace_back(storage::ChangeInstalled{
        storage::SetAllowed{authorization.id, authorization.allowed_users, authorization.allowed_channels}});
    outcome.changes.emplace_back(
        storage::ChangeInstalled{storage::SaveAuthorization{std::move(authorization)}});
    return outcome;
}

}  // namespace

Outcome installed_edited(const Press& press, const Context& context) {
    const auto mark = press.value.rfind('#');
    const auto thing = thing_at(std::string_view(press.value).substr(0, mark), context);
    if (!thing) return gone(press, ids::field_owner);
    if (auto may = require_owner(press, *thing, context); !may) return std::move(may.error());
    auto values = merged(press, *thing);
    if (!values) return std::move(values.error());
    if (const auto* entry = std::get_if<InventoryEntry>(&*thing))
        return entry_edited(press, *entry, *values, context);
    if (const auto* integration = std::get_if<Integration>(&*thing))
        return integration_edited(press, *integration, *values, context);
    return authorization_edited(press, std::get<Authorization>(*thing), *values, context);
}

}  // namespace countersign::handlers

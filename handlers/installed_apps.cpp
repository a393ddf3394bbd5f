#include "handlers/installed_apps.hpp"

#include "config/base/text.hpp"
#include "handlers/answers.hpp"
#include "handlers/effects.hpp"
#include "handlers/people.hpp"
#include "handlers/review/payload_fields.hpp"
#include "handlers/rights.hpp"
#include "handlers/token_parts.hpp"
#include "handlers/views/installed_answer_texts.hpp"
#include "handlers/views/installed_messages.hpp"
#include "handlers/waiting_press.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <map>

namespace countersign::handlers {
namespace {

using storage::Authorization;
using storage::Integration;
using storage::IntegrationState;
using storage::InventoryEntry;

template <class... Fs>
struct Overloaded : Fs... {
    using Fs::operator()...;
};

std::string progress_name(const std::string& authorization) {
    return "mending:" + authorization;
}

// Which note an integration is in: that of the authorization that it was built on when that was removed.
std::string place_of(const Integration& integration) {
    return "mending_of:" + std::to_string(integration.id);
}

storage::Effect progress_note(const std::string& authorization, const std::string& name,
                              const std::vector<Integration>& all, const Context& context) {
    auto effect = alarm(context.settings, progress_name(authorization), views::mending_progress(name, all));
    effect.message = progress_name(authorization);
    return effect;
}

// The admins' note of a removal, redrawn as integrations come back, or stop again.
Outcome update_progress(const std::string& authorization, const std::string& name,
                        const std::vector<Integration>& all, const Context& context) {
    Outcome outcome;
    auto effect = progress_note(authorization, name, all, context);
    outcome.effects.push_back(effect);  // where it was not posted yet
    auto args = nlohmann::json::parse(effect.args);
    args.erase("channel");
    effect.key = fmt::format("{}:{}", effect.key, to_millis(context.now));
    effect.method = "chat.update";
    effect.args = args.dump();
    outcome.effects.push_back(effect);
    return outcome;
}

// Those that stopped with it, as they are now, with what has just changed.
std::vector<Integration> stopped_with(const std::string& authorization,
                                      const std::vector<Integration>& changed, const Context& context) {
    std::vector<Integration> stopped;
    const auto waiting = context.view.meta(progress_name(authorization));
    const auto ids = nlohmann::json::parse(waiting, nullptr, false);
    if (!ids.is_array()) return stopped;
    for (const auto& id : ids) {
        if (!id.is_number_integer()) continue;
        const auto number = id.get<std::int64_t>();
        const auto newer = std::ranges::find(changed, number, &Integration::id);
        auto each =
            newer != changed.end() ? std::optional(*newer) : context.view.installed().integration(number);
        if (each) stopped.push_back(std::move(*each));
    }
    return stopped;
}

}  // namespace

std::string name_of(const InstalledThing& thing) {
    return std::visit(Overloaded{[](const InventoryEntry& entry) {
                                     return entry.app_name.empty() ? entry.app_id.value : entry.app_name;
                                 },
                                 [](const auto& each) { return each.name; }},
                      thing);
}

UserId owner_of(const InstalledThing& thing) {
    return std::visit([](const auto& each) { return each.owner; }, thing);
}

std::string target_of(const InstalledThing& thing) {
    return std::visit(
        Overloaded{
            [](const Authorization& each) { return "authorization:" + each.id; },
            [](const Integration& each) { return "integration:" + std::to_string(each.id); },
            [](const InventoryEntry& each) { return "app:" + each.app_id.value + "/" + each.team_id.value; }},
        thing);
}

std::optional<InstalledThing> thing_at(std::string_view target, const Context& context) {
    const auto view = context.view.installed();
    const auto colon = target.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    const auto kind = target.substr(0, colon);
    const auto id = target.substr(colon + 1);
    if (kind == "authorization") {
        if (auto found = view.authorization(id)) return *found;
    } else if (kind == "integration") {
        std::int64_t number = 0;
        std::from_chars(id.data(), id.data() + id.size(), number);
        if (auto found = view.integration(number)) return *found;
    } else if (kind == "app") {
        const auto slash = id.rfind('/');
        if (slash == std::string_view::npos) return std::nullopt;
        if (auto found = view.entry(AppId(std::string(id.substr(0, slash))),
                                    TeamId(std::string(id.substr(slash + 1)))))
            return *found;
    }
    return std::nullopt;
}

std::vector<InstalledThing> things_named(std::string_view words, const Context& context) {
    const auto view = context.view.installed();
    const auto key = storage::name_key(words);
    std::vector<InstalledThing> exact, near;
    if (const auto entry = thing_at("app:" + std::string(words), context)) return {*entry};
    for (auto& each : view.authorizations()) {
        if (storage::name_key(each.name) == key || each.id == words ||
            std::string(to_text(each.kind)) + "/" + storage::name_key(each.name) == key)
            exact.emplace_back(std::move(each));
    }
    for (auto& each : view.integrations()) {
        if (storage::name_key(each.name) == key) exact.emplace_back(std::move(each));
    }
    for (auto& each : view.inventory({.text = std::string(words), .limit = 20})) {
        const bool same = storage::name_key(each.app_name) == key || each.app_id.value == words;
        (same ? exact : near).emplace_back(std::move(each));
    }
    return exact.empty() ? near : exact;
}

std::string short_digest(std::string_view value) {
    return text::sha256_hex(value).substr(0, 8);
}

std::expected<void, Outcome> require_owner(const Press& press, const InstalledThing& thing,
                                           const Context& context) {
    if (press.user == owner_of(thing) && !std::holds_alternative<Authorization>(thing)) return {};
    return require_admin(press, target_of(thing), context);
}

std::expected<void, Outcome> require_member(const Press& press, const Context& context) {
    const auto person = context.view.person(press.user);
    if (!person) return std::unexpected(wait_for_person(press.user, press));
    if (person->active && !person->guest) return {};
    return std::unexpected(
        refuse(press, "installed_apps", "guest", say_in(press.language, views::texts::no_guests)));
}

Outcome reconnected_on(Integration integration, const Authorization& authorization, const UserId& by,
                       const Context& context) {
    Outcome outcome;
    const auto before = integration.authorization;
    const auto before_name = integration.authorization_name;
    integration.authorization = authorization.id;
    integration.authorization_name = authorization.name;
    integration.account = authorization.account;
    if (context.view.meta(pause_mark(integration)) == "1") {
        integration.state = IntegrationState::paused;
        integration.state_note.clear();
        integration.state_since = context.now;
    } else {
        await_access(integration, context.now);
        outcome.changes.push_back(account_timer("account_check", authorization, context.now));
    }
    outcome.changes.emplace_back(storage::ChangeInstalled{storage::SaveIntegration{integration}});
    outcome.audit.push_back(
        {by.value, "integration.reconnected", std::to_string(integration.id),
         details({{"name", integration.name}, {"from", before}, {"to", authorization.id}})});
    const auto stopped = stopped_with(before, {integration}, context);
    if (stopped.empty()) return outcome;
    outcome.changes.emplace_back(storage::SetMeta{
        place_of(integration), nlohmann::json{{"id", before}, {"name", before_name}}.dump()});
    outcome.merge(update_progress(before, before_name, stopped, context));
    return outcome;
}

Outcome redraw_mending(const std::vector<Integration>& changed, const Context& context) {
    Outcome outcome;
    std::map<std::string, std::string> notes;  // one drawing each
    for (const auto& each : changed) {
        const auto place = nlohmann::json::parse(context.view.meta(place_of(each)), nullptr, false);
        if (place.is_object()) notes[review::text_field(place, "id")] = review::text_field(place, "name");
    }
    for (const auto& [authorization, name] : notes)
        outcome.merge(
            update_progress(authorization, name, stopped_with(authorization, changed, context), context));
    return outcome;
}

storage::Effect ask_to_mend(const Integration& integration, std::string_view key, const Context& context) {
    const auto& owner = integration.owner;
    const auto person = context.view.person(owner);
    const bool here = !owner.empty() && (!person || person->active);
    return here
               ? private_line(owner, key, views::integration_broken(integration, language_of(owner, context)))
               : alarm(context.settings, key,
                       views::integration_broken(integration, views::Language::english));
}

Outcome tell_of_removal(const std::string& id, const std::string& name,
                        const std::vector<Integration>& stopped, const Context& context) {
    Outcome outcome;
    if (stopped.empty()) return outcome;
    auto ids = nlohmann::json::array();
    for (const auto& each : stopped) {
        ids.push_back(each.id);
        outcome.effects.push_back(ask_to_mend(each, fmt::format("broken:{}:{}", id, each.id), context));
    }
    outcome.changes.emplace_back(storage::SetMeta{progress_name(id), ids.dump()});
    outcome.effects.push_back(progress_note(id, name, stopped, context));
    return outcome;
}

Outcome authorization_removed(const Event& event, const Context& context) {
    const auto id = review::text_field(event.payload, "id");
    return tell_of_removal(id, review::text_field(event.payload, "name"),
                           context.view.installed().built_on(id), context);
}

}  // namespace countersign::handlers

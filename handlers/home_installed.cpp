#include "handlers/home_installed.hpp"

#include "handlers/answers.hpp"
#include "handlers/installed_apps.hpp"
#include "handlers/installed_deeds.hpp"
#include "handlers/installed_lists.hpp"
#include "handlers/views/home_installed_ids.hpp"
#include "handlers/views/installed_texts.hpp"

#include <algorithm>
#include <charconv>

namespace countersign::handlers {
namespace {

namespace ids = views::ids;
using views::HomeInstalled;

constexpr std::string_view deeds[]{ids::home_add,  ids::home_authorize, ids::home_details,
                                   ids::home_edit, ids::home_reconnect, ids::home_remove};

// Which list the person looks at and how many of it are before the page: "orphans:16".
std::string place_name(const UserId& user) {
    return "home_installed:" + user.value;
}

std::size_t number_in(std::string_view digits) {
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return error == std::errc() && end == digits.data() + digits.size() ? value : 0;
}

}  // namespace

storage::Change forget_installed_place(const UserId& user) {
    return storage::SetMeta{place_name(user), ""};
}

std::optional<HomeInstalled> home_installed(const UserId& user, bool admin, const Context& context) {
    const auto person = context.view.person(user);
    if (person && (person->guest || !person->active)) return std::nullopt;
    const auto place = context.view.meta(place_name(user));
    const auto colon = std::min(place.find(':'), place.size());
    HomeInstalled section;
    section.admin = admin;
    for (const auto& list : views::installed_lists) {
        if (list.for_admins && !admin) continue;
        section.lists.push_back({list.name, installed_count(list.name, user, context)});
        if (list.word == std::string_view(place).substr(0, colon)) section.shown = list.name;
    }
    auto page = installed_page(section.shown, user,
                               number_in(std::string_view(place).substr(std::min(colon + 1, place.size()))),
                               views::installed_page_size, context);
    section.total = page.total;
    section.skip = page.skip;
    for (auto& thing : page.things) {
        HomeInstalled::Entry entry;
        entry.target = target_of(thing);
        const auto* authorization = std::get_if<storage::Authorization>(&thing);
        if (authorization != nullptr)
            entry.uses = context.view.installed().built_on(authorization->id).size();
        const bool owner = authorization == nullptr && owner_of(thing) == user;
        entry.may_edit = admin || owner;
        entry.may_remove = admin || (owner && std::holds_alternative<storage::Integration>(thing));  // M14
        entry.thing = std::move(thing);
        section.entries.push_back(std::move(entry));
    }
    return section;
}

bool is_home_installed_button(std::string_view action) {
    return action.starts_with(ids::home_list) || action.starts_with(ids::home_page) ||
           std::ranges::find(deeds, action) != std::end(deeds);
}

Outcome home_installed_pressed(const Press& press, const Context& context) {
    Outcome outcome;
    if (press.what.starts_with(ids::home_list)) {
        outcome.changes.emplace_back(storage::SetMeta{place_name(press.user), press.value + ":0"});
        return outcome;
    }
    if (press.what.starts_with(ids::home_page)) {
        const auto place = context.view.meta(place_name(press.user));
        const auto list = place.substr(0, place.find(':'));
        outcome.changes.emplace_back(
            storage::SetMeta{place_name(press.user), list + ":" + std::to_string(number_in(press.value))});
        return outcome;
    }
    if (press.what == ids::home_add) return add_installed(press, "", context);
    if (press.what == ids::home_authorize) return add_installed(press, "authorization", context);
    const auto thing = thing_at(press.value, context);
    if (!thing) return say(press, say_in(press.language, views::texts::thing_gone));
    if (press.what == ids::home_edit) return edit_installed(press, *thing, context);
    if (press.what == ids::home_remove) return remove_installed(press, *thing, context);
    if (press.what == ids::home_reconnect) return reconnect_installed(press, *thing, context);
    if (context.view.person(press.user))
        if (auto may = require_member(press, context); !may) return std::move(may.error());
    return show_installed(press, *thing, context);
}

bool changes_installed_of(const UserId& user, const storage::Change& change) {
    const auto* changed = std::get_if<storage::ChangeInstalled>(&change);
    if (changed == nullptr) return false;
    if (const auto* saved = std::get_if<storage::SaveIntegration>(&changed->change))
        return saved->integration.owner == user;
    if (const auto* saved = std::get_if<storage::SaveInventoryEntry>(&changed->change))
        return saved->entry.owner == user;
    return false;
}

}  // namespace countersign::handlers

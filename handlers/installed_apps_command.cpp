#include "config/base/text.hpp"
#include "handlers/answers.hpp"
#include "handlers/channel_posts.hpp"
#include "handlers/granting.hpp"
#include "handlers/handlers.hpp"
#include "handlers/installed_apps.hpp"
#include "handlers/presses.hpp"
#include "handlers/review/members.hpp"
#include "handlers/rights.hpp"
#include "handlers/token_life.hpp"
#include "handlers/uninstalling.hpp"
#include "handlers/views/installed_forms.hpp"
#include "handlers/views/installed_messages.hpp"
#include "handlers/views/mrkdwn.hpp"
#include "handlers/views/notices.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace countersign::handlers {
namespace {

using storage::Authorization;
using storage::Integration;
using storage::InventoryEntry;

constexpr std::size_t page_size = 15;
constexpr std::size_t shown_choices = 10;

// "2" alone, or "page 2" behind what is looked for: "Area 51" is a name.
std::size_t take_page(std::vector<std::string>& words) {
    const auto size = words.size();
    if (size == 0 || (size > 1 && text::lower(words[size - 2]) != "page")) return 1;
    const auto& last = words.back();
    std::size_t page = 0;
    const auto [end, error] = std::from_chars(last.data(), last.data() + last.size(), page);
    if (error != std::errc() || end != last.data() + last.size() || page == 0 || page > 100'000) return 1;
    words.resize(size > 1 ? size - 2 : 0);
    return page;
}

bool has_left(const UserId& user, const Context& context) {
    const auto person = user.empty() ? std::nullopt : context.view.person(user);
    return person && !person->active;
}

// One of the lists that have a name; nothing for any other word, which is looked for.
std::optional<std::vector<InventoryEntry>> named_list(std::string_view word, const Press& press,
                                                      const Context& context) {
    constexpr std::string_view known[]{"mine", "unapproved", "orphans", "unconfirmed"};
    if (std::ranges::find(known, word) == std::end(known)) return std::nullopt;
    auto all = context.view.installed().inventory({.state = "installed", .limit = 10'000});
    std::erase_if(all, [&](const InventoryEntry& entry) {
        if (word == "mine") return entry.owner != press.user;
        if (word == "unapproved") return entry.request.has_value();
        if (word == "unconfirmed") return !entry.asked_at.has_value();  // M20
        // M19: nobody answers for it any more.
        return !entry.owner.empty() ? !has_left(entry.owner, context)
                                    : !has_left(UserId(entry.set_up_by), context);
    });
    return all;
}

Outcome list(const Press& press, std::vector<std::string> words, const Context& context) {
    const auto page = take_page(words);
    const auto view = context.view.installed();
    views::InstalledList shown;
    shown.words = text::joined(words, " ");
    if (const auto named = named_list(text::lower(shown.words), press, context)) {
        shown.total = named->size();
        shown.pages = std::max<std::size_t>((shown.total + page_size - 1) / page_size, 1);
        shown.page = std::min(page, shown.pages);
        const auto from = std::min((shown.page - 1) * page_size, named->size());
        const auto to = std::min(from + page_size, named->size());
        shown.apps.assign(named->begin() + static_cast<std::ptrdiff_t>(from),
                          named->begin() + static_cast<std::ptrdiff_t>(to));
        return say(press, views::installed_list(shown));
    }
    storage::InstalledView::Filter filter{.text = shown.words, .limit = page_size};
    shown.total = static_cast<std::size_t>(view.inventory_count(filter));
    shown.pages = std::max<std::size_t>((shown.total + page_size - 1) / page_size, 1);
    shown.page = std::min(page, shown.pages);
    filter.skip = (shown.page - 1) * page_size;
    shown.apps = view.inventory(filter);
    if (shown.page == 1 && shown.words.empty()) {
        shown.authorizations = view.authorizations();
        shown.integrations = view.integrations();
    }
    return say(press, views::installed_list(shown));
}

std::string line_of(const InstalledThing& thing, const Context& context) {
    if (const auto* each = std::get_if<Authorization>(&thing))
        return views::authorization_line(*each, context.view.installed().built_on(each->id).size());
    if (const auto* each = std::get_if<Integration>(&thing)) return views::integration_line(*each);
    return views::inventory_line(std::get<InventoryEntry>(thing));
}

// The one thing that the words mean, or the answer that asks for better ones.
std::expected<InstalledThing, Outcome> meant(const Press& press, const std::vector<std::string>& words,
                                             const Context& context) {
    const auto name = text::joined(words, " ");
    if (name.empty())
        return std::unexpected(say(press, "Say which one, such as `/installed-apps show Miro`."));
    auto found = things_named(name, context);
    if (found.size() == 1) return std::move(found.front());
    if (found.empty())
        return std::unexpected(
            say(press, fmt::format("I know no installed app \"{}\". `/installed-apps list` "
                                   "shows them.",
                                   views::inert_line(name, 80))));
    std::string lines = "Several are like that. Name one by its id, such as `A0MIRO/T0ACME`:";
    for (std::size_t at = 0; at < std::min(found.size(), shown_choices); ++at)
        lines += "\n" + line_of(found[at], context);
    return std::unexpected(say(press, lines));
}

Outcome show(const Press& press, const InstalledThing& thing, const Context& context) {
    if (const auto* each = std::get_if<Authorization>(&thing))
        return say(press, views::authorization_details(*each, context.view.installed().built_on(each->id)));
    if (const auto* each = std::get_if<InventoryEntry>(&thing)) {
        const auto issue = each->request ? context.view.vendor_issue(*each->request) : std::nullopt;
        return say(press, views::inventory_details(*each, issue ? issue->url : ""));
    }
    const auto& integration = std::get<Integration>(thing);
    auto words = views::integration_line(integration);
    if (!integration.state_note.empty()) words += "\nNote: " + views::inert_line(integration.state_note, 200);
    return say(press, words);
}

std::vector<views::Use> uses_of(const Context& context) {
    std::vector<views::Use> uses;
    for (const auto& tracker : context.settings.trackers) {
        const auto* purpose = tracker.purpose == config::TrackerPurpose::vendor       ? "vendor issues"
                              : tracker.purpose == config::TrackerPurpose::it_request ? "IT requests"
                                                                                      : "changes";
        uses.push_back({fmt::format("Tracker {} ({})", tracker.name, purpose), "tracker:" + tracker.name});
    }
    uses.push_back({"Channel: review results", "channel:results"});
    uses.push_back({"Channel: daily digest", "channel:digest"});
    return uses;
}

Outcome add(const Press& press, const std::vector<std::string>& words, const Context& context) {
    if (auto may = require_member(press, context); !may) return std::move(may.error());
    const auto stored = context.view.installed().authorizations();
    const auto what = words.empty() ? "" : text::lower(words.front());
    // Who has nothing to build on and may mend that is led there.
    const bool first = stored.empty() && !context.view.installed().oauth_apps().empty();
    if (what == "authorization" || (first && require_admin(press, "authorizations", context)))
        return authorization_form(press, "", context);
    return open_form(press, views::add_integration_form(stored, uses_of(context)));
}

Outcome edit(const Press& press, const InstalledThing& thing, const Context& context) {
    if (auto may = require_owner(press, thing, context); !may) return std::move(may.error());
    const auto target = target_of(thing);
    if (const auto* each = std::get_if<Authorization>(&thing))
        return open_form(press, views::edit_authorization_form(*each, target));
    if (const auto* each = std::get_if<Integration>(&thing))
        return open_form(press, views::edit_integration_form(*each, target));
    const auto& entry = std::get<InventoryEntry>(thing);
    std::string shown;
    for (const auto* value :
         {&entry.owner.value, &entry.connected_to, &entry.purpose, &entry.data_class, &entry.notes})
        shown += short_digest(*value) + " ";
    return open_form(press, views::edit_inventory_form(entry, target + "#" + shown));
}

// M14: integrations by their owners too, everything else by admins only.
Outcome remove(const Press& press, const InstalledThing& thing, const Context& context) {
    const bool integration = std::holds_alternative<Integration>(thing);
    auto may =
        integration ? require_owner(press, thing, context) : require_admin(press, target_of(thing), context);
    if (!may) return std::move(may.error());
    std::vector<std::string> broken;
    auto target = target_of(thing);
    if (const auto* each = std::get_if<Authorization>(&thing)) {
        target += "#";
        for (const auto& use : context.view.installed().built_on(each->id)) {
            broken.push_back(views::integration_line(use));
            target += std::to_string(use.id) + ",";
        }
    }
    return open_form(press, views::remove_form(name_of(thing), broken, target));
}

Outcome reconnect(const Press& press, const InstalledThing& thing, const Context& context) {
    if (std::holds_alternative<Integration>(thing)) {
        auto pressed = press;
        pressed.value = std::to_string(std::get<Integration>(thing).id);
        return reconnect_pressed(pressed, context);
    }
    const bool in_slack =
        std::holds_alternative<Authorization>(thing) &&
        std::ranges::any_of(context.view.installed().oauth_apps(), [&](const storage::OauthApp& app) {
            return app.kind == std::get<Authorization>(thing).kind &&
                   app.url == std::get<Authorization>(thing).url;
        });
    if (in_slack) return authorization_form(press, std::get<Authorization>(thing).id, context);
    if (const auto* each = std::get_if<Authorization>(&thing))
        return say(press,
                   fmt::format("{}\nWith `--reconnect` and the name \"{}\" the new token takes the old one's "
                               "place, and what was built on it goes on.",
                               views::how_to_store(), views::inert_line(each->name, 80)));
    return say(press, "A Slack app is reconnected by installing it again in Slack.");
}

Outcome test(const Press& press, const InstalledThing& thing, const Context& context) {
    if (auto may = require_member(press, context); !may) return std::move(may.error());
    if (const auto* use = std::get_if<Integration>(&thing);
        use != nullptr && use->kind == storage::IntegrationKind::channel) {
        if (use->state == storage::IntegrationState::needs_reauth)
            return say(press, "There is nothing to test: re-authentication is needed first.");
        return test_channel(*use, press, context);
    }
    auto authorization = std::get_if<Authorization>(&thing) != nullptr
                             ? std::optional(std::get<Authorization>(thing))
                             : std::nullopt;
    if (const auto* use = std::get_if<Integration>(&thing))
        authorization = context.view.installed().authorization(use->authorization);
    if (!authorization || authorization->state == storage::AuthorizationState::needs_reauth)
        return say(press, "There is nothing to test: re-authentication is needed first.");
    auto outcome = test_authorization(*authorization, press.user, context);
    outcome.merge(say(press, fmt::format("Asking {} …", views::inert_line(authorization->url, 80))));
    return outcome;
}

}  // namespace

Outcome installed_apps_typed(const Press& press, const Context& context) {
    auto words = text::words(press.fields.at("text"));
    const auto verb = words.empty() ? "list" : text::lower(words.front());
    if (!words.empty()) words.erase(words.begin());
    if (verb == "list") return list(press, std::move(words), context);
    if (verb == "add") return add(press, words, context);
    if (verb == "help") return say(press, views::installed_apps_help({}, press.language));
    constexpr std::string_view on_one[]{"show", "edit", "remove", "reconnect", "test", "uninstall"};
    if (std::ranges::find(on_one, verb) == std::end(on_one)) {
        constexpr std::string_view verbs[]{"list",      "show", "add",       "edit", "remove",
                                           "reconnect", "test", "uninstall", "help"};
        const auto near = text::nearest(verb, verbs);
        return say(press,
                   views::installed_apps_help(
                       near.empty() ? fmt::format("I do not know \"{}\".", verb)
                                    : fmt::format("I do not know \"{}\"; did you mean {}?", verb, near),
                       press.language));
    }
    const auto thing = meant(press, words, context);
    if (!thing) return thing.error();
    if (verb == "show") return show(press, *thing, context);
    if (verb == "edit") return edit(press, *thing, context);
    if (verb == "remove") return remove(press, *thing, context);
    if (verb == "uninstall") {
        const auto* entry = std::get_if<InventoryEntry>(&*thing);
        return entry == nullptr ? say(press, "Only Slack apps are uninstalled; `remove` takes away the rest.")
                                : uninstall_asked(press, *entry, context);
    }
    if (verb == "test") return test(press, *thing, context);
    return reconnect(press, *thing, context);
}

Outcome installed_apps_command(const Event& event, const Context& context) {
    return installed_apps_typed(read_command(event, context), context);
}

}  // namespace countersign::handlers

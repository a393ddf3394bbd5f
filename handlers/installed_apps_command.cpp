#include "config/base/text.hpp"
#include "handlers/answers.hpp"
#include "handlers/handlers.hpp"
#include "handlers/installed_apps.hpp"
#include "handlers/installed_deeds.hpp"
#include "handlers/installed_lists.hpp"
#include "handlers/inventory_canvas.hpp"
#include "handlers/presses.hpp"
#include "handlers/rights.hpp"
#include "handlers/uninstalling.hpp"
#include "handlers/views/installed_answer_texts.hpp"
#include "handlers/views/installed_messages.hpp"
#include "handlers/views/mrkdwn.hpp"
#include "handlers/views/notices.hpp"

#include <algorithm>
#include <charconv>

namespace countersign::handlers {
namespace {

namespace texts = views::texts;
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

Outcome list(const Press& press, std::vector<std::string> words, const Context& context) {
    const auto page = take_page(words);
    const auto view = context.view.installed();
    views::InstalledList shown;
    shown.words = text::joined(words, " ");
    if (const auto name = installed_list_named(text::lower(shown.words))) {
        const auto named = installed_page(*name, press.user, (page - 1) * page_size, page_size, context);
        shown.total = named.total;
        shown.pages = std::max<std::size_t>((shown.total + page_size - 1) / page_size, 1);
        shown.page = named.skip / page_size + 1;
        for (const auto& each : named.things)
            shown.lines.push_back(installed_line(each, press.language, context));
        return say(press, views::installed_list(shown, press.language));
    }
    storage::InstalledView::Filter filter{.text = shown.words, .limit = page_size};
    shown.total = static_cast<std::size_t>(view.inventory_count(filter));
    shown.pages = std::max<std::size_t>((shown.total + page_size - 1) / page_size, 1);
    shown.page = std::min(page, shown.pages);
    filter.skip = (shown.page - 1) * page_size;
    for (const auto& each : view.inventory(filter))
        shown.lines.push_back(views::inventory_line(each, press.language));
    if (shown.page == 1 && shown.words.empty()) {
        shown.authorizations = view.authorizations();
        shown.integrations = view.integrations();
    }
    return say(press, views::installed_list(shown, press.language));
}

// The one thing that the words mean, or the answer that asks for better ones.
std::expected<InstalledThing, Outcome> meant(const Press& press, const std::vector<std::string>& words,
                                             const Context& context) {
    const auto name = text::joined(words, " ");
    if (name.empty()) return std::unexpected(say(press, say_in(press.language, texts::say_which)));
    auto found = things_named(name, context);
    if (found.size() == 1) return std::move(found.front());
    if (found.empty())
        return std::unexpected(
            say(press, say_in(press.language, texts::unknown_thing, views::inert_line(name, 80))));
    auto lines = say_in(press.language, texts::several_like_that);
    for (std::size_t at = 0; at < std::min(found.size(), shown_choices); ++at)
        lines += "\n" + installed_line(found[at], press.language, context);
    return std::unexpected(say(press, lines));
}

}  // namespace

Outcome installed_apps_typed(const Press& press, const Context& context) {
    auto words = text::words(press.fields.at("text"));
    const auto verb = words.empty() ? "list" : text::lower(words.front());
    if (!words.empty()) words.erase(words.begin());
    // I5: what is hidden from guests on the Home tab is not read out to them either. As there, nobody waits
    // for Slack to tell who is not known yet.
    if ((verb == "list" || verb == "show") && context.view.person(press.user))
        if (auto may = require_member(press, context); !may) return std::move(may.error());
    if (verb == "list") return list(press, std::move(words), context);
    if (verb == "add") return add_installed(press, words.empty() ? "" : text::lower(words.front()), context);
    if (verb == "mirror") return mirror_typed(press, words, context);
    if (verb == "help") return say(press, views::installed_apps_help({}, press.language));
    constexpr std::string_view on_one[]{"show", "edit", "remove", "reconnect", "test", "uninstall"};
    if (std::ranges::find(on_one, verb) == std::end(on_one)) {
        constexpr std::string_view verbs[]{"list",      "show", "add",       "edit",   "remove",
                                           "reconnect", "test", "uninstall", "mirror", "help"};
        const auto near = text::nearest(verb, verbs);
        return say(press, views::installed_apps_help(
                              near.empty() ? say_in(press.language, texts::unknown_verb, verb)
                                           : say_in(press.language, texts::unknown_verb_near, verb, near),
                              press.language));
    }
    const auto thing = meant(press, words, context);
    if (!thing) return thing.error();
    if (verb == "show") return show_installed(press, *thing, context);
    if (verb == "edit") return edit_installed(press, *thing, context);
    if (verb == "remove") return remove_installed(press, *thing, context);
    if (verb == "uninstall") {
        const auto* entry = std::get_if<InventoryEntry>(&*thing);
        return entry == nullptr ? say(press, say_in(press.language, texts::only_apps_uninstalled))
                                : uninstall_asked(press, *entry, context);
    }
    if (verb == "test") return test_installed(press, *thing, context);
    return reconnect_installed(press, *thing, context);
}

Outcome installed_apps_command(const Event& event, const Context& context) {
    return installed_apps_typed(read_command(event, context), context);
}

}  // namespace countersign::handlers

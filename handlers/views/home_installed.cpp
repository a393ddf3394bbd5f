#include "handlers/views/home_installed.hpp"

#include "handlers/views/action_ids.hpp"
#include "handlers/views/home_installed_ids.hpp"
#include "handlers/views/home_texts.hpp"
#include "handlers/views/installed_messages.hpp"
#include "handlers/views/installed_texts.hpp"

#include <algorithm>

namespace countersign::handlers::views {
namespace {

using storage::AuthorizationState;
using storage::IntegrationState;

const Text<>& label_of(InstalledListName name) {
    switch (name) {
        case InstalledListName::apps:
            return texts::list_apps;
        case InstalledListName::mine:
            return texts::list_mine;
        case InstalledListName::integrations:
            return texts::list_integrations;
        case InstalledListName::authorizations:
            return texts::list_authorizations;
        case InstalledListName::reauth:
            return texts::list_reauth;
        case InstalledListName::unapproved:
            return texts::list_unapproved;
        case InstalledListName::orphans:
            return texts::list_orphans;
        case InstalledListName::unconfirmed:
            return texts::list_unconfirmed;
    }
    return texts::list_apps;
}

std::string_view word_of(InstalledListName name) {
    return std::ranges::find(installed_lists, name, &NamedList::name)->word;
}

class Section {
  public:
    Section(Blocks& blocks, const HomeInstalled& installed, Language language)
        : blocks_(blocks), installed_(installed), language_(language) {}

    void draw() {
        blocks_.header(said(texts::installed_title));
        filters();
        if (installed_.entries.empty()) {
            blocks_.section("_" + said(texts::list_empty) + "_");
        } else {
            blocks_.context({say_in(language_, texts::list_range, std::to_string(installed_.skip + 1),
                                    std::to_string(installed_.skip + installed_.entries.size()),
                                    std::to_string(installed_.total))});
        }
        for (const auto& entry : installed_.entries)
            draw(entry);
        paging();
    }

  private:
    [[nodiscard]] std::string said(const Text<>& text) const { return say_in(language_, text); }

    void filters() {
        std::vector<std::string> actions;
        actions.reserve(installed_.lists.size());
        std::vector<Button> row;
        for (const auto& list : installed_.lists) {
            const std::string word(word_of(list.name));
            actions.push_back(std::string(ids::home_list) + word);
            row.push_back({.action_id = actions.back(),
                           .text = say_in(language_, texts::list_button, said(label_of(list.name)),
                                          std::to_string(list.count)),
                           .value = word,
                           .style = list.name == installed_.shown ? Style::primary : Style::normal});
        }
        row.push_back({.action_id = ids::home_add, .text = said(texts::add_integration), .value = "home"});
        if (installed_.admin)
            row.push_back(
                {.action_id = ids::home_authorize, .text = said(texts::add_authorization), .value = "home"});
        blocks_.actions("installed", row);
    }

    void draw(const HomeInstalled::Entry& entry) {
        blocks_.section(installed_words(entry.thing, entry.uses, language_));
        std::vector<Button> row{
            {.action_id = ids::home_details, .text = said(texts::details), .value = entry.target}};
        if (entry.may_edit) {
            if (const auto* use = std::get_if<storage::Integration>(&entry.thing);
                use != nullptr && use->state == IntegrationState::needs_reauth)
                row.push_back({.action_id = ids::installed_reconnect,
                               .text = said(texts::reconnect_thing),
                               .value = std::to_string(use->id),
                               .style = Style::primary});
            if (const auto* each = std::get_if<storage::Authorization>(&entry.thing);
                each != nullptr && each->state == AuthorizationState::needs_reauth)
                row.push_back({.action_id = ids::home_reconnect,
                               .text = said(texts::reconnect_thing),
                               .value = entry.target,
                               .style = Style::primary});
            row.push_back(
                {.action_id = ids::home_edit, .text = said(texts::edit_thing), .value = entry.target});
        }
        if (entry.may_remove)
            row.push_back({.action_id = ids::home_remove,
                           .text = said(texts::remove_thing),
                           .value = entry.target,
                           .style = Style::danger});
        blocks_.actions("installed:" + entry.target, row);
    }

    void paging() {
        const auto first = std::string(ids::home_page) + "first",
                   before = std::string(ids::home_page) + "before",
                   after = std::string(ids::home_page) + "after";
        const auto shown = installed_.skip + installed_.entries.size();
        std::vector<Button> row;
        if (installed_.skip > 0) {
            const auto skip = installed_.skip - std::min(installed_.skip, installed_page_size);
            row.push_back({.action_id = first, .text = said(texts::from_start), .value = "0"});
            row.push_back(
                {.action_id = before, .text = said(texts::page_before), .value = std::to_string(skip)});
        }
        if (shown < installed_.total)
            row.push_back({.action_id = after, .text = said(texts::more), .value = std::to_string(shown)});
        blocks_.actions("installed_pages", row);
    }

    Blocks& blocks_;
    const HomeInstalled& installed_;
    Language language_;
};

}  // namespace

void draw_installed(Blocks& blocks, const HomeInstalled& installed, Language language) {
    Section(blocks, installed, language).draw();
}

}  // namespace countersign::handlers::views

#include "handlers/installed_lists.hpp"

#include "storage/installed_view.hpp"

#include <algorithm>

namespace countersign::handlers {
namespace {

using storage::AuthorizationState;
using storage::InstalledThing;
using storage::InstalledView;
using storage::IntegrationState;
using views::InstalledListName;

// Dozens at most: these are read whole.
std::vector<InstalledThing> connections(InstalledListName name, const UserId& user,
                                        const InstalledView& view) {
    std::vector<InstalledThing> found;
    const bool integrations = name == InstalledListName::integrations || name == InstalledListName::mine ||
                              name == InstalledListName::reauth;
    if (integrations) {
        for (auto& each : view.integrations()) {
            if (name == InstalledListName::mine && each.owner != user) continue;
            if (name == InstalledListName::reauth && each.state != IntegrationState::needs_reauth) continue;
            found.emplace_back(std::move(each));
        }
    }
    if (name == InstalledListName::authorizations || name == InstalledListName::reauth) {
        for (auto& each : view.authorizations()) {
            const bool works = each.state != AuthorizationState::needs_reauth &&
                               each.state != AuthorizationState::refresh_failed;
            if (name == InstalledListName::reauth && works) continue;
            found.emplace_back(std::move(each));
        }
    }
    return found;
}

// The Slack apps of a list; nothing where it has none.
std::optional<InstalledView::Filter> apps_of(InstalledListName name, const UserId& user) {
    using Only = InstalledView::Only;
    InstalledView::Filter filter{.state = "installed"};
    switch (name) {
        case InstalledListName::apps:
            return filter;
        case InstalledListName::mine:
            filter.owner = user;
            return filter;
        case InstalledListName::unapproved:
            filter.only = Only::unapproved;
            return filter;
        case InstalledListName::orphans:
            filter.only = Only::orphans;
            return filter;
        case InstalledListName::unconfirmed:
            filter.only = Only::unconfirmed;
            return filter;
        case InstalledListName::integrations:
        case InstalledListName::authorizations:
        case InstalledListName::reauth:
            return std::nullopt;
    }
    return std::nullopt;
}

}  // namespace

std::optional<InstalledListName> installed_list_named(std::string_view word) {
    const auto found = std::ranges::find(views::installed_lists, word, &views::NamedList::word);
    return found == views::installed_lists.end() ? std::nullopt : std::optional(found->name);
}

InstalledPage installed_page(InstalledListName name, const UserId& user, std::size_t skip, std::size_t limit,
                             const Context& context) {
    const auto view = context.view.installed();
    auto first = connections(name, user, view);
    auto filter = apps_of(name, user);
    InstalledPage page;
    page.total = first.size() + (filter ? static_cast<std::size_t>(view.inventory_count(*filter)) : 0);
    page.skip = page.total == 0 ? 0 : std::min(skip, page.total - 1) / limit * limit;
    for (auto at = page.skip; at < std::min(first.size(), page.skip + limit); ++at)
        page.things.push_back(std::move(first[at]));
    if (!filter || page.things.size() == limit) return page;
    filter->skip = page.skip > first.size() ? page.skip - first.size() : 0;
    filter->limit = limit - page.things.size();
    for (auto& each : view.inventory(*filter))
        page.things.emplace_back(std::move(each));
    return page;
}

std::size_t installed_count(InstalledListName name, const UserId& user, const Context& context) {
    const auto view = context.view.installed();
    const auto filter = apps_of(name, user);
    return connections(name, user, view).size() +
           (filter ? static_cast<std::size_t>(view.inventory_count(*filter)) : 0);
}

}  // namespace countersign::handlers

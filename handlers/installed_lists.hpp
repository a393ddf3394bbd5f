#pragma once

#include "handlers/context.hpp"
#include "handlers/views/installed_list_names.hpp"
#include "storage/installed_thing.hpp"

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

// The lists of installed apps that have a name (I1, M19, M20). In each, one after the other: integrations,
// authorizations, Slack apps, in an order that stays.
namespace countersign::handlers {

[[nodiscard]] std::optional<views::InstalledListName> installed_list_named(std::string_view word);

struct InstalledPage {
    std::vector<storage::InstalledThing> things;
    std::size_t total = 0, skip = 0;  // a page that is not there any more is the last one
};
[[nodiscard]] InstalledPage installed_page(views::InstalledListName name, const UserId& user,
                                           std::size_t skip, std::size_t limit, const Context& context);
[[nodiscard]] std::size_t installed_count(views::InstalledListName name, const UserId& user,
                                          const Context& context);

}  // namespace countersign::handlers

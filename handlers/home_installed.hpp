#pragma once

#include "handlers/context.hpp"
#include "handlers/outcome.hpp"
#include "handlers/press.hpp"
#include "handlers/views/home_installed.hpp"

#include <optional>
#include <string_view>

// The Home tab's section about installed apps: what is in it, and what its buttons do.
namespace countersign::handlers {

// Nothing for guests and people who left (I5).
[[nodiscard]] std::optional<views::HomeInstalled> home_installed(const UserId& user, bool admin,
                                                                 const Context& context);
// Back to the first page of the first list.
[[nodiscard]] storage::Change forget_installed_place(const UserId& user);
[[nodiscard]] bool is_home_installed_button(std::string_view action);
// Also those that only turn a page: the tab is drawn anew by the caller.
[[nodiscard]] Outcome home_installed_pressed(const Press& press, const Context& context);
// Whether something of this person's was changed. What others have is read when the tab is opened anew.
[[nodiscard]] bool changes_installed_of(const UserId& user, const storage::Change& change);

}  // namespace countersign::handlers

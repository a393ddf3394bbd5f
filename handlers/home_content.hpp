#pragma once

#include "handlers/context.hpp"
#include "handlers/outcome.hpp"
#include "handlers/views/home_view.hpp"

// What stands on a person's Home tab: looked up page by page, so that a million past requests cost nothing.
namespace countersign::handlers {

[[nodiscard]] views::HomeInput home_content(const storage::HomeTab& tab, const Context& context);

// Whether what was done may change this person's Home tab.
[[nodiscard]] bool concerns(const UserId& user, const Outcome& done, const Context& context);

}  // namespace countersign::handlers

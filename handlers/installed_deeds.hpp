#pragma once

#include "handlers/installed_apps.hpp"

#include <string>
#include <string_view>

// What people do with one installed app, from `/installed-apps` and from the Home tab: rights are checked
// here, each opens its form or answers.
namespace countersign::handlers {

// `what`: "authorization", else an integration is meant.
[[nodiscard]] Outcome add_installed(const Press& press, std::string_view what, const Context& context);
[[nodiscard]] Outcome show_installed(const Press& press, const InstalledThing& thing, const Context& context);
[[nodiscard]] Outcome edit_installed(const Press& press, const InstalledThing& thing, const Context& context);
[[nodiscard]] Outcome remove_installed(const Press& press, const InstalledThing& thing,
                                       const Context& context);
[[nodiscard]] Outcome reconnect_installed(const Press& press, const InstalledThing& thing,
                                          const Context& context);
[[nodiscard]] Outcome test_installed(const Press& press, const InstalledThing& thing, const Context& context);

[[nodiscard]] std::string installed_line(const InstalledThing& thing, views::Language language,
                                         const Context& context);

}  // namespace countersign::handlers

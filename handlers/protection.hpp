#pragma once

#include "handlers/context.hpp"
#include "handlers/views/texts.hpp"
#include "storage/records.hpp"

#include <optional>
#include <string>

// M25: what must not be taken away from here, in whatever workspace: Countersign itself, and the apps that
// the policy protects, such as the one that people sign in with.
namespace countersign::handlers {

[[nodiscard]] bool is_ours(const AppId& app, const Context& context);
[[nodiscard]] bool is_protected(const AppId& app, const Context& context);  // ours is, too

// "you may not, because …"; nullopt: it may be restricted, limited and taken away.
[[nodiscard]] std::optional<std::string> why_protected(const AppId& app, views::Language language,
                                                       const Context& context);
// Clearing takes an approval away, but lifts a restriction.
[[nodiscard]] std::optional<std::string> why_not_clearable(const storage::AppRequest& request,
                                                           views::Language language, const Context& context);

}  // namespace countersign::handlers

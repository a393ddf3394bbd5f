#pragma once

#include "handlers/installed_apps.hpp"

#include <expected>
#include <map>
#include <string>
#include <string_view>

// M13: what a person changed in the form of an installed app is applied to what stands there now, whoever
// changed the rest meanwhile; the same field changed by two is shown and decided by a person.
namespace countersign::handlers {

// What the form carries: the thing, and digests of the values that it shows.
[[nodiscard]] std::string target_as_shown(const InstalledThing& thing);

// By field, as they are to be from now on. What a form of an earlier version showed is not known, so that no
// change of it is taken.
using MergedValues = std::map<std::string_view, std::string>;
[[nodiscard]] std::expected<MergedValues, Outcome> merged(const Press& press, const InstalledThing& thing);

}  // namespace countersign::handlers

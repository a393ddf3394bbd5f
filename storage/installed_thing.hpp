#pragma once

#include "storage/installed.hpp"

#include <variant>

namespace countersign::storage {

// Any of the three, as one list of "installed apps" shows them.
using InstalledThing = std::variant<Authorization, Integration, InventoryEntry>;

}  // namespace countersign::storage

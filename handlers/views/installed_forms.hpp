#pragma once

#include "storage/installed.hpp"

#include <string>
#include <string_view>
#include <vector>

// Modal views of installed apps as JSON text. `target` travels in private_metadata and comes back.
namespace countersign::handlers::views {

struct Use {
    std::string text;   // "Tracker procurement (vendor)"
    std::string value;  // "tracker:procurement"
};
[[nodiscard]] std::string add_integration_form(const std::vector<storage::Authorization>& authorizations,
                                               const std::vector<Use>& uses);
[[nodiscard]] std::string edit_inventory_form(const storage::InventoryEntry& entry, std::string_view target);
[[nodiscard]] std::string edit_integration_form(const storage::Integration& integration,
                                                std::string_view target);
[[nodiscard]] std::string edit_authorization_form(const storage::Authorization& authorization,
                                                  std::string_view target);
// `broken`: what stops working, a line each.
[[nodiscard]] std::string remove_form(std::string_view name, const std::vector<std::string>& broken,
                                      std::string_view target);
[[nodiscard]] std::string reconnect_form(const storage::Integration& integration,
                                         const std::vector<storage::Authorization>& choices,
                                         std::string_view target);

}  // namespace countersign::handlers::views

#pragma once

#include "handlers/views/texts.hpp"
#include "storage/installed.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

// Modal views of installed apps as JSON text. `target` travels in private_metadata and comes back.
namespace countersign::handlers::views {

struct Use {
    std::string text;   // "Tracker procurement (vendor)"
    std::string value;  // "tracker:procurement"
};
// I10: what this person may build on, and how many others there are.
struct BuildingChoices {
    std::vector<storage::Authorization> authorizations;
    std::size_t left_out = 0;
};
[[nodiscard]] std::string add_integration_form(const BuildingChoices& choices, const std::vector<Use>& uses,
                                               Language language);
[[nodiscard]] std::string edit_inventory_form(const storage::InventoryEntry& entry, std::string_view target,
                                              Language language);
[[nodiscard]] std::string edit_integration_form(const storage::Integration& integration,
                                                std::string_view target, Language language);
[[nodiscard]] std::string edit_authorization_form(const storage::Authorization& authorization,
                                                  std::string_view target, Language language);
// `stopped`: what stops working; the first ones are shown. `account`: others may use it who are unknown here.
[[nodiscard]] std::string remove_form(std::string_view name, const std::vector<storage::Integration>& stopped,
                                      bool account, std::string_view target, Language language);
[[nodiscard]] std::string reconnect_form(const storage::Integration& integration,
                                         const std::vector<storage::Authorization>& choices,
                                         std::string_view target, Language language);

}  // namespace countersign::handlers::views

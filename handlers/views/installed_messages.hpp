#pragma once

#include "handlers/views/message.hpp"
#include "storage/installed.hpp"

#include <cstddef>
#include <string>
#include <vector>

// What people read about installed apps: one line a thing, never a secret.
namespace countersign::handlers::views {

[[nodiscard]] std::string authorization_line(const storage::Authorization& authorization, std::size_t uses);
[[nodiscard]] std::string integration_line(const storage::Integration& integration);
[[nodiscard]] std::string inventory_line(const storage::InventoryEntry& entry);

struct InstalledList {
    std::vector<storage::InventoryEntry> apps;  // of this page
    std::size_t page = 1, pages = 1, total = 0;
    std::vector<storage::Authorization> authorizations;
    std::vector<storage::Integration> integrations;
    std::string words;  // what was looked for; "" = everything
};
[[nodiscard]] Message installed_list(const InstalledList& list);

[[nodiscard]] Message inventory_details(const storage::InventoryEntry& entry, const std::string& issue_url);
[[nodiscard]] Message authorization_details(const storage::Authorization& authorization,
                                            const std::vector<storage::Integration>& uses);

// To its owner, once: what happened, and a button that mends it (I7).
[[nodiscard]] Message integration_broken(const storage::Integration& integration);
// For the admins: how far the mending is (M16).
[[nodiscard]] Message mending_progress(const std::string& authorization,
                                       const std::vector<storage::Integration>& integrations);
// How a token gets in: never through Slack.
[[nodiscard]] std::string how_to_store();

}  // namespace countersign::handlers::views

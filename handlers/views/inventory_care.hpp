#pragma once

#include "handlers/views/message.hpp"
#include "handlers/views/texts.hpp"
#include "storage/installed.hpp"

#include <string>
#include <string_view>

// Asking for, and announcing, what becomes of an installed app.
namespace countersign::handlers::views {

// `late`: to the admins, because nobody answered or there is nobody to ask.
[[nodiscard]] Message recertify_question(const storage::InventoryEntry& entry, const std::string& target,
                                         bool late, Language language);
[[nodiscard]] std::string uninstall_form(const storage::InventoryEntry& entry, int grace_days,
                                         std::string_view target, Language language);
[[nodiscard]] Message uninstall_announced(const storage::InventoryEntry& entry, const std::string& target,
                                          Language language);

}  // namespace countersign::handlers::views

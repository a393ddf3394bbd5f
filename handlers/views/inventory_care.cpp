#include "handlers/views/inventory_care.hpp"

#include "handlers/views/action_ids.hpp"
#include "handlers/views/blocks.hpp"
#include "handlers/views/installed_messages.hpp"
#include "handlers/views/mrkdwn.hpp"

#include <fmt/format.h>

namespace countersign::handlers::views {
namespace {

std::string named(const storage::InventoryEntry& entry) {
    return "*" + inert_line(entry.app_name.empty() ? entry.app_id.value : entry.app_name, 80) + "*";
}

Message with_buttons(const std::string& words, const std::vector<Button>& buttons) {
    Blocks blocks;
    blocks.section(words);
    blocks.actions("care", buttons);
    return {fitted(words, limits::fallback), blocks.json()};
}

}  // namespace

Message recertify_question(const storage::InventoryEntry& entry, const std::string& target, bool late) {
    const auto words =
        late ? fmt::format(
                   ":hourglass: Nobody has said whether {} is still needed.\n{}\nNothing is "
                   "removed by itself.",
                   named(entry), inventory_line(entry))
             : fmt::format("You answer for {}. Is it still needed?\n{}", named(entry), inventory_line(entry));
    return with_buttons(
        words,
        {{.action_id = ids::app_needed, .text = "Still needed", .value = target, .style = Style::primary},
         {.action_id = ids::app_not_needed, .text = "Not needed", .value = target}});
}

std::string uninstall_form(const storage::InventoryEntry& entry, int grace_days, std::string_view target) {
    Blocks blocks(Blocks::Surface::view);
    blocks.section(inventory_line(entry));
    blocks.section(fmt::format(
        ":warning: *Slack uninstalls it {}.* {}What else depends on it is not known here: "
        "what it is connected to stops working. Its owner and the admins are told, and can "
        "stop it until then.",
        grace_days == 0 ? "at once" : fmt::format("in {} days", grace_days),
        entry.connected_to.empty() ? ""
                                   : "It is connected to " + inert_line(entry.connected_to, 200) + ". "));
    blocks.text_input({.id = ids::field_name,
                       .label = "Type its name to uninstall it",
                       .placeholder = plain(entry.app_name.empty() ? entry.app_id.value : entry.app_name, 80),
                       .max_length = 200});
    return modal({.callback_id = ids::form_uninstall,
                  .title = "Uninstall",
                  .submit = "Uninstall",
                  .private_metadata = std::string(target)},
                 blocks);
}

Message uninstall_announced(const storage::InventoryEntry& entry, const std::string& target) {
    return with_buttons(
        fmt::format(":warning: {} will be uninstalled on {}, by {}.", named(entry),
                    entry.uninstall_at ? date(*entry.uninstall_at) : "", mention(UserId(entry.uninstall_by))),
        {{.action_id = ids::stop_uninstall, .text = "Stop", .value = target, .style = Style::danger}});
}

}  // namespace countersign::handlers::views

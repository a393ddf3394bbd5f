#include "handlers/views/inventory_care.hpp"

#include "handlers/views/action_ids.hpp"
#include "handlers/views/blocks.hpp"
#include "handlers/views/form_texts.hpp"
#include "handlers/views/installed_answer_texts.hpp"
#include "handlers/views/installed_form_texts.hpp"
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

Message recertify_question(const storage::InventoryEntry& entry, const std::string& target, bool late,
                           Language language) {
    const auto about = inventory_line(entry, language);
    const auto words = late ? fmt::format(
                                  ":hourglass: Nobody has said whether {} is still needed.\n{}\n"
                                  "Nothing is removed by itself.",
                                  named(entry), about)
                            : say_in(language, texts::still_needed_question, named(entry), about);
    return with_buttons(
        words,
        {{.action_id = ids::app_needed,
          .text = say_in(language, texts::still_needed),
          .value = target,
          .style = Style::primary},
         {.action_id = ids::app_not_needed, .text = say_in(language, texts::not_needed), .value = target}});
}

std::string uninstall_form(const storage::InventoryEntry& entry, int grace_days, std::string_view target,
                           Language language) {
    Blocks blocks(Blocks::Surface::view);
    blocks.section(inventory_line(entry, language));
    blocks.section(
        say_in(language, texts::uninstalls_it,
               grace_days == 0 ? say_in(language, texts::at_once)
                               : say_in(language, texts::uninstall_in_days, std::to_string(grace_days)),
               entry.connected_to.empty()
                   ? std::string()
                   : say_in(language, texts::it_is_connected_to, inert_line(entry.connected_to, 200))));
    blocks.text_input({.id = ids::field_name,
                       .label = say_in(language, texts::type_name_to_uninstall),
                       .placeholder = plain(entry.app_name.empty() ? entry.app_id.value : entry.app_name, 80),
                       .max_length = 200});
    return modal({.callback_id = ids::form_uninstall,
                  .title = say_in(language, texts::uninstall_thing),
                  .submit = say_in(language, texts::uninstall_thing),
                  .close = say_in(language, texts::cancel),
                  .private_metadata = std::string(target)},
                 blocks);
}

Message uninstall_announced(const storage::InventoryEntry& entry, const std::string& target,
                            Language language) {
    return with_buttons(say_in(language, texts::uninstall_ahead, named(entry),
                               entry.uninstall_at ? date(*entry.uninstall_at) : std::string(),
                               mention(UserId(entry.uninstall_by))),
                        {{.action_id = ids::stop_uninstall,
                          .text = say_in(language, texts::stop_it),
                          .value = target,
                          .style = Style::danger}});
}

}  // namespace countersign::handlers::views

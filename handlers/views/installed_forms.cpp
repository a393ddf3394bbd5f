#include "handlers/views/installed_forms.hpp"

#include "handlers/views/action_ids.hpp"
#include "handlers/views/blocks.hpp"
#include "handlers/views/installed_messages.hpp"
#include "handlers/views/mrkdwn.hpp"

#include <fmt/format.h>

namespace countersign::handlers::views {
namespace {

constexpr std::size_t name_length = 80, words_length = 500;

std::vector<Option> options_of(const std::vector<storage::Authorization>& authorizations) {
    std::vector<Option> options;
    for (const auto& each : authorizations)
        options.push_back({.text = fmt::format("{} ({}{})", each.name,
                                               each.account.empty() ? "" : each.account + " at ", each.url),
                           .value = each.id});
    return options;
}

void words_input(Blocks& blocks, std::string_view id, const char* label, const std::string& initial,
                 const char* hint = "") {
    blocks.text_input({.id = id,
                       .label = label,
                       .hint = hint,
                       .initial = initial,
                       .optional = true,
                       .max_length = words_length});
}

std::string finished(std::string_view callback, const char* title, const char* submit,
                     std::string_view target, const Blocks& blocks) {
    return modal(
        {.callback_id = callback, .title = title, .submit = submit, .private_metadata = std::string(target)},
        blocks);
}

}  // namespace

std::string add_integration_form(const std::vector<storage::Authorization>& authorizations,
                                 const std::vector<Use>& uses) {
    Blocks blocks(Blocks::Surface::view);
    std::vector<Option> options;
    for (const auto& use : uses)
        options.push_back({.text = use.text, .value = use.value});
    blocks.text_input({.id = ids::field_name, .label = "Name", .max_length = name_length});
    auto stored = options_of(authorizations);
    stored.push_back(
        {.text = "Countersign's own bot (this workspace)", .value = std::string(storage::own_bot)});
    blocks.select_input(ids::field_authorization, "Stored authorization", stored);
    blocks.select_input(ids::field_use, "Use it for", options);
    blocks.text_input({.id = ids::field_channel,
                       .label = "Channel id",
                       .hint = "For messages in a channel: C0123456789, from the channel's details.",
                       .optional = true,
                       .max_length = 40});
    blocks.section("You use the authorization without seeing its token. " + how_to_store());
    return finished(ids::form_installed_add, "Add an integration", "Add", "", blocks);
}

std::string edit_inventory_form(const storage::InventoryEntry& entry, std::string_view target) {
    Blocks blocks(Blocks::Surface::view);
    blocks.section(inventory_line(entry));
    blocks.user_input(ids::field_owner, "Owner", entry.owner);
    words_input(blocks, ids::field_connected_to, "Connected to", entry.connected_to,
                "The system outside Slack that it reaches, such as the GitLab group.");
    words_input(blocks, ids::field_purpose, "Purpose", entry.purpose);
    std::vector<Option> classes{{.text = "Not decided", .value = "none"}};
    for (const auto each : storage::data_classes)
        classes.push_back({.text = std::string(each), .value = std::string(each)});
    blocks.select_input(ids::field_data, "Data class", classes, entry.data_class);
    words_input(blocks, ids::field_notes, "Notes", entry.notes);
    return finished(ids::form_installed_edit, "Edit", "Save", target, blocks);
}

std::string edit_integration_form(const storage::Integration& integration, std::string_view target) {
    Blocks blocks(Blocks::Surface::view);
    blocks.section(integration_line(integration));
    blocks.text_input(
        {.id = ids::field_name, .label = "Name", .initial = integration.name, .max_length = name_length});
    blocks.user_input(ids::field_owner, "Owner", integration.owner);
    const bool paused = integration.state == storage::IntegrationState::paused;
    blocks.select_input(ids::field_pause, "Work",
                        {{.text = "Goes on", .value = "on"}, {.text = "Is paused", .value = "paused"}},
                        paused ? "paused" : "on");
    return finished(ids::form_installed_edit, "Edit", "Save", target, blocks);
}

std::string edit_authorization_form(const storage::Authorization& authorization, std::string_view target) {
    Blocks blocks(Blocks::Surface::view);
    blocks.section(authorization_line(authorization, 0));
    blocks.text_input(
        {.id = ids::field_name, .label = "Name", .initial = authorization.name, .max_length = name_length});
    blocks.user_input(ids::field_owner, "Owner", authorization.owner);
    words_input(blocks, ids::field_notes, "Notes", authorization.notes);
    return finished(ids::form_installed_edit, "Edit", "Save", target, blocks);
}

std::string remove_form(std::string_view name, const std::vector<std::string>& broken,
                        std::string_view target) {
    Blocks blocks(Blocks::Surface::view);
    if (broken.empty()) {
        blocks.section("Nothing that is known here depends on *" + inert_line(name, 80) + "*.");
    } else {
        std::vector<std::string> lines{":warning: *This stops working:*"};
        lines.insert(lines.end(), broken.begin(), broken.end());
        blocks.lines(lines);
    }
    blocks.text_input({.id = ids::field_name,
                       .label = "Type its name to remove it",
                       .placeholder = plain(name, 80),
                       .max_length = 200});
    return finished(ids::form_installed_remove, "Remove", "Remove", target, blocks);
}

std::string reconnect_form(const storage::Integration& integration,
                           const std::vector<storage::Authorization>& choices, std::string_view target) {
    Blocks blocks(Blocks::Surface::view);
    blocks.section(integration_line(integration));
    blocks.select_input(ids::field_authorization, "Stored authorization", options_of(choices));
    blocks.text_input({.id = ids::field_name,
                       .label = "If it is another account: its name",
                       .optional = true,
                       .max_length = 100});
    return finished(ids::form_installed_reconnect, "Reconnect", "Reconnect", target, blocks);
}

}  // namespace countersign::handlers::views

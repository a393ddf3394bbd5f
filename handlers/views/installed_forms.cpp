#include "handlers/views/installed_forms.hpp"

#include "handlers/views/action_ids.hpp"
#include "handlers/views/blocks.hpp"
#include "handlers/views/form_texts.hpp"
#include "handlers/views/installed_form_texts.hpp"
#include "handlers/views/installed_messages.hpp"
#include "handlers/views/installed_texts.hpp"
#include "handlers/views/mrkdwn.hpp"

#include <fmt/format.h>

#include <iterator>

namespace countersign::handlers::views {
namespace {

constexpr std::size_t name_length = 80, words_length = 500;

std::vector<Option> options_of(const std::vector<storage::Authorization>& authorizations, Language language) {
    std::vector<Option> options;
    options.reserve(authorizations.size() + 1);
    for (const auto& each : authorizations)
        options.push_back({.text = each.account.empty() ? fmt::format("{} ({})", each.name, each.url)
                                                        : say_in(language, texts::authorization_choice,
                                                                 each.name, each.account, each.url),
                           .value = each.id});
    return options;
}

// Draws a form in one language.
class Form {
  public:
    explicit Form(Language language) : language_(language) {}

    [[nodiscard]] std::string said(const Text<>& text) const { return say_in(language_, text); }
    Blocks& blocks() { return blocks_; }

    void name(const std::string& initial) {
        blocks_.text_input({.id = ids::field_name,
                            .label = said(texts::name_label),
                            .initial = initial,
                            .max_length = name_length});
    }
    void owner(const UserId& initial) {
        blocks_.user_input(ids::field_owner, said(texts::owner_label), initial);
    }
    void words(std::string_view id, const Text<>& label, const std::string& initial,
               const std::string& hint = "", std::size_t most = words_length) {
        blocks_.text_input({.id = id,
                            .label = said(label),
                            .hint = hint,
                            .initial = initial,
                            .optional = true,
                            .max_length = most});
    }
    [[nodiscard]] std::string finished(std::string_view callback, const Text<>& title, const Text<>& submit,
                                       std::string_view target) const {
        return modal({.callback_id = callback,
                      .title = said(title),
                      .submit = said(submit),
                      .close = said(texts::cancel),
                      .private_metadata = std::string(target)},
                     blocks_);
    }

  private:
    Language language_;
    Blocks blocks_{Blocks::Surface::view};
};

const Text<>& class_text(std::string_view name) {
    if (name == "public") return texts::class_public;
    if (name == "internal") return texts::class_internal;
    return name == "confidential" ? texts::class_confidential : texts::class_restricted;
}

}  // namespace

std::string add_integration_form(const BuildingChoices& choices, const std::vector<Use>& uses,
                                 Language language) {
    Form form(language);
    std::vector<Option> options;
    options.reserve(uses.size());
    for (const auto& use : uses)
        options.push_back({.text = use.text, .value = use.value});
    form.name("");
    auto stored = options_of(choices.authorizations, language);
    stored.push_back({.text = form.said(texts::own_bot_choice), .value = std::string(storage::own_bot)});
    auto& blocks = form.blocks();
    blocks.select_input(ids::field_authorization, form.said(texts::stored_authorization), stored);
    blocks.select_input(ids::field_use, form.said(texts::use_it_for), options);
    form.words(ids::field_channel, texts::channel_id, "", form.said(texts::channel_id_hint), 40);
    blocks.section(say_in(language, texts::use_without_seeing, how_to_store(language)));
    if (choices.left_out > 0)
        blocks.context({say_in(language, texts::choices_left_out, std::to_string(choices.left_out))});
    return form.finished(ids::form_installed_add, texts::add_integration, texts::add_submit, "");
}

std::string edit_inventory_form(const storage::InventoryEntry& entry, std::string_view target,
                                Language language) {
    Form form(language);
    form.blocks().section(inventory_line(entry, language));
    form.owner(entry.owner);
    form.words(ids::field_connected_to, texts::connected_to_label, entry.connected_to,
               form.said(texts::connected_to_hint));
    form.words(ids::field_purpose, texts::purpose_label, entry.purpose);
    std::vector<Option> classes{{.text = form.said(texts::class_not_decided), .value = "none"}};
    classes.reserve(std::size(storage::data_classes) + 1);
    for (const auto each : storage::data_classes)
        classes.push_back({.text = form.said(class_text(each)), .value = std::string(each)});
    form.blocks().select_input(ids::field_data, form.said(texts::data_class_label), classes,
                               entry.data_class);
    form.words(ids::field_notes, texts::notes_label, entry.notes);
    return form.finished(ids::form_installed_edit, texts::edit_thing, texts::save_submit, target);
}

std::string edit_integration_form(const storage::Integration& integration, std::string_view target,
                                  Language language) {
    Form form(language);
    form.blocks().section(integration_line(integration, language));
    form.name(integration.name);
    form.owner(integration.owner);
    const bool paused = integration.state == storage::IntegrationState::paused;
    form.blocks().select_input(ids::field_pause, form.said(texts::work_label),
                               {{.text = form.said(texts::work_goes_on), .value = "on"},
                                {.text = form.said(texts::work_is_paused), .value = "paused"}},
                               paused ? "paused" : "on");
    return form.finished(ids::form_installed_edit, texts::edit_thing, texts::save_submit, target);
}

std::string edit_authorization_form(const storage::Authorization& authorization, std::string_view target,
                                    Language language) {
    Form form(language);
    form.blocks().section(authorization_line(authorization, 0, language));
    form.name(authorization.name);
    form.owner(authorization.owner);
    form.words(ids::field_notes, texts::notes_label, authorization.notes);
    form.blocks().people_input(ids::field_allowed_users, form.said(texts::allowed_people),
                               form.said(texts::allowed_people_hint), authorization.allowed_users);
    // Only Slack has channels.
    if (authorization.kind == storage::AuthorizationKind::slack)
        form.words(ids::field_allowed_channels, texts::allowed_channels, authorization.allowed_channels,
                   form.said(texts::allowed_channels_hint), limits::input);
    return form.finished(ids::form_installed_edit, texts::edit_thing, texts::save_submit, target);
}

std::string remove_form(std::string_view name, const std::vector<storage::Integration>& stopped, bool account,
                        std::string_view target, Language language) {
    Form form(language);
    auto& blocks = form.blocks();
    if (stopped.empty()) {
        blocks.section(say_in(language, texts::nothing_depends, inert_line(name, 80)));
    } else {
        blocks.lines(some_of({form.said(texts::this_stops)}, stopped, shown_in_form, language));
    }
    if (account) blocks.section(form.said(texts::others_unknown));
    blocks.text_input({.id = ids::field_name,
                       .label = form.said(texts::type_name_to_remove),
                       .placeholder = plain(name, 80),
                       .max_length = 200});
    return form.finished(ids::form_installed_remove, texts::remove_thing, texts::remove_thing, target);
}

std::string reconnect_form(const storage::Integration& integration,
                           const std::vector<storage::Authorization>& choices, std::string_view target,
                           Language language) {
    Form form(language);
    form.blocks().section(integration_line(integration, language));
    form.blocks().select_input(ids::field_authorization, form.said(texts::stored_authorization),
                               options_of(choices, language));
    form.words(ids::field_name, texts::other_account_name, "", "", 100);
    return form.finished(ids::form_installed_reconnect, texts::reconnect_thing, texts::reconnect_thing,
                         target);
}

}  // namespace countersign::handlers::views

#include "handlers/views/grant_views.hpp"

#include "handlers/views/action_ids.hpp"
#include "handlers/views/blocks.hpp"
#include "handlers/views/form_texts.hpp"
#include "handlers/views/grant_texts.hpp"
#include "handlers/views/installed_form_texts.hpp"
#include "handlers/views/installed_messages.hpp"
#include "handlers/views/installed_texts.hpp"
#include "handlers/views/mrkdwn.hpp"
#include "handlers/views/recorded.hpp"

namespace countersign::handlers::views {
namespace {

std::string name(const storage::PendingGrant& grant) {
    return "*" + inert_line(grant.name, 80) + "*";
}

Message with_buttons(const std::string& text, const std::vector<Button>& buttons) {
    Blocks blocks;
    blocks.section(text);
    blocks.actions("grant", buttons);
    return {fitted(text, limits::fallback), blocks.json()};
}

Button cancel(const storage::PendingGrant& grant, const Text<>& label, Language language) {
    return {.action_id = ids::grant_cancel, .text = say_in(language, label), .value = grant.id};
}

}  // namespace

std::string authorization_form(const std::vector<GrantChoice>& choices,
                               const std::optional<storage::Authorization>& reconnect, Language language) {
    Blocks blocks(Blocks::Surface::view);
    std::vector<Option> options;
    options.reserve(choices.size());
    for (const auto& choice : choices)
        options.push_back({.text = choice.text, .value = choice.value});
    if (reconnect)
        blocks.section(authorization_line(*reconnect, 0, language));
    else
        blocks.text_input(
            {.id = ids::field_name, .label = say_in(language, texts::name_label), .max_length = 80});
    blocks.select_input(ids::field_use, say_in(language, texts::how_label), options);
    blocks.section(say_in(language, texts::you_sign_in));
    return modal({.callback_id = ids::form_authorization_add,
                  .title = say_in(language, reconnect ? texts::connect_again : texts::add_authorization),
                  .submit = say_in(language, texts::go_on),
                  .close = say_in(language, texts::cancel),
                  .private_metadata = reconnect ? reconnect->id : ""},
                 blocks);
}

std::string no_oauth_app(bool reconnect, Language language) {
    return say_in(language, reconnect ? texts::no_app_for_server : texts::no_app_here) +
           say_in(language, texts::register_app, how_to_store(language));
}

Message grant_code(const storage::PendingGrant& grant, const std::string& uri, const std::string& code,
                   Language language) {
    return with_buttons(say_in(language, texts::open_and_enter, name(grant), own_link(uri, uri),
                               inert_line(code, 40), inert_line(grant.url, 80)),
                        {cancel(grant, texts::cancel_grant, language)});
}

Message grant_link(const storage::PendingGrant& grant, const std::string& link, Language language) {
    const auto label =
        say_in(language,
               grant.kind == storage::AuthorizationKind::slack ? texts::add_to_slack : texts::sign_in_there);
    return with_buttons(
        say_in(language, texts::follow_link, name(grant), own_link(link, label), inert_line(grant.url, 80)),
        {cancel(grant, texts::cancel_grant, language)});
}

Message grant_question(const storage::PendingGrant& grant,
                       const std::optional<storage::Authorization>& before, Language language) {
    auto words = grant.account.empty()
                     ? say_in(language, texts::granted_unknown, name(grant))
                     : say_in(language, texts::granted_as, name(grant), inert_line(grant.account, 80),
                              grant.workspace.empty()
                                  ? std::string()
                                  : say_in(language, texts::in_workspace, inert_line(grant.workspace, 80)),
                              inert_line(grant.url, 80));
    if (!grant.scopes.empty())
        words += "\n" + say_in(language, texts::permissions_are, inert_line(grant.scopes, 500));
    if (!grant.note.empty())
        words += "\n" + say_in(language, texts::note_is, inert_line(recorded_in(language, grant.note), 200));
    const bool other = before && !before->account_id.empty() && before->account_id != grant.account_id;
    if (other) words += say_in(language, texts::was_connected_as, inert_line(before->account, 80));
    if (grant.expires_at && !grant.renewable)
        words += say_in(language, texts::expires_for_good, date(*grant.expires_at));
    return with_buttons(words,
                        {{.action_id = ids::grant_keep,
                          .text = say_in(language, other ? texts::keep_other_account : texts::keep_grant),
                          .value = grant.id,
                          .style = Style::primary},
                         cancel(grant, texts::discard_grant, language)});
}

}  // namespace countersign::handlers::views

#include "handlers/views/grant_views.hpp"

#include "handlers/views/action_ids.hpp"
#include "handlers/views/blocks.hpp"
#include "handlers/views/installed_messages.hpp"
#include "handlers/views/mrkdwn.hpp"

#include <fmt/format.h>

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

Button cancel(const storage::PendingGrant& grant, const char* label) {
    return {.action_id = ids::grant_cancel, .text = label, .value = grant.id};
}

}  // namespace

std::string authorization_form(const std::vector<GrantChoice>& choices,
                               const std::optional<storage::Authorization>& reconnect) {
    Blocks blocks(Blocks::Surface::view);
    std::vector<Option> options;
    for (const auto& choice : choices)
        options.push_back({.text = choice.text, .value = choice.value});
    if (reconnect)
        blocks.section(authorization_line(*reconnect, 0));
    else
        blocks.text_input({.id = ids::field_name, .label = "Name", .max_length = 80});
    blocks.select_input(ids::field_use, "How", options);
    blocks.section("You sign in at the server itself. Nothing secret is typed into Slack.");
    return modal({.callback_id = ids::form_authorization_add,
                  .title = reconnect ? "Connect again" : "Add an authorization",
                  .submit = "Go on",
                  .private_metadata = reconnect ? reconnect->id : ""},
                 blocks);
}

std::string no_oauth_app(bool reconnect) {
    return std::string(reconnect ? "No OAuth application is registered for its server. "
                                 : "No OAuth application is registered here yet. ") +
           "On the host where Countersign runs: `countersign authorizations register --kind gitlab --url "
           "https://gitlab.example.com --client-id ID`\n" +
           how_to_store();
}

Message grant_code(const storage::PendingGrant& grant, const std::string& uri, const std::string& code) {
    return with_buttons(
        fmt::format("To connect {} open {} and enter the code `{}`. Only do so if you have "
                    "begun this yourself, and look at the name of the server: {}.",
                    name(grant), own_link(uri, uri), inert_line(code, 40), inert_line(grant.url, 80)),
        {cancel(grant, "Cancel")});
}

Message grant_link(const storage::PendingGrant& grant, const std::string& link) {
    const auto* label = grant.kind == storage::AuthorizationKind::slack ? "Add to Slack" : "Sign in there";
    return with_buttons(
        fmt::format("To connect {} follow this link within ten minutes: {}. It leads to {} and "
                    "works once.",
                    name(grant), own_link(link, label), inert_line(grant.url, 80)),
        {cancel(grant, "Cancel")});
}

Message grant_question(const storage::PendingGrant& grant,
                       const std::optional<storage::Authorization>& before) {
    auto words =
        grant.account.empty()
            ? fmt::format("{} was granted; whose account it is could not be read yet.", name(grant))
            : fmt::format("{} was granted as *{}*{} at {}.", name(grant), inert_line(grant.account, 80),
                          grant.workspace.empty() ? "" : " in " + inert_line(grant.workspace, 80),
                          inert_line(grant.url, 80));
    if (!grant.scopes.empty()) words += "\nPermissions: " + inert_line(grant.scopes, 500);
    if (!grant.note.empty()) words += "\nNote: " + inert_line(grant.note, 200);
    const bool other = before && !before->account_id.empty() && before->account_id != grant.account_id;
    if (other)
        words += fmt::format(
            "\n:warning: It was connected as *{}* before. What was built on it will act as the "
            "other account.",
            inert_line(before->account, 80));
    if (grant.expires_at && !grant.renewable)
        words +=
            fmt::format("\n:hourglass: It expires on {} and cannot be renewed.", date(*grant.expires_at));
    return with_buttons(words, {{.action_id = ids::grant_keep,
                                 .text = other ? "Keep the other account" : "Keep",
                                 .value = grant.id,
                                 .style = Style::primary},
                                cancel(grant, "Discard")});
}

}  // namespace countersign::handlers::views

#include "handlers/views/installed_messages.hpp"

#include "handlers/views/action_ids.hpp"
#include "handlers/views/blocks.hpp"
#include "handlers/views/mrkdwn.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace countersign::handlers::views {
namespace {

using storage::AuthorizationState;
using storage::IntegrationState;

constexpr std::size_t name_room = 80;

std::string name(std::string_view text) {
    return "*" + inert_line(text, name_room) + "*";
}

std::string state_words(IntegrationState state) {
    switch (state) {
        case IntegrationState::active:
            return ":white_check_mark: connected";
        case IntegrationState::degraded:
            return ":warning: has trouble";
        case IntegrationState::needs_reauth:
            return ":warning: re-authentication needed";
        case IntegrationState::paused:
            return "paused";
    }
    return "";
}

std::string state_words(AuthorizationState state) {
    switch (state) {
        case AuthorizationState::pending:
            return "not checked yet";
        case AuthorizationState::active:
            return ":white_check_mark: connected";
        case AuthorizationState::expiring:
            return ":warning: expires soon";
        case AuthorizationState::refresh_failed:
            return ":warning: could not be renewed";
        case AuthorizationState::needs_reauth:
            return ":warning: re-authentication needed";
    }
    return "";
}

std::string who(std::string_view person) {
    return person.starts_with('U') || person.starts_with('W') ? mention(UserId(std::string(person)))
                                                              : inert_line(person, 40);
}

std::string target(const storage::Integration& integration) {
    return integration.kind == storage::IntegrationKind::tracker
               ? "tracker " + inert_line(integration.target, 60)
               : "<#" + integration.target + ">";
}

Message built(const std::vector<std::string>& lines, const std::vector<Button>& buttons = {}) {
    std::string text;
    for (const auto& line : lines)
        text += (text.empty() ? "" : "\n") + line;
    Blocks blocks;
    blocks.lines(lines);
    if (!buttons.empty()) blocks.actions("installed", buttons);
    return {fitted(text, limits::fallback), blocks.json()};
}

}  // namespace

std::string authorization_line(const storage::Authorization& a, std::size_t uses) {
    auto line =
        fmt::format("• {} · {} · {}{} · {}", name(a.name), to_text(a.kind), inert_line(a.url, 80),
                    a.account.empty() ? "" : " as " + inert_line(a.account, 60), state_words(a.state));
    if (a.expires_at) line += " · expires " + date(*a.expires_at);
    return line + fmt::format(" · {} · set up by {} on {}",
                              uses == 1 ? "1 use" : fmt::format("{} uses", uses), who(a.added_by),
                              date(a.added_at));
}

std::string integration_line(const storage::Integration& i) {
    return fmt::format("• {} · {} · {} · on {} · owner {}", name(i.name), target(i), state_words(i.state),
                       inert_line(i.authorization_name, name_room),
                       i.owner.empty() ? "none" : mention(i.owner));
}

std::string inventory_line(const storage::InventoryEntry& e) {
    auto line = fmt::format("• {} ({}) · {}", name(e.app_name.empty() ? e.app_id.value : e.app_name),
                            inert_line(e.app_id.value, 40),
                            e.team_id.empty() ? "the organisation" : inert_line(e.team_id.value, 40));
    if (e.state == storage::InstalledState::removed) line += " · removed";
    if (!e.set_up_by.empty()) line += " · set up by " + who(e.set_up_by);
    if (e.set_up_at) line += " on " + date(*e.set_up_at);
    line += e.owner.empty() ? " · no owner" : " · owner " + mention(e.owner);
    line += e.request ? " · " + to_text(*e.request) : " · no approval known";
    return line;
}

Message installed_list(const InstalledList& list) {
    std::vector<std::string> lines;
    if (!list.integrations.empty()) {
        lines.emplace_back("*Integrations*");
        for (const auto& each : list.integrations)
            lines.push_back(integration_line(each));
    }
    if (!list.authorizations.empty()) {
        lines.emplace_back("*Stored authorizations*");
        for (const auto& each : list.authorizations) {
            const auto uses =
                std::ranges::count(list.integrations, each.id, &storage::Integration::authorization);
            lines.push_back(authorization_line(each, static_cast<std::size_t>(uses)));
        }
    }
    if (list.total == 0) {
        lines.emplace_back(list.words.empty() ? "No installed apps are recorded yet."
                                              : "No installed app is like that.");
    } else {
        lines.push_back(
            fmt::format("*Installed apps* ({}, page {} of {})", list.total, list.page, list.pages));
        for (const auto& each : list.apps)
            lines.push_back(inventory_line(each));
    }
    if (list.page < list.pages)
        lines.push_back(fmt::format("`/installed-apps list {}{}` shows the next page",
                                    list.words.empty() ? "" : inert_line(list.words, 60) + " page ",
                                    list.page + 1));
    return built(lines);
}

Message inventory_details(const storage::InventoryEntry& e, const std::string& issue_url) {
    std::vector<std::string> lines{inventory_line(e)};
    const auto add = [&](const char* label, const std::string& value) {
        if (!value.empty()) lines.push_back(fmt::format("{}: {}", label, inert_line(value, 500)));
    };
    add("Connected to", e.connected_to);
    add("Purpose", e.purpose);
    add("Data class", e.data_class);
    add("Permissions", e.scopes);
    add("Notes", e.notes);
    add("Known from", e.source);
    if (!issue_url.empty()) lines.push_back("Vendor issue: " + own_link(issue_url, issue_url));
    if (e.removed_at)
        lines.push_back("Removed on " + date(*e.removed_at) +
                        (e.removed_by.empty() ? "" : " by " + who(e.removed_by)));
    return built(lines);
}

Message authorization_details(const storage::Authorization& a,
                              const std::vector<storage::Integration>& uses) {
    std::vector<std::string> lines{authorization_line(a, uses.size())};
    if (!a.scopes.empty()) lines.push_back("Permissions: " + inert_line(a.scopes, 500));
    if (!a.state_note.empty()) lines.push_back("Note: " + inert_line(a.state_note, 300));
    if (!a.notes.empty()) lines.push_back("Notes: " + inert_line(a.notes, 500));
    lines.push_back("Fingerprint: `" + a.fingerprint + "`");
    if (!uses.empty()) lines.emplace_back("*What stops working without it*");
    for (const auto& use : uses)
        lines.push_back(integration_line(use));
    return built(lines);
}

Message integration_broken(const storage::Integration& i) {
    return built({fmt::format(":warning: {} ({}) has stopped: {}. Its settings are kept.", name(i.name),
                              target(i), inert_line(i.state_note, 200)),
                  "Connect it again with another stored authorization of the same server."},
                 {{.action_id = ids::installed_reconnect,
                   .text = "Reconnect",
                   .value = std::to_string(i.id),
                   .style = Style::primary}});
}

Message mending_progress(const std::string& authorization,
                         const std::vector<storage::Integration>& integrations) {
    const auto mended = std::ranges::count_if(
        integrations, [](const auto& each) { return each.state != IntegrationState::needs_reauth; });
    std::vector<std::string> lines{
        fmt::format("{} was removed. {} of {} integrations that used it work again.", name(authorization),
                    mended, integrations.size())};
    for (const auto& each : integrations)
        lines.push_back(integration_line(each));
    return built(lines);
}

std::string how_to_store() {
    return "A token is never typed into Slack. An admin stores it on the host where Countersign runs:\n"
           "`countersign authorizations add --kind gitlab --url https://gitlab.example.com --name NAME "
           "--token-stdin`";
}

}  // namespace countersign::handlers::views

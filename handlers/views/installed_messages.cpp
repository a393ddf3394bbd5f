#include "handlers/views/installed_messages.hpp"

#include "handlers/views/action_ids.hpp"
#include "handlers/views/blocks.hpp"
#include "handlers/views/mrkdwn.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace countersign::handlers::views {
namespace {

using storage::IntegrationState;

constexpr std::size_t name_room = 80;

std::string name(std::string_view text) {
    return "*" + inert_line(text, name_room) + "*";
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
        lines.insert(lines.end(), list.lines.begin(), list.lines.end());
    }
    if (list.page < list.pages)
        lines.push_back(fmt::format("`/installed-apps list {}{}` shows the next page",
                                    list.words.empty() ? "" : inert_line(list.words, 60) + " page ",
                                    list.page + 1));
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

#include "handlers/views/installed_messages.hpp"

#include "handlers/views/action_ids.hpp"
#include "handlers/views/blocks.hpp"
#include "handlers/views/installed_answer_texts.hpp"
#include "handlers/views/installed_form_texts.hpp"
#include "handlers/views/installed_texts.hpp"
#include "handlers/views/mrkdwn.hpp"
#include "handlers/views/recorded.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace countersign::handlers::views {
namespace {

using storage::Integration;
using storage::IntegrationState;

constexpr std::size_t name_room = 80;

std::string name(std::string_view text) {
    return "*" + inert_line(text, name_room) + "*";
}

std::string target(const Integration& integration, Language language) {
    return integration.kind == storage::IntegrationKind::tracker
               ? say_in(language, texts::tracker_target, inert_line(integration.target, 60))
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

std::vector<std::string> some_of(std::vector<std::string> lines, const std::vector<Integration>& integrations,
                                 std::size_t most, Language language) {
    const auto shown = std::min(integrations.size(), most);
    lines.reserve(lines.size() + shown + 1);
    for (std::size_t at = 0; at < shown; ++at)
        lines.push_back(integration_line(integrations[at], language));
    if (shown < integrations.size())
        lines.push_back(say_in(language, texts::installed_more, std::to_string(integrations.size() - shown)));
    return lines;
}

Message installed_list(const InstalledList& list, Language language) {
    std::vector<std::string> lines;
    if (!list.integrations.empty())
        lines = some_of({say_in(language, texts::integrations_title)}, list.integrations, shown_in_message,
                        language);
    if (!list.authorizations.empty()) {
        lines.push_back(say_in(language, texts::authorizations_title));
        for (const auto& each : list.authorizations) {
            const auto uses = std::ranges::count(list.integrations, each.id, &Integration::authorization);
            lines.push_back(authorization_line(each, static_cast<std::size_t>(uses), language));
        }
    }
    if (list.total == 0) {
        lines.push_back(say_in(language, list.words.empty() ? texts::none_recorded : texts::none_like_that));
    } else {
        lines.push_back(say_in(language, texts::apps_title, std::to_string(list.total),
                               std::to_string(list.page), std::to_string(list.pages)));
        lines.insert(lines.end(), list.lines.begin(), list.lines.end());
    }
    if (list.page < list.pages)
        lines.push_back(
            say_in(language, texts::next_page_by,
                   fmt::format("{}{}", list.words.empty() ? "" : inert_line(list.words, 60) + " page ",
                               list.page + 1)));
    return built(lines);
}

Message integration_broken(const Integration& i, Language language) {
    return built({say_in(language, texts::has_stopped, name(i.name), target(i, language),
                         inert_line(recorded_in(language, i.state_note), 200)),
                  say_in(language, texts::connect_it_again)},
                 {{.action_id = ids::installed_reconnect,
                   .text = say_in(language, texts::reconnect_thing),
                   .value = std::to_string(i.id),
                   .style = Style::primary}});
}

Message mending_progress(const std::string& authorization,
                         const std::vector<storage::Integration>& integrations) {
    const auto mended = std::ranges::count_if(integrations, [](const auto& each) {
        return each.state == IntegrationState::active || each.state == IntegrationState::paused;
    });
    return built(some_of({fmt::format("{} was removed. {} of {} integrations that used it work again.",
                                      name(authorization), mended, integrations.size())},
                         integrations, shown_in_message, Language::english));
}

std::string how_to_store(Language language) {
    return say_in(language, texts::how_to_store);
}

}  // namespace countersign::handlers::views

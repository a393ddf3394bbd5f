#include "handlers/find_app.hpp"

#include "config/base/text.hpp"
#include "handlers/answers.hpp"
#include "handlers/resolutions.hpp"
#include "handlers/review/app_ids.hpp"
#include "handlers/review/life_cycle.hpp"
#include "handlers/views/action_ids.hpp"
#include "handlers/views/forms.hpp"
#include "handlers/views/home_texts.hpp"
#include "handlers/views/mrkdwn.hpp"
#include "handlers/views/request_card.hpp"
#include "storage/installed_view.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

namespace countersign::handlers {
namespace {

namespace texts = views::texts;
using storage::AppRequest;

constexpr std::size_t longest_name = 150;
constexpr std::size_t requests_read = 30;
constexpr std::size_t apps_shown = 5;
constexpr std::size_t names_read = 2'000;

const views::Text<>& verdict(const AppRequest& request, const TeamId& team, const Context& context) {
    const auto said = slack_says(request.app_id, team, context);
    if (said ? *said == "approved" : review::is_approved(request.state)) return texts::app_approved;
    if (said ? *said == "restricted" : request.state == storage::RequestState::restricted)
        return texts::app_restricted;
    return texts::app_undecided;
}

std::string line_of(const AppRequest& request, const TeamId& team, views::Language language,
                    const Context& context) {
    const auto name = views::inert_line(request.app_name, 100);
    const auto id = views::inert_line(request.app_id.value, 24);
    auto line =
        id.empty() ? say_in(language, texts::find_app, name) : say_in(language, texts::find_app_id, name, id);
    line += ": " + say_in(language, verdict(request, team, context));
    return line + "\n" +
           say_in(language, texts::last_request, to_text(request.id), views::state_line(request, language),
                  views::date(request.state_since));
}

// Slack's lists know apps that nobody asked for here, and the inventory those that are in use.
struct KnownApp {
    AppId id;
    std::string name;  // "": not told
    std::string status;
    bool installed = false;
};

std::optional<storage::AppResolution> resolution_of(const AppId& id, const TeamId& team,
                                                    const Context& context) {
    for (const auto& where : {team, TeamId()}) {
        auto resolution = context.view.resolution(id, where);
        if (resolution && !resolution->status.empty()) return resolution;
    }
    return std::nullopt;
}

bool is_among(const std::vector<KnownApp>& apps, const AppId& id) {
    return std::ranges::find(apps, id, &KnownApp::id) != apps.end();
}

void add(std::vector<KnownApp>& apps, const storage::InventoryEntry& entry, const TeamId& team,
         const Context& context) {
    const bool here = entry.team_id.empty() || entry.team_id == team;
    if (!here || is_among(apps, entry.app_id)) return;
    const auto resolution = resolution_of(entry.app_id, team, context);
    apps.push_back({.id = entry.app_id,
                    .name = entry.app_name,
                    .status = resolution ? resolution->status : std::string(),
                    .installed = entry.state == storage::InstalledState::installed});
}

std::vector<KnownApp> known_without_request(const std::string& name, const std::optional<AppId>& id,
                                            const TeamId& team, const Context& context) {
    const auto installed = context.view.installed();
    std::vector<KnownApp> apps;
    if (id) {
        for (const auto& where : {team, TeamId()}) {
            if (const auto entry = installed.entry(*id, where)) add(apps, *entry, team, context);
        }
        const auto resolution = resolution_of(*id, team, context);
        if (apps.empty() && resolution)
            apps.push_back({.id = *id, .name = resolution->app_name, .status = resolution->status});
        return apps;
    }
    for (const auto& entry : installed.inventory({.text = name, .limit = requests_read})) {
        if (text::lower(entry.app_name) == text::lower(name)) add(apps, entry, team, context);
    }
    for (const auto& listed : context.view.resolutions_named(name, team, requests_read)) {
        if (!is_among(apps, listed.app_id))
            apps.push_back({.id = listed.app_id, .name = listed.app_name, .status = listed.status});
    }
    if (apps.size() > apps_shown) apps.erase(apps.begin() + apps_shown, apps.end());
    return apps;
}

std::string line_of(const KnownApp& app, views::Language language) {
    const auto id = views::inert_line(app.id.value, 24);
    const auto name = app.name.empty() ? id : views::inert_line(app.name, 100);
    const auto& verdict = app.status == "restricted" ? texts::app_restricted
                          : app.status == "approved" ? texts::app_approved
                          : app.installed            ? texts::app_in_use
                                                     : texts::app_undecided;
    return say_in(language, texts::find_app_id, name, id) + ": " + say_in(language, verdict) + "\n" +
           say_in(language, texts::nobody_asked);
}

// Of the newest requests for each app; two apps may have one name.
std::vector<AppRequest> newest_by_app(const std::vector<AppRequest>& requests) {
    std::vector<AppRequest> apps;
    for (const auto& request : requests) {
        const bool known =
            std::ranges::any_of(apps, [&](const AppRequest& app) { return app.app_id == request.app_id; });
        if (!known && apps.size() < apps_shown) apps.push_back(request);
    }
    return apps;
}

std::string nothing_found(const std::string& name, views::Language language, const Context& context) {
    auto words = say_in(language, texts::find_none, views::inert_line(name, 100));
    auto names = context.view.app_names(names_read);
    for (auto& entry : context.view.installed().inventory({.limit = names_read}))
        names.push_back(std::move(entry.app_name));
    std::vector<std::string> lowered;
    for (const auto& each : names)
        lowered.push_back(text::lower(each));
    const std::vector<std::string_view> candidates(lowered.begin(), lowered.end());
    const auto near = text::nearest(text::lower(name), candidates);
    if (near.empty()) return words;
    const auto at = std::ranges::find(lowered, near) - lowered.begin();
    return words + " " +
           say_in(language, texts::find_near,
                  "*" + views::inert_line(names[static_cast<std::size_t>(at)], 100) + "*");
}

}  // namespace

std::string find_app(std::string_view wanted, const TeamId& team, views::Language language,
                     const Context& context) {
    const auto name = text::shortened(text::trimmed(wanted), longest_name);
    if (name.empty()) return say_in(language, texts::find_what);
    const auto id = review::app_id_in(name);
    const auto found = context.view.requests(
        {.state = {}, .app = id ? id->value : name, .requester = {}, .limit = requests_read});
    if (found.empty() && !id && review::looks_like_app_id(name))
        return say_in(language, texts::find_wrong_id);
    std::vector<std::string> lines;
    if (found.empty()) {
        const auto known = known_without_request(name, id, team, context);
        if (known.empty()) return nothing_found(name, language, context);
        if (known.size() > 1) lines.push_back(say_in(language, texts::find_several));
        for (const auto& app : known)
            lines.push_back(line_of(app, language));
        return text::joined(lines, "\n");
    }
    const auto apps = newest_by_app(found);
    if (apps.size() > 1) lines.push_back(say_in(language, texts::find_several));
    for (const auto& app : apps)
        lines.push_back(line_of(app, team, language, context));
    return text::joined(lines, "\n");
}

Outcome find_form_submitted(const Press& press, const Context& context) {
    const auto entered = press.fields.find(std::string(views::ids::field_app));
    const auto words = find_app(entered == press.fields.end() ? std::string() : entered->second, press.team,
                                press.language, context);
    if (!press.answer_in_ack) return say(press, words);
    Outcome outcome;
    outcome.ack = R"({"response_action":"update","view":)" + views::found_view(words, press.language) + "}";
    return outcome;
}

}  // namespace countersign::handlers

#include "handlers/inventory.hpp"

#include "handlers/answers.hpp"
#include "handlers/effects.hpp"
#include "handlers/people.hpp"
#include "handlers/review/life_cycle.hpp"
#include "handlers/settle.hpp"
#include "handlers/views/mrkdwn.hpp"
#include "handlers/views/notices.hpp"
#include "handlers/views/requester_texts.hpp"

#include <algorithm>

namespace countersign::handlers {
namespace {

using review::InstallEvidence;
using storage::RequestState;

storage::Change save(storage::InventoryEntry entry) {
    return storage::ChangeInstalled{storage::SaveInventoryEntry{std::move(entry)}};
}

// The workspace's own grants are named by the approval where the evidence does not name them.
std::string scope_names(const storage::AppRequest& request) {
    std::string names;
    for (const auto& scope : request.scopes)
        names += (names.empty() ? "" : " ") + scope.name;
    return names;
}

// R15: approved and installed are two things; the person who asked hears of the second.
void tell_requester(const storage::AppRequest& request, const InstallEvidence& evidence, Outcome& outcome,
                    const Context& context) {
    if (request.requester.empty()) return;
    const auto language = language_of(request.requester, context);
    const auto by = evidence.by.empty()
                        ? std::string()
                        : say_in(language, views::texts::by, views::mention(UserId(evidence.by)));
    outcome.effects.push_back(direct_message(
        request, request.requester, "installed",
        views::line(say_in(language, views::texts::is_installed,
                           "*" + views::inert_line(request.app_name, 100) + "* (" + to_text(request.id) + ")",
                           by))));
}

std::string place(const storage::InventoryEntry& entry) {
    return entry.team_id.empty() ? entry.app_id.value : entry.app_id.value + "/" + entry.team_id.value;
}

}  // namespace

std::optional<storage::AppRequest> approval_of(const AppId& app, const TeamId& team,
                                               const storage::View& view) {
    for (auto& request : view.requests({.state = {}, .app = app.value, .requester = {}, .limit = 50})) {
        const bool here = request.team_id == team || request.team_id.empty() || team.empty();
        if (request.app_id == app && here && review::is_approved(request.state)) return std::move(request);
    }
    return std::nullopt;
}

Outcome installed_seen(const InstallEvidence& evidence, const Context& context) {
    Outcome outcome;
    const auto known = context.view.installed().entry(evidence.app, evidence.team);
    auto entry = review::with_evidence(known, evidence, context.now);
    const auto approval = approval_of(evidence.app, evidence.team, context.view);
    if (approval && entry.state == storage::InstalledState::installed) {
        entry.request = approval->id;
        if (entry.scopes.empty()) entry.scopes = scope_names(*approval);
        if (entry.purpose.empty()) entry.purpose = approval->purpose;
        if (approval->state == RequestState::approved && review::installs(evidence, *approval)) {
            tell_requester(*approval, evidence, outcome, context);
            auto item = load_case(*approval, context);
            item.request.state = RequestState::installed;
            outcome.merge(settle(std::move(item), RequestState::approved,
                                 evidence.by.empty() ? "slack" : evidence.by, context));
        }
    }
    const auto* action =
        entry.state == storage::InstalledState::removed ? "inventory.removed" : "inventory.installed";
    if (!known || known->state != entry.state)
        outcome.audit.push_back({evidence.by.empty() ? "slack" : evidence.by, action, place(entry),
                                 details({{"name", entry.app_name}, {"source", evidence.source}})});
    outcome.changes.push_back(save(std::move(entry)));
    return outcome;
}

Outcome app_gone(const InstallEvidence& evidence, const Context& context) {
    Outcome outcome;
    auto all = context.view.installed().inventory(
        {.state = "installed", .text = evidence.app.value, .limit = 10'000});
    std::erase_if(all, [&](const auto& entry) { return entry.app_id != evidence.app; });
    for (const auto& entry : all) {
        auto here = evidence;
        here.team = entry.team_id;
        outcome.merge(installed_seen(here, context));
    }
    if (all.empty()) outcome.merge(installed_seen(evidence, context));
    return outcome;
}

}  // namespace countersign::handlers

#include "handlers/resolutions.hpp"

#include "handlers/after_decision.hpp"
#include "handlers/answers.hpp"
#include "handlers/effects.hpp"
#include "handlers/review/life_cycle.hpp"
#include "handlers/review/payload_fields.hpp"
#include "handlers/review/scopes.hpp"
#include "handlers/views/notices.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace countersign::handlers {
namespace {

using nlohmann::json;
using review::field;
using review::text_field;
using storage::DecisionKind;
using storage::RequestState;

std::string place(const TeamId& team) {
    return team.empty() ? "the organisation" : team.value;
}

// What Slack should say of the app by our word; "": nothing.
std::string_view standing(const storage::AppRequest& request) {
    if (review::is_approved(request.state)) return "approved";
    const bool looked_at_again = request.state == RequestState::reconsider;
    if (request.state == RequestState::restricted || request.state == RequestState::suspended ||
        (looked_at_again && request.decision == DecisionKind::restrict))
        return "restricted";
    return looked_at_again ? "approved" : "";
}

// What we know to be decided last on this app in this workspace. A refusal leaves standing what was approved
// before it, a decision that was cleared leaves nothing.
std::optional<storage::AppRequest> last_decided(const AppId& app, const TeamId& team,
                                                const Context& context) {
    std::optional<storage::AppRequest> refused;
    for (const auto& decision : context.view.decisions_on(app, team)) {
        auto request = context.view.request(decision.request);
        if (!request) continue;
        const bool cleared = decision.kind == DecisionKind::clear;
        const bool here_only = cleared && decision.evidence.contains(slack_keeps);
        if (!standing(*request).empty() || (cleared && !here_only)) return request;
        if (!refused && request->state == RequestState::denied) refused = std::move(request);
    }
    return refused;
}

// A person who can be named, "an admin app", or nobody: the audit log of Slack would know (M11).
std::string decider(const json& entry) {
    const auto& resolver = field(entry, "last_resolved_by");
    const auto actor = text_field(resolver, "actor_id");
    if (actor.empty()) return "unknown decider";
    return text_field(resolver, "actor_type") == "user" ? actor : "app " + actor;
}

// Who asked us must hear that our word does not hold any more.
void contradict(const storage::AppRequest& request, const std::string& now, const std::string& by,
                std::int64_t when, const Context& context, Outcome& outcome) {
    const auto id = to_text(request.id);
    outcome.effects.push_back(
        alarm(context.settings, fmt::format("resolution:{}:{}:{}", id, now, when),
              views::alarm_notice(
                  fmt::format("{} for {} is {} here, but {} in Slack now ({}, outside Countersign).", id,
                              request.app_name, to_text(request.state), now, by),
                  "Decide which of the two holds, and change the app's approval in Slack's admin pages if "
                  "it must not stay.")));
    outcome.audit.push_back({"slack", "decision.contradiction", id, details({{"now", now}, {"by", by}})});
}

}  // namespace

Outcome resolution_listed(const json& entry, const std::string& status, const TeamId& team,
                          const Context& context) {
    const AppId app(text_field(field(entry, "app"), "id"));
    const auto name = text_field(field(entry, "app"), "name");
    const auto scopes = review::read_scopes(field(entry, "scopes"));
    const auto known = context.view.resolution(app, team);
    Outcome outcome;
    const bool same = known && known->status == status && known->scopes == scopes;
    if (same && (name.empty() || known->app_name == name)) return outcome;
    outcome.changes.emplace_back(storage::SaveResolution{{.app_id = app,
                                                          .team_id = team,
                                                          .status = status,
                                                          .scopes = scopes,
                                                          .seen_at = context.now,
                                                          .app_name = name}});
    if (same) return outcome;
    if (!known && context.view.meta(resolutions_known(team, status)).empty()) return outcome;
    const auto by = decider(entry);
    outcome.audit.push_back({"slack", "resolution.changed", app.value,
                             details({{"team", place(team)},
                                      {"from", !known || known->status.empty() ? "none" : known->status},
                                      {"to", status},
                                      {"scopes", review::names(scopes)},
                                      {"by", by}})});
    const auto request = last_decided(app, team, context);
    // Who was refused here and is restricted there has no reason to complain.
    const bool as_decided =
        !request || standing(*request) == status || (standing(*request).empty() && status == "restricted");
    if (!as_decided)
        contradict(*request, status, by, review::number_field(entry, "date_updated"), context, outcome);
    return outcome;
}

Outcome resolution_cleared(const storage::AppResolution& known, const Context& context) {
    Outcome outcome;
    auto cleared = known;
    cleared.status.clear();
    cleared.scopes.clear();
    cleared.seen_at = context.now;
    outcome.changes.emplace_back(storage::SaveResolution{cleared});
    outcome.audit.push_back(
        {"slack", "resolution.changed", known.app_id.value,
         details({{"team", place(known.team_id)}, {"from", known.status}, {"to", "none"}})});
    // Not where another list has it now: that one has told already, or will in this round.
    const auto request = last_decided(known.app_id, known.team_id, context);
    if (request && standing(*request) == known.status)
        contradict(*request, "cleared", "unknown decider", to_millis(known.seen_at) / 1000, context, outcome);
    return outcome;
}

std::optional<std::string> slack_says(const AppId& app, const TeamId& team, const Context& context) {
    std::optional<std::string> said;
    if (app.empty()) return said;
    for (const auto& where : {team, TeamId()}) {
        const auto known = context.view.resolution(app, where);
        if (known && (!said || said->empty())) said = known->status;
    }
    return said;
}

std::string resolutions_known(const TeamId& team, std::string_view status) {
    return fmt::format("resolutions:{}:{}", team.value, status);
}

std::uint64_t hash_of_id(std::string_view id) {
    std::uint64_t hash = 14'695'981'039'346'656'037U;  // FNV-1a
    for (const char c : id)
        hash = (hash ^ static_cast<unsigned char>(c)) * 1'099'511'628'211U;
    return hash;
}

}  // namespace countersign::handlers

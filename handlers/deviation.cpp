#include "handlers/deviation.hpp"

#include "config/base/text.hpp"
#include "handlers/admin_agreement.hpp"
#include "handlers/answers.hpp"
#include "handlers/deciding.hpp"
#include "handlers/effects.hpp"
#include "handlers/review/scopes.hpp"
#include "handlers/review/votes.hpp"
#include "handlers/views/notices.hpp"

#include <fmt/format.h>

#include <utility>

namespace countersign::handlers {
namespace {

std::vector<std::string> who_did_not_agree(const Case& item, const Context& context) {
    auto missing = review::missing_parties(item.matrix);
    // We have sent an approval ourselves: the admins had done their part.
    if (item.request.decision == storage::DecisionKind::approve && applies_by_api(item.request, context))
        return missing;
    if (const auto admins = admins_missing(item, context); admins > 0)
        missing.push_back(fmt::format("{} more admin{}", admins, admins == 1 ? "" : "s"));
    if (blackout_in_the_way(item, context)) missing.emplace_back("an admin who overrides the blackout");
    return missing;
}

}  // namespace

Outcome deviation(const Case& item, const Context& context) {
    Outcome outcome;
    const auto without = who_did_not_agree(item, context);
    if (without.empty()) return outcome;
    const auto& request = item.request;
    const auto missing = text::joined(without, ", ");
    outcome.effects.push_back(
        alarm(context.settings, fmt::format("outside:{}:v{}", to_text(request.id), request.version),
              views::alarm_notice(
                  fmt::format("{} for {} was approved outside Countersign without the agreement of {}.",
                              to_text(request.id), request.app_name, missing),
                  "Ask who approved it and whether the app may stay.")));
    outcome.audit.push_back(
        {"slack", "decision.deviation", to_text(request.id), details({{"missing", missing}})});
    return outcome;
}

std::optional<storage::Decision> decided_with(const storage::AppRequest& request, storage::DecisionKind kind,
                                              const Context& context) {
    if (request.app_id.empty()) return std::nullopt;
    for (auto& decision : context.view.decisions_on(request.app_id, request.team_id)) {
        using enum storage::DecisionKind;
        const bool resolves = decision.kind == approve || decision.kind == restrict || decision.kind == clear;
        if (!resolves) continue;
        // The newest is what holds.
        if (decision.outside || decision.kind != kind || decision.request == request.id ||
            decision.at < request.created_at)
            return std::nullopt;
        if (decision.scope_hash == request.scope_hash) return std::move(decision);
        const auto other = context.view.request(decision.request);
        const bool as_much = other && other->scope_hash == decision.scope_hash && !other->scopes.empty() &&
                             review::covers(other->scopes, request.scopes);
        return as_much ? std::optional(std::move(decision)) : std::nullopt;
    }
    return std::nullopt;
}

}  // namespace countersign::handlers

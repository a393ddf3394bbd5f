#include "handlers/siblings.hpp"

#include "handlers/deviation.hpp"
#include "handlers/review/life_cycle.hpp"
#include "handlers/views/joining_texts.hpp"
#include "handlers/watch.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace countersign::handlers {
namespace {

using storage::AppRequest;
using storage::RequestState;

constexpr std::size_t looked_at = 100;

bool is_overruled(const AppRequest& sibling, const Ending& ending) {
    if (review::is_approved(sibling.state) || sibling.state == RequestState::reconsider) return true;
    return sibling.state == RequestState::restricted && ending.kind == storage::DecisionKind::clear;
}

Ending together(const Ending& ending, const std::string& with) {
    auto evidence = nlohmann::json::parse(ending.evidence);
    evidence[decided_with_key] = with;
    auto same = ending;
    same.reason = say_in(views::Language::english, views::texts::decided_with, with);
    same.evidence = evidence.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    return same;
}

}  // namespace

Outcome siblings_follow(const AppRequest& decided, const Ending& ending, const Context& context) {
    Outcome outcome;
    if (decided.app_id.empty()) return outcome;
    for (const auto& sibling : context.view.requests(
             {.state = {}, .app = decided.app_id.value, .requester = {}, .limit = looked_at})) {
        const bool here = sibling.app_id == decided.app_id && sibling.team_id == decided.team_id;
        if (!here || sibling.id == decided.id || !is_overruled(sibling, ending)) continue;
        outcome.changes.emplace_back(storage::CancelTimer{watch_name(sibling.id)});
        outcome.merge(
            end(load_case(sibling, context), together(ending, to_text(decided.id)), "slack", context));
    }
    return outcome;
}

}  // namespace countersign::handlers

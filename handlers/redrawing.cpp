#include "handlers/redrawing.hpp"

#include "handlers/issue_polling.hpp"
#include "handlers/issue_standing.hpp"
#include "handlers/judging.hpp"
#include "handlers/review/life_cycle.hpp"
#include "handlers/review/payload_fields.hpp"
#include "handlers/settle.hpp"
#include "handlers/trackers.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace countersign::handlers {
namespace {

using storage::RequestState;

// Slack takes about one change of a message a second, and people's own presses change cards too.
constexpr std::chrono::seconds between_cards{2};

// Of what has ended the card alone changes, and of what is held for an answer, while one is wanting.
bool stays(Case item, const Context& context) {
    if (item.request.state != RequestState::held) return storage::is_final(item.request.state);
    item.request.state = RequestState::in_review;
    return state_by_rules(item, context) != RequestState::ready;
}

// Its signatures are judged by what holds now.
Outcome read_issue_again(const Case& item, const Context& context) {
    if (!item.known || !review::in_votes(item.request.state) || !has_token(item.known->key.tracker, context))
        return {};
    return read_again(*item.known, fmt::format("redrawn:{}", to_millis(context.now)), context);
}

void set_timer(const storage::AppRequest& request, std::string_view timer, bool read, Timestamp at,
               Outcome& outcome) {
    if (review::in_flight(request.state)) return;
    const nlohmann::json event{{"kind", "redraw"}, {"request", request.id.value}, {"read", read}};
    outcome.changes.emplace_back(
        storage::SetTimer{{fmt::format("{}:{}", timer, countersign::to_text(request.id)), at, event.dump()}});
}

}  // namespace

Timestamp next_moment(const Context& context) {
    return context.now + std::chrono::milliseconds(1);
}

void redraw_at(const storage::AppRequest& request, Timestamp at, Outcome& outcome) {
    set_timer(request, "redraw", false, at, outcome);
}

void judge_at(const storage::AppRequest& request, Timestamp at, Outcome& outcome) {
    set_timer(request, "judge", true, at, outcome);
}

Outcome redraw_due(const Event& event, const Context& context) {
    const auto request = context.view.request(RequestId{review::number_field(event.payload, "request")});
    if (!request || review::in_flight(request->state)) return {};
    auto item = load_case(*request, context);
    const bool read = review::bool_field(event.payload, "read").value_or(false);
    auto outcome = read ? read_issue_again(item, context) : Outcome();
    if (!stays(item, context)) {
        outcome.merge(settle(std::move(item), request->state, "countersign", context));
        return outcome;
    }
    if (has_card(*request, context))
        outcome.effects.push_back(
            redrawn_card(item, fmt::format("redrawn:{}", to_millis(context.now)), context));
    return outcome;
}

Outcome judge_anew(const Context& context) {
    constexpr std::string_view judged_by = "requests_judged_by";
    const auto in_force = context.settings.hash + ":" + context.settings.policy->hash;
    const auto before = context.view.meta(judged_by);
    Outcome outcome;
    if (before == in_force) return outcome;
    outcome.changes.emplace_back(storage::SetMeta{std::string(judged_by), in_force});
    if (before.empty()) return outcome;  // the first start
    auto at = context.now;
    for (const auto& request : context.view.open_requests()) {
        at += between_cards;
        judge_at(request, at, outcome);
    }
    return outcome;
}

}  // namespace countersign::handlers

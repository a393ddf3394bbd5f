#include "config/base/text.hpp"
#include "handlers/answers.hpp"
#include "handlers/deciding.hpp"
#include "handlers/effects.hpp"
#include "handlers/handlers.hpp"
#include "handlers/inquiry.hpp"
#include "handlers/presses.hpp"
#include "handlers/review/life_cycle.hpp"
#include "handlers/review/votes.hpp"
#include "handlers/rights.hpp"
#include "handlers/settle.hpp"
#include "handlers/views/action_ids.hpp"
#include "handlers/views/forms.hpp"
#include "handlers/views/mrkdwn.hpp"
#include "handlers/views/notices.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace countersign::handlers {
namespace {

namespace ids = views::ids;
using storage::DecisionKind;
using storage::RequestState;
using storage::VoteAnswer;

Outcome press_approve_app(const Press& press, Case item, const Context& context) {
    if (auto refused = why_not_approvable(item, context)) {
        return refuse(press, to_text(item.request.id), "not_ready", *refused);
    }
    const auto before = item.request.state;
    Outcome outcome;
    outcome.audit.push_back({press.user.value, "decision.approve_pressed", to_text(item.request.id),
                             details({{"scope_hash", item.request.scope_hash}, {"cause", press.cause}})});
    if (applies_by_api(item.request, context)) {
        outcome.merge(begin_approval(item.request, press.user, {press.user, press.channel}, context));
        outcome.merge(settle(std::move(item), before, press.user.value, context));
        return outcome;
    }
    outcome.merge(hand_over(press, std::move(item), DecisionKind::approve, {}, context));
    return outcome;
}

Outcome press_reopen(const Press& press, Case item, const Context& context) {
    auto& request = item.request;
    const auto id = to_text(request.id);
    if (request.state != RequestState::denied) {
        return refuse(press, id, "decided",
                      fmt::format("only a denied request can be reopened. {}",
                                  storage::is_final(request.state) ? already(request) : id + " is open."));
    }
    Outcome outcome;
    // The votes stay, apart from the rejections (design.md §7).
    for (const auto& vote : review::counting_votes(request, item.votes)) {
        if (vote.answer != VoteAnswer::reject) continue;
        auto retracted = vote;
        retracted.id = 0;
        retracted.answer = VoteAnswer::retracted;
        retracted.remark = "reopened";
        retracted.source = storage::VoteSource::slack;
        retracted.source_ref = press.cause;
        retracted.at = context.now;
        outcome.changes.emplace_back(storage::AddVote{retracted});
        item.votes.push_back(std::move(retracted));
    }
    request.state = RequestState::in_review;
    request.decision = DecisionKind::none;
    request.decided_by = {};
    request.decision_reason.clear();
    request.decided_at.reset();
    request.outside = storage::Outside::no;
    outcome.audit.push_back({press.user.value, "request.reopened", id, details({{"cause", press.cause}})});
    if (!request.requester.empty()) {
        const auto text =
            fmt::format("{} for {} was reopened by {} and is in review again. You need do nothing now.", id,
                        views::inert(request.app_name), views::mention(press.user));
        outcome.effects.push_back(direct_message(
            request, request.requester, fmt::format("reopened:v{}", request.version), views::line(text)));
    }
    outcome.merge(settle(std::move(item), RequestState::denied, press.user.value, context));
    return outcome;
}

// An admin says that Slack's own button was pressed: the workspace driver's evidence.
Outcome press_done(const Press& press, Case item, const Context& context) {
    auto& request = item.request;
    const auto id = to_text(request.id);
    if (applies_by_api(request, context)) {
        return refuse(press, id, "not_needed",
                      "you may not, because I apply this decision myself and believe only Slack's own lists; "
                      "press `Approve app` or `Restrict app`.");
    }
    // Where Slackbot's message is known, `Ready` told the managers to press its button: that is then done.
    const bool told =
        request.state == RequestState::ready && !context.view.slackbot_notices(request.id).empty();
    if (request.decision == DecisionKind::none && told) request.decision = DecisionKind::approve;
    if (request.decision == DecisionKind::none) {
        return refuse(
            press, id, "not_begun",
            "press `Approve app` or `Restrict app` first, follow the steps, and then press `Done`.");
    }
    const bool approve = request.decision == DecisionKind::approve;
    if (approve) {
        if (auto refused = why_not_approvable(item, context)) return refuse(press, id, "not_ready", *refused);
    }
    const Ending ending{.state = approve ? RequestState::approved : RequestState::restricted,
                        .kind = request.decision,
                        .by = press.user,
                        .reason = request.decision_reason,
                        .evidence = details({{"marked_done_by", press.user.value}, {"cause", press.cause}})};
    return end(std::move(item), ending, press.user.value, context);
}

}  // namespace

Outcome admin_pressed(const Press& press, const Context& context) {
    auto item = require_case(press, context);
    if (!item) return std::move(item.error());
    const auto& request = item->request;
    const auto id = to_text(request.id);
    if (press.what == ids::reopen) {
        if (auto card = require_current_card(press, *item, context); !card) return std::move(card.error());
        if (auto admin = require_admin(press, id, context); !admin) return std::move(admin.error());
        return press_reopen(press, std::move(*item), context);
    }
    if (storage::is_final(request.state) || review::in_flight(request.state)) {
        return refuse(press, id, "decided", already(request));
    }
    if (auto card = require_current_card(press, *item, context); !card) return std::move(card.error());
    if (auto admin = require_admin(press, id, context); !admin) return std::move(admin.error());
    if (press.what == ids::approve_app) return press_approve_app(press, std::move(*item), context);
    if (press.what == ids::done) return press_done(press, std::move(*item), context);
    if (auto refused = why_not_restrictable(request, context))
        return refuse(press, id, "protected", *refused);
    return open_form(press, views::restrict_form(request));
}

Outcome admin_buttons(const Event& event, const Context& context) {
    return admin_pressed(read_button(event), context);
}

}  // namespace countersign::handlers

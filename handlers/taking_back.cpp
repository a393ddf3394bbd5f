#include "handlers/taking_back.hpp"

#include "handlers/after_decision.hpp"
#include "handlers/answers.hpp"
#include "handlers/effects.hpp"
#include "handlers/review/life_cycle.hpp"
#include "handlers/review/votes.hpp"
#include "handlers/rights.hpp"
#include "handlers/settle.hpp"
#include "handlers/views/mrkdwn.hpp"
#include "handlers/views/notices.hpp"
#include "handlers/views/press_texts.hpp"
#include "handlers/views/recorded_texts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace countersign::handlers {
namespace {

namespace texts = views::texts;
using storage::RequestState;
using storage::Vote;
using storage::VoteAnswer;

AuditNote note(const Press& press, const Vote& vote, const char* action) {
    return {press.user.value, action, to_text(vote.request),
            details({{"party", vote.party},
                     {"answer", to_text(vote.answer)},
                     {"scope_hash", vote.scope_hash},
                     {"cause", press.cause}})};
}

Outcome before_decision(const Press& press, Case item, Vote vote, const Context& context) {
    const auto before = item.request.state;
    Outcome outcome;
    outcome.audit.push_back(note(press, vote, "vote.withdrawn"));
    outcome.merge(say(press, say_in(press.language, texts::taken_back, to_text(item.request.id),
                                    views::inert(vote.party))));
    vote.id = 0;
    vote.answer = VoteAnswer::retracted;
    vote.remark.clear();
    vote.condition_until.clear();
    vote.source = storage::VoteSource::slack;
    vote.source_ref = press.cause;
    vote.at = context.now;
    outcome.changes.emplace_back(storage::AddVote{vote});
    item.votes.push_back(std::move(vote));
    outcome.merge(settle(std::move(item), before, press.user.value, context));
    return outcome;
}

Outcome after_decision(const Press& press, Case item, const Vote& vote, const Context& context) {
    const auto id = to_text(item.request.id);
    auto outcome =
        reconsider(std::move(item),
                   say_in(views::Language::english, texts::somebody_regrets, press.user.value, vote.party),
                   press.user.value, context);
    outcome.audit.push_back(note(press, vote, "vote.regretted"));
    outcome.merge(say(press, say_in(press.language, texts::admins_look_again, id)));
    return outcome;
}

// A denial has ended the request, in Slack too: only an admin opens it again, and has to hear of it.
Outcome after_denial(const Press& press, const Case& item, const Vote& vote, const Context& context) {
    const auto id = to_text(item.request.id);
    Outcome outcome;
    outcome.effects.push_back(
        alarm(context.settings, fmt::format("rejection_regretted:{}:{}", id, vote.id),
              views::alarm_notice(fmt::format("{} takes back the rejection of {} for {}.", press.user.value,
                                              item.request.app_name, vote.party),
                                  fmt::format("Press Reopen on the card of {}, or leave it denied.", id))));
    outcome.audit.push_back(note(press, vote, "vote.regretted"));
    outcome.merge(say(press, say_in(press.language, texts::admins_may_reopen, id)));
    return outcome;
}

}  // namespace

Outcome take_back_pressed(const Press& press, const Context& context) {
    auto item = require_case(press, context);
    if (!item) return std::move(item.error());
    if (auto card = require_current_card(press, *item, context); !card) return std::move(card.error());
    const auto& request = item->request;
    const auto counting = review::counting_votes(request, item->votes);
    const auto mine = std::ranges::find(counting, press.user, &Vote::voter);
    if (mine == counting.end())
        return refuse(press, to_text(request.id), "no_vote",
                      say_in(press.language, texts::no_vote_of_yours, to_text(request.id)));
    // While the call to Slack is under way, what it then finds decides what becomes of it.
    if (review::in_votes(request.state) || review::in_flight(request.state))
        return before_decision(press, std::move(*item), *mine, context);
    if (review::is_approved(request.state) || request.state == RequestState::restricted)
        return after_decision(press, std::move(*item), *mine, context);
    if (request.state == RequestState::denied && mine->answer == VoteAnswer::reject)
        return after_denial(press, *item, *mine, context);
    return refuse(press, to_text(request.id), "decided", already(request, press.language));
}

}  // namespace countersign::handlers

#include "handlers/casting.hpp"

#include "config/base/text.hpp"
#include "handlers/answers.hpp"
#include "handlers/deadlines.hpp"
#include "handlers/review/life_cycle.hpp"
#include "handlers/review/votes.hpp"
#include "handlers/rights.hpp"
#include "handlers/views/mrkdwn.hpp"
#include "handlers/views/request_card.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace countersign::handlers {
namespace {

using storage::RequestState;
using storage::Vote;
using storage::VoteAnswer;

std::expected<void, Outcome> require_open(const Press& press, const Case& item, const Context& context) {
    const auto& request = item.request;
    if (!review::in_votes(request.state)) {
        return std::unexpected(refuse(press, to_text(request.id), "decided", already(request)));
    }
    if (const auto conflict = review::conflict_of_interest(request, press.user)) {
        return std::unexpected(refuse(press, to_text(request.id), "conflict_of_interest", *conflict));
    }
    return require_current_card(press, item, context);
}

void add(Case& item, Outcome& outcome, Vote vote) {
    outcome.audit.push_back({vote.voter.value, "vote.cast", to_text(item.request.id),
                             details({{"party", vote.party},
                                      {"answer", to_text(vote.answer)},
                                      {"remark", vote.remark},
                                      {"scope_hash", vote.scope_hash},
                                      {"cause", vote.source_ref}})});
    outcome.changes.emplace_back(storage::AddVote{vote});
    item.votes.push_back(std::move(vote));
}

Vote made(const Press& press, const Case& item, const std::string& party, VoteAnswer answer,
          const std::string& remark, const Context& context) {
    return {.request = item.request.id,
            .party = party,
            .voter = press.user,
            .answer = answer,
            .remark = remark,
            .condition_until = {},
            .scope_hash = item.request.scope_hash,
            .source_ref = press.cause,
            .at = context.now};
}

}  // namespace

std::expected<std::size_t, Outcome> require_vote(const Press& press, const Case& item,
                                                 const Context& context) {
    if (auto open = require_open(press, item, context); !open)
        return std::unexpected(std::move(open.error()));
    auto parties = require_party(press, item, context);
    if (!parties) return std::unexpected(std::move(parties.error()));
    const auto counting = review::counting_votes(item.request, item.votes);
    return review::party_to_vote_for(*parties, press.user, counting, item.matrix);
}

std::expected<std::string, Outcome> require_question(const Press& press, const Case& item,
                                                     const Context& context) {
    const auto& request = item.request;
    if (auto open = require_open(press, item, context); !open)
        return std::unexpected(std::move(open.error()));
    auto parties = require_reviewer(press, item, context);
    if (!parties) return std::unexpected(std::move(parties.error()));
    if (request.state == RequestState::need_info) {
        return std::unexpected(
            refuse(press, to_text(request.id), "already_asked",
                   fmt::format("{} has asked already, and the answer is still awaited: {}",
                               views::mention(request.info_asker), views::inert(request.info_question))));
    }
    if (parties->empty()) return std::string();
    const auto counting = review::counting_votes(request, item.votes);
    return item.matrix[review::party_to_vote_for(*parties, press.user, counting, item.matrix)].party;
}

Outcome cast_vote(const Press& press, Case item, std::size_t party, VoteAnswer answer,
                  const std::string& remark, const Context& context, const std::string& until) {
    const auto& row = item.matrix[party];
    const auto before = item.request.state;
    const auto counting = review::counting_votes(item.request, item.votes);
    const auto mine = std::ranges::find_if(
        counting, [&](const Vote& vote) { return vote.voter == press.user && vote.party == row.party; });
    // A vote that no longer counts (too old) may be given again.
    const bool counts = std::ranges::find(row.by, press.user) != row.by.end();
    if (answer == VoteAnswer::approve && counts && mine != counting.end() &&
        mine->answer == VoteAnswer::approve) {
        return say(press, fmt::format("You have approved {} for {} already; nothing changed.",
                                      to_text(item.request.id), views::inert(row.party)));
    }
    // Two reviewers of one party at the same time: the first counts, the second hears of it (domain.md §8.5).
    const bool asked = row.needed && row.state != review::PartyState::not_required;
    if (answer == VoteAnswer::approve && mine == counting.end() && asked && row.satisfied()) {
        return say(press, fmt::format("{} is {} already; nothing changed.", views::inert(row.party),
                                      views::party_text(row)));
    }
    Outcome outcome;
    auto vote = made(press, item, row.party, answer, remark, context);
    vote.condition_until = until;
    if (answer == VoteAnswer::conditional) outcome.changes.push_back(watch_condition(vote, context));
    add(item, outcome, std::move(vote));
    outcome.merge(settle(std::move(item), before, press.user.value, context));
    return outcome;
}

Outcome ask_question(const Press& press, Case item, const std::string& party, const std::string& question,
                     const Context& context) {
    auto& request = item.request;
    const auto before = request.state;
    Outcome outcome;
    if (!party.empty()) {
        add(item, outcome, made(press, item, party, VoteAnswer::need_info, question, context));
    }
    request.state = RequestState::need_info;
    request.info_party = party;
    request.info_asker = press.user;
    request.info_question = question;
    request.info_answer.clear();
    outcome.audit.push_back({press.user.value, "question.asked", to_text(request.id),
                             details({{"party", party}, {"question", question}, {"cause", press.cause}})});
    outcome.merge(settle(std::move(item), before, press.user.value, context));
    return outcome;
}

}  // namespace countersign::handlers

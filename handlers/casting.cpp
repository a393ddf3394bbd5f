#include "handlers/casting.hpp"

#include "config/base/text.hpp"
#include "handlers/answers.hpp"
#include "handlers/deadlines.hpp"
#include "handlers/effects.hpp"
#include "handlers/joining.hpp"
#include "handlers/judging.hpp"
#include "handlers/membership.hpp"
#include "handlers/review/life_cycle.hpp"
#include "handlers/review/members.hpp"
#include "handlers/review/votes.hpp"
#include "handlers/rights.hpp"
#include "handlers/views/form_texts.hpp"
#include "handlers/views/mrkdwn.hpp"
#include "handlers/views/notices.hpp"
#include "handlers/views/press_texts.hpp"
#include "handlers/views/request_card.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace countersign::handlers {
namespace {

using storage::RequestState;
using storage::Vote;
using storage::VoteAnswer;
namespace texts = views::texts;

std::expected<void, Outcome> require_open(const Press& press, const Case& item, const Context& context) {
    const auto& request = item.request;
    if (!review::in_votes(request.state)) {
        return std::unexpected(
            refuse(press, to_text(request.id), "decided", already(request, press.language)));
    }
    if (review::conflict_of_interest(request, press.user)) {
        const auto& why = request.requester_is_collaborator.value_or(false) ? texts::own_app_helper_no_vote
                                                                            : texts::own_request_no_vote;
        return std::unexpected(
            refuse(press, to_text(request.id), "conflict_of_interest", say_in(press.language, why)));
    }
    const auto joined = joined_people(item.marks);
    if (std::ranges::find(joined, press.user) != joined.end()) {
        return std::unexpected(refuse(press, to_text(request.id), "conflict_of_interest",
                                      say_in(press.language, texts::own_request_no_vote)));
    }
    const auto people = asked_for(item);
    if (std::ranges::find(people, press.user) != people.end()) {
        return std::unexpected(refuse(press, to_text(request.id), "conflict_of_interest",
                                      say_in(press.language, texts::asked_for_you_no_vote)));
    }
    return require_current_card(press, item, context);
}

void add(Case& item, Outcome& outcome, Vote vote) {
    outcome.audit.push_back({vote.voter.value, "vote.cast", to_text(item.request.id),
                             details({{"party", vote.party},
                                      {"answer", to_text(vote.answer)},
                                      {"remark", proof_of(vote.remark)},
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

// Who else has agreed for the party with this person's say.
UserId agreed_with_say_of(const UserId& person, const Press& press, const Case& item,
                          const std::string& party, const Context& context) {
    const auto rules = vote_rules(item.judgement, context);
    for (const auto& vote : review::counting_votes(item.request, item.votes)) {
        const bool agreed = vote.party == party && review::is_agreement(vote, rules);
        if (agreed && vote.voter != press.user && say_behind(vote, item.marks) == person) return vote.voter;
    }
    return {};
}

// Nothing: in one's own, as a member of the party. Nobody: by the policy, as a member of the party that
// stands in. Of several, one whose say nobody has used yet.
std::optional<UserId> in_whose_place(const Press& press, const Case& item, const std::string& party,
                                     const Context& context) {
    const auto& parties = context.settings.review.parties;
    const auto members = std::ranges::find(parties, party, &config::Party::name);
    const review::GroupKnowledge groups{context.view, press.groups, context.now,
                                        context.settings.slack.reconcile};
    if (members == parties.end() || review::membership(press.user, members->members, groups).member)
        return std::nullopt;
    const auto others = asked_for(item);
    UserId place;
    for (const auto& absence : absent_today(press.user, context)) {
        const auto& person = absence.person;
        const bool lends = review::membership(person, members->members, groups).member &&
                           !review::conflict_of_interest(item.request, person, others);
        if (!lends) continue;
        if (place.empty() || !agreed_with_say_of(place, press, item, party, context).empty()) place = person;
    }
    return place;
}

// Who votes in the place of others, so that nobody takes them for a former member afterwards, and so that it
// counts as a say of whoever chose them (U5).
Outcome note_deputy(const Press& press, Case& item, const std::string& party, const UserId& place,
                    const Context& context) {
    item.marks.push_back({.request = item.request.id,
                          .kind = std::string(marks::deputy),
                          .subject = party,
                          .person = press.user,
                          .value = place.value,
                          .scope_hash = item.request.scope_hash,
                          .at = context.now});
    Outcome outcome;
    outcome.changes.emplace_back(storage::SetMark{item.marks.back()});
    return outcome;
}

}  // namespace

Outcome vote_in_thread(const storage::AppRequest& request, const Vote& vote, const Context& context) {
    if (vote.remark.empty()) return {};
    return into_card_thread(request, fmt::format("{}:{}", vote.source_ref, vote.party),
                            views::line(views::vote_said(vote)), context);
}

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
                   say_in(press.language, texts::question_open, views::mention(request.info_asker),
                          views::inert(request.info_question))));
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
        return say(press, say_in(press.language, texts::approved_by_you_already, to_text(item.request.id),
                                 views::inert(row.party)));
    }
    // Two reviewers of one party at the same time: the first counts, the second hears of it (domain.md §8.5).
    const bool asked = row.needed && row.state != review::PartyState::not_required;
    if (answer == VoteAnswer::approve && mine == counting.end() && asked && row.satisfied()) {
        return say(press, say_in(press.language, texts::party_is_already, views::inert(row.party),
                                 views::party_text(row, press.language)));
    }
    // P2, P10: whoever is away and whoever takes their place are one of the quorum, not two.
    const auto place = in_whose_place(press, item, row.party, context);
    const auto& whose = place && !place->empty() ? *place : press.user;
    const bool agrees = answer == VoteAnswer::approve || answer == VoteAnswer::conditional;
    const auto other = agrees ? agreed_with_say_of(whose, press, item, row.party, context) : UserId();
    if (!other.empty()) {
        return say(press, say_in(press.language, texts::agreed_with_one_say, views::mention(other),
                                 views::inert(row.party)));
    }
    Outcome outcome;
    if (place) outcome.merge(note_deputy(press, item, row.party, *place, context));
    auto vote = made(press, item, row.party, answer, remark, context);
    vote.condition_until = until;
    if (answer == VoteAnswer::conditional) outcome.changes.push_back(watch_condition(vote, context));
    outcome.merge(vote_in_thread(item.request, vote, context));
    add(item, outcome, std::move(vote));
    outcome.merge(settle(std::move(item), before, press.user.value, context));
    return outcome;
}

Outcome ask_question(const Press& press, Case item, const std::string& party, const std::string& question,
                     const Context& context) {
    auto& request = item.request;
    const auto before = request.state;
    Outcome outcome;
    auto asked = made(press, item, party, VoteAnswer::need_info, question, context);
    outcome.merge(vote_in_thread(request, asked, context));
    if (!party.empty()) add(item, outcome, std::move(asked));
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

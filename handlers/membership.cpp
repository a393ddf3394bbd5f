#include "handlers/membership.hpp"

#include "config/base/text.hpp"
#include "handlers/answers.hpp"
#include "handlers/effects.hpp"
#include "handlers/judging.hpp"
#include "handlers/people.hpp"
#include "handlers/review/life_cycle.hpp"
#include "handlers/review/members.hpp"
#include "handlers/review/payload_fields.hpp"
#include "handlers/review/votes.hpp"
#include "handlers/rights.hpp"
#include "handlers/views/notices.hpp"
#include "handlers/views/recorded_texts.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace countersign::handlers {
namespace {

namespace texts = views::texts;
using review::PartyStatus;
using storage::RequestState;

// A group that was not read yet may have members.
bool has_somebody(const std::vector<std::string>& members, const Context& context) {
    return std::ranges::any_of(members, [&](const std::string& member) {
        if (!review::is_user_group(member)) return !is_gone(UserId(member), context);
        const auto group = context.view.user_group(member);
        return !group || std::ranges::any_of(group->members,
                                             [&](const UserId& person) { return !is_gone(person, context); });
    });
}

bool is_unmanned(const std::string& name, const Context& context) {
    const auto& parties = context.settings.review.parties;
    const auto party = std::ranges::find(parties, name, &config::Party::name);
    if (party == parties.end() || has_somebody(party->members, context)) return false;
    const auto& policies = context.settings.policy->party;
    const auto policy = std::ranges::find(policies, name, &config::PartyPolicy::name);
    if (policy == policies.end() || policy->stand_in.empty()) return true;
    const auto deputy = std::ranges::find(parties, policy->stand_in, &config::Party::name);
    return deputy == parties.end() || !has_somebody(deputy->members, context);
}

std::vector<std::string> unmanned_parties(const Case& item, const Context& context) {
    std::vector<std::string> names;
    for (const auto& row : item.matrix)
        if (!row.satisfied() && is_unmanned(row.party, context)) names.push_back(row.party);
    return names;
}

// A vote in the tracker rests on who signs there.
bool voted_in_slack(const Case& item, const UserId& person) {
    const auto counting = review::counting_votes(item.request, item.votes);
    const auto vote = std::ranges::find(counting, person, &storage::Vote::voter);
    return vote != counting.end() && vote->source == storage::VoteSource::slack;
}

// Certainly none; where a group was not read there is no telling.
bool is_former(const UserId& person, std::size_t party, const Context& context) {
    if (is_gone(person, context)) return true;
    const auto now = may_vote_for(person, review::as_last_read(context.view, context.now), context);
    return now.unread.empty() && std::ranges::find(now.parties, party) == now.parties.end();
}

bool has_place_in(const std::string& name, const UserId& person, const Context& context) {
    const auto& parties = context.settings.review.parties;
    const auto party = std::ranges::find(parties, name, &config::Party::name);
    return party != parties.end() &&
           !is_former(person, static_cast<std::size_t>(party - parties.begin()), context);
}

Outcome give_back_claims(Case& item, const Context& context) {
    Outcome outcome;
    std::erase_if(item.marks, [&](const storage::Mark& mark) {
        if (mark.kind != marks::claim || has_place_in(mark.subject, mark.person, context)) return false;
        outcome.changes.emplace_back(storage::ClearMarks{item.request.id, mark.kind, mark.subject});
        outcome.audit.push_back(
            {"countersign", "party.released", to_text(item.request.id),
             details(
                 {{"party", mark.subject}, {"of", mark.person.value}, {"because", "no member any more"}})});
        return true;
    });
    return outcome;
}

// It was held because of other parties than those that have nobody now, or because of none any more.
bool holds_for_others(const Case& item, const Context& context) {
    std::vector<std::string> held_for;
    for (const auto& mark : item.marks)
        if (mark.kind == marks::unmanned) held_for.push_back(mark.subject);
    return item.request.state == RequestState::held && !held_for.empty() &&
           !std::ranges::is_permutation(held_for, unmanned_parties(item, context));
}

bool has_claim_to_give_back(RequestId request, const Context& context) {
    const auto known = context.view.marks(request);
    return std::ranges::any_of(known, [&](const storage::Mark& mark) {
        return mark.kind == marks::claim && !has_place_in(mark.subject, mark.person, context);
    });
}

}  // namespace

const storage::Mark* deputy_mark(const std::vector<storage::Mark>& all, const UserId& person,
                                 std::string_view party) {
    const auto found = std::ranges::find_if(all, [&](const storage::Mark& mark) {
        return mark.kind == marks::deputy && mark.person == person && mark.subject == party;
    });
    return found == all.end() ? nullptr : &*found;
}

UserId say_behind(const storage::Vote& vote, const std::vector<storage::Mark>& all) {
    const auto* mark = deputy_mark(all, vote.voter, vote.party);
    return mark == nullptr || mark->value.empty() ? vote.voter : UserId(mark->value);
}

bool still_member(const UserId& person, std::size_t party, const Context& context) {
    const auto now = may_vote_for(person, review::as_last_read(context.view, context.now), context);
    return !is_gone(person, context) && std::ranges::find(now.parties, party) != now.parties.end();
}

bool is_admin_still(const UserId& person, const Context& context) {
    const auto groups = review::as_last_read(context.view, context.now);
    return !is_gone(person, context) &&
           review::membership(person, context.settings.review.admins, groups).member;
}

void show_members(Case& item, const Context& context) {
    if (storage::is_final(item.request.state)) return;
    for (const auto& mark : item.marks) {
        if (mark.kind != marks::claim) continue;
        const auto row = std::ranges::find(item.matrix, mark.subject, &PartyStatus::party);
        const auto party = static_cast<std::size_t>(row - item.matrix.begin());
        if (row != item.matrix.end() && !is_former(mark.person, party, context))
            row->claimed_by = mark.person;
    }
    for (std::size_t party = 0; party < item.matrix.size(); ++party) {
        auto& row = item.matrix[party];
        for (const auto& person : row.by)
            if (voted_in_slack(item, person) && deputy_mark(item.marks, person, row.party) == nullptr &&
                is_former(person, party, context))
                row.former.push_back(person);
    }
}

Outcome hold_without_members(Case& item, const Context& context) {
    auto& request = item.request;
    Outcome outcome;
    std::erase_if(item.marks, [&](const storage::Mark& mark) {
        if (mark.kind != marks::unmanned) return false;
        outcome.changes.emplace_back(storage::ClearMarks{request.id, mark.kind, mark.subject});
        return true;
    });
    if (request.state != RequestState::in_review) return outcome;
    const auto names = unmanned_parties(item, context);
    if (names.empty()) return outcome;
    request.state = RequestState::held;
    request.state_note = say_in(views::Language::english, texts::nobody_in_party, text::joined(names, ", "));
    for (const auto& name : names) {
        item.marks.push_back({.request = request.id,
                              .kind = std::string(marks::unmanned),
                              .subject = name,
                              .person = {},
                              .value = {},
                              .scope_hash = request.scope_hash,
                              .at = context.now});
        outcome.changes.emplace_back(storage::SetMark{item.marks.back()});
        // One a party and day, however many requests wait for it.
        const auto day = std::chrono::floor<std::chrono::days>(context.now).time_since_epoch().count();
        outcome.effects.push_back(alarm(
            context.settings, fmt::format("unmanned:{}:{}", name, day),
            views::alarm_notice(fmt::format("Nobody is in the party {} any more.", name),
                                "Requests that need it are held, and nothing is approved meanwhile. Add "
                                "members to its user group, or name others in the configuration and reload "
                                "it (SIGHUP); then they go on by themselves.")));
    }
    return outcome;
}

storage::Change look_over_members(const std::string& cause, const std::vector<UserId>& people,
                                  const Context& context) {
    nlohmann::json event{{"kind", "members"}, {"people", nlohmann::json::array()}};
    for (const auto& person : people)
        event["people"].push_back(person.value);
    return storage::SetTimer{{"members:" + cause, context.now, event.dump()}};
}

Outcome members_changed(const Event& event, const Context& context) {
    const auto& people = review::field(event.payload, "people");
    const auto& parties = context.settings.review.parties;
    const bool somebody_left = people.is_array() && !people.empty();
    const bool nobody_somewhere =
        std::ranges::any_of(parties, [&](const auto& party) { return is_unmanned(party.name, context); });
    Outcome outcome;
    for (const auto& request : context.view.open_requests()) {
        // Thousands may be open; most have nothing to do with it.
        const bool held = request.state == RequestState::held;
        const bool looked_at = somebody_left || held ||
                               (nobody_somewhere && request.state == RequestState::in_review) ||
                               has_claim_to_give_back(request.id, context);
        if (!review::in_votes(request.state) || !looked_at) continue;
        auto item = load_case(request, context);
        auto given_back = give_back_claims(item, context);
        const bool shows_former =
            somebody_left &&
            std::ranges::any_of(item.matrix, [](const PartyStatus& row) { return !row.former.empty(); });
        const bool to_hold =
            request.state == RequestState::in_review && !unmanned_parties(item, context).empty();
        const bool concerned = !given_back.changes.empty() || to_hold || holds_for_others(item, context) ||
                               (shows_former && !held);
        if (!concerned) continue;
        outcome.merge(std::move(given_back));
        outcome.merge(settle(std::move(item), request.state, "countersign", context));
    }
    return outcome;
}

}  // namespace countersign::handlers

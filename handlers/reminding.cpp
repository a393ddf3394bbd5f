#include "handlers/reminding.hpp"

#include "config/base/text.hpp"
#include "config/base/time_zone.hpp"
#include "handlers/answers.hpp"
#include "handlers/effects.hpp"
#include "handlers/judging.hpp"
#include "handlers/people.hpp"
#include "handlers/review/members.hpp"
#include "handlers/review/votes.hpp"
#include "handlers/review/working_days.hpp"
#include "handlers/views/mrkdwn.hpp"
#include "handlers/views/notices.hpp"
#include "handlers/views/press_texts.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace countersign::handlers {
namespace {

namespace texts = views::texts;
// A party of hundreds is called by its card; a reminder goes to so many at most.
constexpr std::size_t most_people = 25;

void add_once(std::vector<UserId>& people, const UserId& person) {
    if (!person.empty() && std::ranges::find(people, person) == people.end()) people.push_back(person);
}

// The days on which a party works.
const config::Calendar& calendar_of(const std::string& party, const config::Policy& policy) {
    const auto own = std::ranges::find(policy.party, party, &config::PartyPolicy::name);
    return own == policy.party.end() ? policy.calendar : own->calendar;
}

// In the person's own zone; where it is not known, in the calendar's, and Slack is asked for the next time.
Outcome gentle(const storage::AppRequest& request, const UserId& person, std::string_view occasion,
               const std::string& words, const config::Calendar& calendar, const Context& context) {
    auto outcome = meet(person, context);
    auto effect = direct_message(request, person, occasion, views::line(words));
    const auto at = review::fit_to_write(context.now, calendar, zone_of(person, context));
    if (at > context.now) effect.not_before = at;
    outcome.effects.push_back(std::move(effect));
    return outcome;
}

std::string waiting_since(const Case& item, const Context& context) {
    return time_zone::date_text(item.request.state_since, context.settings.policy->calendar.zone);
}

// A reminder a day and state is a fact of its own (invariant 5).
std::string occasion(std::string_view what, const Case& item, const Context& context) {
    return fmt::format("{}:{}:{}", what, to_millis(item.request.state_since), to_millis(context.now));
}

std::string title(const Case& item, views::Language language) {
    return say_in(language, texts::title_of, to_text(item.request.id),
                  views::inert(item.request.app_name, 100));
}

}  // namespace

std::string today(const Context& context) {
    return time_zone::date_text(context.now, context.settings.policy->calendar.zone);
}

std::vector<UserId> people_of(const std::vector<std::string>& members, const Context& context) {
    std::vector<UserId> people;
    for (const auto& member : members) {
        if (!review::is_user_group(member)) {
            add_once(people, UserId(member));
        } else if (const auto group = context.view.user_group(member)) {
            for (const auto& person : group->members)
                add_once(people, person);
        }
    }
    std::erase_if(people, [&](const UserId& person) { return is_gone(person, context); });
    return people;
}

bool is_away(const UserId& person, const Context& context) {
    const auto absence = context.view.absence(person);
    const auto day = today(context);
    return absence && absence->from <= day && day <= absence->until;
}

std::vector<UserId> awaited(const Case& item, const review::PartyStatus& row, const Context& context) {
    const auto& parties = context.settings.review.parties;
    const auto party = std::ranges::find(parties, row.party, &config::Party::name);
    if (party == parties.end()) return {};
    const auto members = people_of(party->members, context);
    const bool claimed = std::ranges::find(members, row.claimed_by) != members.end();
    const auto for_them = asked_for(item);
    const auto is_barred = [&](const UserId& person) {
        return person == item.request.requester || std::ranges::find(for_them, person) != for_them.end();
    };
    std::vector<UserId> people;
    for (const auto& member : claimed ? std::vector{row.claimed_by} : members) {
        const auto absence = is_away(member, context) ? context.view.absence(member) : std::nullopt;
        // Where the delegate may not vote on this one, the member alone can; who asked for it lends nobody a
        // vote on it.
        const bool has_delegate =
            absence && !is_barred(member) && (absence->delegate.empty() || !is_barred(absence->delegate));
        const auto& who = has_delegate ? absence->delegate : member;
        const bool voted = std::ranges::find(row.by, who) != row.by.end();
        if (!voted && !is_barred(who)) add_once(people, who);
    }
    if (people.size() > most_people) people.resize(most_people);
    return people;
}

Outcome remind_requester(const Case& item, const Context& context) {
    Outcome outcome;
    const auto& request = item.request;
    if (request.requester.empty()) return outcome;
    const auto language = language_of(request.requester, context);
    const auto name = title(item, language);
    const auto since = waiting_since(item, context);
    auto words = say_in(language, texts::remind_issue, name, since, to_text(request.id));
    if (request.state == storage::RequestState::need_info)
        words = say_in(language, texts::remind_answer, name, since, views::inert(request.info_question, 500));
    if (request.state == storage::RequestState::approved)
        words = say_in(language, texts::remind_install, name, since);
    outcome.merge(gentle(request, request.requester, occasion("remind", item, context), words,
                         context.settings.policy->calendar, context));
    outcome.audit.push_back(
        {"countersign", "reminder.sent", to_text(request.id), details({{"to", request.requester.value}})});
    return outcome;
}

Outcome remind_parties(const Case& item, const Context& context) {
    Outcome outcome;
    for (const auto& row : item.matrix) {
        if (row.satisfied() || row.state == review::PartyState::rejected) continue;
        std::vector<std::string> told;
        for (const auto& person : awaited(item, row, context)) {
            const auto language = language_of(person, context);
            const auto words =
                say_in(language, texts::remind_party, title(item, language), views::inert(row.party),
                       waiting_since(item, context), context.settings.review.channel.value);
            outcome.merge(gentle(item.request, person, occasion("remind:" + row.party, item, context), words,
                                 calendar_of(row.party, *context.settings.policy), context));
            told.push_back(person.value);
        }
        outcome.audit.push_back({"countersign", "reminder.sent", to_text(item.request.id),
                                 details({{"party", row.party}, {"to", text::joined(told, " ")}})});
    }
    return outcome;
}

Outcome escalate(const Case& item, const std::string& link, const Context& context) {
    Outcome outcome;
    const auto waiting = text::joined(review::missing_parties(item.matrix), ", ");
    std::vector<std::string> told;
    for (const auto& person : people_of({link}, context)) {
        if (is_away(person, context) || told.size() >= most_people) continue;
        const auto language = language_of(person, context);
        const auto words =
            say_in(language, texts::escalated, title(item, language), views::inert(waiting, 300),
                   waiting_since(item, context), context.settings.review.channel.value);
        outcome.merge(gentle(item.request, person, occasion("escalate", item, context), words,
                             context.settings.policy->calendar, context));
        told.push_back(person.value);
    }
    outcome.audit.push_back(
        {"countersign", "request.escalated", to_text(item.request.id),
         details({{"link", link}, {"to", text::joined(told, " ")}, {"parties", waiting}})});
    return outcome;
}

}  // namespace countersign::handlers

#include "handlers/absences.hpp"

#include "config/base/text.hpp"
#include "config/base/time_zone.hpp"
#include "handlers/answers.hpp"
#include "handlers/effects.hpp"
#include "handlers/home_tab.hpp"
#include "handlers/people.hpp"
#include "handlers/reminding.hpp"
#include "handlers/review/members.hpp"
#include "handlers/review/payload_fields.hpp"
#include "handlers/review/working_days.hpp"
#include "handlers/views/absence_texts.hpp"
#include "handlers/views/mrkdwn.hpp"
#include "handlers/views/notices.hpp"
#include "handlers/views/press_texts.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace countersign::handlers {
namespace {

namespace texts = views::texts;
using storage::Absence;

bool is_day(std::string_view text) {
    return time_zone::parse_date(text).has_value();
}

bool holds_on(const Absence& absence, std::string_view day) {
    return absence.from <= day && day <= absence.until;
}

bool overlap(const Absence& one, const Absence& other) {
    return one.from <= other.until && other.from <= one.until;
}

std::string timer_name(const UserId& person) {
    return "absence:" + person.value;
}

// `told`: the delegate knows that it has begun.
storage::Change look_at(const Absence& absence, Timestamp due, bool told) {
    const nlohmann::json event{{"kind", "absence"},
                               {"person", absence.person.value},
                               {"made_at", to_millis(absence.made_at)},
                               {"told", told}};
    return storage::SetTimer{{timer_name(absence.person), due, event.dump()}};
}

bool delegate_knows(const UserId& person, const Context& context) {
    const auto timer = context.view.timer(timer_name(person));
    if (!timer) return false;
    return review::bool_field(nlohmann::json::parse(timer->event, nullptr, false), "told").value_or(false);
}

Timestamp beginning_of(const Absence& absence, const Context& context) {
    const auto day = time_zone::parse_date(absence.from).value();  // the command has checked it
    return time_zone::from_local(std::chrono::local_days(day), context.settings.policy->calendar.zone);
}

Timestamp end_of(const Absence& absence, const Context& context) {
    return time_zone::end_of(time_zone::parse_date(absence.until).value(),
                             context.settings.policy->calendar.zone);
}

// Of the parties that this person belongs to; "" where there are none to vote for.
std::string party_names(const UserId& person, const Context& context) {
    const auto& parties = context.settings.review.parties;
    std::vector<std::string> names;
    for (const auto party :
         review::party_membership(person, parties, review::as_last_read(context.view, context.now)).parties)
        names.push_back(views::inert(parties[party].name));
    return text::joined(names, ", ");
}

// Not in the middle of the night: what waits for them can wait as long.
storage::Effect line_to(const UserId& person, const std::string& occasion, const std::string& words,
                        const Context& context) {
    auto effect = private_line(person, occasion, views::line(words));
    const auto at =
        review::fit_to_write(context.now, context.settings.policy->calendar, zone_of(person, context));
    if (at > context.now) effect.not_before = at;
    return effect;
}

std::string occasion(const char* what, const Absence& absence) {
    return fmt::format("{}:{}:{}:{}:{}", what, absence.person.value, absence.delegate.value, absence.until,
                       to_millis(absence.made_at));
}

// The delegate's part begins today; nothing where there is nothing to vote for.
Outcome tell_beginning(const Absence& absence, const Context& context) {
    Outcome outcome;
    const auto names = party_names(absence.person, context);
    if (absence.delegate.empty() || names.empty()) return outcome;
    const auto language = language_of(absence.delegate, context);
    outcome.effects.push_back(line_to(
        absence.delegate, occasion("delegation_begins", absence),
        say_in(language, texts::delegation_begins, views::mention(absence.person), absence.until, names),
        context));
    outcome.merge(refresh_home_now(absence.delegate, context));
    return outcome;
}

Outcome tell_end(const Absence& absence, const Context& context) {
    Outcome outcome;
    if (absence.delegate.empty() || party_names(absence.person, context).empty()) return outcome;
    const auto language = language_of(absence.delegate, context);
    outcome.effects.push_back(
        line_to(absence.delegate, occasion("delegation_ends", absence),
                say_in(language, texts::delegation_ends, views::mention(absence.person)), context));
    outcome.merge(refresh_home_now(absence.delegate, context));
    return outcome;
}

// Those who named somebody who is away now, too: nobody stands in for a delegate in turn.
Outcome tell_who_counts_on(const Absence& absence, const Context& context) {
    Outcome outcome;
    for (const auto& other : context.view.absences_for(absence.person)) {
        if (!overlap(absence, other) || other.until < today(context)) continue;
        outcome.effects.push_back(
            private_line(other.person, occasion("delegate_away", absence) + ":" + occasion("of", other),
                         views::line(say_in(language_of(other.person, context), texts::delegate_is_away,
                                            views::mention(absence.person), other.from, other.until,
                                            absence.from, absence.until))));
    }
    return outcome;
}

// What speaks against it, in the person's language; "": nothing.
std::string problem_with(const Absence& wanted, views::Language language, const Context& context) {
    const auto& delegate = wanted.delegate;
    if (delegate.empty()) return {};
    if (delegate == wanted.person) return say_in(language, texts::away_self);
    if (is_gone(delegate, context))
        return say_in(language, texts::delegate_is_gone, views::mention(delegate));
    // A circle of delegates would leave nobody.
    const auto theirs = context.view.absence(delegate);
    if (theirs && overlap(wanted, *theirs))
        return say_in(language, texts::away_too, views::mention(delegate));
    return {};
}

// "U0123", "<@U0123|jane>"; nothing for anything else.
std::optional<UserId> member_in(std::string name) {
    if (name.starts_with("<@") && name.ends_with('>')) name = name.substr(2, name.find_first_of("|>") - 2);
    const bool id =
        name.size() > 2 && (name[0] == 'U' || name[0] == 'W') &&
        std::ranges::all_of(name, [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); });
    return id ? std::optional(UserId(name)) : std::nullopt;
}

}  // namespace

Outcome go_away(const Press& press, const std::vector<std::string>& words, const Context& context) {
    const auto said = [&](const views::Text<>& text) { return say_in(press.language, text); };
    const auto help = [&](std::string_view problem) {
        return say(press, say_in(press.language, texts::away_example, problem));
    };
    if (words.size() < 3 || !is_day(words[1]) || !is_day(words[2])) return help(said(texts::away_when));
    if (words[2] < words[1]) return help(said(texts::away_backwards));
    if (words[2] < today(context)) return help(said(texts::away_passed));
    Absence wanted{press.user, {}, words[1], words[2], context.now};
    if (words.size() > 3) {
        const auto delegate = member_in(words[3]);
        if (!delegate) return help(said(texts::away_whom));
        wanted.delegate = *delegate;
    }
    if (const auto problem = problem_with(wanted, press.language, context); !problem.empty())
        return help(problem);
    Outcome outcome;
    outcome.changes.emplace_back(storage::SaveAbsence{wanted});
    outcome.audit.push_back(
        {press.user.value, "absence.set", press.user.value,
         details({{"from", wanted.from}, {"until", wanted.until}, {"delegate", wanted.delegate.value}})});
    const bool begins = wanted.from <= today(context);
    const auto before = context.view.absence(press.user);
    const bool goes_on = before && begins && before->delegate == wanted.delegate;
    if (before && delegate_knows(press.user, context) && !goes_on) outcome.merge(tell_end(*before, context));
    if (begins) outcome.merge(tell_beginning(wanted, context));
    outcome.changes.push_back(
        look_at(wanted, begins ? end_of(wanted, context) : beginning_of(wanted, context), begins));
    outcome.merge(tell_who_counts_on(wanted, context));
    // Whoever has left is noticed at once, and not only when they do not vote.
    if (!wanted.delegate.empty()) outcome.merge(meet(wanted.delegate, context));
    outcome.merge(say(press, wanted.delegate.empty()
                                 ? say_in(press.language, texts::away_alone, wanted.from, wanted.until)
                                 : say_in(press.language, texts::away_with, wanted.from, wanted.until,
                                          views::mention(wanted.delegate))));
    return outcome;
}

Outcome come_back(const Press& press, const Context& context) {
    const auto absence = context.view.absence(press.user);
    if (!absence) return say(press, say_in(press.language, texts::not_away));
    Outcome outcome;
    outcome.changes.emplace_back(storage::EndAbsence{press.user});
    outcome.changes.emplace_back(storage::CancelTimer{timer_name(press.user)});
    outcome.audit.push_back({press.user.value, "absence.ended", press.user.value, details({})});
    if (delegate_knows(press.user, context)) outcome.merge(tell_end(*absence, context));
    outcome.merge(say(press, say_in(press.language, texts::welcome_back)));
    return outcome;
}

Outcome absence_due(const Event& event, const Context& context) {
    const auto absence = context.view.absence(UserId(review::text_field(event.payload, "person")));
    // Ended, or another one since.
    if (!absence || to_millis(absence->made_at) != review::number_field(event.payload, "made_at")) return {};
    const bool told = review::bool_field(event.payload, "told").value_or(false);
    const auto day = today(context);
    Outcome outcome;
    if (day < absence->from) {  // the calendar has moved to another zone
        outcome.changes.push_back(look_at(*absence, beginning_of(*absence, context), told));
    } else if (holds_on(*absence, day)) {
        if (!told) outcome.merge(tell_beginning(*absence, context));
        outcome.changes.push_back(look_at(*absence, end_of(*absence, context), true));
    } else {
        if (told) outcome.merge(tell_end(*absence, context));
        outcome.changes.emplace_back(storage::EndAbsence{absence->person});
        outcome.audit.push_back({"countersign", "absence.over", absence->person.value, details({})});
    }
    return outcome;
}

Outcome absentee_left(const UserId& person, const Context& context) {
    const auto absence = context.view.absence(person);
    if (!absence) return {};
    Outcome outcome;
    outcome.changes.emplace_back(storage::EndAbsence{person});
    outcome.changes.emplace_back(storage::CancelTimer{timer_name(person)});
    outcome.audit.push_back({"slack", "absence.ended", person.value, details({{"because", "left"}})});
    if (delegate_knows(person, context)) outcome.merge(tell_end(*absence, context));
    return outcome;
}

Outcome delegate_left(const UserId& person, const Context& context) {
    Outcome outcome;
    for (auto& absence : context.view.absences_for(person)) {
        const auto language = language_of(absence.person, context);
        outcome.effects.push_back(
            private_line(absence.person, occasion("delegate_left", absence),
                         views::line(say_in(language, texts::delegate_left, views::mention(person),
                                            absence.from, absence.until))));
        outcome.audit.push_back(
            {"slack", "absence.delegate_left", absence.person.value, details({{"delegate", person.value}})});
        absence.delegate = UserId();
        outcome.changes.emplace_back(storage::SaveAbsence{std::move(absence)});
    }
    return outcome;
}

}  // namespace countersign::handlers

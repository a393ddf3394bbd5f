#include "handlers/departures.hpp"

#include "handlers/answers.hpp"
#include "handlers/effects.hpp"
#include "handlers/people.hpp"
#include "handlers/views/absence_texts.hpp"
#include "handlers/views/installed_messages.hpp"
#include "handlers/views/mrkdwn.hpp"
#include "handlers/views/notices.hpp"
#include "storage/installed_view.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <vector>

namespace countersign::handlers {
namespace {

constexpr std::size_t listed = 20;
constexpr auto every = std::chrono::hours(24);

// M19: what was imported has no owner yet; whoever installed it may have left before day one.
UserId answers_for(const storage::InventoryEntry& entry) {
    return entry.owner.empty() ? UserId(entry.set_up_by) : entry.owner;
}

void add_delegates(const config::Party& party, const Context& context, std::set<UserId>& people) {
    std::vector<UserId> members;
    for (const auto& member : party.members) {
        if (!member.starts_with('S'))
            members.emplace_back(member);
        else if (const auto group = context.view.user_group(member))
            members.insert(members.end(), group->members.begin(), group->members.end());
    }
    for (const auto& member : members)
        if (const auto absence = context.view.absence(member)) people.insert(absence->delegate);
}

std::set<UserId> who_matters(const Context& context) {
    std::set<UserId> people;
    const auto installed = context.view.installed();
    for (const auto& each : installed.authorizations())
        people.insert(each.owner);
    for (const auto& each : installed.integrations())
        people.insert(each.owner);
    for (const auto& each : installed.inventory({.state = "installed", .limit = 10'000}))
        people.insert(answers_for(each));
    for (const auto& each : context.view.open_requests())
        people.insert(each.requester);
    for (const auto& party : context.settings.review.parties)
        add_delegates(party, context, people);
    people.erase(UserId());
    return people;
}

std::vector<std::string> left_behind(const UserId& person, const Context& context) {
    const auto view = context.view.installed();
    std::vector<std::string> lines;
    for (const auto& each : view.authorizations())
        if (each.owner == person || each.added_by == person.value)
            lines.push_back(views::authorization_line(each, view.built_on(each.id).size()));
    for (const auto& each : view.integrations())
        if (each.owner == person) lines.push_back(views::integration_line(each));
    for (const auto& each : view.inventory({.state = "installed", .limit = 10'000}))
        if (answers_for(each) == person) lines.push_back(views::inventory_line(each));
    return lines;
}

}  // namespace

Outcome schedule_departures(const Context& context) {
    Outcome outcome;
    if (context.view.timer("departures")) return outcome;
    outcome.changes.emplace_back(
        storage::SetTimer{{"departures", context.now + every, R"({"kind":"departures"})"}});
    return outcome;
}

Outcome look_for_departures(const Context& context) {
    auto outcome = schedule_departures(context);
    const auto round = to_rfc3339(context.now).substr(0, 10);
    for (const auto& id : who_matters(context)) {
        const auto known = context.view.person(id);
        if (!known || known->active) outcome.effects.push_back(read_person(id, "departures:" + round));
    }
    return outcome;
}

Outcome person_left(const UserId& person, const Context& context) {
    Outcome outcome;
    const auto lines = left_behind(person, context);
    if (lines.empty()) return outcome;
    std::string words = fmt::format(
        ":wave: {} has left and answers for this. `/installed-apps edit NAME` gives it "
        "another owner; an authorization of that person's own account may stop "
        "working.",
        views::mention(person));
    for (std::size_t at = 0; at < std::min(lines.size(), listed); ++at)
        words += "\n" + lines[at];
    if (lines.size() > listed) words += fmt::format("\n… and {} more", lines.size() - listed);
    outcome.effects.push_back(alarm(context.settings, "left:" + person.value, views::line(words)));
    outcome.audit.push_back(
        {"slack", "installed.owner_left", person.value, details({{"things", std::to_string(lines.size())}})});
    return outcome;
}

Outcome delegate_left(const UserId& person, const Context& context) {
    Outcome outcome;
    for (auto& absence : context.view.absences_for(person)) {
        const auto language = language_of(absence.person, context);
        outcome.effects.push_back(
            private_line(absence.person, fmt::format("delegate_left:{}:{}", person.value, absence.from),
                         views::line(say_in(language, views::texts::delegate_left, views::mention(person),
                                            absence.from, absence.until))));
        outcome.audit.push_back(
            {"slack", "absence.delegate_left", absence.person.value, details({{"delegate", person.value}})});
        absence.delegate = UserId();
        outcome.changes.emplace_back(storage::SaveAbsence{std::move(absence)});
    }
    return outcome;
}

}  // namespace countersign::handlers

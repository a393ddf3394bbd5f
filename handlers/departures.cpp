#include "handlers/departures.hpp"

#include "handlers/absences.hpp"
#include "handlers/answers.hpp"
#include "handlers/effects.hpp"
#include "handlers/membership.hpp"
#include "handlers/requests_of_person.hpp"
#include "handlers/review/members.hpp"
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

// Slack takes whoever leaves out of its user groups, and a group is read as a whole; who is named stays
// named.
void add_voters(const config::Party& party, const Context& context, std::set<UserId>& people) {
    std::vector<UserId> members;
    for (const auto& member : party.members) {
        if (!review::is_user_group(member))
            people.insert(members.emplace_back(member));
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
        add_voters(party, context, people);
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

Outcome tell_what_is_left(const UserId& person, const Context& context) {
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
    outcome.effects.push_back(alarm(context.settings,
                                    fmt::format("left:{}:{}", person.value, to_millis(context.now)),
                                    views::line(words)));
    outcome.audit.push_back(
        {"slack", "installed.owner_left", person.value, details({{"things", std::to_string(lines.size())}})});
    return outcome;
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

Outcome has_left(const UserId& person, const Context& context) {
    Outcome outcome;
    const auto known = context.view.person(person);
    if (!known || known->active) outcome.merge(tell_what_is_left(person, context));
    outcome.merge(requester_left(person, context));
    outcome.merge(absentee_left(person, context));
    outcome.merge(delegate_left(person, context));
    outcome.changes.push_back(look_over_members(person.value, {person}, context));
    return outcome;
}

}  // namespace countersign::handlers

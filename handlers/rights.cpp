#include "handlers/rights.hpp"

#include "config/base/text.hpp"
#include "handlers/answers.hpp"
#include "handlers/effect_answer.hpp"
#include "handlers/effects.hpp"
#include "handlers/judging.hpp"
#include "handlers/membership.hpp"
#include "handlers/presses.hpp"
#include "handlers/reminding.hpp"
#include "handlers/review/payload_fields.hpp"
#include "handlers/review/votes.hpp"
#include "handlers/views/action_ids.hpp"
#include "handlers/views/mrkdwn.hpp"
#include "handlers/views/notices.hpp"
#include "handlers/views/press_texts.hpp"
#include "handlers/views/request_card.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <iterator>

namespace countersign::handlers {
namespace {

namespace texts = views::texts;
review::GroupKnowledge knowledge(const Press& press, const Context& context) {
    return {context.view, press.groups, context.now, context.settings.slack.reconcile};
}

// The press goes along with the question and is decided when the answer comes (group_answered).
Outcome wait_for(const std::string& group, const Press& press) {
    auto effect = read_user_group(group, press.cause, to_text(press));
    effect.interactive = true;
    Outcome outcome;
    outcome.effects.push_back(std::move(effect));
    return outcome;
}

void add(review::PartyMembership& found, std::size_t party) {
    if (std::ranges::find(found.parties, party) == found.parties.end()) found.parties.push_back(party);
}

// P10: a party that another one stands in for, by the policy.
void add_stand_ins(review::PartyMembership& found, const Context& context) {
    const auto& parties = context.settings.review.parties;
    const auto index_of = [&](const std::string& name) {
        return static_cast<std::size_t>(std::ranges::find(parties, name, &config::Party::name) -
                                        parties.begin());
    };
    for (const auto& policy : context.settings.policy->party) {
        if (policy.stand_in.empty()) continue;
        const auto deputy = index_of(policy.stand_in);
        const auto party = index_of(policy.name);
        const bool stands = std::ranges::find(found.parties, deputy) != found.parties.end();
        if (stands && party < parties.size()) add(found, party);
    }
}

// One's own parties, those of the absent, and those that these stand in for.
review::PartyMembership parties_of(const UserId& person, const std::vector<storage::Absence>& absences,
                                   const review::GroupKnowledge& groups, const Context& context) {
    const auto& parties = context.settings.review.parties;
    auto found = review::party_membership(person, parties, groups);
    for (const auto& absence : absences) {
        const auto theirs = review::party_membership(absence.person, parties, groups);
        for (const auto party : theirs.parties)
            add(found, party);
        if (found.parties.empty()) std::ranges::copy(theirs.unread, std::back_inserter(found.unread));
    }
    add_stand_ins(found, context);
    return found;
}

// P17: whoever asked for the app lends nobody a right to that request.
review::PartyMembership may_vote_on(const Press& press, const Case& item,
                                    const review::GroupKnowledge& groups, const Context& context) {
    const auto others = asked_for(item);
    auto absences = absent_today(press.user, context);
    std::erase_if(absences, [&](const storage::Absence& absence) {
        return review::conflict_of_interest(item.request, absence.person, others);
    });
    return parties_of(press.user, absences, groups, context);
}

std::string party_names(const Context& context) {
    std::vector<std::string> names;
    for (const auto& party : context.settings.review.parties)
        names.push_back(views::inert(party.name));
    return text::joined(names, ", ");
}

Outcome refuse_right(const Press& press, const Case& item, const review::GroupKnowledge& groups,
                     const views::Text<1>& who_may, const Context& context) {
    const auto id = to_text(item.request.id);
    if (!may_vote_for(press.user, groups, context).parties.empty())
        return refuse(press, id, "conflict_of_interest", say_in(press.language, texts::lent_by_requester));
    return refuse(press, id, "no_right", say_in(press.language, who_may, party_names(context)));
}

}  // namespace

std::vector<storage::Absence> absent_today(const UserId& delegate, const Context& context) {
    auto absences = context.view.absences_for(delegate);
    const auto day = today(context);
    std::erase_if(absences, [&](const auto& absence) { return day < absence.from || absence.until < day; });
    return absences;
}

review::PartyMembership may_vote_for(const UserId& person, const review::GroupKnowledge& groups,
                                     const Context& context) {
    return parties_of(person, absent_today(person, context), groups, context);
}

std::expected<std::vector<std::size_t>, Outcome> require_party(const Press& press, const Case& item,
                                                               const Context& context) {
    const auto groups = knowledge(press, context);
    auto found = may_vote_on(press, item, groups, context);
    if (!found.parties.empty()) return std::move(found.parties);
    if (!found.unread.empty()) return std::unexpected(wait_for(found.unread.front(), press));
    return std::unexpected(refuse_right(press, item, groups, texts::only_party_members, context));
}

std::expected<void, Outcome> require_admin(const Press& press, std::string_view subject,
                                           const Context& context) {
    const auto found =
        review::membership(press.user, context.settings.review.admins, knowledge(press, context));
    if (found.member) return {};
    if (!found.unread.empty()) return std::unexpected(wait_for(found.unread.front(), press));
    return std::unexpected(refuse(press, subject, "no_right", say_in(press.language, texts::only_admins)));
}

std::expected<std::vector<std::size_t>, Outcome> require_reviewer(const Press& press, const Case& item,
                                                                  const Context& context) {
    const auto groups = knowledge(press, context);
    auto found = may_vote_on(press, item, groups, context);
    if (!found.parties.empty()) return std::move(found.parties);
    const auto admin = review::membership(press.user, context.settings.review.admins, groups);
    if (admin.member) return std::vector<std::size_t>{};
    if (!found.unread.empty()) return std::unexpected(wait_for(found.unread.front(), press));
    if (!admin.unread.empty()) return std::unexpected(wait_for(admin.unread.front(), press));
    return std::unexpected(refuse_right(press, item, groups, texts::only_reviewers, context));
}

bool waits_for_group(const Outcome& outcome) {
    return std::ranges::any_of(outcome.effects,
                               [](const auto& effect) { return effect.purpose == purposes::user_group; });
}

std::string refusal_text(const Outcome& outcome) {
    const auto said = nlohmann::json::parse(
        outcome.ack.empty() && !outcome.effects.empty() ? outcome.effects.front().args : outcome.ack, nullptr,
        false);
    return review::text_field(said, "text");
}

std::expected<Case, Outcome> require_case(const Press& press, const Context& context) {
    const auto value = views::parse_button_value(press.value);
    const auto request = value ? context.view.request(value->request) : std::nullopt;
    if (request) return load_case(*request, context);
    return std::unexpected(refuse(press, value ? to_text(value->request) : "unknown", "forged",
                                  say_in(press.language, texts::no_such_request_pressed)));
}

std::expected<void, Outcome> require_current_card(const Press& press, const Case& item,
                                                  const Context& context) {
    const auto id = to_text(item.request.id);
    const auto card = context.view.message(card_name(item.request.id));
    // Before the post's own answer is recorded the card has no address yet. Messages for one person only have
    // none.
    const auto copy = context.view.message(card_copy_name(item.request.id, press.channel));
    const auto pressed_on = [&](const storage::MessageRef& message) {
        return message.channel == press.channel && message.ts == press.message_ts;
    };
    const bool elsewhere = press.kind == Press::Kind::button && card && !press.ephemeral_message &&
                           !press.in_view && !pressed_on(*card) && !(copy && pressed_on(*copy));
    if (elsewhere) {
        return std::unexpected(refuse(press, id, "forged", say_in(press.language, texts::not_the_card, id)));
    }
    const auto value = views::parse_button_value(press.value);
    if (value && value->hash8 == item.request.scope_hash.substr(0, 8)) return {};
    auto outcome = refuse(press, id, "stale", say_in(press.language, texts::old_card, id));
    outcome.effects.push_back(redrawn_card(item, press.cause, context));
    return std::unexpected(std::move(outcome));
}

namespace {

// A group that lost its last member: parties that consist of it hold what needs them, and are never
// satisfied.
Outcome nobody_left(const std::string& group, bool deleted, const Context& context) {
    const auto before = context.view.user_group(group);
    Outcome outcome;
    if (before && before->members.empty()) return outcome;
    const auto day = std::chrono::floor<std::chrono::days>(context.now).time_since_epoch().count();
    outcome.effects.push_back(alarm(
        context.settings, fmt::format("empty_group:{}:{}", group, day),
        views::alarm_notice(deleted ? fmt::format("User group {} does not exist any more.", group)
                                    : fmt::format("Nobody is in user group {} any more.", group),
                            "Requests wait for whoever it stood for; nothing is approved meanwhile. Add "
                            "members to it, or name others in the configuration.")));
    return outcome;
}

Outcome who_came_and_went(const storage::UserGroup& read, const Context& context) {
    const auto before = context.view.user_group(read.id);
    auto gone = before ? before->members : std::vector<UserId>();
    Outcome outcome;
    // A first reading tells nothing new, unless it finds nobody.
    const bool same = before ? std::ranges::is_permutation(gone, read.members) : !read.members.empty();
    if (same) return outcome;
    std::erase_if(gone, [&](const UserId& person) {
        return std::ranges::find(read.members, person) != read.members.end();
    });
    outcome.changes.push_back(look_over_members(read.id, gone, context));
    return outcome;
}

}  // namespace

Outcome group_answered(const Event& event, const Context& context) {
    const auto answer = read_effect_answer(event);
    const auto group = review::text_field(answer.args, "usergroup");
    const bool waited_for = answer.context.is_object() && answer.context.contains("cause");
    Outcome outcome;
    // One that was deleted has nobody in it; Slack says so in words of its own.
    const bool deleted = answer.error == "no_such_subteam" || answer.error == "usergroup_not_found";
    if (answer.ok() || deleted) {
        storage::UserGroup read{.id = group, .members = {}, .read_at = context.now};
        for (const auto& user : review::field(answer.response, "users")) {
            if (user.is_string()) read.members.emplace_back(user.get<std::string>());
        }
        if (read.members.empty()) outcome.merge(nobody_left(group, deleted, context));
        outcome.changes.emplace_back(storage::SaveUserGroup{read});
        outcome.merge(who_came_and_went(read, context));
        if (!waited_for) return outcome;
        auto press = parse_press(answer.context, context);
        press.groups[group] = read.members;
        outcome.merge(decide_press(press, context));
        return outcome;
    }
    const auto what =
        fmt::format("The members of user group {} cannot be read, so nobody's rights follow from it.", group);
    // One alarm a group and hour: every press would raise it again.
    const auto hour = std::chrono::floor<std::chrono::hours>(context.now).time_since_epoch().count();
    outcome.effects.push_back(alarm(context.settings, fmt::format("usergroup:{}:{}", group, hour),
                                    views::alarm_notice(what, answer.trouble())));
    if (waited_for) {
        const auto press = parse_press(answer.context, context);
        outcome.merge(
            refuse(press, "unknown", "group_unreadable", say_in(press.language, texts::group_unreadable)));
    }
    return outcome;
}

}  // namespace countersign::handlers

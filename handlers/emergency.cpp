#include "handlers/emergency.hpp"

#include "config/base/text.hpp"
#include "handlers/answers.hpp"
#include "handlers/deciding.hpp"
#include "handlers/effects.hpp"
#include "handlers/inquiry.hpp"
#include "handlers/judging.hpp"
#include "handlers/people.hpp"
#include "handlers/protection.hpp"
#include "handlers/review/life_cycle.hpp"
#include "handlers/rights.hpp"
#include "handlers/views/emergency_texts.hpp"
#include "handlers/views/mrkdwn.hpp"
#include "handlers/views/notices.hpp"
#include "handlers/views/press_texts.hpp"
#include "storage/installed_view.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <string>

namespace countersign::handlers {
namespace {

namespace texts = views::texts;
using storage::RequestState;

constexpr std::size_t longest_reason = 2'000;
constexpr std::size_t page = 100;
constexpr std::size_t listed = 20;

bool can_be_suspended(const storage::AppRequest& request) {
    return review::is_approved(request.state) || request.state == RequestState::reconsider;
}

// An emergency that Slack refused: typed again, it is tried again.
bool came_to_nothing(const storage::AppRequest& request, const Context& context) {
    return request.state == RequestState::manual && is_being_suspended(context.view.marks(request.id));
}

// REQ-12 alone; or by the app's id or name every request for it, newest first.
std::vector<storage::AppRequest> named(const std::string& word, const Context& context) {
    std::vector<storage::AppRequest> all;
    if (const auto id = parse_request_id(word)) {
        if (auto request = context.view.request(*id)) all.push_back(std::move(*request));
        return all;
    }
    storage::View::Filter filter{.state = {}, .app = word, .requester = {}, .limit = page};
    for (auto found = context.view.requests(filter); !found.empty(); found = context.view.requests(filter)) {
        filter.before = found.back().id.value;
        std::ranges::move(found, std::back_inserter(all));
    }
    return all;
}

bool are_several_apps(const std::vector<storage::AppRequest>& requests) {
    const auto& first = requests.front().app_id;
    return std::ranges::any_of(requests, [&](const auto& each) { return each.app_id != first; });
}

std::string names(const std::vector<storage::AppRequest>& requests) {
    std::vector<std::string> ids;
    for (std::size_t i = 0; i < requests.size() && i < listed; ++i)
        ids.push_back(to_text(requests[i].id));
    if (requests.size() > listed) ids.push_back(fmt::format("+{}", requests.size() - listed));
    return text::joined(ids, ", ");
}

std::string why_not(const std::vector<storage::AppRequest>& requests, views::Language language) {
    const auto of = [&](auto is) { return std::ranges::find_if(requests, is); };
    auto tells = of([](const auto& each) { return each.state == RequestState::suspended; });
    if (tells != requests.end()) return say_in(language, texts::suspended_already, to_text(tells->id));
    tells = of([](const auto& each) { return review::in_flight(each.state); });
    if (tells != requests.end()) return already(*tells, language);
    return say_in(language, texts::suspend_not_approved, to_text(requests.front().id));
}

// What one emergency does to each of its requests.
struct Emergency {
    std::string reason;
    std::string occasion;  // of several: whoever asked more than once for the app hears of it once
};

// Without the admin token a person restricts it, in Slack's own pages: Slackbot's message about a request
// that was approved long ago has no button any more.
void hand_over(storage::AppRequest& request, const Press& press, const std::string& reason) {
    request.state = RequestState::manual;
    request.decision = storage::DecisionKind::restrict;
    request.decided_by = press.user;
    request.decision_reason = reason;
    request.state_note = say_in(views::Language::english, texts::suspend_by_hand, press.user.value, reason);
}

Outcome suspend(const storage::AppRequest& request, const Emergency& emergency, const Press& press,
                const Context& context) {
    const auto before = request.state;
    auto item = load_case(request, context);
    const auto kind = std::string(marks::suspending);
    // Tried again it is the same emergency: who has heard of it does not hear again.
    auto occasion = emergency.occasion;
    const auto earlier = std::ranges::find(item.marks, kind, &storage::Mark::kind);
    if (earlier != item.marks.end() && !earlier->value.empty()) occasion = earlier->value;
    std::erase_if(item.marks, [&](const auto& mark) { return mark.kind == kind; });
    item.marks.push_back({.request = request.id,
                          .kind = kind,
                          .subject = {},
                          .person = press.user,
                          .value = occasion,
                          .scope_hash = request.scope_hash,
                          .at = context.now});
    Outcome outcome;
    outcome.changes.emplace_back(storage::ClearMarks{request.id, kind, {}});
    outcome.changes.emplace_back(storage::SetMark{item.marks.back()});
    outcome.audit.push_back({press.user.value, "emergency.suspended", to_text(request.id),
                             details({{"reason", proof_of(emergency.reason)}, {"cause", press.cause}})});
    if (applies_by_api(request, context))
        outcome.merge(begin_restriction(item.request, press.user, emergency.reason,
                                        {press.user, press.channel}, context));
    else
        hand_over(item.request, press, emergency.reason);
    outcome.merge(settle(std::move(item), before, press.user.value, context));
    return outcome;
}

Outcome answer(const std::vector<storage::AppRequest>& chosen, const Press& press, const Context& context) {
    const auto by_api = [&](const auto& each) { return applies_by_api(each, context); };
    const bool several = chosen.size() > 1;
    if (std::ranges::all_of(chosen, by_api))
        return say(press, several ? say_in(press.language, texts::suspend_all_under_way, names(chosen))
                                  : say_in(press.language, texts::suspend_under_way, names(chosen)));
    if (several) return say(press, say_in(press.language, texts::suspend_some_by_hand, names(chosen)));
    return say(press, views::manual_steps(chosen.front(), storage::DecisionKind::restrict, press.language));
}

// Who answers for it in the inventory, once each.
Outcome tell_owners(const std::vector<storage::AppRequest>& chosen, const std::string& reason,
                    const Press& press, const Context& context) {
    Outcome outcome;
    std::set<std::string> told;
    for (const auto& request : chosen) {
        const auto entry = context.view.installed().entry(request.app_id, request.team_id);
        if (!entry || entry->owner.empty() || entry->owner == request.requester) continue;
        const auto person = context.view.person(entry->owner);
        if ((person && !person->active) || !told.insert(entry->owner.value).second) continue;
        const auto language = language_of(entry->owner, context);
        outcome.effects.push_back(private_line(
            entry->owner, fmt::format("{}:owner:{}", press.cause, entry->owner.value),
            views::line(say_in(language, texts::owner_suspended, views::inert_line(entry->app_name, 100),
                               views::mention(press.user), views::inert(reason, 500)))));
    }
    return outcome;
}

}  // namespace

bool is_being_suspended(const std::vector<storage::Mark>& known) {
    return std::ranges::find(known, marks::suspending, &storage::Mark::kind) != known.end();
}

RequestState restricted_state(const Case& item, Outcome& outcome) {
    if (!is_being_suspended(item.marks)) return RequestState::restricted;
    outcome.changes.emplace_back(
        storage::ClearMarks{item.request.id, std::string(marks::suspending), std::string()});
    return RequestState::suspended;
}

Outcome suspend_typed(const Press& press, const std::vector<std::string>& words, const Context& context) {
    if (words.size() < 3) return say(press, say_in(press.language, texts::suspend_what));
    const auto all = named(words[1], context);
    const auto subject = all.size() == 1 ? to_text(all.front().id) : words[1];
    if (auto admin = require_admin(press, subject, context); !admin) return std::move(admin.error());
    const auto app = all.empty() ? AppId(words[1]) : all.front().app_id;
    const auto kept = why_protected(app, press.language, context);
    if (kept && (all.empty() || !are_several_apps(all))) return refuse(press, subject, "protected", *kept);
    if (all.empty())
        return refuse(press, subject, "unknown",
                      say_in(press.language, texts::suspend_unknown, views::inert_line(words[1], 60)));
    if (are_several_apps(all))
        return refuse(press, subject, "ambiguous",
                      say_in(press.language, texts::suspend_which_app, views::inert_line(words[1], 60)));
    std::vector<storage::AppRequest> chosen;
    std::ranges::copy_if(all, std::back_inserter(chosen), [&](const auto& each) {
        return can_be_suspended(each) || came_to_nothing(each, context);
    });
    if (chosen.empty()) return refuse(press, subject, "not_approved", why_not(all, press.language));

    Emergency emergency{
        text::shortened(text::joined(std::vector(words.begin() + 2, words.end()), " "), longest_reason),
        chosen.size() > 1 ? press.cause : std::string()};
    Outcome outcome;
    if (std::ranges::any_of(chosen, [&](const auto& each) { return applies_by_api(each, context); }))
        outcome.effects.push_back(alarm(
            context.settings, "suspended:" + press.cause,
            views::alarm_notice(fmt::format("{} suspends {} ({}): {}", press.user.value,
                                            chosen.front().app_name, names(chosen), emergency.reason),
                                "It is restricted in Slack now. Review it, then press Keep or Clear on its "
                                "card; uninstall it in Slack's admin pages if that must be.")));
    if (chosen.size() > 1) emergency.reason += fmt::format(" ({})", names(chosen));
    for (const auto& request : chosen)
        outcome.merge(suspend(request, emergency, press, context));
    outcome.merge(tell_owners(chosen, emergency.reason, press, context));
    outcome.merge(answer(chosen, press, context));
    return outcome;
}

}  // namespace countersign::handlers

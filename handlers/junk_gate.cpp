#include "handlers/junk_gate.hpp"

#include "handlers/answers.hpp"
#include "handlers/asked_before.hpp"
#include "handlers/effects.hpp"
#include "handlers/judging.hpp"
#include "handlers/people.hpp"
#include "handlers/recent.hpp"
#include "handlers/review/life_cycle.hpp"
#include "handlers/review/members.hpp"
#include "handlers/views/gate_texts.hpp"
#include "handlers/views/mrkdwn.hpp"
#include "handlers/views/notices.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace countersign::handlers {
namespace {

namespace texts = views::texts;
using storage::AppRequest;
using storage::RequestState;
using views::Language;

constexpr std::chrono::hours day{24};
// What the mark says; the sentences are made from it.
constexpr std::string_view for_first = "first", for_rate = "rate", for_again = "again";
// Asking again with the same words so soon after a refusal is nothing new (R13).
constexpr std::chrono::days again{7};

// Who reviews here is no stranger. The groups as last read will do.
bool is_known_here(const UserId& person, const Context& context) {
    const review::GroupsRead none;
    const review::GroupKnowledge groups{context.view, none, context.now, day};
    const auto& review = context.settings.review;
    return review::membership(person, review.admins, groups).member ||
           !review::party_membership(person, review.parties, groups).parties.empty();
}

std::string why_held(const AppRequest& request, const Context& context) {
    const auto& gate = context.settings.policy->gate;
    const auto& place = request.team_id.empty() ? request.enterprise_id.value : request.team_id.value;
    const bool here =
        gate.workspaces.empty() || std::ranges::find(gate.workspaces, place) != gate.workspaces.end();
    const bool on = gate.requests_a_day > 0 || gate.first_request;
    if (!on || !here || request.requester.empty() || is_known_here(request.requester, context)) return {};
    const auto before = context.view.requests({.state = {},
                                               .app = {},
                                               .requester = request.requester.value,
                                               .limit = static_cast<std::size_t>(gate.requests_a_day) + 1});
    if (gate.first_request && before.empty()) return std::string(for_first);
    // By when they were asked for: after a stop many are heard of at once.
    const auto today = std::ranges::count_if(before, [&](const AppRequest& each) {
        return std::chrono::abs(request.created_at - each.created_at) < day;
    });
    const bool many = gate.requests_a_day > 0 && today >= gate.requests_a_day;
    return many ? std::string(for_rate) : std::string();
}

// R13: Slack's own button has no field to refuse at; so what is the same as what was denied waits here.
bool is_unchanged(const AppRequest& request, const AppRequest& last, const Context& context) {
    return request.source != storage::RequestSource::form && last.source != storage::RequestSource::form &&
           last.state == RequestState::denied && request.scope_hash == last.scope_hash &&
           request.message == last.message && is_recent(last.state_since, context.now, again);
}

// What the mark keeps of it.
struct Hold {
    std::string why;
    std::string value;
};

std::optional<Hold> hold_for(const AppRequest& request, const Context& context) {
    const auto last = asked_before(request, context);
    if (last && is_unchanged(request, *last, context)) return Hold{std::string(for_again), to_text(last->id)};
    auto why = why_held(request, context);
    if (why.empty()) return std::nullopt;
    return Hold{std::move(why), std::to_string(context.settings.policy->gate.requests_a_day)};
}

const storage::Mark* gate_of(const Case& item) {
    const auto found = std::ranges::find(item.marks, marks::gate, &storage::Mark::kind);
    return found == item.marks.end() ? nullptr : &*found;
}

void hold(Case& item, const storage::Mark& mark) {
    const auto english = Language::english;
    const auto why = mark.subject == for_first   ? say_in(english, texts::gate_first)
                     : mark.subject == for_again ? say_in(english, texts::gate_again, mark.value)
                                                 : say_in(english, texts::gate_rate, mark.value);
    item.request.state = RequestState::held;
    item.request.state_note = say_in(english, texts::gate_note, why);
}

}  // namespace

bool will_be_held(const AppRequest& request, const review::Judgement& judgement, const Context& context) {
    return !judgement.decide && hold_for(request, context);
}

Outcome stop_at_gate(Case& item, const Context& context) {
    auto& request = item.request;
    if (!review::in_votes(request.state) || item.judgement.decide) return {};
    const auto stopped = hold_for(request, context);
    if (!stopped) return {};
    item.marks.push_back({.request = request.id,
                          .kind = std::string(marks::gate),
                          .subject = stopped->why,
                          .person = request.requester,
                          .value = stopped->value,
                          .scope_hash = request.scope_hash,
                          .at = context.now});
    hold(item, item.marks.back());
    Outcome outcome;
    outcome.changes.emplace_back(storage::SetMark{item.marks.back()});
    outcome.audit.push_back(
        {"countersign", "gate.held", to_text(request.id), details({{"why", stopped->why}})});
    // One line a person and day: a flood of requests must not become a flood of alarms.
    const auto today = std::chrono::floor<std::chrono::days>(context.now).time_since_epoch().count();
    outcome.effects.push_back(
        alarm(context.settings, fmt::format("gate:{}:{}", request.requester.value, today),
              views::alarm_notice(fmt::format("{} for {} is held.", to_text(request.id), request.app_name),
                                  request.state_note + " More of this person's may follow today.")));
    return outcome;
}

bool is_at_gate(const Case& item) {
    return gate_of(item) != nullptr && item.votes.empty() && item.request.info_question.empty() &&
           review::in_votes(item.request.state);
}

void stay_at_gate(Case& item) {
    if (is_at_gate(item)) hold(item, *gate_of(item));
}

std::string gate_sentence(const Case& item, Language language) {
    const auto& why = gate_of(item)->subject;
    return say_in(language, why == for_first   ? texts::told_first
                            : why == for_again ? texts::told_again
                                               : texts::told_rate);
}

Outcome let_through(const Press& press, Case item, const Context& context) {
    auto& request = item.request;
    const auto id = to_text(request.id);
    if (!is_at_gate(item))
        return refuse(press, id, "not_at_gate", say_in(press.language, texts::not_at_gate, id));
    const auto before = request.state;
    const auto why = gate_of(item)->subject;
    std::erase_if(item.marks, [](const storage::Mark& mark) { return mark.kind == marks::gate; });
    request.state = RequestState::in_review;
    request.state_note.clear();
    Outcome outcome;
    outcome.changes.emplace_back(storage::ClearMarks{request.id, std::string(marks::gate), why});
    outcome.audit.push_back({press.user.value, "gate.let_through", id, details({{"cause", press.cause}})});
    const auto language = language_of(request.requester, context);
    outcome.effects.push_back(direct_message(
        request, request.requester, "let_through",
        views::line(say_in(language, texts::was_let_through, id, views::inert_line(request.app_name, 100),
                           views::mention(press.user)))));
    outcome.merge(say(press, say_in(press.language, texts::let_through_now, id)));
    outcome.merge(settle(std::move(item), before, press.user.value, context));
    return outcome;
}

}  // namespace countersign::handlers

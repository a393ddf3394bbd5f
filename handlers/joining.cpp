#include "handlers/joining.hpp"

#include "config/base/text.hpp"
#include "handlers/answers.hpp"
#include "handlers/effects.hpp"
#include "handlers/intake.hpp"
#include "handlers/issue_standing.hpp"
#include "handlers/judging.hpp"
#include "handlers/junk_gate.hpp"
#include "handlers/membership.hpp"
#include "handlers/people.hpp"
#include "handlers/recent.hpp"
#include "handlers/redrawing.hpp"
#include "handlers/requests_of_person.hpp"
#include "handlers/review/life_cycle.hpp"
#include "handlers/review/scopes.hpp"
#include "handlers/review/vendor_link.hpp"
#include "handlers/vendor_issue_seen.hpp"
#include "handlers/views/joining_texts.hpp"
#include "handlers/views/mrkdwn.hpp"
#include "handlers/views/notices.hpp"
#include "handlers/views/recorded_texts.hpp"
#include "handlers/views/request_card.hpp"
#include "handlers/views/requester_texts.hpp"
#include "handlers/watch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <utility>

namespace countersign::handlers {
namespace {

namespace texts = views::texts;
using storage::AppRequest;
using storage::DecisionKind;
using storage::RequestState;

constexpr std::size_t longest_quote = 500;
constexpr std::chrono::minutes list_may_be_older{5};

bool asks_no_more(const AppRequest& smaller, const AppRequest& larger) {
    return review::difference(larger.scopes, smaller.scopes).added.empty();
}

std::string app_title(const AppRequest& request) {
    return "*" + views::inert_line(request.app_name, 100) + "*";
}

storage::Mark tie_of(const AppRequest& request, const AppRequest& open, const Context& context) {
    return {.request = open.id,
            .kind = std::string(marks::joined),
            .subject = to_text(request.id),
            .person = request.requester,
            .value = {},
            .scope_hash = request.scope_hash,
            .at = context.now};
}

bool has_signed(const Case& item, const UserId& person, const Context& context) {
    if (!item.issue || !item.verdict) return false;
    return std::ranges::any_of(item.verdict->parties, [&](const review::PartySigned& party) {
        return std::ranges::any_of(party.counted, [&](const review::Signature& signature) {
            return person_of(item.issue->tracker, signature.account, context) == person;
        });
    });
}

// Has voted or signed, or somebody voted in their place.
bool has_a_say(const Case& item, const UserId& person, const Context& context) {
    const bool lent = std::ranges::any_of(item.marks, [&](const storage::Mark& mark) {
        return mark.kind == marks::deputy && mark.value == person.value;
    });
    return lent || has_signed(item, person, context) ||
           std::ranges::find(item.votes, person, &storage::Vote::voter) != item.votes.end();
}

// The say of who asks does not count (P17), and counts again when they do not ask any more: whichever it is
// from now on, the request is worked out anew.
void count_again(const AppRequest& request, const UserId& person, Outcome& outcome, const Context& context) {
    if (has_a_say(load_case(request, context), person, context))
        judge_at(request, next_moment(context), outcome);
}

Outcome untie(const AppRequest& request, const AppRequest& from, const Context& context) {
    Outcome outcome;
    count_again(from, request.requester, outcome, context);
    outcome.changes.emplace_back(
        storage::ClearMarks{from.id, std::string(marks::joined), to_text(request.id)});
    outcome.changes.emplace_back(storage::ClearMarks{request.id, std::string(marks::joined_to), {}});
    return outcome;
}

// No more news of it for this person.
storage::Change unfollow(const AppRequest& request, const UserId& user, const Context& context) {
    return storage::SetMark{{.request = request.id,
                             .kind = std::string(marks::left),
                             .subject = user.value,
                             .person = user,
                             .value = {},
                             .scope_hash = request.scope_hash,
                             .at = context.now}};
}

storage::Effect say_joined(const AppRequest& request, const AppRequest& open, const Context& context) {
    const auto language = language_of(request.requester, context);
    // The same words once: joined again for the same scopes, there is no news.
    const auto occasion = fmt::format("joined:{}:{}:{}", to_text(open.id), request.scope_hash.substr(0, 8),
                                      to_text(open.state));
    return direct_message(request, request.requester, occasion,
                          views::line(say_in(language, texts::joined, to_text(open.id), app_title(open),
                                             views::state_line(open, language))));
}

// Approved or restricted once: Slack answered whoever waited for it then, whatever is done with it later.
bool was_answered(const AppRequest& request) {
    return review::is_approved(request.state) || request.state == RequestState::restricted ||
           review::is_looked_at_again(request.state) ||
           (request.state == RequestState::expired && request.decision == DecisionKind::clear);
}

// What the open one has of it: the vendor issue that it still lacks, and a vote less where its requester had
// voted (P17).
Outcome affect(const review::ReadAppRequest& read, const AppRequest& open, const Context& context) {
    if (!review::in_votes(open.state)) return {};
    const auto& requester = read.request.requester;
    auto item = load_case(open, context);
    item.marks.push_back(tie_of(read.request, open, context));
    Outcome outcome;
    const auto search = review::find_issue_links(read.whole_message, context.settings.trackers);
    const bool brings = search.found.size() == 1 && !item.issue;
    if (brings)
        outcome.merge(note_issue(item, search.found.front(), requester, to_text(read.request.id), context));
    if (brings || has_a_say(item, requester, context))
        outcome.merge(settle(std::move(item), open.state, "slack", context));
    return outcome;
}

// What had a review of its own before it gave way shows on its card what became of it.
void redraw(const Case& item, const Context& context, Outcome& outcome) {
    if (has_card(item.request, context))
        outcome.effects.push_back(update_card(item.request, draw_card(item, context)));
}

// It waits for another one now.
Outcome wait_for(AppRequest request, const AppRequest& open, const Context& context) {
    Outcome outcome;
    request.state_note = say_in(views::Language::english, texts::see_newer, to_text(open.id));
    redraw(load_case(request, context), context, outcome);
    outcome.changes.emplace_back(storage::SaveRequest{request});
    outcome.merge(tie(request, open, context));
    count_again(open, request.requester, outcome, context);
    return outcome;
}

// Ended as `item` says; in Slack too, unless it was ended there.
Outcome end_quietly(Case item, storage::Decision decision, const Context& context) {
    auto& request = item.request;
    request.state_note.clear();
    request.state_since = context.now;
    request.decision = decision.kind;
    request.decided_by = decision.actor;
    request.decision_reason = decision.reason;
    request.decided_at = context.now;
    decision.scope_hash = request.scope_hash;
    decision.at = context.now;
    Outcome outcome;
    if (!decision.outside && context.capabilities.admin && pending_in_slack(request, context))
        outcome.effects.push_back(cancel_slack_request(request));
    outcome.audit.push_back({decision.actor.empty() ? "countersign" : decision.actor.value, "request.state",
                             to_text(request.id),
                             details({{"from", to_text(RequestState::superseded)},
                                      {"to", to_text(request.state)},
                                      {"scope_hash", request.scope_hash}})});
    add_decision(outcome, std::move(decision), item, context);
    outcome.changes.emplace_back(storage::SaveRequest{request});
    redraw(item, context, outcome);
    return outcome;
}

Outcome take_back(const AppRequest& request, const UserId& by, const Context& context) {
    auto item = load_case(request, context);
    item.request.state = RequestState::withdrawn;
    return end_quietly(std::move(item),
                       {.request = request.id,
                        .kind = DecisionKind::cancel,
                        .actor = by,
                        .reason = {},
                        .scope_hash = {},
                        .evidence = details({{"withdrawn_by", by.value}}),
                        .at = {}},
                       context);
}

storage::Effect say_ended(AppRequest ended, const storage::Decision& decision, std::string_view occasion,
                          const Context& context) {
    ended.decision = decision.kind;
    ended.decided_by = decision.actor;
    ended.decision_reason = decision.reason;
    ended.decided_at = context.now;
    return direct_message(ended, ended.requester, occasion,
                          views::decision_notice(ended, language_of(ended.requester, context)));
}

// The parties said no to this app with these scopes: to everybody who had asked.
Outcome deny_too(const AppRequest& request, const AppRequest& denied, const Context& context) {
    auto item = load_case(request, context);
    item.request.state = RequestState::denied;
    item.request.outside = denied.outside;
    const storage::Decision decision{.request = request.id,
                                     .kind = DecisionKind::deny,
                                     .actor = denied.decided_by,
                                     .outside = denied.outside != storage::Outside::no,
                                     .reason = denied.decision_reason,
                                     .scope_hash = {},
                                     .evidence = details({{"with", to_text(denied.id)}}),
                                     .at = {}};
    auto outcome = end_quietly(item, decision, context);
    if (!request.requester.empty() && request.requester != denied.requester)
        outcome.effects.push_back(
            say_ended(item.request, decision, fmt::format("denied_with:{}", to_text(denied.id)), context));
    return outcome;
}

bool ends_in(const Outcome& outcome, RequestId request) {
    bool over = false;
    for (const auto& change : outcome.changes) {
        if (const auto* save = std::get_if<storage::SaveRequest>(&change);
            save && save->request.id == request)
            over = storage::is_final(save->request.state);
    }
    return over;
}

// In each workspace the oldest of those whose people are still there; the others join it.
Outcome take_up(const AppRequest& ended, const std::vector<AppRequest>& joined, const Context& context) {
    Outcome outcome;
    std::vector<AppRequest> reopened;
    for (const auto& each : joined) {
        outcome.merge(untie(each, ended, context));
        const bool own = each.requester == ended.requester ||
                         (ended.decision == DecisionKind::cancel && ended.decided_by == each.requester);
        if (own || is_gone(each.requester, context)) {
            const bool by_them = ended.decided_by == each.requester;
            outcome.merge(take_back(each, by_them ? each.requester : UserId(), context));
            continue;
        }
        const auto next = std::ranges::find_if(reopened, [&](const AppRequest& other) {
            return other.team_id == each.team_id && asks_no_more(each, other);
        });
        if (next != reopened.end()) {
            outcome.merge(wait_for(each, *next, context));
            auto open = *next;
            open.state = RequestState::in_review;
            outcome.effects.push_back(say_joined(each, open, context));
            continue;
        }
        const auto language = language_of(each.requester, context);
        auto up = reopen_in_place(each, ended,
                                  say_in(language, texts::taken_up, to_text(ended.id),
                                         views::state_line(ended, language), app_title(each)),
                                  context);
        // The policy may refuse it at once: nobody waits for that.
        if (!ends_in(up, each.id)) reopened.push_back(each);
        outcome.merge(std::move(up));
    }
    return outcome;
}

Outcome ended(const AppRequest& request, const std::vector<AppRequest>& joined, const Context& context) {
    Outcome outcome;
    if (request.state == RequestState::withdrawn || request.state == RequestState::expired)
        return take_up(request, joined, context);
    if (request.state != RequestState::denied) return outcome;
    std::vector<AppRequest> ask_for_less;
    for (const auto& each : joined) {
        // Whoever asked for more and was refused knows what to ask for next.
        if (each.scope_hash != request.scope_hash && each.requester != request.requester) {
            ask_for_less.push_back(each);
            continue;
        }
        outcome.merge(untie(each, request, context));
        outcome.merge(deny_too(each, request, context));
    }
    outcome.merge(take_up(request, ask_for_less, context));
    return outcome;
}

}  // namespace

Outcome tie(const AppRequest& request, const AppRequest& open, const Context& context) {
    Outcome outcome;
    outcome.changes.emplace_back(storage::SetMark{tie_of(request, open, context)});
    outcome.changes.emplace_back(storage::SetMark{{.request = request.id,
                                                   .kind = std::string(marks::joined_to),
                                                   .subject = {},
                                                   .person = request.requester,
                                                   .value = std::to_string(open.id.value),
                                                   .scope_hash = request.scope_hash,
                                                   .at = context.now}});
    if (!request.requester.empty() && request.requester != open.requester) {
        outcome.changes.emplace_back(
            storage::ClearMarks{open.id, std::string(marks::left), request.requester.value});
        outcome.changes.emplace_back(storage::AddFollower{{open.id, request.requester, context.now}});
    }
    return outcome;
}

std::vector<AppRequest> open_for_same_app(const AppRequest& fresh, const Context& context) {
    auto found = context.view.open_requests(fresh.app_id, fresh.team_id);
    if (!fresh.app_id.empty()) return found;
    const auto name = text::lower(fresh.app_name);
    std::erase_if(found,
                  [&](const AppRequest& open) { return name.empty() || text::lower(open.app_name) != name; });
    return found;
}

std::optional<AppRequest> request_to_join(const AppRequest& fresh, const Context& context) {
    if (fresh.scopes.empty()) return std::nullopt;
    for (auto& open : open_for_same_app(fresh, context)) {
        const bool undecided = review::in_votes(open.state) || review::in_flight(open.state) ||
                               open.state == RequestState::manual;
        if (!undecided || open.scope_hash != fresh.scope_hash || open.requester == fresh.requester ||
            open.id == fresh.id)
            continue;
        // Whoever is held against junk holds up nobody else.
        if (!is_at_gate(load_case(open, context))) return std::move(open);
    }
    return std::nullopt;
}

Outcome join_request(const review::ReadAppRequest& read, const AppRequest& open, const Context& context) {
    auto request = read.request;
    request.state = RequestState::superseded;
    request.state_since = context.now;
    request.state_note = say_in(views::Language::english, texts::see_newer, to_text(open.id));
    Outcome outcome;
    // One that stood on its own before asks for other scopes now.
    if (has_card(request, context)) redraw(load_case(request, context), context, outcome);
    outcome.changes.emplace_back(storage::SaveRequest{request});
    outcome.merge(tie(request, open, context));
    if (!request.requester.empty()) outcome.effects.push_back(say_joined(request, open, context));
    outcome.merge(tell_reviewers(
        {.person = request.requester,
         .own = fmt::format(" ({})", to_text(request.id)),
         .quote = request.message.empty() ? std::string()
                                          : "> " + views::inert_line(request.message, longest_quote),
         .occasion = fmt::format("joined:{}:v{}", to_text(request.id), request.version)},
        open, context));
    outcome.audit.push_back(received(request));
    outcome.audit.push_back({request.requester.empty() ? "slack" : request.requester.value, "request.joined",
                             to_text(request.id),
                             details({{"to", to_text(open.id)}, {"scope_hash", request.scope_hash}})});
    outcome.merge(affect(read, open, context));
    return outcome;
}

std::vector<AppRequest> joined_with(const AppRequest& open, const Context& context) {
    std::vector<AppRequest> found;
    for (const auto& mark : context.view.marks(open.id)) {
        const auto id = mark.kind == marks::joined ? parse_request_id(mark.subject) : std::nullopt;
        auto request = id ? context.view.request(*id) : std::nullopt;
        if (request && request->state == RequestState::superseded) found.push_back(std::move(*request));
    }
    return found;
}

std::optional<AppRequest> joined_to(const AppRequest& request, const Context& context) {
    if (request.state != RequestState::superseded) return std::nullopt;
    for (const auto& mark : context.view.marks(request.id)) {
        if (mark.kind != marks::joined_to) continue;
        const auto id = parse_request_id("REQ-" + mark.value);
        return id ? context.view.request(*id) : std::nullopt;
    }
    return std::nullopt;
}

std::vector<UserId> joined_people(const std::vector<storage::Mark>& known) {
    std::vector<UserId> people;
    for (const auto& mark : known) {
        // By Slack's button with a request of their own, or by the form.
        const bool by_form = mark.kind == marks::on_behalf && mark.subject == mark.person.value;
        if (mark.kind == marks::joined || by_form) people.push_back(mark.person);
    }
    return people;
}

std::vector<UserId> asked_on_behalf_of(const std::vector<storage::Mark>& known) {
    // In one order, however the marks came together, for a card is drawn anew from what is stored.
    std::set<UserId> people;
    for (const auto& mark : known)
        if (mark.kind == marks::on_behalf && mark.subject != mark.person.value) people.emplace(mark.subject);
    return {people.begin(), people.end()};
}

Outcome tell_reviewers(const AskedToo& asked, const AppRequest& open, const Context& context) {
    auto words = fmt::format("{} asks for this app too{}.", views::mention(asked.person), asked.own);
    if (!asked.quote.empty()) words += "\n" + asked.quote;
    return into_card_thread(open, asked.occasion, views::line(words), context);
}

Outcome part(const AppRequest& request, const AppRequest& from, const Context& context) {
    auto outcome = untie(request, from, context);
    outcome.changes.push_back(unfollow(from, request.requester, context));
    outcome.audit.push_back({"slack", "request.parted", to_text(request.id),
                             details({{"from", to_text(from.id)}, {"scope_hash", request.scope_hash}})});
    return outcome;
}

Outcome still_listed(const AppRequest& request, const Context& context) {
    Outcome outcome;
    const auto open = joined_to(request, context);
    const bool answered = open && was_answered(*open);
    if (!is_given_back(request) && !(answered && pending_in_slack(request, context))) return outcome;
    // The list may have been read before the call that ended it; the next one says.
    const auto ended = is_given_back(request) ? request.state_since : open->state_since;
    if (is_recent(ended, context.now, list_may_be_older)) return outcome;
    auto cancel = cancel_slack_request(request);
    if (still_in_outbox(cancel.key, context)) return outcome;
    // One an hour: while Slack does not answer, tries that follow each other at once are soon used up.
    const auto hour = std::chrono::floor<std::chrono::hours>(context.now.time_since_epoch()).count();
    cancel.key += fmt::format(":h{}", hour);
    outcome.effects.push_back(std::move(cancel));
    return outcome;
}

Outcome leave(const Press& press, const AppRequest& request, const AppRequest& open, const Context& context) {
    auto outcome = untie(request, open, context);
    outcome.changes.push_back(unfollow(open, request.requester, context));
    outcome.audit.push_back(
        {press.user.value, "request.withdrawn", to_text(request.id), details({{"cause", press.cause}})});
    outcome.merge(take_back(request, press.user, context));
    outcome.merge(say(press, say_in(press.language, texts::no_longer_along, to_text(request.id),
                                    app_title(request), to_text(open.id))));
    return outcome;
}

Outcome cancelled_alone(const AppRequest& request, const AppRequest& open, const UserId& by,
                        const std::string& evidence, const Context& context) {
    auto item = load_case(request, context);
    item.request.state = RequestState::withdrawn;
    item.request.outside = storage::Outside::cancelled;
    const storage::Decision decision{.request = request.id,
                                     .kind = DecisionKind::cancel,
                                     .actor = by,
                                     .outside = true,
                                     .reason = {},
                                     .scope_hash = {},
                                     .evidence = evidence,
                                     .at = {}};
    auto outcome = untie(request, open, context);
    outcome.merge(end_quietly(item, decision, context));
    if (!request.requester.empty())
        outcome.effects.push_back(say_ended(item.request, decision, "cancelled_alone", context));
    return outcome;
}

Outcome pass_joined(const AppRequest& from, const AppRequest& to, const Context& context) {
    Outcome outcome;
    for (const auto& each : joined_with(from, context)) {
        if (each.id == to.id) continue;
        outcome.merge(untie(each, from, context));
        outcome.merge(wait_for(each, to, context));
    }
    return outcome;
}

Outcome care_for_joined(const Outcome& done, const Context& context) {
    std::map<std::int64_t, const AppRequest*> saved;  // as they are in the end
    for (const auto& change : done.changes) {
        if (const auto* save = std::get_if<storage::SaveRequest>(&change))
            saved[save->request.id.value] = &save->request;
    }
    Outcome outcome;
    for (const auto& [number, request] : saved) {
        const auto before = context.view.request(RequestId{number});
        if (!before || storage::is_final(before->state) || was_answered(*before)) continue;
        const bool over = storage::is_final(request->state);
        if (!over && before->scope_hash == request->scope_hash) continue;
        const auto joined = joined_with(*request, context);
        if (over) outcome.merge(ended(*request, joined, context));
        for (const auto& each : joined) {
            if (over || asks_no_more(each, *request)) continue;
            outcome.merge(part(each, *request, context));
            outcome.merge(reopen_in_place(each, *before, {}, context));
        }
    }
    return outcome;
}

bool hears_otherwise(const AppRequest& saved, const UserId& user, const Context& context) {
    const bool own_end = (saved.state == RequestState::denied || saved.state == RequestState::withdrawn ||
                          saved.state == RequestState::expired) &&
                         !was_answered(saved);
    if (user == saved.requester) return true;  // whom it was passed on to
    return std::ranges::any_of(context.view.marks(saved.id), [&](const storage::Mark& mark) {
        return mark.person == user && (mark.kind == marks::left || (own_end && mark.kind == marks::joined));
    });
}

}  // namespace countersign::handlers

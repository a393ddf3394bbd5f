#include "handlers/inquiry_verdict.hpp"

#include "config/base/text.hpp"
#include "handlers/after_decision.hpp"
#include "handlers/answers.hpp"
#include "handlers/carrying.hpp"
#include "handlers/deviation.hpp"
#include "handlers/effects.hpp"
#include "handlers/emergency.hpp"
#include "handlers/issue_standing.hpp"
#include "handlers/judging.hpp"
#include "handlers/limits.hpp"
#include "handlers/people.hpp"
#include "handlers/protection.hpp"
#include "handlers/review/life_cycle.hpp"
#include "handlers/review/payload_fields.hpp"
#include "handlers/review/scopes.hpp"
#include "handlers/review/votes.hpp"
#include "handlers/siblings.hpp"
#include "handlers/trackers.hpp"
#include "handlers/views/joining_texts.hpp"
#include "handlers/views/mrkdwn.hpp"
#include "handlers/views/notices.hpp"
#include "handlers/views/press_texts.hpp"
#include "handlers/views/recorded.hpp"
#include "handlers/views/recorded_texts.hpp"
#include "handlers/watch.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <iterator>
#include <utility>

namespace countersign::handlers {
namespace {

namespace texts = views::texts;
using nlohmann::json;
using review::field;
using review::text_field;
using storage::DecisionKind;
using storage::Outside;
using storage::RequestState;

constexpr int max_repeats = 3;
// A person waits for the answer; a tracker that takes longer is told of as one that does not answer.
constexpr std::chrono::seconds check_patience{45};
// An approval that could not leave by then (Slack answers 429, or not at all) is read for again (A18).
constexpr std::chrono::minutes reading_holds{1};

// Stops listening; then whatever the conclusion was.
Outcome concluded(RequestId request, Outcome conclusion) {
    Outcome outcome;
    outcome.changes.emplace_back(storage::CancelTimer{watch_name(request)});
    outcome.merge(std::move(conclusion));
    return outcome;
}

// `notes`: what else stands with it, by the keys of deviation.hpp.
std::string evidence(const Finding& finding, const EffectAnswer& answer, const json& notes) {
    auto read = json{{"read_from", answer.method},
                     {"app", text_field(field(finding.entry, "app"), "id")},
                     {"scopes", review::names(review::read_scopes(field(finding.entry, "scopes")))},
                     {"date_updated", review::number_field(finding.entry, "date_updated")},
                     {"resolved_by", text_field(field(finding.entry, "last_resolved_by"), "actor_id")}};
    read.update(notes);
    return read.dump(-1, ' ', false, json::error_handler_t::replace);
}

// With what was approved before, which stays so: Slack lists it all together.
std::vector<storage::Scope> with_approved_before(std::vector<storage::Scope> agreed,
                                                 const storage::AppRequest& request, const Context& context) {
    if (request.previous_status == "approved")
        std::ranges::copy(request.previous_scopes, std::back_inserter(agreed));
    if (const auto before = context.view.resolution(request.app_id, request.team_id);
        before && before->status == "approved")
        std::ranges::copy(before->scopes, std::back_inserter(agreed));
    return agreed;
}

// Our approval has taken effect, and no longer rests on what was agreed: Slack's request had grown, a party
// took its agreement back, or the vendor issue broke, while the call was under way. Empty: it does.
std::string why_look_again(const Case& item, const Finding& finding, const Context& context) {
    using views::Language;
    const auto& request = item.request;
    if (request.state == RequestState::reconsider) return {};  // an admin just said to keep it
    const auto agreed =
        with_approved_before(review::without(request.scopes, limits_of(item).left_out), request, context);
    const auto more = review::beyond(review::read_scopes(field(finding.entry, "scopes")), agreed);
    if (!request.scopes.empty() && !more.empty())
        return say_in(Language::english, texts::approved_for_more, review::names(more));
    if (!review::all_satisfied(item.matrix))
        return say_in(Language::english, texts::no_longer_agreed,
                      text::joined(review::missing_parties(item.matrix), ", "));
    return item.judgement.vendor_issue && !issue_stands(item) ? issue_problem(item, context) : std::string();
}

// Slack lists the app as approved or restricted: the only evidence for these two states (invariant 6).
// `with`: another request, whose decision of ours answered this one too.
Outcome adopt_resolution(Case item, const Finding& finding, bool outside, const EffectAnswer& answer,
                         const Context& context, const std::optional<RequestId>& with = {}) {
    auto& request = item.request;
    const bool approved = finding.list == List::approved;
    const auto look_again =
        approved && !outside && !with ? why_look_again(item, finding, context) : std::string();
    auto notes = json::object();
    if (with) notes[decided_with_key] = to_text(*with);
    if (!look_again.empty()) notes[look_again_key] = look_again;
    if (!outside && !with && request.state == RequestState::reconsider)
        notes[kept_by_key] = request.decided_by.value;
    Ending ending{.state = approved ? RequestState::approved : RequestState::restricted,
                  .kind = approved ? DecisionKind::approve : DecisionKind::restrict,
                  .by = request.decided_by,
                  .reason = request.decision_reason,
                  .evidence = evidence(finding, answer, notes)};
    Outcome outcome;
    // Approved all the same: the emergency is over, and a later restriction is none.
    const auto restricted = restricted_state(item, outcome);
    if (!approved && !outside) ending.state = restricted;
    if (outside) {
        const auto& resolver = field(finding.entry, "last_resolved_by");
        const bool person = text_field(resolver, "actor_type") == "user";
        ending.by = UserId(person ? text_field(resolver, "actor_id") : "");
        ending.reason.clear();
        ending.outside = Outside::decided;
        if (approved) outcome.merge(deviation(item, context));
    }
    outcome.changes.emplace_back(
        storage::SaveResolution{{.app_id = request.app_id,
                                 .team_id = request.team_id,
                                 .status = approved ? "approved" : "restricted",
                                 .scopes = review::read_scopes(field(finding.entry, "scopes")),
                                 .seen_at = context.now,
                                 .app_name = text_field(field(finding.entry, "app"), "name")}});
    if (!look_again.empty()) {
        ending.state = RequestState::reconsider;
        ending.note = say_in(views::Language::english, texts::to_reconsider, look_again);
        outcome.audit.push_back(
            {"slack", "decision.deviation", to_text(request.id), details({{"why", look_again}})});
    } else if (approved && !outside) {
        outcome.merge(watch_approval(item, context));
    } else if (ending.state == RequestState::restricted && !outside && !with) {
        outcome.merge(siblings_follow(request, ending, context));
    }
    if (!approved && !outside) outcome.merge(watch_restriction(item, context));
    outcome.merge(end(std::move(item), ending, "slack", context));
    return outcome;
}

Outcome cancelled_outside(Case item, const EffectAnswer& answer, const Context& context) {
    return end(std::move(item),
               {.state = RequestState::withdrawn,
                .kind = DecisionKind::cancel,
                .by = {},
                .reason = {},
                .outside = Outside::cancelled,
                .evidence = details({{"read_from", answer.method}, {"found", "nothing"}})},
               "slack", context);
}

// Slack's pending request is no longer what the parties agreed to: nothing is sent (M1, design.md §7).
Outcome scopes_changed(Case item, std::vector<storage::Scope> listed, const Asker& asker,
                       const EffectAnswer& answer, const Context& context) {
    auto& request = item.request;
    const auto changed = review::difference(request.scopes, listed);
    const auto before = request.state;
    const auto old_scopes = std::exchange(request.scopes, std::move(listed));
    const auto old_hash = std::exchange(request.scope_hash, review::scope_hash(request.scopes));
    auto carried = carry_votes(item, item.votes, old_scopes, old_hash, context);
    request.state = RequestState::in_review;
    request.decision = DecisionKind::none;
    request.decided_by = {};
    request.decided_at.reset();
    const auto id = to_text(request.id);
    const auto added = views::inert(review::names(changed.added), 1'000);
    const auto language = language_of(asker.user, context);
    auto outcome = std::move(carried);
    outcome.audit.push_back({"slack", "request.scopes_changed", id,
                             details({{"added", review::names(changed.added)},
                                      {"removed", review::names(changed.removed)},
                                      {"scope_hash", request.scope_hash}})});
    outcome.merge(
        tell(asker, answer.key,
             say_in(language, texts::unsent_scopes_changed, id,
                    say_in(language, added.empty() ? texts::some_removed : texts::some_added), added)));
    outcome.merge(settle(std::move(item), before, "slack", context));
    return outcome;
}

// By the app's id Slack would approve what another person asks as well, to which nobody agreed here.
Outcome another_asks_for_more(Case item, const std::vector<storage::Scope>& more, const Asker& asker,
                              const EffectAnswer& answer, const Context& context) {
    auto& request = item.request;
    const auto before = request.state;
    const auto why = say_in(views::Language::english, texts::another_asks_for_more, review::names(more));
    take_back_approval(request, why, context);
    // Not to review, where all agree still and it would be applied again at once.
    if (request.state == RequestState::in_review) {
        request.state = RequestState::manual;
        request.state_note = why;
    }
    const auto language = language_of(asker.user, context);
    auto outcome =
        tell(asker, answer.key,
             say_in(language, texts::nothing_sent, views::inert(views::recorded_in(language, why), 1'000)));
    outcome.merge(settle(std::move(item), before, "slack", context));
    return outcome;
}

Outcome before_approval(const Finding& finding, Case item, const Asker& asker, const EffectAnswer& answer,
                        const Context& context) {
    const auto& told = field(finding.entry, "scopes");
    if (told.is_array() || told.is_object()) {
        auto listed = review::read_scopes(told);
        const auto& request = item.request;
        // Looked for by its app, as Slack has resolved its own request: another person's, then.
        if (!request.slack_id.empty() && text_field(finding.entry, "id") != request.slack_id.value) {
            const auto agreed = with_approved_before(request.scopes, request, context);
            const auto more = agreed.empty() ? listed : review::beyond(listed, agreed);
            if (!more.empty()) return another_asks_for_more(std::move(item), more, asker, answer, context);
        } else if (review::scope_hash(listed) != request.scope_hash) {
            return scopes_changed(std::move(item), std::move(listed), asker, answer, context);
        }
    }
    return send_decision(std::move(item), asker, context);
}

// Not where it was looked for: somebody else resolved it, or took it back.
Outcome look_for_resolution(Case item, const Asker& asker, const Context& context) {
    auto outcome = ask_slack(item.request, Inquiry::adopt, asker, context);
    outcome.changes.emplace_back(storage::SaveRequest{std::move(item.request)});
    return outcome;
}

Outcome after_lost_answer(const std::optional<Finding>& finding, Case item, Asker asker,
                          const EffectAnswer& answer, const Context& context) {
    const auto id = item.request.id;
    const bool restrict = item.request.decision == DecisionKind::restrict;
    const bool by_request_id = pending_in_slack(item.request, context);
    const bool pending = finding && finding->list == List::pending;
    if (finding && !pending) {
        const bool as_sent = (finding->list == List::restricted) == restrict;
        // Resolved in Slack before: the opposite of what was sent is what it was to change, and stands still.
        if (as_sent || by_request_id)
            return concluded(id, adopt_resolution(std::move(item), *finding, !as_sent, answer, context));
    }
    if (!finding && by_request_id) {
        return concluded(
            id, needs_human(std::move(item), say_in(views::Language::english, texts::answer_lost_unlisted),
                            asker, answer.key, context));
    }
    if (++asker.repeats > max_repeats) {
        return concluded(
            id, needs_human(std::move(item), say_in(views::Language::english, texts::answer_lost_often),
                            asker, answer.key, context));
    }
    if (restrict || !pending) return concluded(id, send_decision(std::move(item), asker, context));
    return concluded(id, before_approval(*finding, std::move(item), asker, answer, context));
}

Outcome resolved_elsewhere(const std::optional<Finding>& finding, Case item, const Asker& asker,
                           const EffectAnswer& answer, const Context& context) {
    const auto& request = item.request;
    if (request.state == RequestState::superseded) return {};  // another one stands for it
    if (finding) {
        // After a call whose answer was lost, or that Slack had not shown yet, this is our own decision.
        const bool sent = asker.repeats > 0 || request.state == RequestState::manual;
        const bool ours =
            sent && request.decision ==
                        (finding->list == List::approved ? DecisionKind::approve : DecisionKind::restrict);
        if (ours) return adopt_resolution(std::move(item), *finding, false, answer, context);
        const auto kind = finding->list == List::approved ? DecisionKind::approve : DecisionKind::restrict;
        const auto sibling = decided_with(request, kind, context);
        if (sibling) {
            item.request.decided_by = sibling->actor;
            item.request.decision_reason =
                say_in(views::Language::english, texts::decided_with, to_text(sibling->request));
        }
        return adopt_resolution(std::move(item), *finding, !sibling, answer, context,
                                sibling ? std::optional(sibling->request) : std::nullopt);
    }
    if (storage::is_final(request.state)) return {};  // we said no, Slack holds nothing: nothing to learn
    // Opened again since we said no: it is Slack's request no longer, and stays ours.
    if (review::in_votes(request.state) && !pending_in_slack(request, context)) return {};
    return cancelled_outside(std::move(item), answer, context);
}

}  // namespace

Outcome tell(const Asker& asker, std::string_view cause, const std::string& mrkdwn) {
    if (asker.user.empty()) return {};
    Press press;
    press.user = asker.user;
    press.channel = asker.channel;
    press.cause = cause;
    return say(press, mrkdwn);
}

void take_back_approval(storage::AppRequest& request, const std::string& why, const Context& context) {
    const auto past = context.view.decisions(request.id);
    if (!past.empty() && past.back().kind == DecisionKind::approve) {
        request.state = RequestState::reconsider;
        request.state_note = say_in(views::Language::english, texts::to_reconsider, why);
        return;
    }
    request.state = RequestState::in_review;
    request.decision = DecisionKind::none;
    request.decided_by = {};
    request.decided_at.reset();
}

Outcome needs_human(Case item, const std::string& note, const Asker& asker, std::string_view cause,
                    const Context& context) {
    const auto before = item.request.state;
    item.request.state = RequestState::manual;
    item.request.state_note = note;
    const auto language = language_of(asker.user, context);
    auto outcome = tell(asker, cause,
                        say_in(language, texts::needs_a_human_because, to_text(item.request.id),
                               views::recorded_in(language, note)));
    outcome.merge(settle(std::move(item), before, "countersign", context));
    return outcome;
}

namespace {

// To the call as to the reading before it: from now on its answer is awaited.
Outcome send_awaited(Case item, storage::Effect effect, const Context& context) {
    auto& request = item.request;
    const auto before = request.state;
    Outcome outcome;
    outcome.changes.push_back(watch_for(request.id, effect.key, context.now));
    outcome.effects.push_back(std::move(effect));
    if (before == RequestState::applying) {  // nothing that people see changes; the version must
        outcome.changes.emplace_back(storage::SaveRequest{std::move(request)});
        return outcome;
    }
    request.state = RequestState::applying;
    outcome.merge(settle(std::move(item), before, "countersign", context));
    return outcome;
}

}  // namespace

Outcome send_decision(Case item, const Asker& asker, const Context& context, IssueIs issue) {
    auto& request = item.request;
    const auto before = request.state;
    const bool restrict = request.decision == DecisionKind::restrict;
    // Protected since it was pressed: a lost answer is not followed by another call.
    if (restrict && is_protected(request.app_id, context))
        return needs_human(std::move(item), say_in(views::Language::english, texts::protected_since), asker,
                           fmt::format("protected:{}:v{}", to_text(request.id), request.version), context);
    draw_matrix(item, context);
    if (!restrict && !may_be_approved(item)) {
        take_back_approval(request,
                           say_in(views::Language::english, texts::no_longer_agreed,
                                  text::joined(review::missing_parties(item.matrix), ", ")),
                           context);
        auto outcome =
            tell(asker, fmt::format("unsent:{}:v{}", to_text(request.id), request.version),
                 say_in(language_of(asker.user, context), texts::unsent_not_agreed, to_text(request.id)));
        outcome.merge(settle(std::move(item), before, "countersign", context));
        return outcome;
    }
    if (auto limit = restrict ? std::nullopt : next_limit_call(item, asker, context))
        return send_awaited(std::move(item), std::move(*limit), context);
    if (!restrict && issue == IssueIs::as_last_read && item.issue && must_be_read(*item.issue, context)) {
        auto reading = check_issue(request, key_of(*item.issue));
        reading.context = to_context(asker);
        reading.deadline = context.now + check_patience;
        return send_awaited(std::move(item), std::move(reading), context);
    }
    auto target = request;
    if (!pending_in_slack(request, context)) target.slack_id = {};
    const auto left_out = limits_of(item).left_out;
    auto effect = restrict           ? restrict_app(target)
                  : left_out.empty() ? approve_app(target)
                                     : approve_app_without(target, left_out);
    effect.context = to_context(asker);
    if (!restrict) effect.deadline = context.now + reading_holds;
    Outcome outcome;
    outcome.audit.push_back({request.decided_by.empty() ? "countersign" : request.decided_by.value,
                             restrict ? "decision.restrict_sent" : "decision.approve_sent",
                             to_text(request.id),
                             details({{"scope_hash", request.scope_hash}, {"effect", effect.key}})});
    outcome.merge(send_awaited(std::move(item), std::move(effect), context));
    return outcome;
}

Outcome inquiry_concluded(Inquiry kind, const std::optional<Finding>& finding, Case item, const Asker& asker,
                          const EffectAnswer& answer, const Context& context) {
    const auto request = item.request.id;
    const auto state = item.request.state;
    const bool deciding = kind == Inquiry::precheck || kind == Inquiry::confirm || kind == Inquiry::unclear;
    if (deciding && !review::in_flight(state)) return concluded(request, {});
    switch (kind) {
        case Inquiry::precheck:
            if (finding)
                return concluded(request, before_approval(*finding, std::move(item), asker, answer, context));
            if (pending_in_slack(item.request, context))
                return look_for_resolution(std::move(item), asker, context);
            return concluded(request, send_decision(std::move(item), asker, context));
        case Inquiry::confirm:
            if (finding) {
                return concluded(request,
                                 adopt_resolution(std::move(item), *finding, false, answer, context));
            }
            return concluded(request, needs_human(std::move(item),
                                                  say_in(views::Language::english, texts::yes_but_unlisted),
                                                  asker, answer.key, context));
        case Inquiry::unclear:
            return after_lost_answer(finding, std::move(item), asker, answer, context);
        case Inquiry::vanished:
            if (storage::is_final(state) || review::in_flight(state)) return concluded(request, {});
            if (finding && finding->list == List::pending) return concluded(request, {});
            [[fallthrough]];
        case Inquiry::adopt:
            return concluded(request, resolved_elsewhere(finding, std::move(item), asker, answer, context));
    }
    return {};
}

Outcome inquiry_failed(Inquiry kind, Case item, const Asker& asker, const EffectAnswer& answer,
                       const Context& context) {
    const auto request = item.request.id;
    if (kind == Inquiry::vanished) return concluded(request, {});
    if (!review::in_flight(item.request.state)) {
        const auto language = language_of(asker.user, context);
        return concluded(request, tell(asker, answer.key,
                                       say_in(language, texts::slack_unreadable, to_text(request),
                                              views::recorded_in(language, answer.trouble()))));
    }
    if (kind == Inquiry::precheck) item.request.decision = DecisionKind::none;  // nothing was sent
    const auto note = say_in(views::Language::english,
                             kind == Inquiry::precheck ? texts::nothing_decided : texts::decision_unknown,
                             answer.trouble());
    return concluded(request, needs_human(std::move(item), note, asker, answer.key, context));
}

}  // namespace countersign::handlers

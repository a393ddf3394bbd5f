#include "handlers/check_before_decision.hpp"

#include "config/base/text.hpp"
#include "handlers/answers.hpp"
#include "handlers/deciding.hpp"
#include "handlers/inquiry_verdict.hpp"
#include "handlers/issue_reading.hpp"
#include "handlers/issue_standing.hpp"
#include "handlers/issue_votes.hpp"
#include "handlers/judging.hpp"
#include "handlers/people.hpp"
#include "handlers/review/life_cycle.hpp"
#include "handlers/review/payload_fields.hpp"
#include "handlers/slackbot.hpp"
#include "handlers/trackers.hpp"
#include "handlers/views/press_texts.hpp"
#include "handlers/views/recorded.hpp"
#include "handlers/views/recorded_texts.hpp"
#include "handlers/watch.hpp"

#include <nlohmann/json.hpp>

#include <optional>

namespace countersign::handlers {
namespace {

namespace texts = views::texts;
using storage::RequestState;

Outcome press_nothing_yet(const Press& press, const std::string& why) {
    return say(press,
               say_in(press.language, texts::press_nothing_yet, views::recorded_in(press.language, why)));
}

// Nothing was sent to Slack: the request goes back to where it was, without being taken up again at once by
// the policy, which would ask for ever.
Outcome stop_approval(Case item, const Asker& asker, const std::string& why, std::string_view cause,
                      const Context& context) {
    auto& request = item.request;
    const auto before = request.state;
    const auto language = language_of(asker.user, context);
    const bool by_itself = item.judgement.apply_at_once || item.judgement.decide.has_value();
    take_back_approval(request, why, context);
    Outcome outcome;
    if (by_itself && request.state == RequestState::in_review) {
        request.state = RequestState::held;
        request.state_note = why;
        outcome.changes.push_back(try_later(request.id, context));
    }
    outcome.merge(
        tell(asker, cause, say_in(language, texts::nothing_sent, views::recorded_in(language, why))));
    outcome.audit.push_back(
        {"countersign", "decision.stopped", countersign::to_text(request.id), details({{"why", why}})});
    outcome.merge(settle(std::move(item), before, "tracker", context));
    return outcome;
}

}  // namespace

Outcome issue_checked(const EffectAnswer& answer, const Context& context) {
    const auto request = context.view.request(answer.request);
    const auto before = context.view.tracker_issue(issue_key_in(answer.args));
    if (!request || !review::in_flight(request->state) || !is_awaited(answer.request, answer.key, context))
        return {};
    const auto asker = read_asker(answer.context);
    Outcome outcome;
    outcome.changes.emplace_back(storage::CancelTimer{watch_name(request->id)});
    if (!before)
        return stop_approval(load_case(*request, context), asker,
                             say_in(views::Language::english,
                                    answer.ok() ? texts::issue_not_known : texts::issue_not_readable),
                             answer.key, context);
    const auto facts = facts_in(answer, context);
    if (!facts) {
        auto item = load_case(*request, context);
        outcome.merge(unreadable(*before, facts.error(), context));  // others rest on it too
        item.known = *before;
        item.known->problem = facts.error();
        auto why = issue_problem(item, context);
        if (why.empty()) why = issue_trouble(item, context);
        outcome.merge(stop_approval(std::move(item), asker, why, answer.key, context));
        return outcome;
    }
    const auto reading = reading_of(*before, *facts, answer, context);
    outcome.merge(tell_requests(reading, request->id, context));
    auto seen = see(*request, reading, context);
    outcome.merge(std::move(seen.outcome));
    auto& item = seen.item;
    if (const auto why = issue_problem(item, context); !why.empty() && item.judgement.vendor_issue) {
        outcome.merge(stop_approval(std::move(item), asker, why, answer.key, context));
        return outcome;
    }
    if (!seen.taken_back.empty()) {
        const auto why =
            say_in(views::Language::english, texts::issue_has_changed, text::joined(seen.taken_back, "; "));
        outcome.merge(stop_approval(std::move(item), asker, why, answer.key, context));
        return outcome;
    }
    outcome.merge(send_decision(std::move(item), asker, context, IssueIs::fresh));
    return outcome;
}

Outcome hand_over_checked(const EffectAnswer& answer, const Context& context) {
    const auto request = context.view.request(answer.request);
    const auto before = context.view.tracker_issue(issue_key_in(answer.args));
    if (!request) return {};
    const auto press = answer.context.contains("press")
                           ? std::optional(parse_press(answer.context["press"], context))
                           : std::nullopt;
    if (storage::is_final(request->state) || review::in_flight(request->state))
        return press ? refuse(*press, to_text(request->id), "decided", already(*request, press->language))
                     : Outcome();
    const auto not_now = [&](Outcome outcome, const std::string& why) {
        if (press)
            outcome.merge(press_nothing_yet(*press, why));
        else
            outcome.changes.push_back(hand_over_later(request->id, context));
        return outcome;
    };
    const auto not_readable = say_in(views::Language::english, texts::issue_not_readable);
    if (!before) return not_now({}, not_readable);
    const auto facts = facts_in(answer, context);
    if (!facts) return not_now(unreadable(*before, facts.error(), context), not_readable);
    const auto reading = reading_of(*before, *facts, answer, context);
    auto outcome = tell_requests(reading, request->id, context);
    auto seen = see(*request, reading, context);
    outcome.merge(std::move(seen.outcome));
    auto& item = seen.item;
    auto why = item.judgement.vendor_issue ? issue_problem(item, context) : std::string();
    if (why.empty() && !seen.taken_back.empty())
        why = say_in(views::Language::english, texts::issue_has_changed, text::joined(seen.taken_back, "; "));
    // Votes may have been taken back by what was read, and while it was.
    const auto by_rules = state_by_rules(item, context);
    const bool agrees = request->state == RequestState::ready && by_rules == RequestState::ready;
    outcome.merge(not_ready_any_more(item, seen.taken_back, context));
    if (!why.empty() && (press || !agrees))
        outcome.audit.push_back(
            {"countersign", "decision.stopped", countersign::to_text(request->id), details({{"why", why}})});
    if (press && !why.empty()) {
        outcome.merge(settle(std::move(item), request->state, "tracker", context));
        return not_now(std::move(outcome), why);
    }
    if (press) {
        if (const auto refused = why_not_approvable(item, press->language, context)) {
            outcome.merge(refuse(*press, to_text(request->id), "not_ready", *refused));
            outcome.merge(settle(std::move(item), request->state, "tracker", context));
            return outcome;
        }
        outcome.merge(handed_over(*press, std::move(item), storage::DecisionKind::approve,
                                  review::text_field(answer.context, "reason"), context));
        return outcome;
    }
    // Where it does not agree any more the card says why, and `Ready` will ask again.
    const bool other_issue = !item.issue || key_of(*item.issue) != before->key;
    if (agrees) outcome.merge(other_issue ? hand_to_managers(item, context) : point_managers(item, context));
    outcome.merge(settle(std::move(item), request->state, "tracker", context));
    return outcome;
}

}  // namespace countersign::handlers

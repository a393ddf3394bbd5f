#include "handlers/deadlines.hpp"

#include "config/base/text.hpp"
#include "config/base/time_zone.hpp"
#include "handlers/after_decision.hpp"
#include "handlers/answers.hpp"
#include "handlers/effects.hpp"
#include "handlers/integration_log.hpp"
#include "handlers/party_work.hpp"
#include "handlers/people.hpp"
#include "handlers/reminding.hpp"
#include "handlers/review/life_cycle.hpp"
#include "handlers/review/payload_fields.hpp"
#include "handlers/review/votes.hpp"
#include "handlers/review/working_days.hpp"
#include "handlers/views/notices.hpp"
#include "handlers/views/recorded_texts.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace countersign::handlers {
namespace {

namespace texts = views::texts;
using storage::AppRequest;
using storage::RequestState;

struct Step {
    enum class Kind { remind_requester, remind_parties, remind_install, escalate, hold, expire, lapse };
    Timestamp at;
    Kind kind;
    std::size_t link = 0;  // of the chain
};

bool about_installing(Step::Kind kind) {
    return kind == Step::Kind::remind_install || kind == Step::Kind::lapse;
}

void add_all(std::vector<Step>& steps, const std::vector<config::Span>& spans, Step::Kind kind,
             Timestamp since, const config::Calendar& calendar) {
    for (const auto& span : spans)
        steps.push_back({review::after(since, span, calendar), kind});
}

// Days begin and end where the requester is, for what waits for the requester; else where the calendar is.
config::Calendar calendar_for(const AppRequest& request, const Context& context) {
    auto calendar = context.settings.policy->calendar;
    const bool waits_for_requester = request.state == RequestState::awaiting_issue ||
                                     request.state == RequestState::need_info ||
                                     request.state == RequestState::approved;
    auto zone = waits_for_requester ? zone_of(request.requester, context) : std::string();
    if (!zone.empty() && time_zone::known(zone)) calendar.zone = std::move(zone);
    return calendar;
}

// Everything that waiting in this state leads to, in its order in time.
std::vector<Step> steps_of(const AppRequest& request, const Context& context) {
    const auto& plan = context.settings.policy->schedule;
    const auto calendar = calendar_for(request, context);
    const auto since = request.state_since;
    std::vector<Step> steps;
    if (request.state == RequestState::awaiting_issue || request.state == RequestState::need_info) {
        add_all(steps, plan.remind_requester, Step::Kind::remind_requester, since, calendar);
        if (!plan.requester_limit.empty())
            steps.push_back({review::after(since, plan.requester_limit, calendar), Step::Kind::expire});
    } else if (request.state == RequestState::in_review) {
        add_all(steps, plan.remind_parties, Step::Kind::remind_parties, since, calendar);
        if (!plan.escalate_after.empty()) {
            auto at = review::after(since, plan.escalate_after, calendar);
            for (std::size_t link = 0; link < plan.chain.size(); ++link) {
                steps.push_back({at, Step::Kind::escalate, link});
                at = review::after(at, plan.escalate_every, calendar);
            }
            // Whoever is at the end of the chain has had their turn too: then it is held, never approved.
            if (plan.hold_after.empty()) steps.push_back({at, Step::Kind::hold});
        }
        if (!plan.hold_after.empty())
            steps.push_back({review::after(since, plan.hold_after, calendar),
                             plan.at_end == config::AtEnd::expired ? Step::Kind::expire : Step::Kind::hold});
    }
    if (request.state == RequestState::approved) {
        add_all(steps, plan.remind_install, Step::Kind::remind_install, since, calendar);
        if (!plan.install_limit.empty())
            steps.push_back({review::after(since, plan.install_limit, calendar), Step::Kind::lapse});
    }
    std::ranges::sort(steps, {}, [](const Step& step) { return std::pair(step.at, step.kind); });
    return steps;
}

std::string timer_name(RequestId request) {
    return "deadline:" + to_text(request);
}

std::string missing(const Case& item) {
    return text::joined(review::missing_parties(item.matrix), ", ");
}

Outcome hold(Case item, const Context& context) {
    auto& request = item.request;
    const auto before = request.state;
    request.state = RequestState::held;
    request.state_note =
        say_in(views::Language::english, texts::nobody_answered, missing(item),
               time_zone::date_text(request.state_since, context.settings.policy->calendar.zone));
    Outcome outcome;
    outcome.effects.push_back(
        alarm(context.settings, fmt::format("held:{}:v{}", to_text(request.id), request.version),
              views::alarm_notice(fmt::format("{} for {} is held.", to_text(request.id), request.app_name),
                                  request.state_note)));
    outcome.merge(settle(std::move(item), before, "countersign", context));
    return outcome;
}

Outcome expire(Case item, const Context& context) {
    return end(std::move(item),
               {.state = RequestState::expired,
                .kind = storage::DecisionKind::cancel,
                .by = {},
                .reason = say_in(views::Language::english, texts::no_answer_in_time),
                .evidence = details({{"by", "deadline"}})},
               "countersign", context);
}

bool ends(const Step& step) {
    return step.kind == Step::Kind::hold || step.kind == Step::Kind::expire;
}

storage::Change timer_for(const AppRequest& request, Timestamp due, Timestamp done) {
    const nlohmann::json event{{"kind", "deadline"},
                               {"request", request.id.value},
                               {"since", to_millis(request.state_since)},
                               {"done", to_millis(done)}};
    return storage::SetTimer{{timer_name(request.id), due, event.dump()}};
}

std::string condition_timer(const storage::Vote& vote) {
    return fmt::format("condition:{}:{}:{}", to_text(vote.request), vote.party, vote.voter.value);
}

// The clock was set back since the timer was set, or days end later by another policy.
std::optional<storage::Change> looked_too_early(const Case& item, const Event& event,
                                                const Context& context) {
    for (const auto& vote : review::counting_votes(item.request, item.votes)) {
        const bool conditional = vote.answer == storage::VoteAnswer::conditional;
        if (conditional && condition_timer(vote) == event.name &&
            context.now < end_of_day(vote.condition_until, context))
            return watch_condition(vote, context);
    }
    return std::nullopt;
}

storage::Change planned_anew(const AppRequest& request, const Context& context) {
    for (const auto& step : steps_of(request, context)) {
        // It would have ended this waiting: so the waiting was not up to it yet.
        if (ends(step) && step.at <= context.now)
            return timer_for(request, context.now, step.at - std::chrono::milliseconds(1));
    }
    return next_deadline(request, context.now, context);
}

}  // namespace

storage::Change next_deadline(const AppRequest& request, Timestamp done, const Context& context) {
    for (const auto& step : steps_of(request, context)) {
        if (step.at > done) return timer_for(request, step.at, done);
    }
    return storage::CancelTimer{timer_name(request.id)};
}

bool is_overdue(const AppRequest& request, const Context& context) {
    if (request.state != RequestState::in_review) return false;
    const auto steps = steps_of(request, context);
    return !steps.empty() && steps.front().at <= context.now;
}

Outcome plan_deadlines_anew(const Context& context) {
    constexpr std::string_view planned_by = "deadlines_planned_by";
    const auto& hash = context.settings.policy->hash;
    const auto before = context.view.meta(planned_by);
    Outcome outcome;
    if (before == hash) return outcome;
    outcome.changes.emplace_back(storage::SetMeta{std::string(planned_by), hash});
    if (before.empty()) return outcome;  // the first start
    for (const auto& request : context.view.open_requests())
        if (review::in_votes(request.state)) outcome.changes.push_back(planned_anew(request, context));
    outcome.audit.push_back({"countersign", "deadlines.planned", "policy", details({{"policy", hash}})});
    return outcome;
}

Outcome deadline_due(const Event& event, const Context& context) {
    const auto request = context.view.request(RequestId{review::number_field(event.payload, "request")});
    const auto since = from_millis(review::number_field(event.payload, "since"));
    // The state has moved on since the timer was set: its waiting is over.
    if (!request || request->state_since != since) return {};
    const auto done = from_millis(review::number_field(event.payload, "done"));
    auto item = load_case(*request, context);
    Outcome outcome;
    bool reminded = false;
    for (const auto& step : steps_of(*request, context)) {
        if (step.at <= done || step.at > context.now) continue;
        if (about_installing(step.kind) && !installs_are_seen(context)) continue;
        switch (step.kind) {
            case Step::Kind::remind_requester:
            case Step::Kind::remind_parties:
            case Step::Kind::remind_install:
                // After a long stop one reminder is enough.
                if (std::exchange(reminded, true)) break;
                outcome.merge(step.kind == Step::Kind::remind_parties ? remind_parties(item, context)
                                                                      : remind_requester(item, context));
                break;
            case Step::Kind::escalate:
                outcome.merge(escalate(item, context.settings.policy->schedule.chain[step.link], context));
                break;
            case Step::Kind::hold:
                outcome.merge(hold(std::move(item), context));
                return outcome;
            case Step::Kind::lapse:
                outcome.merge(approval_lapsed(*request, context));
                break;
            case Step::Kind::expire:
                outcome.merge(expire(std::move(item), context));
                return outcome;
        }
    }
    outcome.changes.push_back(next_deadline(*request, context.now, context));
    return outcome;
}

storage::Change watch_condition(const storage::Vote& vote, const Context& context) {
    const nlohmann::json event{{"kind", "condition"}, {"request", vote.request.value}, {"party", vote.party}};
    return storage::SetTimer{
        {condition_timer(vote), end_of_day(vote.condition_until, context), event.dump()}};
}

Outcome condition_due(const Event& event, const Context& context) {
    const auto request = context.view.request(RequestId{review::number_field(event.payload, "request")});
    if (!request) return {};
    const auto party = review::text_field(event.payload, "party");
    auto item = load_case(*request, context);
    Outcome outcome;
    if (auto again = looked_too_early(item, event, context)) {
        outcome.changes.push_back(std::move(*again));
        return outcome;
    }
    const auto row = std::ranges::find(item.matrix, party, &review::PartyStatus::party);
    if (row == item.matrix.end() || row->not_counted.empty()) return {};  // lifted in time
    const auto before = request->state;
    outcome.audit.push_back(
        {"countersign", "condition.lapsed", to_text(request->id), details({{"party", party}})});
    if (review::in_votes(before)) {
        outcome.merge(settle(std::move(item), before, "countersign", context));
    } else if (before == RequestState::approved || before == RequestState::installed) {
        item.request.state = RequestState::reconsider;
        const auto lapsed =
            say_in(views::Language::english, texts::condition_lapsed, party, row->not_counted.front());
        item.request.state_note = say_in(views::Language::english, texts::to_reconsider, lapsed);
        outcome.merge(settle(std::move(item), before, "countersign", context));
    }
    return outcome;
}

}  // namespace countersign::handlers

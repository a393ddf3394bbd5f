#include "handlers/issue_polling.hpp"

#include "handlers/answers.hpp"
#include "handlers/effects.hpp"
#include "handlers/guarded.hpp"
#include "handlers/redrawing.hpp"
#include "handlers/review/life_cycle.hpp"
#include "handlers/review/payload_fields.hpp"
#include "handlers/tracker_account.hpp"
#include "handlers/trackers.hpp"
#include "handlers/vendor_issue_seen.hpp"
#include "handlers/views/notices.hpp"
#include "handlers/watch.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>

namespace countersign::handlers {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using storage::TrackerIssue;

constexpr std::size_t looked_at_once = 1'000;
constexpr std::size_t batch = 100;  // as many numbers as one call takes
constexpr std::size_t adopted_at_once = 500;
// Everything is read whole from time to time, should a change not have moved the issue's date.
constexpr hours whole_again{6};
constexpr int whole_at_once = 20;
constexpr milliseconds slowest{hours(1)};

std::string outstanding(std::string_view tracker) {
    return fmt::format("tracker_polled:{}", tracker);
}

std::string trouble(std::string_view tracker) {
    return fmt::format("tracker_trouble:{}", tracker);
}

// Sooner while nothing that the tracker tells is believed.
milliseconds round_of(const config::Tracker& tracker, bool believed) {
    const milliseconds poll = tracker.poll;
    return believed ? poll : std::min<milliseconds>(poll, minutes(1));
}

storage::Change next_poll(const config::Tracker& tracker, bool believed, const Context& context) {
    const nlohmann::json event{{"kind", "tracker_poll"}, {"tracker", tracker.name}};
    return storage::SetTimer{
        {"tracker_poll:" + tracker.name, context.now + round_of(tracker, believed), event.dump()}};
}

storage::Effect who_are_we(std::string_view tracker, const Context& context) {
    return ask_tracker_account(tracker, token_mark(tracker, context), std::to_string(to_millis(context.now)));
}

// A tracker that does not answer until the next round is told of, not asked ever more often.
storage::Effect for_this_round(storage::Effect effect, milliseconds round, const Context& context) {
    effect.deadline = context.now + std::max<milliseconds>(round, seconds(30));
    return effect;
}

// Links made before there was a token. Before it is known whose that is, they wait for the answer.
Outcome adopt_links(std::string_view tracker, const Context& context) {
    Outcome outcome;
    for (const auto& link : context.view.unread_vendor_issues(adopted_at_once))
        if (link.tracker == tracker) outcome.merge(watch_issue(link, context));
    return outcome;
}

Outcome begin_with(const config::Tracker& tracker, const Context& context) {
    Outcome outcome;
    const bool believed = account_is_known(tracker.name, context);
    outcome.effects.push_back(who_are_we(tracker.name, context));
    outcome.changes.push_back(next_poll(tracker, believed, context));
    if (believed) outcome.merge(adopt_links(tracker.name, context));
    return outcome;
}

// A minute while people sign, up to an hour for what nobody has touched for days; nullopt: nobody waits for
// it any more.
std::optional<milliseconds> interval(const TrackerIssue& issue, const config::Tracker& tracker,
                                     const Context& context) {
    bool signing = false;
    bool wanted = !issue.follower.empty() && issue.open;
    for (const auto id : context.view.requests_on(issue.key)) {
        const auto request = context.view.request(id);
        if (!request) continue;
        signing = signing || review::in_votes(request->state) || review::in_flight(request->state);
        wanted = wanted || !storage::is_final(request->state) ||
                 request->state == storage::RequestState::approved ||
                 request->state == storage::RequestState::installed;
    }
    if (!wanted && !signing) return std::nullopt;
    const milliseconds poll = tracker.poll;
    if (issue.problem_since) return std::clamp((context.now - *issue.problem_since) / 4, poll, slowest);
    if (signing) return poll;
    return std::clamp((context.now - issue.remote_updated_at) / 60, poll, slowest);
}

struct Round {
    std::vector<TrackerIssue> ask;  // whether they have changed
    int whole = 0;                  // read again for their age alone
};

Outcome look_at(TrackerIssue issue, const config::Tracker& tracker, Round& round, const Context& context) {
    Outcome outcome;
    const auto wait = interval(issue, tracker, context);
    issue.next_check = wait ? std::optional(context.now + *wait) : std::nullopt;
    const bool never = !issue.full_at;
    const bool old = issue.full_at && context.now - *issue.full_at > whole_again;
    if (wait && (never || !issue.problem.empty() || (old && round.whole++ < whole_at_once))) {
        outcome = read_again(issue, std::to_string(to_millis(context.now)), context);
        if (!outcome.effects.empty()) return outcome;
    } else if (wait) {
        round.ask.push_back(issue);
    }
    outcome.changes.emplace_back(storage::SaveTrackerIssue{std::move(issue)});
    return outcome;
}

// When it was read, by whichever clock says it was earlier: the tracker's may have run ahead then, and what
// has changed since it was set right bears earlier times. Never read: the beginning of time.
Timestamp last_read(const TrackerIssue& issue) {
    const auto read = issue.read_at.value_or(Timestamp());
    return std::min(read, issue.full_at.value_or(read));
}

Outcome ask_for_changes(const config::Tracker& tracker, const std::vector<TrackerIssue>& due,
                        const Context& context) {
    Outcome outcome;
    const auto round = std::to_string(to_millis(context.now));
    std::map<std::string, std::vector<const TrackerIssue*>> by_project;
    for (const auto& issue : due)
        by_project[issue.key.project].push_back(&issue);
    for (const auto& [project, issues] : by_project) {
        for (std::size_t at = 0; at < issues.size(); at += batch) {
            std::vector<std::int64_t> iids;
            auto since = context.now;
            for (auto i = at; i < std::min(issues.size(), at + batch); ++i) {
                iids.push_back(issues[i]->key.iid);
                since = std::min(since, last_read(*issues[i]));
            }
            // Never read: everything is asked for. Else a little more than what is missing.
            const auto from = since == Timestamp() ? since : since - minutes(2);
            outcome.effects.push_back(for_this_round(
                ask_changed_issues(tracker.name, project, iids, from, round), tracker.poll, context));
        }
    }
    if (!outcome.effects.empty())
        outcome.changes.emplace_back(storage::SetMeta{outstanding(tracker.name), outcome.effects.back().key});
    return outcome;
}

// People see on the cards why nothing moves, and see it go again (S8).
Outcome redraw_cards(std::string_view tracker, const Context& context) {
    Outcome outcome;
    for (const auto& request : context.view.open_requests()) {
        const auto issue = context.view.vendor_issue(request.id);
        if (issue && issue->tracker == tracker) redraw_at(request, next_moment(context), outcome);
    }
    return outcome;
}

std::string error_of(const EffectAnswer& answer) {
    return answer.error.empty() ? answer.meaning : answer.error;
}

Outcome tracker_fails(const std::string& tracker, const std::string& error, const std::string& why,
                      const Context& context) {
    Outcome outcome;
    if (context.view.meta(trouble(tracker)) == error) return outcome;
    outcome.changes.emplace_back(storage::SetMeta{trouble(tracker), error});
    outcome.merge(redraw_cards(tracker, context));
    const auto hour = std::chrono::floor<hours>(context.now).time_since_epoch().count();
    outcome.effects.push_back(
        alarm(context.settings, fmt::format("tracker:{}:{}:{}", tracker, error, hour),
              views::alarm_notice(fmt::format("The issues of tracker {} cannot be read.", tracker),
                                  why + " Requests wait; nothing is approved on what cannot be read.")));
    outcome.audit.push_back({"countersign", "tracker.unreadable", tracker, details({{"error", error}})});
    return outcome;
}

Outcome tracker_answers(const std::string& tracker, const Context& context) {
    Outcome outcome;
    if (context.view.meta(trouble(tracker)).empty()) return outcome;
    outcome.changes.emplace_back(storage::SetMeta{trouble(tracker), ""});
    outcome.merge(redraw_cards(tracker, context));
    outcome.audit.push_back({"countersign", "tracker.readable", tracker, details({})});
    return outcome;
}

// Another account is ours than was thought, or nobody knew: what was read was judged by that, or not at all,
// and nothing was written.
Outcome believe_again(const std::string& tracker, std::int64_t account, const Context& context) {
    auto outcome = adopt_links(tracker, context);
    outcome.merge(redraw_cards(tracker, context));
    const auto before = own_accounts(tracker, context).now;
    const bool another = before != 0 && before != account;
    const auto round = fmt::format("account:{}:{}", account, to_millis(context.now));
    for (auto& issue : context.view.tracker_issues_due(tracker, Timestamp::max(), looked_at_once))
        if (another || issue.problem == account_unknown)
            outcome.merge(read_again(std::move(issue), round, context));
    return outcome;
}

}  // namespace

Outcome read_again(TrackerIssue issue, std::string_view round, const Context& context) {
    const auto pending = context.view.effect(issue.read_key);
    if (pending && pending->state == storage::EffectState::pending) return {};
    Outcome outcome;
    auto effect = read_issue(issue.key, round);
    issue.read_key = effect.key;
    outcome.changes.emplace_back(storage::SaveTrackerIssue{std::move(issue)});
    outcome.effects.push_back(std::move(effect));
    return outcome;
}

Outcome begin_polling(const Context& context) {
    Outcome outcome;
    for (const auto& tracker : context.settings.trackers)
        if (has_token(tracker.name, context)) outcome.merge(begin_with(tracker, context));
    return outcome;
}

Outcome tracker_begins(const Event& event, const Context& context) {
    Outcome outcome;
    const auto name = review::text_field(event.payload, "tracker");
    const auto* tracker = find_tracker(name, context.settings);
    if (tracker == nullptr || !has_token(name, context)) return outcome;
    outcome.merge(begin_with(*tracker, context));
    return outcome;
}

Outcome tracker_lost(const Event& event, const Context& context) {
    const auto name = review::text_field(event.payload, "tracker");
    if (find_tracker(name, context.settings) == nullptr || has_token(name, context)) return {};
    return tracker_fails(
        name, "no_token",
        "No authorization works for it: reconnect it in `/installed-apps`, or set its token.", context);
}

Outcome poll_due(const Event& event, const Context& context) {
    Outcome outcome;
    const auto name = review::text_field(event.payload, "tracker");
    const auto* tracker = find_tracker(name, context.settings);
    if (tracker == nullptr || !has_token(name, context)) return outcome;
    const bool believed = account_is_known(name, context);
    outcome.changes.push_back(next_poll(*tracker, believed, context));
    if (!believed) {
        outcome.effects.push_back(
            for_this_round(who_are_we(name, context), round_of(*tracker, believed), context));
        return outcome;
    }
    // The round before is still under way: its questions would only be asked twice.
    if (still_in_outbox(context.view.meta(outstanding(name)), context)) return outcome;
    Round round;
    for (auto& issue : context.view.tracker_issues_due(name, context.now, looked_at_once)) {
        bool looked = false;
        outcome.merge(guarded(fmt::format("polling {}#{}", issue.key.project, issue.key.iid), context, [&] {
            auto found = look_at(issue, *tracker, round, context);
            looked = true;
            return found;
        }));
        if (looked) continue;
        issue.next_check = context.now + slowest;
        outcome.changes.emplace_back(storage::SaveTrackerIssue{std::move(issue)});
    }
    outcome.merge(ask_for_changes(*tracker, round.ask, context));
    return outcome;
}

Outcome changed_issues_told(const EffectAnswer& answer, const Context& context) {
    const auto tracker = review::text_field(answer.args, "tracker");
    const auto project = review::text_field(answer.args, "project");
    if (!answer.ok()) return tracker_fails(tracker, error_of(answer), answer.trouble(), context);
    auto outcome = tracker_answers(tracker, context);
    const auto round = std::to_string(to_millis(context.now));
    for (const auto& told : review::field(answer.response, "issues")) {
        auto known = context.view.tracker_issue({tracker, project, review::number_field(told, "iid")});
        if (!known || !known->next_check) continue;
        const bool same = to_millis(known->remote_updated_at) == review::number_field(told, "updated_at");
        // Trackers' dates go by the second: what changed in the second of the last reading may have come
        // after it.
        const bool read_later = known->read_at && *known->read_at - known->remote_updated_at > seconds(1);
        if (same && read_later) continue;
        outcome.merge(read_again(std::move(*known), round, context));
    }
    return outcome;
}

Outcome tracker_account_told(const EffectAnswer& answer, const Context& context) {
    const auto tracker = review::text_field(answer.args, "tracker");
    if (!answer.ok()) return tracker_fails(tracker, error_of(answer), answer.trouble(), context);
    auto outcome = tracker_answers(tracker, context);
    const auto account = review::number_field(review::field(answer.response, "account"), "id");
    // Another token has taken its place since: of that one it was asked, too.
    const bool of_this_token = review::text_field(answer.args, "mark") == token_mark(tracker, context);
    if (account <= 0 || !of_this_token) return outcome;
    if (account_is_known(tracker, context) && own_accounts(tracker, context).now == account) return outcome;
    outcome.changes.push_back(remember_account(tracker, account, context));
    outcome.merge(guarded(fmt::format("reading the issues of {} anew", tracker), context,
                          [&] { return believe_again(tracker, account, context); }));
    return outcome;
}

Outcome account_doubted(std::string_view tracker, const Context& context) {
    Outcome outcome;
    const auto* configured = find_tracker(tracker, context.settings);
    if (configured == nullptr || !account_is_known(tracker, context)) return outcome;
    outcome.changes.push_back(doubt_account(tracker, context));
    outcome.changes.push_back(next_poll(*configured, false, context));
    return outcome;
}

}  // namespace countersign::handlers

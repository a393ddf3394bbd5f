#include "bot/batch_processor.hpp"

#include "bot/failpoint.hpp"
#include "config/base/log.hpp"
#include "config/base/text.hpp"
#include "handlers/effects.hpp"
#include "handlers/review/payload_fields.hpp"
#include "storage/clock_step.hpp"
#include "storage/inbox.hpp"
#include "storage/installed_view.hpp"
#include "storage/outbox.hpp"
#include "storage/retention.hpp"
#include "storage/storage_error.hpp"
#include "storage/timers.hpp"
#include "storage/view.hpp"
#include "storage/writer.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace countersign::bot {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr int max_timers = 64;
// What time servers correct without a jump is less.
constexpr auto smallest_step = std::chrono::minutes(1);
constexpr auto prune_every = std::chrono::minutes(1);
constexpr int prune_rows = 500;
// R48: at least 26 h, so that Slack's Delayed Events cannot outlive the memory of them.
// H6: a recorded webhook is known for a week.
constexpr auto inbox_kept = std::chrono::hours(24 * 7);
// Longer than a burst of 500 cards needs at one a second.
constexpr auto stuck_after = std::chrono::minutes(15);
constexpr auto look_every = seconds(10);
constexpr auto outbox_kept = std::chrono::hours(24 * 14);

template <class... Lambdas>
struct Overloaded : Lambdas... {
    using Lambdas::operator()...;
};

bool told_identity(const Item& item) {
    const auto* answer = std::get_if<EffectAnswer>(&item);
    return answer != nullptr && answer->effect.method == "auth.test";
}

std::string_view variable_of(storage::TokenKind token) {
    switch (token) {
        case storage::TokenKind::bot:
            return "SLACK_BOT_TOKEN";
        case storage::TokenKind::admin:
            return "SLACK_ADMIN_TOKEN";
        case storage::TokenKind::app:
            return "SLACK_APP_TOKEN";
        case storage::TokenKind::reviewer:
            return "SLACK_REVIEWER_TOKEN";
        case storage::TokenKind::tracker:
            return "the tracker's token";  // which one, the answer itself says
    }
    return "";
}

using Trackers = decltype(handlers::Capabilities::trackers);

// A token came, went or gave way to another, with a reload or with an integration.
void tell_of_trackers(storage::Database& database, const Trackers& before, const Trackers& now,
                      Timestamp at) {
    const auto tell = [&](std::string_view kind, std::string_view name) {
        // A tracker's name has no sign that JSON would quote.
        const auto event = fmt::format(R"({{"kind":"{}","tracker":"{}"}})", kind, name);
        storage::apply(database, storage::SetTimer{{fmt::format("{}:{}", kind, name), at, event}}, at);
    };
    for (const auto& [name, whose] : now) {
        const auto known = before.find(name);
        if (known == before.end() || known->second != whose) tell("tracker_begins", name);
    }
    for (const auto& each : before)
        if (!now.contains(each.first)) tell("tracker_lost", each.first);
}

}  // namespace

BatchProcessor::BatchProcessor(storage::Database database, const Clock& clock,
                               std::shared_ptr<const config::Settings> settings,
                               handlers::Capabilities capabilities)
    : database_(std::move(database)),
      clock_(&clock),
      settings_(std::move(settings)),
      capabilities_(std::move(capabilities)),
      runner_(database_, settings_->slack.rate_scale),
      last_now_(clock.now()),
      last_steady_(clock.steady()),
      last_sent_(clock.steady()) {
    trackers_with_token_ = capabilities_.trackers;
    runner_.use(settings_->trackers);
}

void BatchProcessor::use(std::shared_ptr<const config::Settings> settings,
                         const handlers::Capabilities& capabilities) {
    settings_ = std::move(settings);
    runner_.use(settings_->trackers);
    capabilities_.admin = capabilities.admin;
    capabilities_.reviewer = capabilities.reviewer;
    trackers_with_token_ = capabilities.trackers;
    reloaded_ = true;
}

void BatchProcessor::start_up() {
    database_.transaction([&] {
        const Timestamp now = clock_->now();
        // It may have been set back while nothing ran. How long a blocked storage let this wait says nothing
        // of that.
        last_steady_ = clock_->steady();
        last_now_ = std::max(now, storage::last_written(database_));
        mend_after_step(now, last_steady_);
        last_now_ = now;
        storage::forget_claims_after(database_, now);
        storage::Outbox(database_).release_claims();
        read_identity(capabilities_);
        IntakeCounts counts;
        EventIntake(database_, *settings_, capabilities_, counts, now).started();
    });
}

// Who we are is learned from auth.test and kept (handlers/identity.cpp).
void BatchProcessor::read_identity(handlers::Capabilities& capabilities) const {
    const storage::View view(database_);
    capabilities.bot_user = UserId(view.meta("bot_user"));
    capabilities.enterprise = EnterpriseId(view.meta("enterprise"));
}

BatchProcessor::Processed BatchProcessor::process(std::vector<Item>& batch) {
    Processed done;
    const Timestamp now = clock_->now();
    const SteadyTime steady = clock_->steady();
    auto capabilities = capabilities_;  // what a transaction that fails has changed did not happen
    try {
        database_.transaction([&] {
            mend_after_step(now, steady);
            // An integration may have come or gone, also by a command of the operator.
            auto trackers = storage::InstalledView(database_).connected_trackers(trackers_with_token_);
            tell_of_trackers(database_, capabilities_.trackers, trackers, now);
            capabilities.trackers = std::move(trackers);
            const EventIntake intake(database_, *settings_, capabilities, done.counts, clock_->now());
            if (reloaded_) intake.reloaded();
            take(batch, done, intake);
            if (std::ranges::any_of(batch, told_identity)) read_identity(capabilities);
            failpoint("before_commit");
        });
    } catch (...) {
        runner_.forget(done.effects);
        throw;
    }
    capabilities_ = std::move(capabilities);
    last_now_ = now;
    last_steady_ = steady;
    reloaded_ = false;
    failpoint("after_commit");
    return done;
}

void BatchProcessor::mend_after_step(Timestamp now, SteadyTime steady) {
    const auto expected = last_now_ + std::chrono::duration_cast<milliseconds>(steady - last_steady_);
    if (now > expected - smallest_step) return;
    log::notice("clock_set_back", {{"seconds", std::chrono::duration_cast<seconds>(expected - now).count()}});
    storage::clock_set_back(database_, expected, now);
}

void BatchProcessor::take(std::vector<Item>& batch, Processed& done, const EventIntake& intake) {
    const Timestamp now = clock_->now();
    const SteadyTime steady = clock_->steady();
    for (Item& item : batch) {
        std::visit(Overloaded{
                       [&](Envelope& envelope) {
                           const auto waited = std::chrono::duration_cast<milliseconds>(
                               clock_->steady() - envelope.delivery.received_steady);
                           done.acks.push_back({envelope.from, envelope.delivery.connection,
                                                intake.envelope(envelope.delivery, waited)});
                       },
                       [&](EffectAnswer& answer) {
                           if (const auto result = record(answer, now, steady)) intake.effect_result(*result);
                       },
                       [&](Reconnected&) { intake.reconnected(); },
                       [&](HookIn& hook) {
                           (void)(hook.access ? intake.access_hook(hook.tracker, *hook.access)
                                              : intake.tracker_hook(hook.tracker, hook.hook));
                       },
                       [&](CallbackIn& callback) { intake.oauth_callback(callback.payload); },
                       [&](Alarm& alarm) { intake.alarm(alarm.key, alarm.text, alarm.raw); },
                       [&](Remark& remark) {
                           storage::apply(database_, storage::SetMeta{remark.key, remark.text}, now);
                       },
                   },
                   item);
    }
    for (const auto& timer : storage::take_due_timers(database_, now, max_timers))
        intake.timer(timer);
    auto planned = plan(intake, now, steady);
    done.effects = std::move(planned.perform);
    done.wake = planned.wake;
    prune(now, steady);
    look_at_outbox(now, steady);
}

OutboxRunner::Plan BatchProcessor::plan(const EventIntake& intake, Timestamp now, SteadyTime steady) {
    auto plan =
        runner_.plan(now, steady, [&](const storage::Effect& effect) { return intake.may_leave(effect); });
    try {
        // A result may bring new effects; they are planned with the next turn, at once.
        for (const auto& result : plan.results)
            intake.effect_result(result);
        if (!plan.results.empty()) plan.wake = steady;
        if (const auto due = storage::next_timer(database_)) {
            const auto at =
                steady + std::max(milliseconds(0), std::chrono::duration_cast<milliseconds>(*due - now));
            if (!plan.wake || at < *plan.wake) plan.wake = at;
        }
    } catch (...) {
        runner_.forget(plan.perform);
        throw;
    }
    return plan;
}

// A bug in the bookkeeping of one effect must not stop every other: its row stays claimed and is looked at
// again by the next run of the program.
std::optional<OutboxRunner::Result> BatchProcessor::record(const EffectAnswer& answer, Timestamp now,
                                                           SteadyTime steady) {
    note_token(answer);
    note_alarm(answer);
    if (answer.answer.http_status != 0) last_sent_ = steady;
    std::optional<OutboxRunner::Result> result;
    try {
        database_.savepoint([&] { result = runner_.record(answer, now, steady); });
    } catch (const std::exception& bug) {
        if (storage::concerns_all(bug)) throw;
        result.reset();
        log::error("effect_not_recorded", {{"effect", answer.effect.key}, {"error", bug.what()}});
    }
    return result;
}

void BatchProcessor::prune(Timestamp now, SteadyTime steady) {
    if (steady < next_prune_) return;
    const int inbox = storage::Inbox(database_).prune(now - inbox_kept, prune_rows);
    const int outbox = storage::Outbox(database_).prune(now - outbox_kept, prune_rows);
    // Small bites: what is left goes with the next turns, so that no ack waits for it.
    const auto term = settings_->erase_after;
    const int words = term.count() > 0 ? storage::erase_old_words(database_, now - term, now, prune_rows) : 0;
    const bool more = inbox == prune_rows || outbox == prune_rows || words == prune_rows;
    next_prune_ = more ? steady : steady + prune_every;
}

// O3: a token that Slack does not take any more means that nothing of its kind can be done.
void BatchProcessor::note_token(const EffectAnswer& answer) {
    static constexpr std::array<std::string_view, 5> dead{"token_revoked", "token_expired",
                                                          "account_inactive", "invalid_auth", "not_authed"};
    const auto& error = answer.answer.error;
    if (std::ranges::find(dead, error) != dead.end())
        dead_tokens_[answer.effect.token] = error;
    else if (answer.answer.http_status != 0)
        dead_tokens_.erase(answer.effect.token);
}

// Whoever watches the log or systemd has a way to hear of it that is not Slack's.
void BatchProcessor::note_alarm(const EffectAnswer& answer) {
    if (answer.effect.purpose != handlers::purposes::alarm) return;
    using enum slack::ApiMeaning;
    const auto meaning = answer.answer.meaning;
    if (meaning == ok || meaning == ok_in_disguise) alarms_astray_.clear();
    if (meaning != human && meaning != refused) return;
    const auto args = nlohmann::json::parse(answer.effect.args, nullptr, false);
    const auto channel = handlers::review::text_field(args, "channel");
    alarms_astray_ = fmt::format("{}: {}", channel, answer.answer.error);
    if (answer.effect.error != answer.answer.error)
        log::error("alarm_not_delivered",
                   {{"channel", channel},
                    {"error", answer.answer.error},
                    {"text", text::shortened(handlers::review::text_field(args, "text"), 300)}});
}

std::string BatchProcessor::dead_token() const {
    std::string text;
    for (const auto& [token, why] : dead_tokens_)
        text += fmt::format("{}{}: {}", text.empty() ? "" : ", ", variable_of(token), why);
    return text;
}

// O3: everything that leaves goes through the outbox; what stays there too long says that nothing leaves.
void BatchProcessor::look_at_outbox(Timestamp now, SteadyTime steady) {
    if (steady < next_look_) return;
    next_look_ = steady + look_every;
    const auto depth = storage::Outbox(database_).depth();
    std::string text;
    // One that waits for a person (a channel without the bot) does not hold up the others.
    const bool nothing_leaves = steady - last_sent_ > stuck_after;
    if (nothing_leaves && depth.oldest_pending && now - *depth.oldest_pending > stuck_after)
        text = fmt::format(
            "{} effects wait to be sent, the oldest for {} minutes", depth.pending + depth.claimed,
            std::chrono::duration_cast<std::chrono::minutes>(now - *depth.oldest_pending).count());
    stuck_ = std::move(text);
}

}  // namespace countersign::bot

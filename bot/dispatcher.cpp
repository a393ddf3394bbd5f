#include "bot/dispatcher.hpp"

#include "bot/failpoint.hpp"
#include "config/base/log.hpp"
#include "storage/inbox.hpp"
#include "storage/outbox.hpp"
#include "storage/storage_error.hpp"
#include "storage/timers.hpp"
#include "storage/view.hpp"
#include "storage/writer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace countersign::bot {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// One commit for many; small enough that a batch never holds up an ack for long.
constexpr std::size_t max_batch = 256;
constexpr std::size_t min_batch = 16;
// On a slow machine a full batch would take so long that answers miss the acks they ride on (R58).
constexpr auto longest_batch = milliseconds(200);
constexpr int max_timers = 64;
// The loop goes round at least this often, so that its heartbeat means something.
constexpr auto longest_wait = seconds(1);
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

bool told_identity(const auto& item) {
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

milliseconds storage_retry_delay(int failures) {
    return std::min<milliseconds>(milliseconds(100) * (1 << std::min(failures, 6)), seconds(5));
}

}  // namespace

Dispatcher::Dispatcher(storage::Database database, const Clock& clock,
                       std::shared_ptr<const config::Settings> settings, handlers::Capabilities capabilities,
                       Ports ports, Limits limits)
    : database_(std::move(database)),
      clock_(&clock),
      settings_(std::move(settings)),
      capabilities_(std::move(capabilities)),
      ports_(std::move(ports)),
      limits_(limits),
      runner_(database_, settings_->slack.rate_scale) {
    runner_.use(settings_->trackers);
    health_.last_turn = last_sent_ = clock.steady();
}

Dispatcher::~Dispatcher() = default;

bool Dispatcher::offer(slack::Delivery&& delivery, const std::shared_ptr<slack::SocketClient>& from) {
    const std::size_t bytes = delivery.text.size();
    {
        const std::lock_guard lock(mutex_);
        if (queue_.size() >= limits_.items || queued_bytes_ + bytes > limits_.bytes) {
            ++health_.busy;
            return false;
        }
        queue_.emplace_back(Envelope{std::move(delivery), from});
        queued_bytes_ += bytes;
    }
    failpoint("after_receive");
    arrived_.notify_one();
    return true;
}

void Dispatcher::offer(EffectAnswer answer) {
    {
        const std::lock_guard lock(mutex_);
        queue_.emplace_back(std::move(answer));
    }
    arrived_.notify_one();
}

void Dispatcher::offer(Alarm alarm) {
    {
        const std::lock_guard lock(mutex_);
        queue_.emplace_back(std::move(alarm));
    }
    arrived_.notify_one();
}

void Dispatcher::offer(Remark remark) {
    {
        const std::lock_guard lock(mutex_);
        queue_.emplace_back(std::move(remark));
    }
    arrived_.notify_one();
}

void Dispatcher::offer(Reconnected event) {
    {
        const std::lock_guard lock(mutex_);
        queue_.emplace_back(event);
    }
    arrived_.notify_one();
}

bool Dispatcher::offer(HookIn hook) {
    {
        const std::lock_guard lock(mutex_);
        if (queue_.size() >= limits_.items) return false;
        queue_.emplace_back(std::move(hook));
    }
    arrived_.notify_one();
    return true;
}

void Dispatcher::use(std::shared_ptr<const config::Settings> settings,
                     const handlers::Capabilities& capabilities) {
    const std::lock_guard lock(mutex_);
    next_settings_ = std::move(settings);
    next_admin_ = capabilities.admin;
    next_reviewer_ = capabilities.reviewer;
    next_trackers_ = capabilities.trackers;
}

void Dispatcher::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    arrived_.notify_one();
}

Dispatcher::Health Dispatcher::health() const {
    const std::lock_guard lock(mutex_);
    Health health = health_;
    health.queued = queue_.size();
    return health;
}

void Dispatcher::run() {
    start_up();
    while (wait_for_work()) {
        take_batch();
        try {
            process();
            storage_recovered();
        } catch (const std::exception& error) {
            // The batch stays: nothing of it is acknowledged until it is committed. At a stop it goes
            // unacknowledged, and Slack brings the events again.
            storage_failed(error);
            const std::lock_guard lock(mutex_);
            if (stopping_) return;
        }
    }
}

// What an earlier run had under way may have been sent; nothing else is done before that is written down.
void Dispatcher::start_up() {
    while (true) {
        try {
            database_.transaction([&] {
                const Timestamp now = clock_->now();
                storage::Outbox(database_).release_claims(now);
                read_identity();
                IntakeCounts counts;
                EventIntake(database_, *settings_, capabilities_, counts, now).started();
            });
            return;
        } catch (const std::exception& error) {
            storage_failed(error);
            const std::lock_guard lock(mutex_);
            if (stopping_) return;
        }
    }
}

// Who we are is learned from auth.test and kept (handlers/identity.cpp).
void Dispatcher::read_identity() {
    const storage::View view(database_);
    capabilities_.bot_user = UserId(view.meta("bot_user"));
    capabilities_.enterprise = EnterpriseId(view.meta("enterprise"));
}

bool Dispatcher::wait_for_work() {
    std::unique_lock lock(mutex_);
    health_.last_turn = clock_->steady();
    auto until = health_.last_turn + longest_wait;
    if (wake_ && *wake_ < until) until = *wake_;
    arrived_.wait_until(lock, until, [&] { return !queue_.empty() || stopping_; });
    health_.last_turn = clock_->steady();
    return !(stopping_ && queue_.empty() && batch_.empty());
}

void Dispatcher::take_batch() {
    const std::lock_guard lock(mutex_);
    if (next_settings_) {
        settings_ = std::exchange(next_settings_, nullptr);
        runner_.use(settings_->trackers);
        capabilities_.admin = next_admin_;
        capabilities_.reviewer = next_reviewer_;
        capabilities_.trackers = std::move(next_trackers_);
    }
    while (!queue_.empty() && batch_.size() < batch_limit_) {
        if (const auto* envelope = std::get_if<Envelope>(&queue_.front())) {
            queued_bytes_ -= envelope->delivery.text.size();
        }
        batch_.push_back(std::move(queue_.front()));
        queue_.pop_front();
    }
}

void Dispatcher::process() {
    const SteadyTime begun = clock_->steady();
    std::vector<AckOut> acks;
    OutboxRunner::Plan plan;
    IntakeCounts counts;
    try {
        database_.transaction([&] {
            const EventIntake intake(database_, *settings_, capabilities_, counts, clock_->now());
            turn(acks, plan, intake);
            failpoint("before_commit");
        });
    } catch (...) {
        runner_.forget(plan.perform);
        throw;
    }
    failpoint("after_commit");
    const SteadyTime acknowledged = clock_->steady();
    batch_limit_ = acknowledged - begun > longest_batch ? std::max(batch_limit_ / 2, min_batch)
                                                        : std::min(batch_limit_ * 2, max_batch);
    if (!acks.empty()) ports_.acknowledge(std::move(acks));
    keep_hooks();
    failpoint("after_ack");
    if (std::ranges::any_of(batch_, [](const Item& item) { return told_identity(item); })) read_identity();
    if (!plan.perform.empty()) {
        failpoint("after_claim");
        ports_.perform(std::move(plan.perform));
    }
    wake_ = plan.wake;
    const std::lock_guard lock(mutex_);
    ++health_.commits;
    health_.intake.add(counts);
    for (const Item& item : batch_) {
        if (const auto* envelope = std::get_if<Envelope>(&item))
            health_.ack_times.add(acknowledged - envelope->delivery.received_steady);
    }
    batch_.clear();
}

// The trackers hear that their hooks were taken only when that is on disk.
void Dispatcher::keep_hooks() {
    std::vector<std::uint64_t> tickets;
    for (const Item& item : batch_)
        if (const auto* hook = std::get_if<HookIn>(&item)) tickets.push_back(hook->ticket);
    if (!tickets.empty()) ports_.hooks_kept(std::move(tickets));
}

void Dispatcher::AckTimes::add(std::chrono::duration<double> time) {
    const auto bucket = std::ranges::lower_bound(bounds, time.count()) - bounds.begin();
    ++counts.at(static_cast<std::size_t>(bucket));
    sum += time.count();
}

void Dispatcher::turn(std::vector<AckOut>& acks, OutboxRunner::Plan& plan, const EventIntake& intake) {
    const Timestamp now = clock_->now();
    const SteadyTime steady = clock_->steady();
    for (Item& item : batch_) {
        std::visit(Overloaded{
                       [&](Envelope& envelope) {
                           const auto waited = std::chrono::duration_cast<milliseconds>(
                               clock_->steady() - envelope.delivery.received_steady);
                           acks.push_back({envelope.from, envelope.delivery.connection,
                                           intake.envelope(envelope.delivery, waited)});
                       },
                       [&](EffectAnswer& answer) {
                           if (const auto result = record(answer, now, steady)) intake.effect_result(*result);
                       },
                       [&](Reconnected&) { intake.reconnected(); },
                       [&](HookIn& hook) { (void)intake.tracker_hook(hook.tracker, hook.hook); },
                       [&](Alarm& alarm) { intake.alarm(alarm.key, alarm.text, alarm.raw); },
                       [&](Remark& remark) {
                           storage::apply(database_, storage::SetMeta{remark.key, remark.text}, now);
                       },
                   },
                   item);
    }
    for (const auto& timer : storage::take_due_timers(database_, now, max_timers))
        intake.timer(timer);

    plan = runner_.plan(now, steady);
    // A result may bring new effects; they are planned with the next turn, at once.
    for (const auto& result : plan.results)
        intake.effect_result(result);
    if (!plan.results.empty()) plan.wake = steady;
    if (const auto due = storage::next_timer(database_)) {
        const auto at =
            steady + std::max(milliseconds(0), std::chrono::duration_cast<milliseconds>(*due - now));
        if (!plan.wake || at < *plan.wake) plan.wake = at;
    }
    prune(now, steady);
    look_at_outbox(now, steady);
}

// A bug in the bookkeeping of one effect must not stop every other: its row stays claimed and is looked at
// again by the next run of the program.
std::optional<OutboxRunner::Result> Dispatcher::record(const EffectAnswer& answer, Timestamp now,
                                                       SteadyTime steady) {
    note_token(answer);
    if (answer.answer.http_status != 0) last_sent_ = steady;
    std::optional<OutboxRunner::Result> result;
    try {
        database_.savepoint([&] { result = runner_.record(answer, now, steady); });
    } catch (const std::logic_error& bug) {
        result.reset();
        log::error("effect_not_recorded", {{"effect", answer.effect.key}, {"error", bug.what()}});
    }
    return result;
}

void Dispatcher::prune(Timestamp now, SteadyTime steady) {
    if (steady < next_prune_) return;
    const int inbox = storage::Inbox(database_).prune(now - inbox_kept, prune_rows);
    const int outbox = storage::Outbox(database_).prune(now - outbox_kept, prune_rows);
    // Small bites: what is left goes with the next turns, so that no ack waits for it.
    const bool more = inbox == prune_rows || outbox == prune_rows;
    next_prune_ = more ? steady : steady + prune_every;
}

// O3: a token that Slack does not take any more means that nothing of its kind can be done.
void Dispatcher::note_token(const EffectAnswer& answer) {
    static constexpr std::array<std::string_view, 5> dead{"token_revoked", "token_expired",
                                                          "account_inactive", "invalid_auth", "not_authed"};
    const auto& error = answer.answer.error;
    if (std::ranges::find(dead, error) != dead.end())
        dead_tokens_[answer.effect.token] = error;
    else if (answer.answer.http_status != 0)
        dead_tokens_.erase(answer.effect.token);
    std::string text;
    for (const auto& [token, why] : dead_tokens_)
        text += fmt::format("{}{}: {}", text.empty() ? "" : ", ", variable_of(token), why);
    const std::lock_guard lock(mutex_);
    health_.dead_token = std::move(text);
}

// O3: everything that leaves goes through the outbox; what stays there too long says that nothing leaves.
void Dispatcher::look_at_outbox(Timestamp now, SteadyTime steady) {
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
    const std::lock_guard lock(mutex_);
    health_.stuck = std::move(text);
}

void Dispatcher::storage_failed(const std::exception& error) {
    const auto advice =
        storage::advice(storage::storage_trouble(error).value_or(storage::StorageTrouble::other));
    if (storage_failures_ == 0) {
        log::error("storage_failed", {{"error", error.what()}, {"advice", advice}});
    }
    const auto delay = storage_retry_delay(storage_failures_++);
    std::unique_lock lock(mutex_);
    health_.storage_ok = false;
    health_.storage_error = advice;
    arrived_.wait_for(lock, delay, [&] { return stopping_; });
}

void Dispatcher::storage_recovered() {
    if (storage_failures_ == 0) return;
    log::notice("storage_recovered", {{"failures", storage_failures_}});
    storage_failures_ = 0;
    const std::lock_guard lock(mutex_);
    health_.storage_ok = true;
    health_.storage_error.clear();
}

}  // namespace countersign::bot

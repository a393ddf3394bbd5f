#include "bot/dispatcher.hpp"

#include "bot/failpoint.hpp"
#include "config/base/log.hpp"
#include "storage/storage_error.hpp"

#include <algorithm>

namespace countersign::bot {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// One commit for many; small enough that a batch never holds up an ack for long.
constexpr std::size_t max_batch = 256;
constexpr std::size_t min_batch = 16;
// On a slow machine a full batch would take so long that answers miss the acks they ride on (R58).
constexpr auto longest_batch = milliseconds(200);
// The loop goes round at least this often, so that its heartbeat means something.
constexpr auto longest_wait = seconds(1);

milliseconds storage_retry_delay(int failures) {
    return std::min<milliseconds>(milliseconds(100) * (1 << std::min(failures, 6)), seconds(5));
}

}  // namespace

Dispatcher::Dispatcher(storage::Database database, const Clock& clock,
                       std::shared_ptr<const config::Settings> settings, handlers::Capabilities capabilities,
                       Ports ports, Limits limits)
    : processor_(std::move(database), clock, std::move(settings), std::move(capabilities)),
      clock_(&clock),
      ports_(std::move(ports)),
      limits_(limits) {
    health_.last_turn = clock.steady();
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

void Dispatcher::offer(Item item) {
    {
        const std::lock_guard lock(mutex_);
        queue_.emplace_back(std::move(item));
    }
    arrived_.notify_one();
}

bool Dispatcher::try_offer(Item item) {
    {
        const std::lock_guard lock(mutex_);
        if (queue_.size() >= limits_.items) return false;
        queue_.emplace_back(std::move(item));
    }
    arrived_.notify_one();
    return true;
}

void Dispatcher::use(std::shared_ptr<const config::Settings> settings,
                     const handlers::Capabilities& capabilities) {
    const std::lock_guard lock(mutex_);
    next_ = Reload{std::move(settings), capabilities};
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

void Dispatcher::start_up() {
    while (true) {
        try {
            processor_.start_up();
            return;
        } catch (const std::exception& error) {
            storage_failed(error);
            const std::lock_guard lock(mutex_);
            health_.last_turn = clock_->steady();
            if (stopping_) return;
        }
    }
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
    if (next_) processor_.use(std::move(next_->settings), next_->capabilities);
    next_.reset();
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
    auto done = processor_.process(batch_);
    const SteadyTime acknowledged = clock_->steady();
    batch_limit_ = acknowledged - begun > longest_batch ? std::max(batch_limit_ / 2, min_batch)
                                                        : std::min(batch_limit_ * 2, max_batch);
    if (!done.acks.empty()) ports_.acknowledge(std::move(done.acks));
    keep_hooks();
    failpoint("after_ack");
    if (!done.effects.empty()) {
        failpoint("after_claim");
        ports_.perform(std::move(done.effects));
    }
    wake_ = done.wake;
    const std::lock_guard lock(mutex_);
    ++health_.commits;
    health_.intake.add(done.counts);
    health_.dead_token = processor_.dead_token();
    health_.stuck = processor_.stuck();
    health_.alarms_astray = processor_.alarms_astray();
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

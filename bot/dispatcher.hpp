#pragma once

#include "bot/batch_processor.hpp"

#include <array>
#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <variant>
#include <vector>

namespace countersign::bot {

// The writer thread: the only one that changes the database (docs/architecture.md, "The path of an
// envelope"). Takes what has arrived, one transaction for the batch, a savepoint for each item; after the
// commit the acks go out and the claimed effects leave. When a commit fails nothing is acknowledged and the
// same batch is tried again.
class Dispatcher {
  public:
    // Called on the dispatcher thread after a commit; implementations hand over to the I/O thread.
    struct Ports {
        std::function<void(std::vector<AckOut>)> acknowledge;
        std::function<void(std::vector<storage::Effect>)> perform;
        std::function<void(std::vector<std::uint64_t>)> hooks_kept;
    };
    struct Limits {
        std::size_t items = 10'000;
        std::size_t bytes = std::size_t{64} * 1024 * 1024;
    };

    Dispatcher(storage::Database database, const Clock& clock,
               std::shared_ptr<const config::Settings> settings, handlers::Capabilities capabilities,
               Ports ports, Limits limits);
    ~Dispatcher();

    // From any thread. False: the queue is full, and the delivery is left as it is (R56).
    [[nodiscard]] bool offer(slack::Delivery&& delivery, const std::shared_ptr<slack::SocketClient>& from);
    // What cannot be refused: answers to effects, and what comes from the daemon itself.
    void offer(Item item);
    // False: the queue is full.
    [[nodiscard]] bool try_offer(Item item);
    // Takes effect with the next batch. Of `capabilities`, what the tokens say; who we are stays as learned.
    void use(std::shared_ptr<const config::Settings> settings, const handlers::Capabilities& capabilities);

    // The thread's body; returns after `stop` once everything offered before it is committed.
    void run();
    void stop();

    // For health, metrics and the watchdog; from any thread.
    // From receipt to the ack's way out (R72).
    struct AckTimes {
        static constexpr std::array<double, 9> bounds{0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 1, 3};
        std::array<double, bounds.size() + 1> counts = {};
        double sum = 0;
        void add(std::chrono::duration<double> time);
    };
    struct Health {
        SteadyTime last_turn;  // the loop went round; at least once a second
        bool storage_ok = true;
        std::string storage_error;
        std::string dead_token;     // "SLACK_ADMIN_TOKEN: token_revoked"; "" = all that were used work
        std::string alarms_astray;  // "C0ITALARMS: not_in_channel"; "" = the alarm channel takes them
        std::string stuck;          // what has been waiting to be sent for too long; "" = nothing
        std::size_t queued = 0;
        std::uint64_t commits = 0, busy = 0;
        IntakeCounts intake;
        AckTimes ack_times;
    };
    [[nodiscard]] Health health() const;

  private:
    struct Reload {
        std::shared_ptr<const config::Settings> settings;
        handlers::Capabilities capabilities;
    };

    [[nodiscard]] bool wait_for_work();
    void take_batch();
    void process();
    void keep_hooks();
    void storage_failed(const std::exception& error);
    void storage_recovered();
    void start_up();

    BatchProcessor processor_;
    const Clock* clock_;
    Ports ports_;
    Limits limits_;
    std::vector<Item> batch_;
    std::size_t batch_limit_ = 16;
    std::optional<SteadyTime> wake_;
    int storage_failures_ = 0;

    mutable std::mutex mutex_;
    std::condition_variable arrived_;
    std::deque<Item> queue_;
    std::size_t queued_bytes_ = 0;
    bool stopping_ = false;
    std::optional<Reload> next_;
    Health health_;
};

}  // namespace countersign::bot

#pragma once

#include "bot/access_hook.hpp"
#include "bot/outbox_runner.hpp"
#include "bot/slack/socket_client.hpp"
#include "bot/tracker/webhook.hpp"
#include "handlers/context.hpp"
#include "handlers/event.hpp"
#include "handlers/outcome.hpp"
#include "storage/database.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace countersign::bot {

struct IntakeCounts {
    std::uint64_t handled = 0, duplicates = 0, failed = 0, unknown = 0;
    std::uint64_t late = 0;                         // more than a minute after Slack's event_time (R72)
    std::array<std::uint64_t, 3> redelivered = {};  // by retry_attempt; the last counts all above, too
    void add(const IntakeCounts& other);
};

// Takes one item into the state: dedupe, handler, changes, effects, audit; all inside the caller's
// transaction, the handler's part in a savepoint of its own. A handler that throws loses its own work only:
// the envelope is recorded as failed, the person gets a visible answer and an alarm is raised. Throws only
// when the database is broken.
class EventIntake {
  public:
    EventIntake(storage::Database& database, const config::Settings& settings,
                const handlers::Capabilities& capabilities, IntakeCounts& counts, Timestamp now)
        : database_(&database),
          settings_(&settings),
          capabilities_(&capabilities),
          counts_(&counts),
          now_(now) {}

    // The text of the ack to send after the commit. `waited`: how long ago the envelope came in (R58).
    [[nodiscard]] std::string envelope(const slack::Delivery& delivery,
                                       std::chrono::milliseconds waited) const;
    void effect_result(const OutboxRunner::Result& result) const;
    // Whether what a waiting effect rests on still holds, now that its turn has come.
    [[nodiscard]] bool may_leave(const storage::Effect& effect) const;
    void timer(const storage::Timer& timer) const;
    void started() const;
    void reloaded() const;
    void reconnected() const;
    // False: this delivery came before, and nothing follows from it.
    bool tracker_hook(std::string_view tracker, const tracker::Hook& hook) const;
    bool access_hook(std::string_view tracker, const AccessHook& hook) const;
    void oauth_callback(const std::string& payload) const;
    void alarm(std::string_view key, std::string_view text, std::string_view raw) const;

  private:
    struct Handled {
        handlers::Outcome outcome;
        std::string error;  // "" = fine
    };
    // Routes and applies in a savepoint; on an exception the fallback of handlers::failed is applied instead.
    [[nodiscard]] Handled handle(const handlers::Event& event) const;
    [[nodiscard]] bool hook_in(std::string_view tracker, const std::string& delivery,
                               const nlohmann::json& payload) const;
    // False: its handler threw.
    bool own_event(handlers::EventKind kind, const nlohmann::json& payload, const std::string& name) const;
    void ring_again(const storage::Timer& timer, nlohmann::json event) const;
    void apply(const handlers::Outcome& outcome) const;
    void alarm_unreadable(const std::string& key, const std::string& row, std::string_view raw) const;
    void count_arrival(const slack::SocketMessage& message, const nlohmann::json& payload,
                       Timestamp received_at) const;

    storage::Database* database_;
    const config::Settings* settings_;
    const handlers::Capabilities* capabilities_;
    IntakeCounts* counts_;
    Timestamp now_;
};

}  // namespace countersign::bot

#pragma once

#include "bot/access_hook.hpp"
#include "bot/effect_answer.hpp"
#include "bot/event_intake.hpp"
#include "bot/outbox_runner.hpp"
#include "bot/slack/socket_client.hpp"
#include "bot/tracker/webhook.hpp"
#include "config/base/clock.hpp"
#include "config/settings.hpp"
#include "handlers/context.hpp"
#include "storage/database.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace countersign::bot {

// An envelope with the client whose connection delivered it.
struct Envelope {
    slack::Delivery delivery;
    std::shared_ptr<slack::SocketClient> from;
};

struct AckOut {
    std::shared_ptr<slack::SocketClient> to;
    slack::ConnectionId connection;
    std::string text;
};

// Something below the handlers needs a human. `key` makes it one message for one cause.
struct Alarm {
    std::string key;
    std::string text;
    std::string raw;
};

// A small fact that `countersign status` shows; "" = nothing to say.
struct Remark {
    std::string key;
    std::string text;
};
// A connection is there again after a time without any.
struct Reconnected {};

// A tracker's webhook; `ticket` says whose answer waits for the commit.
struct HookIn {
    std::uint64_t ticket = 0;
    std::string tracker;
    tracker::Hook hook;
    std::optional<AccessHook> access = {};  // then this is what it tells
};

// A browser came back to /oauth/callback. JSON, see EventKind::oauth_callback; the code in it is sealed.
struct CallbackIn {
    std::string payload;
};

using Item = std::variant<Envelope, EffectAnswer, Alarm, Remark, Reconnected, HookIn, CallbackIn>;

// What arrived becomes state: one transaction for a batch, a savepoint for each item, and in the same
// transaction the timers that are due and the claims of the effects that may leave. No threads and no
// waiting: the dispatcher brings both, tests and the simulation bring neither.
class BatchProcessor {
  public:
    BatchProcessor(storage::Database database, const Clock& clock,
                   std::shared_ptr<const config::Settings> settings, handlers::Capabilities capabilities);

    // What an earlier run had under way may have been sent: before anything else that is written down.
    void start_up();

    // To be carried out now that it is committed: first the acks, then the effects.
    struct Processed {
        std::vector<AckOut> acks;
        std::vector<storage::Effect> effects;
        std::optional<SteadyTime> wake;  // when to process again, if nothing happens before
        IntakeCounts counts;
    };
    // Throws when the database is broken: then nothing of it has happened, and the same batch may be tried
    // again.
    [[nodiscard]] Processed process(std::vector<Item>& batch);

    // Of `capabilities`, what the tokens say; who we are stays as learned.
    void use(std::shared_ptr<const config::Settings> settings, const handlers::Capabilities& capabilities);

    [[nodiscard]] std::string dead_token() const;  // "SLACK_ADMIN_TOKEN: token_revoked"; "" = all work
    // O3: "C0ITALARMS: not_in_channel", while the alarm channel takes nothing; "" = it does.
    [[nodiscard]] const std::string& alarms_astray() const { return alarms_astray_; }
    [[nodiscard]] const std::string& stuck() const {
        return stuck_;
    }  // what has been waiting to be sent for too long; "" = nothing

  private:
    void take(std::vector<Item>& batch, Processed& done, const EventIntake& intake);
    [[nodiscard]] std::optional<OutboxRunner::Result> record(const EffectAnswer& answer, Timestamp now,
                                                             SteadyTime steady);
    [[nodiscard]] OutboxRunner::Plan plan(const EventIntake& intake, Timestamp now, SteadyTime steady);
    void mend_after_step(Timestamp now, SteadyTime steady);
    void prune(Timestamp now, SteadyTime steady);
    void note_token(const EffectAnswer& answer);
    void note_alarm(const EffectAnswer& answer);
    void look_at_outbox(Timestamp now, SteadyTime steady);
    void read_identity(handlers::Capabilities& capabilities) const;

    storage::Database database_;
    const Clock* clock_;
    std::shared_ptr<const config::Settings> settings_;
    handlers::Capabilities capabilities_;
    decltype(handlers::Capabilities::trackers) trackers_with_token_;  // of the environment
    bool reloaded_ = false;                                           // and what waits was not told yet
    OutboxRunner runner_;
    Timestamp last_now_;  // with last_steady_: what the two clocks said at the last commit
    SteadyTime last_steady_;
    SteadyTime next_prune_{};
    SteadyTime next_look_{};
    SteadyTime last_sent_{};
    std::map<storage::TokenKind, std::string> dead_tokens_;
    std::string stuck_;
    std::string alarms_astray_;
};

}  // namespace countersign::bot

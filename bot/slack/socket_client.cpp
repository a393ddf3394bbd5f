#include "bot/slack/socket_client.hpp"

#include "bot/net/time_asleep.hpp"
#include "bot/slack/busy.hpp"
#include "bot/slack/connection.hpp"
#include "bot/slack/socket_machine.hpp"
#include "bot/slack/summary_log.hpp"
#include "config/base/log.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <deque>
#include <exception>
#include <random>
#include <set>
#include <utility>

namespace countersign::slack {
namespace {

using namespace std::chrono_literals;
namespace asio = net::asio;

constexpr auto url_limit = 10s;         // R2
constexpr auto slot_distance = 1s;      // R19
constexpr auto interim_after = 2500ms;  // R58
constexpr auto flush_limit = 2s;        // R74
constexpr auto ack_patience = 1s;       // of a connection that is given up for its acks (R33)
constexpr auto close_limit = 900ms;     // R74: within 3 s altogether
constexpr auto sleep_look = 2s;         // R65 leaves 5 s after a resume
constexpr auto deep_sleep = 20s;        // as long as silence that counts as the end (R23)

SocketMachine::Options machine_options(const SocketClient::Options& options, int slot,
                                       std::function<double()> random) {
    return {.api_url = options.api_url,
            .allow_plain = options.allow_plain_ws,
            .expected_app_id = options.expected_app_id,
            .start_delay = slot * slot_distance,
            .stagger = static_cast<double>(slot) / options.connections,
            .random = std::move(random)};
}

// The URL in Slack's answer; "" = there is none.
std::string url_in(const std::string& body) {
    const auto json = nlohmann::json::parse(body, nullptr, false);
    if (!json.is_object()) return {};
    const auto url = json.find("url");
    return url != json.end() && url->is_string() ? url->get<std::string>() : std::string();
}

Event failed_url(Generation generation, const ApiAnswer& answer) {
    using Kind = event::UrlFailed::Kind;
    event::UrlFailed failed{
        .generation = generation,
        .code = answer.error,
        .advice = answer.detail.empty() ? std::string(api_advice(answer.error)) : answer.detail};
    if (answer.retry_after) {
        failed.kind = Kind::throttled;
        failed.rest = *answer.retry_after;
        failed.rest_capped = answer.rest_capped;
    } else if (answer.meaning == ApiMeaning::human) {
        failed.kind = Kind::fatal;
    }
    return failed;
}

}  // namespace

struct SocketClient::Impl final : ConnectionOwner, std::enable_shared_from_this<Impl> {
    struct Slot {
        Slot(SocketMachine::Options machine_options, OpenBudget& budget)
            : machine(std::move(machine_options), budget) {}
        SocketMachine machine;
        bool connected_logged = false;
    };
    struct PersonWaits {
        SteadyTime due;
        ConnectionId connection;
        std::string envelope_id;
    };

    Impl(asio::any_io_executor loop, net::WebsocketConnector& sockets, WebApi& web, const Clock& time,
         Options given, Callbacks told)
        : executor(std::move(loop)),
          connector(&sockets),
          api(&web),
          clock(&time),
          options(std::move(given)),
          callbacks(std::move(told)),
          budget([this] { return draw(); }, options.pace),
          timer(executor),
          changed(executor) {
        const auto random = [this] { return draw(); };
        if (!options.asleep) options.asleep = net::time_asleep;
        slept = options.asleep();
        for (int slot = 0; slot < options.connections; ++slot) {
            slots.push_back(std::make_unique<Slot>(machine_options(options, slot, random), budget));
        }
    }

    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;
    // Connections may outlive us by the time their last operation needs to end.
    ~Impl() {
        for (const auto& connection : connections) {
            connection->detach();
            connection->abort();
        }
    }

    double draw() {
        return options.random ? options.random() : std::uniform_real_distribution<double>(0, 1)(randomness);
    }

    // --- machine and timer ---

    void drive(int slot, const Event& event) {
        Actions actions = slots[static_cast<std::size_t>(slot)]->machine.on(clock->steady(), event);
        for (Action& action : actions) {
            std::visit([this, slot](auto& wanted) { perform(slot, wanted); }, action);
        }
        arm();
    }

    void drive_all(const Event& event) {
        for (int slot = 0; slot < options.connections; ++slot)
            drive(slot, event);
    }

    void arm() {
        std::optional<SteadyTime> next;
        const auto consider = [&next](SteadyTime when) { next = next ? std::min(*next, when) : when; };
        for (const auto& slot : slots) {
            if (const auto when = slot->machine.wake_at()) consider(*when);
        }
        if (!waiting.empty()) consider(waiting.front().due);
        if (next) arm_for(std::min(*next, clock->steady() + sleep_look));
    }

    // A timer that fires too early does no harm; so it is only ever moved forward.
    void arm_for(SteadyTime when) {
        if (armed_for && *armed_for <= when) return;
        armed_for = when;
        timer.expires_after(std::max(when - clock->steady(), SteadyTime::duration(0)));
        timer.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
            const auto self = weak.lock();
            if (self && !error) self->wake();
        });
    }

    // The machine was suspended: Slack has given us up, and no clock here says how long ago.
    void notice_sleep() {
        const auto before = std::exchange(slept, options.asleep());
        if (slept - before < deep_sleep || stopping) return;
        budget.slept(slept - before);
        drive_all(event::Renew{"resume"});
    }

    void wake() {
        armed_for.reset();
        notice_sleep();
        const SteadyTime now = clock->steady();
        for (int slot = 0; slot < options.connections; ++slot) {
            const SocketMachine& machine = slots[static_cast<std::size_t>(slot)]->machine;
            for (const Generation generation : machine.watched()) {
                if (const auto connection = find({slot, generation})) {
                    drive(slot, event::Inbound{generation, connection->last_inbound()});
                }
            }
            if (const auto due = machine.wake_at(); due && *due <= now) drive(slot, event::Tick{});
        }
        while (!waiting.empty() && waiting.front().due <= now) {
            const PersonWaits overdue = std::move(waiting.front());
            waiting.pop_front();
            const auto connection = find(overdue.connection);
            if (connection && connection->ack_in_the_meantime(overdue.envelope_id)) ++counters.interim_acks;
        }
        arm();
    }

    // --- actions ---

    void perform(int slot, const action::OpenUrl& wanted) {
        spawn(open_url(shared_from_this(), slot, wanted.generation));
    }

    void perform(int slot, action::Connect& wanted) {
        spawn(connect(shared_from_this(), slot, wanted.generation, std::move(wanted.url)));
    }

    void perform(int slot, const action::Ping& wanted) {
        if (const auto connection = find({slot, wanted.generation})) connection->ping();
    }

    void perform(int slot, const action::Close& wanted) {
        if (const auto connection = find({slot, wanted.generation}))
            connection->close(stopping ? 0ms : ack_patience);
    }

    void perform(int slot, const action::CloseSurplus&) {
        for (int other = 0; other < options.connections; ++other) {
            if (other != slot) drive(other, event::Crowded{});
        }
    }

    void perform(int, const action::Alarm& wanted) { alarm(wanted.code, wanted.text); }

    void perform(int number, const action::Report& report) {
        Slot& slot = *slots[static_cast<std::size_t>(number)];
        if (report.what == "connected") {
            if (!std::exchange(slot.connected_logged, true))
                log::info("socket_connected", {{"slot", number}});
            guarded("hello", [&] { callbacks.hello(number); });
            return;
        }
        const auto left_out =
            summaries.note(report.what + "|" + report.cause + "|" + report.text, clock->steady());
        if (!left_out) return;
        slot.connected_logged = false;
        const bool planned = report.what == "replacing" || report.what == "stopped";
        log::write(
            planned ? log::Level::info : log::Level::warning, "socket_" + report.what,
            {{"slot", number}, {"cause", report.cause}, {"text", report.text}, {"left_out", *left_out}});
    }

    static net::Awaitable<void> open_url(std::shared_ptr<Impl> self, int slot, Generation generation) {
        // Where a WebSocket died in silence, an idle connection is as dead and would cost ten seconds.
        self->api->close_idle();
        const auto answer =
            co_await self->api->call("apps.connections.open", storage::TokenKind::app, "{}", url_limit);
        if (answer.meaning != ApiMeaning::ok) {
            self->drive(slot, failed_url(generation, answer));
            co_return;
        }
        std::string url = url_in(answer.body);
        if (url.empty()) {
            self->drive(slot,
                        event::UrlFailed{
                            .generation = generation, .code = "malformed", .advice = "no url in the answer"});
        } else {
            self->drive(slot, event::UrlReady{generation, std::move(url)});
        }
    }

    static net::Awaitable<void> connect(std::shared_ptr<Impl> self, int slot, Generation generation,
                                        std::string url) {
        net::WebsocketOptions wanted;
        wanted.url = std::move(url);
        auto socket = co_await self->connector->connect(std::move(wanted));
        if (!socket) {
            self->drive(slot, event::ConnectFailed{generation, socket.error().text});
            co_return;
        }
        const auto connection = std::make_shared<Connection>(self->executor, ConnectionId{slot, generation},
                                                             *std::move(socket), *self);
        self->connections.push_back(connection);
        connection->start();
        self->drive(slot, event::Connected{generation});
    }

    // --- what a connection brings ---

    void received(Connection& connection, net::Websocket::Message incoming) override {
        if (incoming.binary) {
            ++counters.binary;
            note_noise("binary", incoming.text.size());
            return;
        }
        SocketMessage message = read_message(incoming.text);
        const ConnectionId id = connection.id();
        switch (message.kind) {
            case MessageKind::hello:
                hello(id, message);
                return;
            case MessageKind::disconnect:
                drive(id.slot, event::Disconnect{id.generation, message.reason});
                return;
            case MessageKind::noise:
                ++counters.noise;
                note_noise("noise", incoming.text.size());
                return;
            case MessageKind::unknown:
                incoming.text = beginning_of(std::move(incoming.text));
                [[fallthrough]];
            default:
                deliver(connection, std::move(message), std::move(incoming.text));
        }
    }

    void hello(const ConnectionId& id, const SocketMessage& message) {
        num_connections = message.num_connections;
        // Ghosts and strangers take their share of the envelopes (R71); one hello may still count what we
        // gave up.
        const int own = static_cast<int>(std::ranges::count_if(connections, &Connection::open));
        crowded_hellos = num_connections > own + 1 ? crowded_hellos + 1 : 0;
        if (crowded_hellos == 2) {
            alarm("foreign_connections", "Slack counts " + std::to_string(num_connections) +
                                             " connections of this app, " + std::to_string(own) +
                                             " are ours: another process uses the app token, or Slack has "
                                             "not yet given up old ones. They take a "
                                             "share of what people press.");
        }
        drive(id.slot, event::Hello{id.generation, message.app_id,
                                    std::chrono::seconds(message.approximate_connection_time)});
    }

    void deliver(Connection& connection, SocketMessage message, std::string text) {
        const bool person_waits =
            message.kind == MessageKind::interactive || message.kind == MessageKind::slash_commands;
        const int retry_attempt = message.retry_attempt;
        const SteadyTime now = clock->steady();
        Delivery delivery{.connection = connection.id(),
                          .message = std::move(message),
                          .text = std::move(text),
                          .received_at = clock->now(),
                          .received_steady = now};
        // Kept: what was delivered is gone when an interim ack is due.
        const std::string envelope_id = delivery.message.envelope_id;
        bool taken = false;
        if (!stopping) guarded("deliver", [&] { taken = callbacks.deliver(std::move(delivery)); });
        if (!taken) {
            refuse(connection, delivery, person_waits);
            return;
        }
        ++counters.envelopes;
        if (retry_attempt > 0) ++counters.redeliveries;
        connection.delivered(envelope_id, person_waits);
        if (person_waits) {
            waiting.push_back({now + interim_after, connection.id(), envelope_id});
            arm_for(now + interim_after);
        }
    }

    void refuse(Connection& connection, const Delivery& delivery, bool person_waits) {
        // Unacknowledged, Slack brings an event again, and tells a person itself that the press did not work.
        const auto busy = person_waits ? busy_payload(delivery.message, delivery.text) : std::string();
        if (busy.empty()) {
            ++counters.refused;
        } else {
            ++counters.busy;
            connection.send(ack_text(delivery.message.envelope_id, busy).text);
        }
        if (stopping) return;
        if (const auto left_out = summaries.note("queue_full", clock->steady())) {
            log::error("queue_full",
                       {{"refused", counters.refused}, {"busy", counters.busy}, {"left_out", *left_out}});
            alarm("queue_full",
                  "Countersign cannot keep up: its queue is full. Events are left to Slack's redelivery, "
                  "people are "
                  "told to try again. If it lasts, Slack switches the events off.");
        }
    }

    void lost(Connection& connection, const Failure& failure) override {
        const ConnectionId id = connection.id();
        const std::uint16_t code = connection.close_code() == 0 ? 1006 : connection.close_code();
        if (failure.code == Errc::too_large) {
            ++counters.oversize_inbound;
            alarm("message_too_large",
                  "Slack sent a message over the size limit; the connection was closed (1009).");
        } else if (code == 1009) {
            ++counters.acks_too_large;
            log::error("ack_too_large", {{"slot", id.slot}, {"bytes", connection.last_ack_bytes()}});
        }
        drive(id.slot, event::Lost{id.generation, code, failure.text});
        changed.cancel();
    }

    void ended(Connection& connection) override {
        std::erase_if(connections, [&](const auto& known) { return known.get() == &connection; });
        changed.cancel();
    }

    void wrote(Connection&) override { changed.cancel(); }

    // --- from the dispatcher ---

    void ack(const ConnectionId& id, std::string text) {
        const auto connection = find(id);
        const auto result = connection ? connection->ack(std::move(text)) : Connection::AckResult::gone;
        switch (result) {
            case Connection::AckResult::queued:
                ++counters.acks;
                break;
            case Connection::AckResult::late:
                ++counters.late_acks;
                break;
            case Connection::AckResult::gone:
            case Connection::AckResult::full:
                ++counters.acks_dropped;
                if (const auto left_out = summaries.note("ack_dropped", clock->steady())) {
                    log::warning("ack_dropped", {{"slot", id.slot}, {"left_out", *left_out}});
                }
        }
        if (stopping) changed.cancel();
    }

    // --- stop ---

    [[nodiscard]] bool all_acknowledged() const {
        return std::ranges::all_of(connections, [](const auto& connection) {
            return !connection->open() || (connection->unacknowledged() == 0 && !connection->writing());
        });
    }

    static net::Awaitable<void> stop(std::shared_ptr<Impl> self) {
        self->stopping = true;
        co_await wait_until(self, [](const Impl& impl) { return impl.all_acknowledged(); }, flush_limit);
        co_await leave(self, close_limit);
    }

    static net::Awaitable<void> leave(std::shared_ptr<Impl> self, std::chrono::milliseconds limit) {
        self->drive_all(event::Stop{});
        co_await wait_until(self, [](const Impl& impl) { return impl.connections.empty(); }, limit);
        for (const auto& connection : self->connections)
            connection->abort();
        self->timer.cancel();
    }

    static net::Awaitable<void> wait_until(std::shared_ptr<Impl> self, bool (*done)(const Impl&),
                                           std::chrono::milliseconds limit) {
        const auto deadline = std::chrono::steady_clock::now() + limit;
        while (!done(*self) && std::chrono::steady_clock::now() < deadline) {
            self->changed.expires_at(deadline);
            co_await self->changed.async_wait(net::as_value);
        }
    }

    // --- odds and ends ---

    [[nodiscard]] std::shared_ptr<Connection> find(const ConnectionId& id) const {
        const auto found =
            std::ranges::find_if(connections, [&](const auto& known) { return known->id() == id; });
        return found == connections.end() ? nullptr : *found;
    }

    void spawn(net::Awaitable<void> task) {
        asio::co_spawn(executor, std::move(task),
                       [life = options.lifeline.lock()](const std::exception_ptr& error) {
                           if (error) std::rethrow_exception(error);
                       });
    }

    // Somebody else's exception must not end the connection (R29).
    template <class Call>
    void guarded(std::string_view what, Call call) {
        try {
            call();
        } catch (const std::exception& error) {
            log::error("socket_callback_failed", {{"callback", what}, {"text", error.what()}});
        }
    }

    void alarm(const std::string& code, const std::string& text) {
        guarded("alarm", [&] { callbacks.alarm(code, text); });
    }

    // What came is not shown: its size says enough, and it may hold anything (R67).
    void note_noise(std::string_view kind, std::size_t bytes) {
        if (const auto left_out = summaries.note(std::string(kind), clock->steady())) {
            log::warning("socket_noise", {{"kind", kind}, {"bytes", bytes}, {"left_out", *left_out}});
        }
    }

    asio::any_io_executor executor;
    net::WebsocketConnector* connector;
    WebApi* api;
    const Clock* clock;
    Options options;
    Callbacks callbacks;

    std::mt19937_64 randomness{std::random_device{}()};
    OpenBudget budget;
    std::vector<std::unique_ptr<Slot>> slots;
    std::vector<std::shared_ptr<Connection>> connections;
    std::deque<PersonWaits> waiting;  // in the order of their deadlines
    asio::steady_timer timer;
    std::optional<SteadyTime> armed_for;
    std::chrono::milliseconds slept{0};  // at the last look
    asio::steady_timer changed;          // cancelled when something happens that `stop` waits for
    bool stopping = false;

    SummaryLog summaries;
    SocketCounters counters;
    int num_connections = 0;
    int crowded_hellos = 0;
};

SocketClient::SocketClient(net::asio::any_io_executor executor, net::WebsocketConnector& connector,
                           WebApi& api, const Clock& clock, Options options, Callbacks callbacks)
    : impl_(std::make_shared<Impl>(std::move(executor), connector, api, clock, std::move(options),
                                   std::move(callbacks))) {}

SocketClient::~SocketClient() {
    // What is in flight keeps the Impl a little longer; it must find nothing to go on with.
    impl_->stopping = true;
    impl_->drive_all(event::Stop{});
    for (const auto& connection : impl_->connections)
        connection->abort();
    impl_->timer.cancel();
}

void SocketClient::start() {
    impl_->drive_all(event::Start{});
}

void SocketClient::ack(const ConnectionId& connection, std::string text) {
    impl_->ack(connection, std::move(text));
}

void SocketClient::renew() {
    impl_->drive_all(event::Renew{});
}

net::Awaitable<void> SocketClient::stop() {
    return Impl::stop(impl_);
}

net::Awaitable<void> SocketClient::hand_over() {
    return Impl::leave(impl_, ack_patience + close_limit);
}

void SocketClient::wake() {
    impl_->wake();
}

SocketHealth SocketClient::health() const {
    SocketHealth health;
    for (int number = 0; number < impl_->options.connections; ++number) {
        const SocketMachine& machine = impl_->slots[static_cast<std::size_t>(number)]->machine;
        const SlotState state = machine.state();
        SlotHealth slot;
        slot.state = to_text(state);
        if (state == SlotState::held) {
            const bool disabled = machine.held_for() == "link_disabled";
            slot.state = "stopped: " + (disabled ? "Socket Mode disabled for this app" : machine.held_for());
        }
        slot.last_error = machine.last_error();
        slot.reconnects = machine.reconnects();
        slot.reconnects_by_cause = machine.reconnects_by_cause();
        for (const auto& connection : impl_->connections) {
            if (connection->id().slot != number) continue;
            const SteadyTime inbound = connection->last_inbound();
            slot.last_inbound = slot.last_inbound ? std::max(*slot.last_inbound, inbound) : inbound;
        }
        health.connected =
            health.connected || state == SlotState::connected || state == SlotState::refreshing;
        health.slots.push_back(std::move(slot));
    }
    health.num_connections = impl_->num_connections;
    health.counters = impl_->counters;
    return health;
}

}  // namespace countersign::slack

#include "bot/net/http_client.hpp"
#include "bot/net/tls.hpp"
#include "bot/slack/socket_client.hpp"
#include "tests/fakes/fake_slack.hpp"
#include "tests/fakes/websocket_frames.hpp"
#include "tests/support/log_capture.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <future>
#include <map>
#include <mutex>
#include <set>
#include <thread>

namespace countersign::slack {
namespace {

using namespace std::chrono_literals;
namespace asio = net::asio;
using fakes::FakeSlack;
using fakes::FakeSlackOptions;
using Json = nlohmann::json;
using SteadyClock = std::chrono::steady_clock;

// Real time that a test may push forward.
class JumpingClock final : public Clock {
  public:
    Timestamp now() const override { return system_clock().now(); }
    SteadyTime steady() const override { return SteadyClock::now() + ahead_.load(); }
    void jump(std::chrono::milliseconds by) { ahead_ = ahead_.load() + by; }

  private:
    std::atomic<std::chrono::milliseconds> ahead_{0ms};
};

FakeSlackOptions quick() {
    FakeSlackOptions options;
    options.enforce_rates = false;
    options.redelivery = {50ms, 200ms, 400ms};
    return options;
}

// A client on its own loop against a fake Slack. It stands in for the dispatcher: takes what comes,
// acknowledges.
class Running {
  public:
    struct Setup {
        FakeSlackOptions slack = quick();
        int connections = 1;
        std::filesystem::path ca_file{};
        bool start = true;
    };
    Running() : Running(Setup{}) {}
    explicit Running(const Setup& setup) : slack(setup.slack), work_(asio::make_work_guard(io_)) {
        secrets_.app_token = Secret(fakes::tokens::app);
        const auto tls = net::TlsContext::make(setup.ca_file);
        REQUIRE(tls);
        http_ = net::make_http_client(io_.get_executor(), *tls, net::Route{});
        connector_ = net::make_websocket_connector(io_.get_executor(), *tls, net::Route{});
        api_.emplace(*http_, slack.api_url(), secrets_);
        SocketClient::Options options;
        options.connections = setup.connections;
        options.api_url = slack.api_url();
        options.expected_app_id = fakes::ids::app;
        options.allow_plain_ws = slack.api_url().starts_with("http://");
        options.pace = 1000;
        options.random = [] { return 0.0; };
        SocketClient::Callbacks callbacks;
        callbacks.deliver = [this](Delivery&& delivery) { return take(std::move(delivery)); };
        callbacks.hello = [](int) {};
        callbacks.alarm = [this](const std::string& code, const std::string&) {
            const std::scoped_lock lock(mutex_);
            alarms_.insert(code);
        };
        client_ =
            std::make_unique<SocketClient>(io_.get_executor(), *connector_, *api_, clock, options, callbacks);
        thread_ = std::thread([this] { io_.run(); });
        if (!setup.start) return;
        start();
        REQUIRE(slack.wait([&] { return slack.connections() >= 1; }));
    }
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;
    ~Running() {
        on_loop([this] { client_.reset(); });
        work_.reset();
        io_.stop();
        thread_.join();
    }

    void start() {
        on_loop([this] { client_->start(); });
    }
    template <class Call>
    auto on_loop(Call call) -> decltype(call()) {
        std::packaged_task<decltype(call())()> task(std::move(call));
        auto result = task.get_future();
        asio::post(io_, [&task] { task(); });
        return result.get();
    }
    SocketHealth health() {
        return on_loop([this] { return client_->health(); });
    }
    SocketClient& client() { return *client_; }
    // False if it took longer than `limit`.
    bool stop(std::chrono::milliseconds limit) {
        std::promise<void> stopped;
        asio::co_spawn(io_, client_->stop(), [&stopped](const std::exception_ptr&) { stopped.set_value(); });
        return stopped.get_future().wait_for(limit) == std::future_status::ready;
    }
    void send_ack(const Delivery& delivery, const std::string& payload = "") {
        on_loop(
            [&] { client_->ack(delivery.connection, ack_text(delivery.message.envelope_id, payload).text); });
    }

    [[nodiscard]] std::vector<Delivery> deliveries() const {
        const std::scoped_lock lock(mutex_);
        return deliveries_;
    }
    [[nodiscard]] std::size_t handled() const {  // different ones
        const std::scoped_lock lock(mutex_);
        std::set<std::string> ids;
        for (const Delivery& delivery : deliveries_)
            ids.insert(delivery.message.envelope_id);
        return ids.size();
    }
    [[nodiscard]] bool alarmed(const std::string& code) const {
        const std::scoped_lock lock(mutex_);
        return alarms_.contains(code);
    }
    template <class Condition>
    bool wait(Condition condition, std::chrono::milliseconds limit = 10s) {
        const auto end = SteadyClock::now() + limit;
        while (!condition()) {
            if (SteadyClock::now() > end) return false;
            std::this_thread::sleep_for(1ms);
        }
        return true;
    }
    [[nodiscard]] std::size_t opens() const { return slack.calls("apps.connections.open").size(); }
    std::string event(int number = 0) {
        return slack.send_envelope("events_api",
                                   slack.make_event({{"type", "app_home_opened"}, {"n", number}}), false);
    }

    FakeSlack slack;
    JumpingClock clock;
    std::atomic<bool> acking{true};
    std::atomic<bool> accepting{true};

  private:
    bool take(Delivery&& delivery) {
        if (!accepting) return false;
        const ConnectionId from = delivery.connection;
        std::string text = ack_text(delivery.message.envelope_id, "").text;
        {
            const std::scoped_lock lock(mutex_);
            deliveries_.push_back(std::move(delivery));
        }
        if (acking) asio::post(io_, [this, from, text = std::move(text)] { client_->ack(from, text); });
        return true;
    }

    asio::io_context io_;
    asio::executor_work_guard<asio::io_context::executor_type> work_;
    config::Secrets secrets_;
    std::unique_ptr<net::HttpClient> http_;
    std::unique_ptr<net::WebsocketConnector> connector_;
    std::optional<WebApi> api_;
    std::unique_ptr<SocketClient> client_;
    mutable std::mutex mutex_;
    std::vector<Delivery> deliveries_;
    std::set<std::string> alarms_;
    std::thread thread_;
};

std::size_t open_descriptors() {
    const std::filesystem::directory_iterator all("/proc/self/fd");
    return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

TEST_CASE("R1, R3, R5: the token goes in the header, the ticket nowhere but into the upgrade") {
    tests::LogCapture log;
    log::set_level(log::Level::debug);
    fakes::TestCa ca;
    Running::Setup setup;
    setup.slack.tls = ca.good();
    setup.ca_file = ca.file();
    Running run(setup);
    run.event();
    REQUIRE(run.slack.wait([&] { return run.slack.acks().size() == 1; }));
    REQUIRE(run.stop(3s));
    log::set_level(log::Level::info);
    const auto calls = run.slack.calls("apps.connections.open");
    REQUIRE(calls.size() == 1);
    CHECK(calls[0].token_kind == "app");
    CHECK(calls[0].args.empty());
    const std::string ticket = calls[0].answer.at("url");
    CHECK(ticket.find("debug_reconnects") == std::string::npos);
    CHECK(log.count("ticket") == 0);
    CHECK(log.count("xapp-") == 0);
    CHECK(run.slack.violations().empty());
}

TEST_CASE("R10, R11: whatever apps.connections.open answers, the client gets there") {
    Running::Setup setup;
    setup.start = false;
    Running run(setup);
    for (const Json& fault :
         {Json{{"error", "internal_error"}}, Json{{"error", "fatal_error"}}, Json{{"error", "made_up"}},
          Json{{"status", 500}}, Json{{"html", true}}, Json{{"body", ""}}, Json{{"body", "null"}},
          Json{{"body", R"({"ok":true})"}}, Json{{"truncate", true}}, Json{{"drop_before", true}},
          Json{{"drop_after", true}}, Json{{"answer", {{"url", "wss://evil.example/"}}}},
          Json{{"answer", {{"url", 7}}}}, Json{{"status", 429}, {"retry_after", 1}}}) {
        run.slack.script("apps.connections.open", fault);
    }
    run.start();
    REQUIRE(run.slack.wait([&] { return run.slack.connections() == 1; }));
    const auto calls = run.slack.calls("apps.connections.open");
    REQUIRE(calls.size() == 15);
    CHECK(calls[14].at - calls[13].at >= 1s);
    CHECK(run.alarmed("bad_url"));
    CHECK_FALSE(run.alarmed("internal_error"));
}

TEST_CASE("R17: a refused token stops the hammering and says so") {
    Running::Setup setup;
    setup.start = false;
    Running run(setup);
    run.slack.script("apps.connections.open", {{"error", "invalid_auth"}}, 100);
    run.start();
    REQUIRE(run.wait([&] { return run.alarmed("invalid_auth"); }));
    CHECK(run.health().slots[0].state == "stopped: invalid_auth");
    std::this_thread::sleep_for(300ms);  // a client that hammers would have called again by now
    CHECK(run.opens() == 1);
}

TEST_CASE("R8, R12: each refused upgrade is retried with a new ticket and logged with its status") {
    tests::LogCapture log;
    Running::Setup setup;
    setup.start = false;
    Running run(setup);
    run.slack.upgrade_status({401, 403, 404, 408, 409, 429, 503, 200});
    run.start();
    REQUIRE(run.slack.wait([&] { return run.slack.connections() == 1; }));
    CHECK(run.opens() == 9);
    for (const char* status : {"401", "403", "404", "408", "409", "429", "503", "200"}) {
        CAPTURE(status);
        CHECK(log.count(std::string("HTTP ") + status) == 1);
    }
}

TEST_CASE("R13: an outage ends and the client is back") {
    Running run;
    run.slack.refuse_connections(true);
    run.slack.abort_connections();
    REQUIRE(run.wait([&] { return !run.health().connected; }));
    run.slack.refuse_connections(false);
    REQUIRE(run.slack.wait([&] { return run.slack.connections() == 1; }));
    run.event();
    CHECK(run.slack.wait([&] { return run.slack.acks().size() == 1; }));
}

TEST_CASE("R7: no hello, no connection, the next attempt has one") {
    Running::Setup setup;
    setup.start = false;
    Running run(setup);
    run.slack.withhold_hello(true);
    run.start();
    REQUIRE(run.slack.wait([&] { return run.slack.connections_ever() == 1; }));
    REQUIRE(run.wait([&] { return run.health().slots[0].state == "awaiting hello"; }));
    CHECK_FALSE(run.health().connected);
    run.clock.jump(10s);
    run.on_loop([&] { run.client().wake(); });
    REQUIRE(run.slack.wait([&] { return run.slack.connections_ever() == 2; }));
    run.slack.withhold_hello(false);
    CHECK(run.wait([&] { return run.health().connected; }));
}

TEST_CASE("R20, R56: with a full queue pings are answered, events come again, people hear that we are busy") {
    Running::Setup setup;
    setup.slack.ping_interval = 30ms;  // two unanswered pings cut the connection
    setup.slack.ack_deadline = 100ms;
    Running run(setup);
    run.accepting = false;
    const std::string id = run.event();
    const std::string command =
        run.slack.send_envelope("slash_commands", {{"command", "/app-request"}}, true);
    REQUIRE(run.slack.wait([&] { return run.slack.acks().size() == 1; }));
    CHECK(run.slack.acks()[0].envelope_id == command);
    CHECK(run.slack.acks()[0].payload["text"] == "Countersign is busy; please try again in a minute.");
    REQUIRE(run.wait([&] { return run.health().counters.refused >= 2; }));
    CHECK(run.alarmed("queue_full"));
    run.accepting = true;
    REQUIRE(run.slack.wait([&] { return run.slack.acks().size() == 2; }));
    CHECK(run.slack.acks()[1].envelope_id == id);
    CHECK(run.deliveries()[0].message.retry_attempt >= 2);
    CHECK(run.slack.connections_ever() == 1);
}

TEST_CASE("R26, R27: 1.5 MB in one frame, and in fragments with pings between") {
    Running run;
    const std::string big(1'500'000, 'x');
    run.slack.send_envelope("events_api", {{"type", "event_callback"}, {"text", big}}, false);
    REQUIRE(run.slack.wait([&] { return run.slack.acks().size() == 1; }));
    CHECK(run.deliveries()[0].text.size() > 1'500'000);

    const std::string text =
        R"({"envelope_id":"in-pieces","type":"events_api","payload":{"text":")" + big + "\"}}";
    std::string frames;
    constexpr std::size_t piece = 100'000;
    for (std::size_t at = 0; at < text.size(); at += piece) {
        frames += fakes::encode_frame({.fin = at + piece >= text.size(),
                                       .opcode = at == 0 ? fakes::opcode::text : fakes::opcode::continuation,
                                       .payload = text.substr(at, piece)});
        frames += fakes::encode_frame({.opcode = fakes::opcode::ping, .payload = "between"});
    }
    run.slack.send_bytes(frames);
    REQUIRE(run.wait([&] { return run.handled() == 2; }));
    CHECK(run.deliveries()[1].text == text);
    CHECK(run.slack.connections_ever() == 1);
}

TEST_CASE(
    "R30, R31, R35: a hundred envelopes a second across refreshes: none lost, none twice, never without a "
    "connection") {
    for (const bool tls : {false, true}) {
        CAPTURE(tls);
        fakes::TestCa ca;
        Running::Setup setup;
        if (tls) {
            setup.slack.tls = ca.good();
            setup.ca_file = ca.file();
        }
        Running run(setup);
        constexpr int count = 200;
        for (int number = 0; number < count; ++number) {
            if (number % 60 == 30) run.slack.refresh();
            run.event(number);
            std::this_thread::sleep_for(10ms);
        }
        REQUIRE(run.slack.wait([&] { return run.slack.acks().size() >= count; }));
        CHECK(run.slack.acks().size() == count);
        CHECK(run.deliveries().size() == count);
        for (const Delivery& delivery : run.deliveries())
            CHECK(delivery.message.retry_attempt == 0);
        CHECK(run.slack.undeliverable() == 0);
        CHECK(run.slack.connections_ever() == 4);  // warning and refresh_requested together: one replacement
        CHECK(run.slack.violations().empty());
        CHECK(run.slack.wait([&] { return run.slack.connections() <= 2; }, 5s));
    }
}

TEST_CASE("R32: too many connections: no hammering, an alarm") {
    Running::Setup setup;
    setup.start = false;
    Running run(setup);
    run.slack.ghosts(10);
    run.start();
    REQUIRE(run.wait([&] { return run.alarmed("too_many_websockets"); }));
    std::this_thread::sleep_for(500ms);
    CHECK(run.opens() == 1);
    run.slack.ghosts(0);
    run.clock.jump(10s);
    run.on_loop([&] { run.client().wake(); });
    CHECK(run.slack.wait([&] { return run.slack.connections() == 1; }));
}

TEST_CASE("R36: Socket Mode switched off: no reconnect until it is on again and we are told") {
    Running run;
    run.slack.disconnect("link_disabled");
    REQUIRE(run.wait([&] { return run.alarmed("link_disabled"); }));
    CHECK(run.health().slots[0].state == "stopped: Socket Mode disabled for this app");
    std::this_thread::sleep_for(300ms);
    CHECK(run.opens() == 1);
    run.on_loop([&] { run.client().renew(); });
    CHECK(run.slack.wait([&] { return run.slack.connections() == 1; }));
}

TEST_CASE("R38: after a stable minute the first retry is at once") {
    Running run;
    run.clock.jump(61s);
    run.slack.abort_connections();
    const auto before = SteadyClock::now();
    REQUIRE(run.slack.wait([&] { return run.opens() == 2; }));
    CHECK(run.slack.calls("apps.connections.open")[1].at - before < 100ms);
}

TEST_CASE("R39: each close code brings a new connection") {
    Running run;
    int made = 1;
    for (const int code : {1000, 1001, 1008, 1009, 1011, 1012, 4000}) {
        CAPTURE(code);
        run.slack.close_connections(code);
        ++made;
        REQUIRE(run.slack.wait(
            [&] { return run.slack.connections_ever() == made && run.slack.connections() == 1; }));
    }
}

TEST_CASE("R43, R44: the largest ack leaves in one frame of 20,000 bytes") {
    Running run;
    run.acking = false;
    run.slack.send_envelope("slash_commands", {{"command", "/app-request"}}, true);
    REQUIRE(run.wait([&] { return run.handled() == 1; }));
    const Delivery delivery = run.deliveries()[0];
    const auto payload = [](std::size_t bytes) { return R"({"text":")" + std::string(bytes, 'x') + "\"}"; };
    const std::size_t frame = ack_text(delivery.message.envelope_id, payload(0)).text.size();
    run.send_ack(delivery, payload(max_ack_bytes - frame));
    REQUIRE(run.slack.wait([&] { return run.slack.acks().size() == 1; }));
    CHECK(run.slack.acks()[0].frame_bytes == 20'000);
    CHECK(run.slack.acks()[0].frames == 1);
    CHECK(run.slack.violations().empty());
}

TEST_CASE("R52, R53, R54, R55: strange messages neither end the connection nor stay unacknowledged") {
    Running run;
    run.slack.send_envelope("brand_new", {{"a", 1}});
    run.slack.send_envelope("events_api", {{"type", "app_rate_limited"}}, false);
    run.slack.send_envelope("events_api", nullptr, false);
    for (const char* noise :
         {"", "null", "7", "[]", "{}", "not json", R"({"type":null})", R"({"type":"hello")"}) {
        run.slack.send_raw(noise);
    }
    run.slack.send_raw(std::string(100'000, '['));
    run.slack.send_bytes(fakes::encode_frame({.opcode = fakes::opcode::binary, .payload = "\x01\x02"}));
    run.event();
    REQUIRE(run.slack.wait([&] { return run.slack.acks().size() == 4; }));
    CHECK(run.slack.connections_ever() == 1);
    CHECK(run.health().counters.noise == 9);
    CHECK(run.health().counters.binary == 1);
}

TEST_CASE("R76: invalid UTF-8 ends the connection with 1007, and a new one is made") {
    Running run;
    run.slack.send_raw("{\"type\":\"\xff\"}");
    CHECK(run.slack.wait([&] { return run.slack.connections_ever() == 2 && run.slack.connections() == 1; }));
}

TEST_CASE(
    "R57, R59: a reset right after an envelope: the redelivery is acked on the new connection, the late ack "
    "is dropped") {
    Running run;
    run.acking = false;
    const std::string id = run.event();
    REQUIRE(run.wait([&] { return run.handled() == 1; }));
    run.slack.abort_connections();
    REQUIRE(run.wait([&] { return run.deliveries().size() == 2; }));
    const auto deliveries = run.deliveries();
    CHECK(deliveries[0].connection != deliveries[1].connection);
    CHECK(run.handled() == 1);
    run.send_ack(deliveries[0]);
    run.send_ack(deliveries[1]);
    REQUIRE(run.slack.wait([&] { return run.slack.acks().size() == 1; }));
    CHECK(run.slack.acks()[0].envelope_id == id);
    CHECK(run.health().counters.acks_dropped == 1);
    CHECK(run.slack.violations().empty());
}

TEST_CASE("R58: a person's envelope is acked after 2.5 s whatever the handler does") {
    Running run;
    run.acking = false;
    run.slack.send_envelope("interactive", {{"type", "block_actions"}}, true);
    REQUIRE(run.wait([&] { return run.handled() == 1; }));
    run.clock.jump(2500ms);
    run.on_loop([&] { run.client().wake(); });
    REQUIRE(run.slack.wait([&] { return run.slack.acks().size() == 1; }));
    CHECK(run.slack.acks()[0].payload.is_null());
    run.send_ack(run.deliveries()[0], R"({"text":"late"})");
    run.acking = true;
    run.event();
    REQUIRE(run.slack.wait([&] { return run.slack.acks().size() == 2; }));
    CHECK(run.health().counters.late_acks == 1);
    CHECK(run.slack.violations().empty());
}

TEST_CASE("R69: a renewal under load loses nothing") {
    Running run;
    constexpr int count = 100;
    for (int number = 0; number < count; ++number) {
        if (number == 50) run.on_loop([&] { run.client().renew(); });
        run.event(number);
        std::this_thread::sleep_for(2ms);
    }
    REQUIRE(run.slack.wait([&] { return run.slack.acks().size() >= count; }));
    CHECK(run.handled() == count);
    CHECK(run.slack.connections_ever() == 2);
    for (const Delivery& delivery : run.deliveries())
        CHECK(delivery.message.retry_attempt == 0);
}

TEST_CASE("R74, R34: stop within three seconds, also where Slack answers neither acks nor Close") {
    for (const bool mute : {false, true}) {
        CAPTURE(mute);
        Running run;
        run.slack.stop_answering_close(mute);
        run.event();
        REQUIRE(run.slack.wait([&] { return run.slack.acks().size() == 1; }));
        CHECK(run.stop(mute ? 3000ms : 1000ms));
        CHECK(run.slack.wait([&] { return run.slack.connections() == 0; }, 2s));
    }
}

TEST_CASE("R75, R19: two slots: while one is replaced the other serves, they start a second apart") {
    Running::Setup setup;
    setup.connections = 2;
    Running run(setup);
    REQUIRE(run.slack.wait([&] { return run.slack.connections() == 2; }));
    const auto calls = run.slack.calls("apps.connections.open");
    CHECK(calls[1].at - calls[0].at >= 800ms);  // the first may have been slow to arrive
    constexpr int count = 100;
    for (int number = 0; number < count; ++number) {
        if (number % 20 == 10) run.slack.refresh();
        run.event(number);
        std::this_thread::sleep_for(2ms);
    }
    REQUIRE(run.slack.wait([&] { return run.slack.acks().size() >= count; }));
    CHECK(run.deliveries().size() == count);
    std::set<int> slots;
    for (const Delivery& delivery : run.deliveries())
        slots.insert(delivery.connection.slot);
    CHECK(slots.size() == 2);
}

TEST_CASE("R21, R23: a half-open connection is given up and replaced") {
    Running run;
    // A hello that came after the jump would count as a sign of life.
    REQUIRE(run.wait([&] { return run.health().connected; }));
    run.slack.half_open(true);
    run.clock.jump(5s);
    run.on_loop([&] { run.client().wake(); });  // the ping
    run.clock.jump(15s);
    run.on_loop([&] { run.client().wake(); });
    CHECK(run.wait([&] { return !run.health().connected; }));
    run.slack.half_open(false);
    CHECK(run.slack.wait([&] { return run.slack.connections_ever() == 2 && run.slack.connections() >= 1; }));
    CHECK(run.wait([&] { return run.health().connected; }));
}

TEST_CASE("R35: two hundred reconnects leave descriptors as they were") {
    Running run;
    std::size_t before = 0;
    for (int round = 0; round < 200; ++round) {
        const int made = run.slack.connections_ever();
        round % 2 == 0 ? run.slack.abort_connections() : run.slack.close_connections(1001);
        REQUIRE(run.slack.wait(
            [&] { return run.slack.connections_ever() > made && run.slack.connections() == 1; }));
        if (round == 20) before = open_descriptors();
    }
    CHECK(run.wait([&] { return open_descriptors() <= before + 2; }));
}

}  // namespace
}  // namespace countersign::slack

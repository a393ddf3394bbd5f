#include "bot/slack/socket_client.hpp"
#include "tests/support/fake_http_client.hpp"
#include "tests/support/log_capture.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/print_texts.hpp"
#include "tests/support/run_coro.hpp"
#include "tests/support/scripted_websocket.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <stdexcept>

namespace countersign::slack {
namespace {

using namespace std::chrono_literals;
using tests::FakeHttpClient;
using Texts = std::vector<std::string>;

constexpr const char* url_answer =
    R"({"ok":true,"url":"wss://wss-primary.slack.com/link/?ticket=topsecret&app_id=A1"})";

std::string hello_text(int connections = 1) {
    return R"({"type":"hello","num_connections":)" + std::to_string(connections) +
           R"(,"connection_info":{"app_id":"A1"},"debug_info":{"approximate_connection_time":18060}})";
}
std::string envelope(const std::string& id, const std::string& type = "events_api", bool accepts = false) {
    return R"({"envelope_id":")" + id + R"(","type":")" + type + R"(","accepts_response_payload":)" +
           (accepts ? "true" : "false") + R"(,"payload":{"type":"view_submission","view":{"blocks":[)" +
           R"({"type":"input","block_id":"b1"}]}}})";
}
std::string disconnect_text(const std::string& reason) {
    return R"({"type":"disconnect","reason":")" + reason + "\"}";
}

// A client whose world stands still until the test moves it.
struct World {
    explicit World(int connections = 1) {
        secrets.app_token = Secret("xapp-1-A1-app");
        http.otherwise = [] { return FakeHttpClient::json(200, url_answer); };
        SocketClient::Options options;
        options.connections = connections;
        options.api_url = "https://slack.com/api/";
        options.expected_app_id = "A1";
        options.asleep = [this] { return asleep; };
        SocketClient::Callbacks callbacks;
        callbacks.deliver = [this](Delivery&& delivery) {
            if (throws) throw std::runtime_error("handler broke");
            if (!accepting) return false;
            deliveries.push_back(std::move(delivery));
            return true;
        };
        callbacks.hello = [this](int slot) { hellos.push_back(slot); };
        callbacks.alarm = [this](const std::string& code, const std::string&) { alarms.push_back(code); };
        client.emplace(io.get_executor(), connector, api, clock, options, callbacks);
    }

    // Everything that can happen now happens.
    void settle() {
        io.restart();
        while (io.poll() > 0) {
        }
    }
    void pass(std::chrono::milliseconds time) {
        clock.advance(time);
        client->wake();
        settle();
    }
    // In steps, so that pings go out; answered as long as `alive`.
    void pass_slowly(std::chrono::milliseconds time, bool alive = true) {
        for (; time.count() > 0; time -= 1s) {
            if (alive) {
                for (const auto& socket : connector.sockets)
                    socket->pong();
            }
            pass(std::min<std::chrono::milliseconds>(time, 1s));
        }
    }
    void start() {
        client->start();
        settle();
    }
    tests::SocketScript& socket(std::size_t number) { return *connector.sockets.at(number); }
    void say(std::size_t number, const std::string& text) {
        socket(number).say(text);
        settle();
    }
    void connect() {
        start();
        say(0, hello_text());
    }
    void ack(const Delivery& delivery, const std::string& payload = "") {
        client->ack(delivery.connection, ack_text(delivery.message.envelope_id, payload).text);
        settle();
    }
    [[nodiscard]] std::size_t opens() const { return http.requests.size(); }
    [[nodiscard]] int open_sockets() const {
        return static_cast<int>(std::ranges::count_if(
            connector.sockets, [](const auto& socket) { return !socket->closed && !socket->aborted; }));
    }
    [[nodiscard]] SocketCounters counters() const { return client->health().counters; }
    [[nodiscard]] std::string state(std::size_t slot = 0) const {
        return client->health().slots.at(slot).state;
    }

    net::asio::io_context io;
    tests::ManualClock clock;
    std::chrono::milliseconds asleep{0};
    FakeHttpClient http;
    tests::ScriptedConnector connector{io.get_executor(), clock};
    config::Secrets secrets;
    WebApi api{http, "https://slack.com/api/", secrets};
    bool accepting = true;
    bool throws = false;
    std::vector<Delivery> deliveries;
    std::vector<int> hellos;
    Texts alarms;
    std::optional<SocketClient> client;
};

TEST_CASE("R1, R8: opens with the app token, connects to the URL, is connected at hello") {
    World world;
    world.start();
    CHECK(world.opens() == 1);
    CHECK(world.http.requests[0].limit == 10s);  // R2
    CHECK(world.socket(0).url ==
          "wss://wss-primary.slack.com/link/?ticket=topsecret&app_id=A1");  // R5: nothing added
    CHECK(world.state() == "awaiting hello");
    CHECK_FALSE(world.client->health().connected);
    world.say(0, hello_text());
    CHECK(world.client->health().connected);
    CHECK(world.hellos == std::vector<int>{0});
}

TEST_CASE("R19: the second slot starts a second later") {
    World world(2);
    world.start();
    CHECK(world.opens() == 1);
    world.pass(999ms);
    CHECK(world.opens() == 1);
    world.pass(1ms);
    CHECK(world.opens() == 2);
}

TEST_CASE("an envelope reaches the dispatcher whole, its ack leaves as one message") {
    World world;
    world.connect();
    world.say(0, envelope("e-1"));
    REQUIRE(world.deliveries.size() == 1);
    CHECK(world.deliveries[0].message.envelope_id == "e-1");
    CHECK(world.deliveries[0].text == envelope("e-1"));
    CHECK(world.deliveries[0].received_at == world.clock.now());
    world.ack(world.deliveries[0]);
    CHECK(world.socket(0).written == Texts{R"({"envelope_id":"e-1"})"});
    CHECK(world.counters().acks == 1);
}

TEST_CASE("R45, R52: control messages go no further, unknown kinds are delivered to be recorded") {
    World world;
    world.connect();
    world.say(0, R"({"envelope_id":"e-9","type":"brand_new"})");
    world.say(0, hello_text());
    REQUIRE(world.deliveries.size() == 1);
    CHECK(world.deliveries[0].message.kind == MessageKind::unknown);
}

TEST_CASE(
    "R26, R52: of an envelope that is too large to be read the beginning is delivered, to be recorded") {
    World world;
    world.connect();
    std::string zeros = R"({"envelope_id":"e1","type":"events_api","payload":[0)";
    for (std::size_t i = 0; i < most_read_values; ++i)
        zeros += ",0";
    world.say(0, zeros + "]}");
    REQUIRE(world.deliveries.size() == 1);
    CHECK(world.deliveries[0].message.kind == MessageKind::unknown);
    CHECK(world.deliveries[0].text == zeros.substr(0, 65'536));
}

TEST_CASE("R57: an ack goes to the connection that delivered, or nowhere") {
    World world(2);
    world.start();
    world.say(0, hello_text());
    world.pass(1s);
    world.say(1, hello_text());
    world.say(0, envelope("a"));
    world.say(1, envelope("b"));
    world.ack(world.deliveries[1]);
    CHECK(world.socket(0).written.empty());
    CHECK(world.socket(1).written == Texts{R"({"envelope_id":"b"})"});

    world.socket(0).fail_read(Errc::unreachable);
    world.settle();
    world.ack(world.deliveries[0]);
    CHECK(world.socket(0).written.empty());
    CHECK(world.socket(1).written.size() == 1);
    CHECK(world.counters().acks_dropped == 1);
}

TEST_CASE("R58: a person's envelope is acked at 2.5 s, the late answer is dropped and counted") {
    World world;
    world.connect();
    world.say(0, envelope("slow", "interactive", true));
    world.say(0, envelope("fast", "slash_commands", true));
    world.say(0, envelope("event"));
    world.ack(world.deliveries[1], R"({"text":"here"})");
    world.pass(2499ms);
    CHECK(world.socket(0).written == Texts{R"({"envelope_id":"fast","payload":{"text":"here"}})"});
    world.pass(1ms);
    CHECK(world.socket(0).written.back() == R"({"envelope_id":"slow"})");
    CHECK(world.socket(0).written.size() == 2);  // events wait for their commit, however long
    CHECK(world.counters().interim_acks == 1);
    world.ack(world.deliveries[0], R"({"response_action":"clear"})");
    CHECK(world.socket(0).written.size() == 2);
    CHECK(world.counters().late_acks == 1);
    world.ack(world.deliveries[2]);
    CHECK(world.socket(0).written.back() == R"({"envelope_id":"event"})");
}

TEST_CASE("R58: no interim ack on a connection that is gone") {
    World world;
    world.connect();
    world.say(0, envelope("slow", "interactive", true));
    world.socket(0).fail_read(Errc::unreachable);
    world.settle();
    world.pass(3s);
    CHECK(world.counters().interim_acks == 0);
}

TEST_CASE(
    "R56: a full queue leaves events and presses to Slack and tells people to try again, reading goes on") {
    tests::LogCapture log;
    World world;
    world.connect();
    world.accepting = false;
    for (int event = 0; event < 50; ++event)
        world.say(0, envelope("event"));
    CHECK(world.socket(0).written.empty());
    world.say(0, envelope("command", "slash_commands", true));
    world.say(0, envelope("form", "interactive", true));
    world.say(0, envelope("button", "interactive", false));
    CHECK(
        world.socket(0).written ==
        Texts{
            R"({"envelope_id":"command","payload":{"response_type":"ephemeral",)"
            R"("text":"Countersign is busy; please try again in a minute."}})",
            R"({"envelope_id":"form","payload":{"errors":{"b1":"Countersign is busy; please try again in a minute."},)"
            R"("response_action":"errors"}})"});
    CHECK(world.counters().refused == 51);
    CHECK(world.counters().busy == 2);
    CHECK(log.count("event=queue_full") == 1);
    CHECK(world.alarms == Texts{"queue_full"});

    world.accepting = true;
    world.say(0, envelope("again"));
    CHECK(world.deliveries.size() == 1);
}

TEST_CASE("R54, R55, R67: noise is counted and logged once a minute, without its content") {
    tests::LogCapture log;
    World world;
    world.connect();
    for (int round = 0; round < 100; ++round) {
        world.say(0, "confidential garbage");
        world.say(0, "null");
        world.socket(0).say_binary("confidential bytes");
        world.settle();
    }
    CHECK(world.counters().noise == 200);
    CHECK(world.counters().binary == 100);
    CHECK(log.count("event=socket_noise") == 2);
    CHECK(log.count("confidential") == 0);
    world.pass_slowly(61s);
    world.say(0, "null");
    CHECK(log.count("left_out=199") == 1);
    CHECK(world.open_sockets() == 1);
}

TEST_CASE("R3, R67: no ticket, token or envelope in any log line") {
    tests::LogCapture log;
    log::set_level(log::Level::debug);
    World world;
    world.connect();
    world.say(0, envelope("secret-envelope"));
    world.connector.failures.emplace_back(Errc::unavailable, "the upgrade was answered with HTTP 503");
    world.socket(0).fail_read(Errc::unreachable);
    world.settle();
    world.pass_slowly(30s);
    log::set_level(log::Level::info);
    CHECK(log.lines.size() >= 3);
    CHECK(log.count("HTTP 503") == 1);  // R12
    for (const char* secret : {"topsecret", "xapp-", "secret-envelope"})
        CHECK(log.count(secret) == 0);
}

TEST_CASE("R30, R33: across a refresh the old connection is read and acked until it drained, then closed") {
    World world;
    world.connect();
    world.say(0, envelope("before"));
    world.say(0, disconnect_text("refresh_requested"));
    world.pass(100ms);
    REQUIRE(world.connector.sockets.size() == 2);
    CHECK_FALSE(world.socket(0).closed);
    world.say(1, hello_text(2));
    world.say(0, envelope("late"));
    world.say(1, envelope("new"));
    REQUIRE(world.deliveries.size() == 3);
    for (const Delivery& delivery : world.deliveries)
        world.ack(delivery);
    CHECK(world.socket(0).written == Texts{R"({"envelope_id":"before"})", R"({"envelope_id":"late"})"});
    CHECK(world.socket(1).written == Texts{R"({"envelope_id":"new"})"});
    world.pass_slowly(15s);
    CHECK(world.socket(0).closed);
    CHECK(world.socket(0).destroyed);
    CHECK_FALSE(world.socket(1).closed);
}

TEST_CASE("R33: acks that wait leave before the Close") {
    World world;
    world.connect();
    world.say(0, envelope("a"));
    world.socket(0).hold_writes(true);
    world.ack(world.deliveries[0]);
    world.say(0, disconnect_text("link_disabled"));
    CHECK_FALSE(world.socket(0).closed);
    world.socket(0).hold_writes(false);
    world.settle();
    CHECK(world.socket(0).written.size() == 1);
    CHECK(world.socket(0).closed);
}

TEST_CASE("R30, R33: an old connection is not closed before what it delivered is acknowledged") {
    World world;
    world.connect();
    world.say(0, disconnect_text("refresh_requested"));
    world.pass(100ms);
    world.say(1, hello_text(2));
    world.say(0, envelope("slow"));
    world.pass_slowly(16s);  // longer than it is drained
    CHECK_FALSE(world.socket(0).closed);
    world.say(0, envelope("last"));
    for (const Delivery& delivery : world.deliveries)
        world.ack(delivery);
    CHECK(world.socket(0).written == Texts{R"({"envelope_id":"slow"})", R"({"envelope_id":"last"})"});
    CHECK(world.socket(0).closed);
}

TEST_CASE("R69: a client that hands over takes and acknowledges until its connections are closed") {
    World world;
    world.connect();
    world.say(0, envelope("a"));
    bool left = false;
    net::asio::co_spawn(world.io, world.client->hand_over(),
                        [&left](const std::exception_ptr&) { left = true; });
    world.settle();
    CHECK_FALSE(world.socket(0).closed);
    world.say(0, envelope("click", "slash_commands", true));
    REQUIRE(world.deliveries.size() == 2);
    for (const Delivery& delivery : world.deliveries)
        world.ack(delivery);
    CHECK(left);
    CHECK(world.socket(0).closed);
    CHECK(world.socket(0).written == Texts{R"({"envelope_id":"a"})", R"({"envelope_id":"click"})"});
    world.pass_slowly(60s);
    CHECK(world.opens() == 1);
}

TEST_CASE("R21, R22, R23: pings into silence, gives up after 20 s, connects again") {
    World world;
    world.connect();
    world.pass_slowly(19s, false);
    CHECK(world.socket(0).pings == 3);
    CHECK_FALSE(world.socket(0).closed);
    world.pass_slowly(2s, false);
    CHECK(world.socket(0).closed);
    CHECK(world.connector.sockets.size() == 2);
    CHECK(world.client->health().slots[0].reconnects_by_cause.at("silent") == 1);
}

TEST_CASE("R24: a peer that reads nothing fails the write, and with it the connection") {
    World world;
    world.connect();
    world.say(0, envelope("a"));
    bool broken = false;
    world.connector.step = [&broken] { return std::exchange(broken, false); };
    broken = true;  // the next operation is the write
    world.ack(world.deliveries[0]);
    CHECK(world.socket(0).aborted);
    CHECK(world.socket(0).destroyed);
    world.pass(1s);
    CHECK(world.connector.sockets.size() == 2);
}

TEST_CASE("R26, R39: a message over the limit and an ack over Slack's are told apart") {
    World world;
    world.connect();
    world.socket(0).fail_read(Errc::too_large, 1009);
    world.settle();
    CHECK(world.counters().oversize_inbound == 1);
    CHECK(world.alarms == Texts{"message_too_large"});
    world.pass(1s);
    world.say(1, hello_text());
    world.socket(1).fail_read(Errc::unavailable, 1009);
    world.settle();
    CHECK(world.counters().acks_too_large == 1);
    CHECK(world.counters().oversize_inbound == 1);
}

TEST_CASE("R29: an exception of somebody else ends neither the connection nor the program") {
    tests::LogCapture log;
    World world;
    world.connect();
    world.throws = true;
    world.say(0, envelope("a"));
    CHECK(log.count("event=socket_callback_failed") == 1);
    world.throws = false;
    world.say(0, envelope("b"));
    CHECK(world.deliveries.size() == 1);
    CHECK(world.open_sockets() == 1);
}

TEST_CASE("R64: a step of the wall clock changes nothing") {
    for (const auto step : {1h, -1h}) {
        World world;
        world.connect();
        world.clock.step_wall(step);
        world.client->wake();
        world.settle();
        world.pass_slowly(60s);
        CHECK(world.connector.sockets.size() == 1);
        CHECK(world.open_sockets() == 1);
    }
}

TEST_CASE("R68: an hour's outage is a few lines, not thousands") {
    tests::LogCapture log;
    World world(2);
    world.http.otherwise = [] { return fail(Errc::unreachable, "no route to host"); };
    world.start();
    world.pass_slowly(3600s);
    CHECK(world.opens() >= 200);
    CHECK(log.lines.size() <= 2 * 61);  // one a minute and slot
    CHECK(log.lines.size() >= 30);
    CHECK(log.count("no route to host") == log.lines.size());
}

TEST_CASE("R70, R17: health names what a human must resolve") {
    World world;
    world.http.otherwise = [] { return FakeHttpClient::json(200, R"({"ok":false,"error":"invalid_auth"})"); };
    world.start();
    CHECK(world.state() == "stopped: invalid_auth");
    CHECK(world.alarms == Texts{"invalid_auth"});
    world.http.otherwise = [] { return FakeHttpClient::json(200, url_answer); };
    world.client->renew();
    world.settle();
    world.say(0, hello_text(3));
    const SocketHealth health = world.client->health();
    CHECK(health.connected);
    CHECK(health.num_connections == 3);
    CHECK(health.slots[0].state == "connected");
    CHECK(health.slots[0].last_inbound == world.clock.steady());
    world.say(0, disconnect_text("link_disabled"));
    CHECK(world.state() == "stopped: Socket Mode disabled for this app");
}

TEST_CASE("R71: more connections than ours at two hellos in a row is an alarm") {
    World world;
    world.start();
    world.say(0, hello_text(3));
    CHECK(world.alarms.empty());
    world.say(0, disconnect_text("warning"));
    world.pass(100ms);
    world.say(1, hello_text(4));  // two are ours, one may be on its way out
    CHECK(world.alarms == Texts{"foreign_connections"});
}

TEST_CASE("R69: renew replaces every connection, the new one first") {
    World world(2);
    world.start();
    world.say(0, hello_text());
    world.pass(1s);
    world.say(1, hello_text());
    world.client->renew();
    world.settle();
    REQUIRE(world.connector.sockets.size() == 3);
    CHECK_FALSE(world.socket(0).closed);
    world.say(0, envelope("old"));
    world.say(2, hello_text());
    world.ack(world.deliveries.at(0));
    CHECK(world.socket(0).written.size() == 1);
    world.pass_slowly(16s);
    CHECK(world.socket(0).closed);
    CHECK(world.connector.sockets.size() == 4);
}

TEST_CASE("R65: after ten minutes of suspend every connection is replaced at the next look") {
    World world(2);
    world.start();
    world.say(0, hello_text());
    world.pass(1s);
    world.say(1, hello_text());
    world.pass_slowly(60s);
    world.asleep += 10min;
    world.pass(2s);
    REQUIRE(world.connector.sockets.size() == 3);
    world.say(2, hello_text());
    world.pass(1s);
    REQUIRE(world.connector.sockets.size() == 4);
    world.say(3, hello_text());
    for (const auto& slot : world.client->health().slots) {
        CHECK(slot.state == "connected");
        CHECK(slot.reconnects_by_cause.at("resume") == 1);
    }
    world.pass_slowly(60s);
    CHECK(world.opens() == 4);
    CHECK(world.open_sockets() == 2);
}

TEST_CASE("R65: a resume ends the wait for the next attempt") {
    World world;
    world.http.otherwise = [] { return FakeHttpClient::json(503, ""); };
    world.start();
    for (int i = 0; i < 40; ++i)
        world.pass(1s);
    const auto before = world.opens();
    world.http.otherwise = [] { return FakeHttpClient::json(200, url_answer); };
    world.asleep += 10min;
    world.pass(1ms);
    CHECK(world.opens() == before + 1);
}

TEST_CASE("R65: a nap replaces nothing") {
    World world;
    world.connect();
    for (int i = 0; i < 5; ++i) {
        world.asleep += 10s;
        world.pass_slowly(2s);
    }
    CHECK(world.opens() == 1);
}

TEST_CASE("R74: stop waits for acks under way, then closes, and takes nothing new") {
    World world;
    world.connect();
    world.say(0, envelope("a"));
    bool stopped = false;
    net::asio::co_spawn(world.io, world.client->stop(),
                        [&stopped](const std::exception_ptr&) { stopped = true; });
    world.settle();
    CHECK_FALSE(stopped);
    CHECK_FALSE(world.socket(0).closed);
    world.say(0, envelope("too-late"));
    world.say(0, envelope("click", "slash_commands", true));
    CHECK(world.deliveries.size() == 1);
    world.ack(world.deliveries[0]);
    CHECK(stopped);
    CHECK(world.socket(0).closed);
    CHECK(world.socket(0).written.back() == R"({"envelope_id":"a"})");
    CHECK(world.state() == "stopped");
    world.pass_slowly(60s);
    CHECK(world.opens() == 1);  // R18
}

TEST_CASE("R74: stop takes at most three seconds when acks never come") {
    World world;
    world.connect();
    world.say(0, envelope("a"));
    const auto before = std::chrono::steady_clock::now();
    tests::run(world.io, world.client->stop());
    CHECK(std::chrono::steady_clock::now() - before < 3s);
    CHECK(world.socket(0).closed);
}

TEST_CASE("R18: a client that goes away while it connects leaves nothing running") {
    World world;
    world.connector.hold();
    world.start();
    CHECK(world.state() == "connecting");
    SUBCASE("stopped") {
        tests::run(world.io, world.client->stop());
    }
    SUBCASE("destroyed") {
        world.client.reset();
    }
    world.connector.release();
    world.settle();
    REQUIRE(world.connector.sockets.size() == 1);
    CHECK((world.socket(0).closed || world.socket(0).aborted));
    CHECK(world.socket(0).destroyed);
}

TEST_CASE("R75: when one slot is lost the other goes on") {
    World world(2);
    world.start();
    world.say(0, hello_text());
    world.pass(1s);
    world.say(1, hello_text());
    world.http.otherwise = [] { return fail(Errc::unreachable, "down"); };
    world.socket(0).fail_read(Errc::unreachable);
    world.settle();
    CHECK(world.client->health().connected);
    world.say(1, envelope("still"));
    CHECK(world.deliveries.size() == 1);
}

TEST_CASE("R35: a hundred lost connections leave no socket behind") {
    World world;
    world.connect();
    for (std::size_t round = 0; round < 100; ++round) {
        world.pass_slowly(61s);
        world.socket(round).fail_read(Errc::unreachable);
        world.settle();
        world.say(round + 1, hello_text());
    }
    CHECK(world.open_sockets() == 1);
    CHECK(std::ranges::count_if(world.connector.sockets,
                                [](const auto& socket) { return !socket->destroyed; }) == 1);
}

// A fixed story, replayed with the n-th outside operation failing, for every n.
TEST_CASE("R13, R15, R29: whichever step fails, the client comes back and holds one connection") {
    for (int failing = 0; failing < 40; ++failing) {
        CAPTURE(failing);
        World world;
        int steps = 0;
        world.connector.step = [&] { return steps++ == failing; };
        world.http.otherwise = [&]() -> FakeHttpClient::Answer {
            if (steps++ == failing) return fail(Errc::unclear, "cut");
            return FakeHttpClient::json(200, url_answer);
        };
        std::size_t greeted = 0;
        const auto greet = [&] {
            for (; greeted < world.connector.sockets.size(); ++greeted)
                world.say(greeted, hello_text());
        };
        world.start();
        greet();
        for (int second = 0; second < 30; ++second) {
            if (second == 3 || second == 12) {
                const std::size_t newest = world.connector.sockets.size();
                if (newest > 0 && !world.socket(newest - 1).aborted) world.say(newest - 1, envelope("e"));
                if (!world.deliveries.empty()) world.ack(world.deliveries.back());
            }
            if (second == 5 && !world.connector.sockets.empty())
                world.say(0, disconnect_text("refresh_requested"));
            world.pass(1s);  // no pongs: pings go out too
            greet();
        }
        for (int second = 0; second < 60; ++second) {
            world.pass_slowly(1s);
            greet();
        }
        CHECK(world.client->health().connected);
        CHECK(world.open_sockets() == 1);
    }
}

}  // namespace
}  // namespace countersign::slack

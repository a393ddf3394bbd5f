#include "tests/support/print_texts.hpp"
#include "tests/support/socket_world.hpp"

#include <doctest/doctest.h>

namespace countersign::slack {
namespace {

using namespace std::chrono_literals;
using tests::SocketWorld;
using Kind = event::UrlFailed::Kind;
using Texts = std::vector<std::string>;

Texts connected_world(SocketWorld& world) {
    Texts texts = world.on(event::Start{});
    world.hello();
    return texts;
}

TEST_CASE("R19: the first slot opens at once, the second a second later") {
    SocketWorld world(2);
    CHECK(world.on(event::Start{}, 0) == Texts{"open_url(1)"});
    CHECK(world.on(event::Start{}, 1).empty());
    CHECK(world.pass(999ms).empty());
    CHECK(world.pass(1ms) == Texts{"open_url(1)"});
}

TEST_CASE("R7: not connected before hello, without one in 10 s the socket is dropped as a failure") {
    SocketWorld world;
    world.on(event::Start{});
    world.url_ready();
    world.connected();
    CHECK(world.slot().machine.state() == SlotState::awaiting_hello);
    const Texts texts = world.pass(10s);
    CHECK(texts == Texts{"ping(1)", "close(1)"});
    CHECK(world.slot().machine.state() == SlotState::waiting);
    CHECK(world.slot().machine.last_error() == "no_hello: no hello within 10 s");
    CHECK(world.pass(500ms) == Texts{"open_url(2)"});  // full jitter of one second, random = 0.5
}

TEST_CASE("R8: every attempt asks for a fresh URL") {
    SocketWorld world;
    world.on(event::Start{});
    world.url_ready();
    world.connect_failed();
    CHECK(world.pass(1s) == Texts{"open_url(2)"});
}

TEST_CASE("R4: a URL outside Slack is an error and no connection") {
    SocketWorld world;
    world.on(event::Start{});
    world.url_ready(0, "wss://evil.example/link/?ticket=t");
    CHECK(world.slot().connecting.empty());
    CHECK(world.alarms == Texts{"bad_url"});
    CHECK(world.slot().machine.state() == SlotState::waiting);
}

TEST_CASE("R9: hello of another app is a configuration error") {
    SocketWorld world;
    world.on(event::Start{});
    world.url_ready();
    const auto generation = world.connected();
    CHECK(world.on(event::Hello{generation, "A2"}) == Texts{"close(1)", "alarm(wrong_app)"});
    CHECK(world.slot().machine.state() == SlotState::held);
    CHECK(world.slot().machine.held_for() == "wrong_app");
}

TEST_CASE("R10: unknown and transient errors are retried for ever") {
    SocketWorld world;
    world.on(event::Start{});
    for (int round = 0; round < 200; ++round) {
        world.url_failed(round % 2 == 0 ? "internal_error" : "made_up");
        REQUIRE(world.pass(60s) == Texts{"open_url(" + std::to_string(round + 2) + ")"});
    }
    CHECK(world.alarms.empty());
}

TEST_CASE("R11: no call before Retry-After, for any slot") {
    SocketWorld world(2);
    world.on(event::Start{}, 0);
    world.on(event::Start{}, 1);
    world.url_failed("ratelimited", Kind::throttled, 30s);
    CHECK(world.pass(29'999ms).empty());
    CHECK(world.pass(3s).size() == 2);  // 5 % jitter of 30 s, then both
}

TEST_CASE("R11: more than ten minutes is capped by the reader and alarmed here") {
    SocketWorld world;
    world.on(event::Start{});
    world.url_failed("ratelimited", Kind::throttled, 600s, true);
    CHECK(world.alarms == Texts{"long_rate_limit"});
    CHECK(world.pass(599s).empty());
    CHECK(world.pass(61s) == Texts{"open_url(2)"});
}

TEST_CASE("R14: full jitter from one second to thirty, and no reset before a minute of stability") {
    double random = 0.999;
    SocketWorld world(1, [&random] { return random; });
    world.on(event::Start{});
    std::vector<long> waits;
    for (int round = 0; round < 8; ++round) {
        world.url_failed("unreachable");
        const auto due = world.slot().machine.wake_at();
        REQUIRE(due);
        waits.push_back((*due - world.now) / 1ms);
        world.pass(60s);  // the budget never matters here
    }
    CHECK(waits == std::vector<long>{999, 1998, 3996, 7992, 15984, 29970, 29970, 29970});
    random = 0;
    world.url_failed("unreachable");
    CHECK(world.slot().machine.state() == SlotState::opening);  // full jitter reaches down to nothing

    SUBCASE("a hello alone does not reset it") {
        world.pass(1s);
        const auto generation = world.hello();
        world.pass_alive(59s);
        random = 0.999;
        world.lost(generation);
        CHECK((*world.slot().machine.wake_at() - world.now) / 1ms == 29970);
    }
    SUBCASE("R38: a minute does, and then the first retry is immediate") {
        world.pass(1s);
        const auto generation = world.hello();
        world.pass_alive(60s);
        world.lost(generation);
        CHECK(world.slot().machine.state() == SlotState::opening);
        random = 0.999;
        world.url_failed("unreachable");
        CHECK((*world.slot().machine.wake_at() - world.now) / 1ms == 999);
    }
}

TEST_CASE("R15: error, close and disconnect of one socket cause one reconnect") {
    SocketWorld world;
    connected_world(world);
    world.on(event::Disconnect{1, "refresh_requested"});
    world.on(event::Disconnect{1, "warning"});
    world.lost(1);
    world.on(event::Lost{1});
    world.on(event::Disconnect{1, "refresh_requested"});
    CHECK(world.pass(0ms) == Texts{"open_url(2)"});
    CHECK(world.pass(5min).empty());
}

TEST_CASE("R16: five a minute after a burst of three, whatever the cause") {
    SocketWorld world(1, [] { return 0.0; });  // no backoff at all
    world.on(event::Start{});
    for (int second = 0; second < 600; ++second) {
        if (!world.slot().opening.empty()) world.url_failed("internal_error");
        world.pass(1s);
    }
    CHECK(world.opened.size() <= 3 + 50);
    CHECK(world.opened.size() >= 50);
}

TEST_CASE("R17: a fatal code stops fast retries, names itself and is probed every 5 to 15 minutes") {
    SocketWorld world;
    world.on(event::Start{});
    world.url_failed("invalid_auth", Kind::fatal);
    CHECK(world.slot().machine.state() == SlotState::held);
    CHECK(world.slot().machine.held_for() == "invalid_auth");
    CHECK(world.alarms == Texts{"invalid_auth"});
    CHECK(world.pass(5min - 1ms).empty());
    CHECK(world.pass(10min).size() == 1);
    world.url_failed("invalid_auth", Kind::fatal);
    CHECK(world.alarms.size() == 1);  // said once

    SUBCASE("a reload probes at once") {
        CHECK(world.on(event::Renew{}) == Texts{"open_url(3)"});
        world.hello();
        CHECK(world.slot().machine.state() == SlotState::connected);
        CHECK(world.slot().machine.last_error().empty());
    }
}

TEST_CASE("R18: after stop nothing is called any more") {
    for (const int steps : {0, 1, 2, 3, 4, 5}) {
        CAPTURE(steps);
        SocketWorld world;
        world.on(event::Start{});
        if (steps > 0) world.url_ready();
        if (steps > 1) world.connected();
        if (steps > 2) world.on(event::Hello{1, "A1"});
        if (steps > 3) world.on(event::Disconnect{1, "warning"});
        if (steps > 4) {
            world.pass(100ms);
            world.hello();
        }
        world.on(event::Stop{});
        CHECK(world.slot().sockets.empty());
        CHECK_FALSE(world.slot().machine.wake_at());
        CHECK(world.pass(60s).empty());
        CHECK(world.slot().machine.state() == SlotState::stopped);
        // What was in flight comes back and is given up.
        if (!world.slot().opening.empty()) world.url_ready();
        if (!world.slot().connecting.empty()) world.connected();
        CHECK(world.slot().connecting.empty());
        CHECK(world.slot().sockets.empty());
    }
}

TEST_CASE("R15: start after stop waits for the call still in flight") {
    SocketWorld world;
    world.on(event::Start{});
    world.on(event::Stop{});
    CHECK(world.on(event::Start{}).empty());
    CHECK(world.pass(10s).empty());
    world.url_ready();  // of the old attempt
    CHECK(world.slot().connecting.empty());
    CHECK(world.pass(0ms) == Texts{"open_url(2)"});
}

TEST_CASE("R21, R22, R23: pings after 5 s of silence, dead after 20, any frame counts") {
    SocketWorld world;
    connected_world(world);
    CHECK(world.pass(4'999ms).empty());
    CHECK(world.pass(1ms) == Texts{"ping(1)"});
    world.on(event::Inbound{1, world.now});
    CHECK(world.pass(4'999ms).empty());
    CHECK(world.pass(1ms) == Texts{"ping(1)"});
    CHECK(world.pass(9'999ms) == Texts{"ping(1)"});
    CHECK(world.pass(1ms) == Texts{"ping(1)"});
    CHECK(world.pass(4'999ms).empty());
    // 20 s after the last frame: given up, and another one asked for (backoff: it lived less than a minute).
    CHECK(world.pass(1ms) == Texts{"close(1)"});
    CHECK(world.pass(500ms) == Texts{"open_url(2)"});
    CHECK(world.reports.back() == "lost silent");
}

TEST_CASE("R23: silence while the process itself slept is not held against the peer") {
    SocketWorld world;
    connected_world(world);
    world.now += 60s;
    CHECK(world.on(event::Tick{}) == Texts{"ping(1)"});
    world.on(event::Inbound{1, world.now + 1ms});
    CHECK(world.pass(5s) == Texts{});
    CHECK(world.slot().machine.state() == SlotState::connected);
}

TEST_CASE("R30: a refresh opens the replacement within 250 ms and drains the old one for 15 s") {
    for (const std::string reason : {"warning", "refresh_requested", "", "never_heard_of"}) {
        CAPTURE(reason);
        SocketWorld world(1, [] { return 0.999; });
        connected_world(world);
        CHECK(world.on(event::Disconnect{1, reason}).empty());
        CHECK(world.pass(250ms) == Texts{"open_url(2)"});
        CHECK(world.slot().machine.state() == SlotState::refreshing);
        world.hello();
        CHECK(world.slot().sockets == std::set<Generation>{1, 2});
        CHECK(world.slot().machine.state() == SlotState::connected);
        world.pass_alive(14'999ms);
        CHECK(world.slot().sockets == std::set<Generation>{1, 2});
        world.pass_alive(1ms);
        CHECK(world.slot().sockets == std::set<Generation>{2});
    }
}

TEST_CASE("R30: the old socket ends before the replacement is there: no more delay") {
    SocketWorld world(1, [] { return 0.999; });
    connected_world(world);
    world.on(event::Disconnect{1, "refresh_requested"});
    world.lost(1, 1000);
    CHECK(world.pass(0ms) == Texts{"open_url(2)"});
}

TEST_CASE("R30: a replacement that fails leaves the old socket in use") {
    SocketWorld world;
    connected_world(world);
    world.on(event::Disconnect{1, "refresh_requested"});
    world.pass(100ms);
    world.url_failed("internal_error");
    CHECK(world.slot().sockets == std::set<Generation>{1});
    CHECK(world.slot().machine.state() == SlotState::refreshing);
    world.pass(1s);
    world.hello();
    CHECK(world.slot().machine.state() == SlotState::connected);
}

TEST_CASE("R31: warning, then refresh_requested: one replacement") {
    SocketWorld world;
    connected_world(world);
    world.on(event::Disconnect{1, "warning"});
    world.on(event::Disconnect{1, "refresh_requested"});
    world.pass(250ms);
    world.on(event::Disconnect{1, "refresh_requested"});
    world.hello();
    world.on(event::Disconnect{1, "refresh_requested"});  // the draining one repeats itself
    CHECK(world.pass_alive(10min).size() == 1);           // its close
    CHECK(world.opened.size() == 2);
}

TEST_CASE("R32: too_many_websockets: surplus closed, ten seconds and doubling, few calls, one alarm") {
    for (const bool after_hello : {false, true}) {
        CAPTURE(after_hello);
        SocketWorld world(2);
        world.on(event::Start{}, 0);
        world.on(event::Start{}, 1);
        world.pass(1s);
        for (int second = 0; second < 600; ++second) {
            for (const int slot : {0, 1}) {
                if (world.slot(slot).opening.empty()) continue;
                Generation generation = 0;
                if (after_hello) {
                    generation = world.hello(slot);
                } else {
                    world.url_ready(slot);
                    generation = world.connected(slot);
                }
                world.on(event::Disconnect{generation, "too_many_websockets"}, slot);
                CHECK(world.slot(slot).sockets.empty());
            }
            world.pass(1s);
        }
        CHECK(world.opened.size() <= 10);
        CHECK(world.opened.size() >= 6);
        CHECK(world.opened[2] - world.opened[1] >= 10s);
        CHECK(world.alarms == Texts{"too_many_websockets", "too_many_websockets"});  // one a slot
    }
}

TEST_CASE("R32: a socket that another slot drains goes first") {
    SocketWorld world(2);
    world.on(event::Start{}, 0);
    world.on(event::Start{}, 1);
    world.hello(0);
    world.on(event::Disconnect{1, "refresh_requested"}, 0);
    world.pass(100ms);
    world.hello(0);
    CHECK(world.slot(0).sockets.size() == 2);
    world.pass(900ms);
    world.url_ready(1);
    const auto generation = world.connected(1);
    world.on(event::Disconnect{generation, "too_many_websockets"}, 1);
    CHECK(world.slot(0).sockets == std::set<Generation>{2});
}

TEST_CASE("R32: a replacement that is one too many leaves the old socket alone") {
    SocketWorld world;
    connected_world(world);
    world.on(event::Disconnect{1, "refresh_requested"});
    world.pass(100ms);
    world.url_ready();
    world.connected();
    world.on(event::Disconnect{2, "too_many_websockets"});
    CHECK(world.slot().sockets == std::set<Generation>{1});
    CHECK(world.pass_alive(9'999ms).empty());
}

TEST_CASE("R36: link_disabled stops fast reconnects") {
    SocketWorld world;
    connected_world(world);
    CHECK(world.on(event::Disconnect{1, "link_disabled"}) == Texts{"close(1)", "alarm(link_disabled)"});
    CHECK(world.slot().machine.state() == SlotState::held);
    CHECK(world.pass(5min - 1ms).empty());
    CHECK(world.pass(10min).size() == 1);
}

TEST_CASE("R39: every close code is followed by a reconnect") {
    for (const int code : {1000, 1001, 1006, 1008, 1009, 1011, 1012, 3000, 4001}) {
        CAPTURE(code);
        SocketWorld world;
        connected_world(world);
        world.pass_alive(61s);
        world.lost(1, static_cast<std::uint16_t>(code));
        CHECK(world.slot().opening.size() == 1);
    }
}

TEST_CASE("R35: a thousand reconnects leave nothing behind") {
    SocketWorld world;
    world.on(event::Start{});
    for (int round = 0; round < 1000; ++round) {
        REQUIRE(world.slot().opening.size() == 1);
        const auto generation = world.hello();
        REQUIRE(world.slot().sockets.size() <= 2);
        world.pass_alive(61s);
        if (round % 2 == 0) {
            world.on(event::Disconnect{generation, "refresh_requested"});
            world.pass(250ms);
        } else {
            world.lost(generation);
        }
    }
    CHECK(world.slot().sockets.size() <= 2);
}

TEST_CASE("R30, R35: refreshes in quick succession: each old connection is read on, only a few are kept") {
    SocketWorld world(1, [] { return 0.0; }, 1000);
    world.on(event::Start{});
    auto generation = world.hello();
    for (int round = 0; round < 6; ++round) {
        world.on(event::Disconnect{generation, "refresh_requested"});
        world.pass(100ms);
        CHECK(world.slot().sockets.contains(generation));
        generation = world.hello();
        // One in use, and of those that drain the newest.
        CHECK(world.slot().sockets.size() <= 4);
        CHECK(world.slot().sockets.contains(generation - 1));
    }
    world.pass_alive(1s);
    CHECK(world.slot().sockets == std::set<Generation>{generation - 1, generation});
    world.pass_alive(14s);
    CHECK(world.slot().sockets == std::set<Generation>{generation});
}

TEST_CASE("R14: a replacement that keeps failing backs off although the old connection is stable") {
    SocketWorld world(1, [] { return 0.999; });
    connected_world(world);
    world.pass_alive(120s);
    world.on(event::Disconnect{1, "refresh_requested"});
    world.pass_alive(1s);
    std::vector<long> waits;
    for (int round = 0; round < 2; ++round) {
        world.url_failed("unreachable");
        const auto before = world.now;
        while (world.slot().opening.empty())
            world.pass_alive(1s);
        waits.push_back((world.now - before) / 1s);
    }
    REQUIRE(waits.size() == 2);
    CHECK(waits[0] == 1);
    CHECK(waits[1] == 2);
}

TEST_CASE("R69: a reload replaces the connection, the old one drains") {
    SocketWorld world;
    connected_world(world);
    CHECK(world.on(event::Renew{}) == Texts{"open_url(2)"});
    world.hello();
    CHECK(world.slot().sockets == std::set<Generation>{1, 2});
    world.pass_alive(15s);
    CHECK(world.slot().sockets == std::set<Generation>{2});
}

TEST_CASE("R69: a reload during an attempt with the old token is followed by one with the new") {
    SocketWorld world;
    world.on(event::Start{});
    CHECK(world.on(event::Renew{}).empty());
    SUBCASE("the old attempt succeeds") {
        world.hello();
        CHECK(world.slot().opening == std::set<Generation>{2});
    }
    SUBCASE("it fails") {
        world.url_failed("internal_error");
        CHECK(world.slot().opening == std::set<Generation>{2});
    }
    SUBCASE("it fails for good") {
        world.url_failed("token_revoked", Kind::fatal);
        CHECK(world.slot().opening == std::set<Generation>{2});
    }
}

TEST_CASE("R75: the second slot replaces itself half a life later, once") {
    SocketWorld world(2);
    world.on(event::Start{}, 0);
    world.on(event::Start{}, 1);
    world.hello(0, 3600s);
    world.pass(1s);
    world.hello(1, 3600s);
    world.pass_alive(1799s);
    CHECK(world.opened.size() == 2);
    world.pass_alive(2s);
    CHECK(world.opened.size() == 3);
    CHECK(world.slot(1).opening.size() == 1);
    world.hello(1, 3600s);
    world.pass_alive(3590s - 1801s);
    CHECK(world.opened.size() == 3);
}

TEST_CASE("R64: the machine knows only steady time") {
    // By construction: no event carries wall time. A step of the wall clock is tested with the driver.
    static_assert(std::is_same_v<decltype(event::Inbound::at), SteadyTime>);
}

TEST_CASE("R3: an action as text shows no ticket") {
    const Action action = action::Connect{7, "wss://wss-primary.slack.com/link/?ticket=secret&app_id=A1"};
    CHECK(to_text(action) == "connect(7, wss://wss-primary.slack.com/link/)");
}

// R28: each state, reached by its own script.
void bring_to(SocketWorld& world, SlotState state) {
    if (state == SlotState::stopped) return;
    world.on(event::Start{});
    switch (state) {
        case SlotState::waiting:
            world.url_failed("internal_error");
            break;
        case SlotState::held:
            world.url_failed("invalid_auth", Kind::fatal);
            break;
        case SlotState::connecting:
            world.url_ready();
            break;
        case SlotState::awaiting_hello:
            world.url_ready();
            world.connected();
            break;
        case SlotState::connected:
            world.hello();
            break;
        case SlotState::refreshing:
            world.hello();
            world.on(event::Disconnect{1, "refresh_requested"});
            world.pass(250ms);
            break;
        default:
            break;
    }
}

TEST_CASE("R28: every event is legal in every state") {
    const std::vector<SlotState> states{
        SlotState::stopped,        SlotState::waiting,   SlotState::opening,    SlotState::connecting,
        SlotState::awaiting_hello, SlotState::connected, SlotState::refreshing, SlotState::held};
    const std::vector<Event> events{event::Start{},
                                    event::Stop{},
                                    event::Renew{},
                                    event::UrlReady{1, "wss://wss-primary.slack.com/?ticket=t"},
                                    event::UrlReady{1, "not a url"},
                                    event::UrlFailed{1, Kind::transient, "internal_error"},
                                    event::UrlFailed{1, Kind::throttled, "ratelimited", "", 30s},
                                    event::UrlFailed{1, Kind::fatal, "invalid_auth"},
                                    event::Connected{1},
                                    event::ConnectFailed{1, "HTTP 409"},
                                    event::Hello{1, "A1"},
                                    event::Hello{1, "A2"},
                                    event::Disconnect{1, "warning"},
                                    event::Disconnect{1, "refresh_requested"},
                                    event::Disconnect{1, "too_many_websockets"},
                                    event::Disconnect{1, "link_disabled"},
                                    event::Disconnect{1, ""},
                                    event::Lost{1, 1006},
                                    event::Lost{1, 1000},
                                    event::Inbound{1, SteadyTime{2h}},
                                    event::Crowded{},
                                    event::Tick{}};
    for (const SlotState state : states) {
        for (std::size_t first = 0; first < events.size(); ++first) {
            for (std::size_t second = 0; second < events.size(); ++second) {
                CAPTURE(to_text(state));
                CAPTURE(first);
                CAPTURE(second);
                SocketWorld world;
                bring_to(world, state);
                REQUIRE(world.slot().machine.state() == state);
                for (const std::size_t index : {first, second}) {
                    // What the event says about the driver's own calls has happened.
                    if (std::holds_alternative<event::UrlReady>(events[index]) ||
                        std::holds_alternative<event::UrlFailed>(events[index])) {
                        world.slot().opening.erase(1);
                    }
                    if (std::holds_alternative<event::Connected>(events[index])) {
                        world.slot().connecting.erase(1);
                        world.slot().sockets.insert(1);
                    }
                    if (std::holds_alternative<event::ConnectFailed>(events[index]))
                        world.slot().connecting.erase(1);
                    if (std::holds_alternative<event::Lost>(events[index])) world.slot().sockets.erase(1);
                    world.on(events[index]);
                }
                CHECK(world.slot().sockets.size() <= 2);
                world.on(event::Stop{});
                CHECK(world.slot().machine.state() == SlotState::stopped);
                CHECK_FALSE(world.slot().machine.wake_at());
            }
        }
    }
}

TEST_CASE("R13, R5: a fault at any step ends in another attempt, and recovery in a connection") {
    // Steps of the success script: url, connect, hello, a minute of life.
    for (int failing = 0; failing < 4; ++failing) {
        for (int times = 1; times <= 5; ++times) {
            CAPTURE(failing);
            CAPTURE(times);
            SocketWorld world;
            world.on(event::Start{});
            for (int round = 0; round < times; ++round) {
                REQUIRE(world.slot().opening.size() == 1);
                if (failing == 0) {
                    world.url_failed("unreachable");
                } else {
                    world.url_ready();
                    CHECK(world.slot().url.find("debug_reconnects") == std::string::npos);
                    if (failing == 1) {
                        world.connect_failed();
                    } else {
                        const auto generation = world.connected();
                        if (failing == 3) world.on(event::Hello{generation, "A1"});
                        world.lost(generation);
                    }
                }
                CHECK(world.slot().sockets.empty());
                world.pass(60s);
            }
            world.hello();
            CHECK(world.slot().machine.state() == SlotState::connected);
        }
    }
}

}  // namespace
}  // namespace countersign::slack

#include "tests/support/socket_world.hpp"

#include <doctest/doctest.h>

namespace countersign::slack {
namespace {

using namespace std::chrono_literals;
using tests::SocketWorld;
using Kind = event::UrlFailed::Kind;

class Chaos {
  public:
    explicit Chaos(unsigned seed, int slots)
        : random_(seed),
          world_(slots, [this] { return std::uniform_real_distribution<double>(0, 1)(random_); }) {}

    void run(int steps) {
        for (int step = 0; step < steps; ++step) {
            const int number = pick(world_.count());
            act(number);
            check(number);
            if (pick(3) == 0) {
                world_.pass(std::chrono::milliseconds(pick(4) == 0 ? pick(40'000) : pick(500)));
                for (int k = 0; k < world_.count(); ++k)
                    check(k);
            }
        }
        finish();
    }

  private:
    int pick(int limit) { return static_cast<int>(random_() % static_cast<unsigned>(limit)); }

    // Any of its own sockets, an old one, or one that never was.
    Generation some_generation(int number) {
        const auto& sockets = world_.slot(number).sockets;
        if (sockets.empty() || pick(4) == 0) return static_cast<Generation>(pick(8));
        auto at = sockets.begin();
        std::advance(at, pick(static_cast<int>(sockets.size())));
        return *at;
    }

    void act(int number) {
        auto& slot = world_.slot(number);
        switch (pick(14)) {
            case 0:
                world_.on(event::Start{}, number);
                break;
            case 1:
                if (pick(10) == 0) world_.on(event::Stop{}, number);
                break;
            case 2:
                if (pick(5) == 0) world_.on(event::Renew{}, number);
                break;
            case 3:
            case 4:
                if (!slot.opening.empty())
                    world_.url_ready(number, pick(10) == 0 ? "ws://x/" : "wss://a.slack.com/?t=1");
                break;
            case 5:
                if (!slot.opening.empty()) {
                    const Kind kind = std::array{Kind::transient, Kind::throttled,
                                                 Kind::fatal}[static_cast<unsigned>(pick(3))];
                    world_.url_failed("code", kind, std::chrono::seconds(pick(40)), pick(9) == 0, number);
                }
                break;
            case 6:
            case 7:
                if (!slot.connecting.empty()) world_.connected(number);
                break;
            case 8:
                if (!slot.connecting.empty()) world_.connect_failed(number);
                break;
            case 9:
            case 10:
                world_.on(event::Hello{some_generation(number), pick(20) == 0 ? "A2" : "A1", 360s}, number);
                break;
            case 11: {
                const std::array reasons{
                    "warning", "refresh_requested", "too_many_websockets", "link_disabled", "", "x"};
                world_.on(event::Disconnect{some_generation(number), reasons[static_cast<unsigned>(pick(6))]},
                          number);
                break;
            }
            case 12:
                world_.lost(some_generation(number), 1006, number);
                break;
            default:
                world_.on(event::Inbound{some_generation(number), world_.now}, number);
        }
    }

    void check(int number) {
        const auto& slot = world_.slot(number);
        REQUIRE(slot.opening.size() + slot.connecting.size() <= 1);  // R15
        REQUIRE(slot.sockets.size() <= 5);  // R35: in use, on trial, three that drain
        // R16: at most 3 + 5 a minute in any minute.
        const auto minute_ago = std::ranges::lower_bound(world_.opened, world_.now - 60s);
        REQUIRE(world_.opened.end() - minute_ago <= 8);
    }

    // R18: after stop everything that was opened is closed, and nothing more is wanted.
    void finish() {
        for (int k = 0; k < world_.count(); ++k) {
            auto& slot = world_.slot(k);
            world_.on(event::Stop{}, k);
            if (!slot.opening.empty()) world_.url_ready(k);
            if (!slot.connecting.empty()) world_.connected(k);
            REQUIRE(slot.opening.empty());
            REQUIRE(slot.connecting.empty());
            REQUIRE(slot.sockets.empty());
            REQUIRE_FALSE(slot.machine.wake_at());
        }
    }

    std::mt19937 random_;
    SocketWorld world_;
};

TEST_CASE("R15, R16, R18, R35: no sequence of events opens twice, exceeds the budget or leaks a socket") {
    for (unsigned seed = 1; seed <= 400; ++seed) {
        CAPTURE(seed);
        Chaos(seed, 1 + static_cast<int>(seed % 3)).run(400);
    }
}

// Liveness: once the world behaves, every slot comes back by itself.
TEST_CASE("R13: after any trouble each slot recovers when the network does") {
    for (unsigned seed = 1; seed <= 100; ++seed) {
        CAPTURE(seed);
        std::mt19937 random(seed);
        SocketWorld world(2, [&random] { return std::uniform_real_distribution<double>(0, 1)(random); });
        for (const int k : {0, 1})
            world.on(event::Start{}, k);
        for (int step = 0; step < 100; ++step) {
            const int k = static_cast<int>(random() % 2);
            auto& slot = world.slot(k);
            if (!slot.opening.empty()) {
                random() % 2 == 0 ? world.url_failed("unreachable", Kind::transient, {}, false, k)
                                  : static_cast<void>(world.url_ready(k));
            } else if (!slot.connecting.empty()) {
                random() % 2 == 0 ? world.connect_failed(k) : static_cast<void>(world.connected(k));
            } else if (!slot.sockets.empty()) {
                const Generation generation = *slot.sockets.rbegin();
                random() % 2 == 0 ? world.lost(generation, 1006, k)
                                  : static_cast<void>(world.on(event::Hello{generation, "A1"}, k));
            }
            world.pass(std::chrono::milliseconds(random() % 5000));
        }
        // Longer than the largest backoff and the budget's refill together.
        for (int second = 0; second < 120; ++second) {
            for (const int k : {0, 1}) {
                auto& slot = world.slot(k);
                if (!slot.opening.empty()) world.url_ready(k);
                if (!slot.connecting.empty()) world.on(event::Hello{world.connected(k), "A1"}, k);
            }
            world.pass_alive(1s);
        }
        for (const int k : {0, 1})
            CHECK(world.slot(k).machine.state() == SlotState::connected);
    }
}

}  // namespace
}  // namespace countersign::slack

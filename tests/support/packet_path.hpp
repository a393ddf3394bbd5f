#pragma once

#include "tests/support/network_namespace.hpp"

#include <chrono>
#include <cstddef>
#include <memory>

namespace countersign::tests {

// What becomes of packets on their way, each way alike where nothing else is said.
struct Weather {
    double loss = 0;                     // share of the packets that vanish
    double twice = 0;                    // … that arrive two times
    double late = 0;                     // … that those behind them overtake
    std::chrono::milliseconds delay{0};  // of all
    bool to_server = true;               // false: a black hole
    bool to_client = true;
    std::size_t fits = 0;      // larger packets do not get through; 0: all do
    bool says_too_big = true;  // their senders are told, as they should be
};

// A server's network, a client's network, and the only path between them: packets that a thread carries from
// one tunnel to the other, with the weather of the moment. In both, 127.0.0.1 is the server's, so that a fake
// and its certificate need not know of it.
class PacketPath {
  public:
    explicit PacketPath(unsigned seed = 1);
    ~PacketPath();
    PacketPath(const PacketPath&) = delete;
    PacketPath& operator=(const PacketPath&) = delete;

    [[nodiscard]] const NetworkNamespace& server() const;
    [[nodiscard]] const NetworkNamespace& client() const;

    void set(const Weather& weather);
    // A middlebox loses its table: packets of the TCP connections there are go nowhere from now on, and
    // whoever sent them gets a reset for it or hears nothing. New connections are as good as ever.
    enum class Memory { kept, lost_and_says_so, lost_in_silence };
    void forget_connections(Memory memory);
    // Both ends of each connection get a reset that looks like the other's.
    void reset_connections();

    // Packets so far: a test can see that the weather was as bad as it should be.
    struct Counts {
        std::size_t carried = 0, lost = 0, twice = 0, late = 0, too_big = 0, unknown = 0, resets = 0;
    };
    [[nodiscard]] Counts counts() const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace countersign::tests

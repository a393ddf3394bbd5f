#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace countersign::bench {

// The n-th envelope of a stream; its id must be `envelope_id(n)`.
using MakeEnvelope = std::function<std::string(std::uint32_t n)>;
[[nodiscard]] std::string envelope_id(std::uint32_t n);

struct Load {
    std::uint32_t envelopes = 0;
    std::uint32_t first = 0;     // their numbers count from here; what was sent before would be a duplicate
    std::uint32_t window = 512;  // unacknowledged at once
    double per_second = 0;       // 0 = as fast as the window allows
    std::chrono::milliseconds refresh_every{
        0};                                  // > 0: `refresh_requested` on the sending connection that often
    std::chrono::milliseconds cut_after{0};  // > 0: every connection is cut then, once, without a word
    MakeEnvelope make;
};

struct LoadResult {
    std::uint32_t acknowledged = 0;
    std::uint32_t repeated_acks = 0;
    double seconds = 0;                // first send to last ack
    std::vector<double> latencies_ms;  // of each envelope
    double longest_gap_ms = 0;         // between two acks while envelopes were outstanding
};

// The bare minimum of a Slack for measuring clients: answers every API call with ok, speaks Socket Mode in
// plain text on loopback, sends envelopes and times their acks. Unlike tests/fakes it checks nothing, so that
// it costs little.
class LoadServer {
  public:
    LoadServer();
    ~LoadServer();
    [[nodiscard]] std::string api_url() const;   // http://127.0.0.1:PORT/api/
    [[nodiscard]] std::string link_url() const;  // ws://127.0.0.1:PORT/link/
    // Returns when a client has connected and was sent `hello`; false after the limit.
    bool wait_for_client(std::chrono::seconds limit);
    // Steady time of the last upgrade answered with `hello`.
    [[nodiscard]] std::chrono::steady_clock::time_point last_hello() const;
    [[nodiscard]] LoadResult run(const Load& load, std::chrono::seconds limit);
    // Cards posted to C0REVIEW so far, and when the last of them came.
    [[nodiscard]] bool wait_for_cards(std::uint64_t count, std::chrono::seconds limit);
    [[nodiscard]] std::uint64_t cards() const;
    [[nodiscard]] std::chrono::steady_clock::time_point last_card() const;

    // The same of Home tabs.
    [[nodiscard]] bool wait_for_homes(std::uint64_t count, std::chrono::seconds limit);
    [[nodiscard]] std::uint64_t homes() const;
    [[nodiscard]] std::chrono::steady_clock::time_point last_home() const;
    // From now on admin.apps.*.list know so many approved apps and pending requests, in pages.
    void know(int approved, int pending);
    // Pages of those lists that were read so far.
    [[nodiscard]] std::uint64_t list_pages() const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace countersign::bench

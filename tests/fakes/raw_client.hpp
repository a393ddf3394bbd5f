#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace countersign::fakes {

// A plain TCP client on loopback that says exactly what it is told. Blocking, with 10 s for each read.
class RawClient {
  public:
    enum class Connect { now, later };
    explicit RawClient(std::uint16_t port, Connect when = Connect::now);
    RawClient(const RawClient&) = delete;
    RawClient& operator=(const RawClient&) = delete;
    ~RawClient();

    void connect() const;
    void write(std::string_view bytes) const;
    // Through and with `end`, or what came before the other side ended.
    std::string read_until(std::string_view end);
    std::string read_exactly(std::size_t size);
    // Whether the other side ends the connection, now or in 10 s.
    [[nodiscard]] bool ended();

  private:
    // False at the end of the connection or of patience.
    bool read_some();

    std::uint16_t port_;
    int descriptor_;
    bool timed_out_ = false;
    std::string buffer_;
};

}  // namespace countersign::fakes

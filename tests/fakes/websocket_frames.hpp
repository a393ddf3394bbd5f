#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace countersign::fakes {

// RFC 6455 frames, written out by hand because a library hides what the tests have to see and to break: the
// number of frames of an ack, masking, reserved bits, invalid UTF-8, pings between fragments.
namespace opcode {
inline constexpr int continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10;
}

struct Frame {
    bool fin = true;
    int reserved = 0;  // RSV1-3 as a number, 0 when the peer keeps to the protocol
    int opcode = opcode::text;
    bool masked = false;
    std::string payload;
};

[[nodiscard]] std::string encode_frame(const Frame& frame, std::uint32_t mask = 0);
// A Close frame's payload.
[[nodiscard]] std::string close_payload(int code, std::string_view reason);
// "Sec-WebSocket-Accept" for a client's key.
[[nodiscard]] std::string accept_key(const std::string& client_key);

class FrameReader {
  public:
    void feed(std::string_view bytes) { buffer_ += bytes; }
    [[nodiscard]] std::optional<Frame> next();

  private:
    std::string buffer_;
};

}  // namespace countersign::fakes

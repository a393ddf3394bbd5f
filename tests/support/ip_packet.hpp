#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// As much of IPv4 and TCP as a middlebox looks at, and the packets that one makes up.
namespace countersign::tests {

struct TcpSegment {
    std::uint16_t from_port = 0, to_port = 0;
    std::uint32_t next_sequence = 0;  // of the byte behind its last
    bool syn = false, acknowledges = false, reset = false;
};
// Nothing: not TCP in IPv4.
[[nodiscard]] std::optional<TcpSegment> read_segment(std::string_view packet);

// A reset that the receiver of this segment takes for one of its sender's, right behind it.
[[nodiscard]] std::string reset_behind(std::string_view packet);
// A reset that its sender takes for the receiver's answer.
[[nodiscard]] std::string reset_in_answer_to(std::string_view packet);
// A router's word to its sender that the packet is larger than what fits (RFC 1191).
[[nodiscard]] std::string too_big(std::string_view packet, std::uint16_t fits);

}  // namespace countersign::tests

#pragma once

#include "bot/slack/envelope.hpp"

#include <string>
#include <string_view>

namespace countersign::slack {

// The ack's payload for a person whose command or form cannot be taken now (R56): a line, or an error at the
// first field. "" where an ack can carry no word: it would show the person that all is well.
[[nodiscard]] std::string busy_payload(const SocketMessage& message, std::string_view text);

}  // namespace countersign::slack

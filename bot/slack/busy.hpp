#pragma once

#include "bot/slack/envelope.hpp"

#include <string>
#include <string_view>

namespace countersign::slack {

// The ack's payload for a person whose command or click cannot be taken now (R56): a line, an error at the
// first field of a form, or nothing where Slack shows nothing.
[[nodiscard]] std::string busy_payload(const SocketMessage& message, std::string_view text);

}  // namespace countersign::slack

#pragma once

#include "config/base/result.hpp"

#include <string>
#include <string_view>

namespace countersign::slack {

// Where a Socket Mode URL may lead (R4). With Slack's own api_url: wss:// to slack.com, slack-gov.com or
// below. With another api_url: that very host. ws:// only where `allow_plain` says that api_url is http:// on
// loopback. The failure's text names the host and never the ticket (R3).
[[nodiscard]] Result<void> check_socket_url(std::string_view url, std::string_view api_url, bool allow_plain);

}  // namespace countersign::slack

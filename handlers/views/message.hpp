#pragma once

#include <string>

namespace countersign::handlers::views {

// A message as Slack takes it. `text` is complete by itself: what a screen reader or a client without blocks
// shows.
struct Message {
    std::string text;    // mrkdwn, at most 4,000 characters
    std::string blocks;  // JSON array, within Slack's limits; "" = text only
};

}  // namespace countersign::handlers::views

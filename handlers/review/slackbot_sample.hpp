#pragma once

#include "handlers/review/slackbot_notice.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string>

namespace countersign::handlers::review {

// A message of Slackbot's as the recorder keeps it (O9): its structure and Slack's own words, so that the
// tables can be extended; without the requester's text, people's names and ids, addresses and secrets.
[[nodiscard]] std::string redacted_sample(const nlohmann::json& message, const SlackbotNotice& notice);

// The same for messages that differ only in who asked for what: one sample of a kind is enough.
[[nodiscard]] std::string sample_shape(const std::string& sample);

}  // namespace countersign::handlers::review

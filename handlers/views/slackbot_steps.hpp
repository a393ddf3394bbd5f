#pragma once

#include "handlers/views/message.hpp"
#include "handlers/views/texts.hpp"
#include "storage/records.hpp"

#include <vector>

namespace countersign::handlers::views {

// To a manager: Slack's own message about the request and which of its buttons to press. The link to a
// message in somebody's conversation with Slackbot opens for that person only.
[[nodiscard]] Message slackbot_steps(const storage::AppRequest&, storage::DecisionKind,
                                     const std::vector<storage::SlackbotNotice>&, bool owns_conversation,
                                     Language language);

}  // namespace countersign::handlers::views

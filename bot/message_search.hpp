#pragma once

#include "bot/net/net.hpp"
#include "bot/slack/web_api.hpp"
#include "config/base/result.hpp"
#include "storage/records.hpp"

#include <optional>
#include <string>

namespace countersign::bot {

// Whether the message of this chat.postMessage effect is already in its channel or thread: what was written
// since the effect was first claimed is searched for our metadata, 4,000 messages at most. How long ago that
// was is counted by Slack's clock; a much older one with the same key is another. The text is an answer as
// chat.postMessage would have given it (`ok`, `channel`, `ts`); nullopt = not there. A failure means that it
// cannot be told now: try again later. Where Slack refuses to let us look at all (missing scope, not in
// channel), the answer is "not there": a message twice is better than a request nobody sees; the refusal is
// logged.
[[nodiscard]] net::Awaitable<Result<std::optional<std::string>>> find_posted_message(slack::WebApi& api,
                                                                                     storage::Effect effect);

// Carries the call out; a message that an earlier attempt may have sent is looked for before it is posted
// again.
[[nodiscard]] net::Awaitable<slack::ApiAnswer> deliver_message(slack::WebApi& api,
                                                               const storage::Effect& effect);

}  // namespace countersign::bot

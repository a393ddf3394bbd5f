#pragma once

#include "bot/slack/web_api.hpp"
#include "storage/records.hpp"

namespace countersign::bot {

// An effect that uploads a picture: `picture` in its arguments is a chart (handlers/views/bar_chart.hpp).
[[nodiscard]] bool uploads_picture(const storage::Effect& effect);

// Draws it on a thread of its own, asks Slack where to put it, and puts it there. The answer is that of
// files.getUploadURLExternal, with the file's id, once the bytes have arrived. An upload that nobody
// completes is gone by itself, so a repeat does no harm.
[[nodiscard]] net::Awaitable<slack::ApiAnswer> upload_picture(slack::WebApi& api,
                                                              const storage::Effect& effect);

}  // namespace countersign::bot

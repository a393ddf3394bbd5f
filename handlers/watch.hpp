#pragma once

#include "handlers/context.hpp"
#include "storage/changes.hpp"

#include <optional>
#include <string>
#include <string_view>

// At most one call to Slack is awaited for a request. The watch names it: an answer to any other call (late,
// repeated, from before a change of mind) is not listened to, and a call whose answer never comes is noticed.
namespace countersign::handlers {

[[nodiscard]] std::string watch_name(RequestId request);
[[nodiscard]] storage::Change watch_for(RequestId request, std::string_view effect_key, Timestamp now);
[[nodiscard]] bool is_awaited(RequestId request, std::string_view effect_key, const Context& context);
// The effect that is still in the outbox, so its answer will come.
[[nodiscard]] bool still_in_outbox(std::string_view effect_key, const Context& context);

}  // namespace countersign::handlers

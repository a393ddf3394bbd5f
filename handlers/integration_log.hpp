#pragma once

#include "handlers/context.hpp"
#include "handlers/effect_answer.hpp"
#include "handlers/outcome.hpp"
#include "storage/records.hpp"

#include <chrono>
#include <string_view>

// Slack's integration log (team.integrationLogs): what was decided about an app and whether anybody installed
// it. Where there is no Admin API it is the only record of both (domain.md §3.1).
namespace countersign::handlers {

namespace purposes {
inline constexpr std::string_view install_look = "install_look";  // the log, before an approval lapses
}  // namespace purposes

// How long the workspace driver waits between two looks at what Slackbot wrote.
[[nodiscard]] std::chrono::milliseconds poll_pause(const Context& context);

// By timer, with the reviewer's token, while a request waits for Slack's decision or for its installation. It
// needs the scope `admin`; a token without it is not asked again before the next start.
[[nodiscard]] Outcome begin_integration_log(const Context& context);
[[nodiscard]] Outcome begin_integration_log_anew(const Context& context);
[[nodiscard]] bool log_is_readable(const Context& context);
[[nodiscard]] Outcome integration_log_told(const EffectAnswer& answer, const Context& context);

// R15: something tells of installations: Slack's events to an organisation's app, or the log. Without, nobody
// is reminded of one, and no approval lapses for want of one.
[[nodiscard]] bool installs_are_seen(const Context& context);

// Before an approval lapses: an event may have been missed. Installed after all, it is `installed`; where the
// log says nothing of it, never_installed (after_decision.hpp); where it cannot be read, a person decides.
[[nodiscard]] Outcome look_for_install(const storage::AppRequest& request, const Context& context);
[[nodiscard]] Outcome install_looked_for(const EffectAnswer& answer, const Context& context);

}  // namespace countersign::handlers

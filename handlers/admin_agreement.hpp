#pragma once

#include "handlers/context.hpp"
#include "handlers/outcome.hpp"
#include "handlers/review/working_days.hpp"
#include "handlers/settle.hpp"
#include "handlers/views/texts.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What the policy asks of the admins themselves before an approval goes to Slack: that several of them press
// (P17), and in a blackout a reason (M21).
namespace countersign::handlers {

namespace marks {
inline constexpr std::string_view overrode_blackout = "overrode_blackout";  // shown the steps in one
inline constexpr std::string_view waits_for_admins = "waits_for_admins";  // no manager was sent to Slack yet
}  // namespace marks

// Whoever asked for it is none of several admins.
[[nodiscard]] bool may_be_one_of_them(const UserId& user, const Case& item);
// Who pressed `Approve app` since the request stands where it does, and may decide still.
[[nodiscard]] std::vector<UserId> admins_agreed(const Case& item, const Context& context);
// What they gave as reasons, each theirs.
[[nodiscard]] std::string reasons_of(const std::vector<UserId>& admins, const Case& item);
// "The policy wants 2 admins …": so many have to press yet.
[[nodiscard]] std::string more_admins(const Case& item, int missing, views::Language language);

// What the policy approves by itself needs nobody's press.
[[nodiscard]] bool needs_several_admins(const Case& item);
[[nodiscard]] int admins_missing(const Case& item, const Context& context);
// The blackout that holds now, unless an admin was shown the steps in it, for a reason.
[[nodiscard]] std::optional<review::ActiveBlackout> blackout_in_the_way(const Case& item,
                                                                        const Context& context);
// Why no approval of it counts as ours yet, and with what to press; nullopt: the admins have done their part.
[[nodiscard]] std::optional<std::string> why_admins_first(const Case& item, views::Language language,
                                                          const Context& context);
// Only an admin who presses `Approve app` may be sent to Slack's own button.
[[nodiscard]] bool waits_for_press(const Case& item, const Context& context);

// "nothing is applied until …, press `Approve app` …"
[[nodiscard]] std::string press_to_override(const review::ActiveBlackout& blackout, views::Language language,
                                            const Context& context);

}  // namespace countersign::handlers

#pragma once

#include "handlers/context.hpp"
#include "handlers/effect_answer.hpp"
#include "handlers/event.hpp"
#include "handlers/outcome.hpp"
#include "handlers/press.hpp"
#include "storage/installed.hpp"

#include <string_view>

// M18: a Slack app leaves in stages: announced to its owner and the admins, uninstalled by Slack when the
// grace period is over and nobody said stop, gone from the inventory when Slack has said so.
namespace countersign::handlers {

[[nodiscard]] Outcome uninstall_asked(const Press& press, const storage::InventoryEntry& entry,
                                      const Context& context);
[[nodiscard]] Outcome uninstall_confirmed(const Press& press, const Context& context);
// Stop, before it is too late.
[[nodiscard]] Outcome uninstall_stopped(const Press& press, const Context& context);
[[nodiscard]] Outcome uninstall_due(const Event& event, const Context& context);
// Its call waits for its turn, while people still stop it and the policy may come to protect the app.
[[nodiscard]] bool uninstall_may_leave(const storage::Effect& effect, const Context& context);
[[nodiscard]] Outcome uninstall_answered(const EffectAnswer& answer, const Context& context);

}  // namespace countersign::handlers

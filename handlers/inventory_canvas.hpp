#pragma once

#include "handlers/context.hpp"
#include "handlers/effect_answer.hpp"
#include "handlers/outcome.hpp"
#include "handlers/press.hpp"

#include <string>
#include <string_view>
#include <vector>

// M27: the installed apps as the canvas of one channel, where an admin wants that. A mirror only: it is
// written anew when the inventory has changed, and nothing is ever read from it but whether it still stands.
namespace countersign::handlers {

namespace purposes {
inline constexpr std::string_view inventory_canvas = "inventory_canvas";
}  // namespace purposes

// `/installed-apps mirror [C…|here|off]`, for admins.
[[nodiscard]] Outcome mirror_typed(const Press& press, const std::vector<std::string>& words,
                                   const Context& context);
// At start: what had stopped for want of a right or a plan is tried once more.
[[nodiscard]] Outcome begin_mirror(const Context& context);
// Every five minutes, while there is a mirror.
[[nodiscard]] Outcome mirror_due(const Context& context);
[[nodiscard]] Outcome mirror_answered(const EffectAnswer& answer, const Context& context);

}  // namespace countersign::handlers

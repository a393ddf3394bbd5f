#pragma once

#include "handlers/context.hpp"
#include "handlers/effect_answer.hpp"
#include "handlers/event.hpp"
#include "handlers/outcome.hpp"
#include "handlers/press.hpp"

#include <string_view>

// A press that depends on who somebody is, its own person or one that it names, and nobody knows yet: Slack
// is asked, and the press is decided when the answer is stored.
namespace countersign::handlers {

namespace purposes {
inline constexpr std::string_view presser = "presser";
}

[[nodiscard]] Outcome wait_for_person(const UserId& person, const Press& press);
[[nodiscard]] Outcome presser_told(const EffectAnswer& answer, const Context& context);
[[nodiscard]] Outcome waiting_press_due(const Event& event, const Context& context);

}  // namespace countersign::handlers

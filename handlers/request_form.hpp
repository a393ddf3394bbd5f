#pragma once

#include "handlers/context.hpp"
#include "handlers/effect_answer.hpp"
#include "handlers/outcome.hpp"
#include "handlers/press.hpp"

namespace countersign::handlers {

// `Request an app`: a request that did not begin in Slack's own dialog.
[[nodiscard]] Outcome request_form_submitted(const Press& press, const Context& context);
// Whom somebody asks for was read (R19); the form goes on.
[[nodiscard]] Outcome colleague_told(const EffectAnswer& answer, const Context& context);

}  // namespace countersign::handlers

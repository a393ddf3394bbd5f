#pragma once

#include "handlers/context.hpp"
#include "handlers/effect_answer.hpp"
#include "handlers/outcome.hpp"
#include "handlers/settle.hpp"

#include <string>

// What Countersign writes on the vendor issue: one note that always says how the request stands (S1, P5),
// with the decision at its end (U8), and the labels of parties that agreed in Slack.
namespace countersign::handlers {

// After a change of the request. Nothing for an issue that was not read yet or is not its own.
[[nodiscard]] Outcome write_on_issue(const Case& item, const Context& context);
// The answers to both: what cannot be written is said once.
[[nodiscard]] Outcome written_on_issue(const EffectAnswer& answer, const Context& context);

// Hidden in what we write, so that we find it again.
[[nodiscard]] std::string status_marker(RequestId request);

}  // namespace countersign::handlers

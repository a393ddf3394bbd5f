#pragma once

#include "handlers/context.hpp"
#include "handlers/effect_answer.hpp"
#include "handlers/outcome.hpp"
#include "storage/installed.hpp"

#include <optional>

// I17: that an authorization was used is written down at its first use and once a day with the day's count.
// A call is a number that grows with what its answer writes anyway, never a row of its own.
namespace countersign::handlers {

[[nodiscard]] Outcome count_use(const EffectAnswer& answer, const Context& context);
// The counts of days that are over.
[[nodiscard]] Outcome close_days(const Context& context);
// What is counted and not written down yet.
[[nodiscard]] std::optional<AuditNote> usage_note(const storage::Authorization& authorization);

}  // namespace countersign::handlers

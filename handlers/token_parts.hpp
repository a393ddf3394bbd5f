#pragma once

#include "handlers/context.hpp"
#include "handlers/effect_answer.hpp"
#include "handlers/outcome.hpp"
#include "storage/installed.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What the life of a token, its checks and its end share.
namespace countersign::handlers {

inline constexpr std::chrono::milliseconds account_check_every = std::chrono::hours(6);

[[nodiscard]] storage::Change save(storage::Authorization authorization);
[[nodiscard]] storage::Change save(storage::Integration integration);
// Of this authorization: "account_check", "account_refresh".
[[nodiscard]] storage::Change account_timer(const char* kind, const storage::Authorization& authorization,
                                            Timestamp due);
// Not all at the same moment, and each at the same one every day (I12).
[[nodiscard]] std::chrono::milliseconds account_jitter(const storage::Authorization& authorization);
[[nodiscard]] AuditNote account_note(const storage::Authorization& authorization, const char* action,
                                     std::string_view what);
[[nodiscard]] std::string account_name(const storage::Authorization& authorization);
// What is built on a tracker is connected once its project was reached, a channel once a message got there,
// and not before.
void await_access(storage::Integration& integration, Timestamp now);
[[nodiscard]] bool awaits_access(const storage::Integration& integration);
// The word kept for "its people have paused it", which a mending brings back (I8): "1" = so it is.
[[nodiscard]] std::string pause_mark(const storage::Integration& integration);
// O14: why a token stays valid at its server when `fresh` has replaced it; "" = it is to be taken back.
[[nodiscard]] std::string why_left_valid(const storage::Authorization& old,
                                         const storage::Authorization& fresh,
                                         const std::vector<storage::Authorization>& all);
// When a token that lives so long from now ends. No number of a server makes it more than ten years.
[[nodiscard]] Timestamp end_of_life(std::int64_t seconds, Timestamp now);
// I19: nothing where it was removed or renewed while the answer was on its way.
[[nodiscard]] std::optional<storage::Authorization> subject_of(const EffectAnswer& answer,
                                                               const Context& context);
// Asks its server now; `certain`: a refusal is not looked at a second time.
[[nodiscard]] Outcome check_now(const storage::Authorization& authorization, bool certain,
                                const Context& context);

}  // namespace countersign::handlers

#pragma once

#include "handlers/context.hpp"
#include "handlers/effect_answer.hpp"
#include "handlers/event.hpp"
#include "handlers/outcome.hpp"
#include "handlers/press.hpp"

// Channel integrations: review results as they come and a digest once a day, in this workspace by the bot, in
// another one by a stored authorization.
namespace countersign::handlers {

// The first message in a channel shows that it works; its owner hears then that it is connected. Once for
// each time that it waits for that (await_access).
[[nodiscard]] Outcome greet_channel(const storage::Integration& integration);
// A message on demand, with who asked for it.
[[nodiscard]] Outcome test_channel(const storage::Integration& integration, const Press& press,
                                   const Context& context);
// Of requests that have just been decided by `done`.
[[nodiscard]] Outcome post_results(const Outcome& done, const Context& context);
// Once a day.
[[nodiscard]] Outcome digest_due(const Context& context);
// At start: the next digest.
[[nodiscard]] Outcome schedule_digest(const Context& context);
[[nodiscard]] Outcome channel_posted(const EffectAnswer& answer, const Context& context);

}  // namespace countersign::handlers

#pragma once

#include "handlers/press.hpp"
#include "handlers/review/policy.hpp"
#include "handlers/settle.hpp"
#include "handlers/views/texts.hpp"

#include <string>

// M22: where anybody may join, what looks like junk waits before the parties are called. It is held, never
// refused: an admin lets it through, or a vote takes it up.
namespace countersign::handlers {

// Of a new request: the gate is going to hold it.
[[nodiscard]] bool will_be_held(const storage::AppRequest& request, const review::Judgement& judgement,
                                const Context& context);
// A new request: holds it where the policy's gate says so. What the policy decides by itself is no junk.
[[nodiscard]] Outcome stop_at_gate(Case& item, const Context& context);
// Held, and nobody has looked at it yet.
[[nodiscard]] bool is_at_gate(const Case& item);
// Whatever else happens to a request at the gate, it stays there: else its own requester could free it.
void stay_at_gate(Case& item);
// The same for the requester.
[[nodiscard]] std::string gate_sentence(const Case& item, views::Language language);

// `Let through`; whoever presses is an admin.
[[nodiscard]] Outcome let_through(const Press& press, Case item, const Context& context);

}  // namespace countersign::handlers

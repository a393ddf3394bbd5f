#pragma once

#include "handlers/context.hpp"
#include "handlers/outcome.hpp"
#include "handlers/press.hpp"
#include "handlers/review/vendor_link.hpp"
#include "handlers/settle.hpp"

#include <expected>
#include <string>

// What a requester does with a request of theirs, shared by buttons, forms and commands.
namespace countersign::handlers {

[[nodiscard]] Outcome withdraw(const Press& press, Case item, const Context& context);
// The request has this vendor issue from now on: it is read, and the requester told. Settle it afterwards.
[[nodiscard]] Outcome note_issue(Case& item, const review::IssueLink& link, const UserId& by,
                                 std::string_view cause, const Context& context);
[[nodiscard]] Outcome link_issue(const Press& press, Case item, const review::IssueLink& link,
                                 const Context& context);
[[nodiscard]] Outcome answer_question(const Press& press, Case item, const std::string& answer,
                                      const Context& context);

// The press comes from who asked for the app.
[[nodiscard]] std::expected<void, Outcome> require_requester(const Press& press, const Case& item);
// The requester, a party's member or an admin; the request is not decided.
[[nodiscard]] std::expected<void, Outcome> require_may_link(const Press& press, const Case& item,
                                                            const Context& context);
// There is a question, and it is the requester's to answer.
[[nodiscard]] std::expected<void, Outcome> require_may_answer(const Press& press, const Case& item);

// Somebody has left the company: what they asked for is withdrawn, unless others wait for it too, who then
// carry it on (domain.md §8.5).
[[nodiscard]] Outcome requester_left(const UserId& user, const Context& context);

}  // namespace countersign::handlers

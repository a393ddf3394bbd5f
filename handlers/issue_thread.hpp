#pragma once

#include "handlers/context.hpp"
#include "handlers/event.hpp"
#include "handlers/outcome.hpp"
#include "storage/issue_facts.hpp"
#include "storage/records.hpp"

// The talk about a request, in both places (P14): comments on its vendor issue stand in the thread under its
// card, replies in that thread stand on the issue. What is internal or confidential in the tracker never
// comes into Slack, and what is edited or deleted on one side follows on the other.
namespace countersign::handlers {

// After a reading of the issue. People's comments since the link was made; ours and the tracker's are left
// out.
[[nodiscard]] Outcome comments_into_thread(const storage::AppRequest& request,
                                           const storage::VendorIssue& issue,
                                           const storage::IssueFacts& facts, const Context& context);

// A message event of the review channel: a reply under a card, its edit, its deletion.
[[nodiscard]] Outcome reply_onto_issue(const Event& event, const Context& context);

}  // namespace countersign::handlers

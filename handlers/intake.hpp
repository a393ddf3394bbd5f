#pragma once

#include "handlers/context.hpp"
#include "handlers/outcome.hpp"
#include "handlers/review/app_request_payload.hpp"
#include "handlers/review/vendor_link.hpp"
#include "storage/records.hpp"

#include <optional>
#include <string>
#include <vector>

// How a request comes into being, whichever way it was heard of.
namespace countersign::handlers {

// From Slack: the event, or an entry of the list of pending requests. A Slack id that is known is not a
// second request, but what it now says is learned (domain.md §2.1).
[[nodiscard]] Outcome take_in(review::ReadAppRequest read, storage::RequestSource source,
                              const Context& context);

// The same for a request that is known by other means than Slack's id.
[[nodiscard]] Outcome learn_of(storage::AppRequest known, const review::ReadAppRequest& read,
                               const Context& context);

// A new row: vendor issue, card, first message to the requester. `known`: marks that it will have; the caller
// sets them.
[[nodiscard]] Outcome open_request(storage::AppRequest request, std::vector<storage::Mark> known,
                                   const std::optional<review::IssueLink>& link, const Context& context);

// What the audit says first of every request.
[[nodiscard]] AuditNote received(const storage::AppRequest& request);

// A request that had given way to `other` stands on its own: with the agreements to the very same scopes, and
// the vendor issue. `preface` tells its requester why.
[[nodiscard]] Outcome reopen_in_place(storage::AppRequest request, const storage::AppRequest& other,
                                      const std::string& preface, const Context& context);

}  // namespace countersign::handlers

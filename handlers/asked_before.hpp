#pragma once

#include "handlers/context.hpp"
#include "storage/records.hpp"

#include <optional>
#include <string>

// R13: whoever asks again after a refusal shows what is different.
namespace countersign::handlers {

// What came to nothing of this person's earlier requests for the app here; the newest.
[[nodiscard]] std::optional<storage::AppRequest> asked_before(const storage::AppRequest& request,
                                                              const Context& context);

// "Asked before: REQ-1, Denied: why. The same permissions."; everybody reads it on the card.
[[nodiscard]] std::string difference_to(const storage::AppRequest& last, const storage::AppRequest& request);

}  // namespace countersign::handlers

#pragma once

#include "handlers/context.hpp"
#include "handlers/outcome.hpp"
#include "handlers/views/message.hpp"
#include "storage/grants.hpp"
#include "storage/installed.hpp"

#include <string>
#include <string_view>

// What the steps of a grant share.
namespace countersign::handlers {

[[nodiscard]] storage::Change installed_change(storage::InstalledChange change);
// To whoever has begun it, once for each occasion.
[[nodiscard]] Outcome tell_of_grant(const storage::PendingGrant& grant, std::string_view occasion,
                                    const views::Message& message);
// Nothing of it stays; the second one also tells why.
[[nodiscard]] Outcome grant_ended(const storage::PendingGrant& grant, std::string_view why,
                                  const Context& context);
[[nodiscard]] Outcome grant_failed(const storage::PendingGrant& grant, const std::string& why,
                                   const Context& context);

}  // namespace countersign::handlers

#pragma once

#include "handlers/context.hpp"
#include "handlers/outcome.hpp"
#include "handlers/press.hpp"
#include "storage/installed.hpp"

#include <expected>
#include <string_view>

// I10, I5: who may build an integration on an authorization, and for which channels. An empty list is every
// member, or any channel; a list holds for admins too, who can change it.
namespace countersign::handlers {

[[nodiscard]] bool may_build(const storage::Authorization& authorization, const UserId& user);
// At the moment of the press. `channel`: "" for an integration that posts nowhere.
[[nodiscard]] std::expected<void, Outcome> require_builder(const Press& press,
                                                           const storage::Authorization& authorization,
                                                           std::string_view channel);
[[nodiscard]] bool is_channel_id(std::string_view id);

}  // namespace countersign::handlers

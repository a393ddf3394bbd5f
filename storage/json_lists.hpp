#pragma once

#include "storage/records.hpp"

#include <string>
#include <string_view>
#include <vector>

// Lists that live whole in one row, as JSON, so that people and json_each() can read them too.
namespace countersign::storage {

[[nodiscard]] std::string scopes_to_json(const std::vector<Scope>& scopes);
[[nodiscard]] std::vector<Scope> scopes_from_json(std::string_view text);
[[nodiscard]] std::string users_to_json(const std::vector<UserId>& users);
[[nodiscard]] std::vector<UserId> users_from_json(std::string_view text);

}  // namespace countersign::storage

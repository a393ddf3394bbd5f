#pragma once

#include "handlers/views/texts.hpp"
#include "storage/records.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace countersign::handlers::views {

// "12 permissions: 1 critical, 3 high, 8 low"
[[nodiscard]] std::string scope_counts(const std::vector<storage::Scope>& scopes,
                                       Language language = Language::english);
// One text a token type, the riskiest first; together at most `limit` code points. What does not fit is
// counted.
[[nodiscard]] std::vector<std::string> scope_groups(const std::vector<storage::Scope>& scopes,
                                                    std::size_t limit);
// Every scope: a line each with its words if they take at most `limit` code points, else lines of names, by
// token type and risk.
[[nodiscard]] std::vector<std::string> all_scopes(const std::vector<storage::Scope>& scopes,
                                                  std::size_t limit, Language language = Language::english);
// Names with their risk on one line, the riskiest first: the plain form for `text`.
[[nodiscard]] std::string scope_names(const std::vector<storage::Scope>& scopes, std::size_t limit,
                                      Language language = Language::english);
// What changed since Slack last resolved this app: added and removed, or "same as then".
[[nodiscard]] std::string scope_difference(const storage::AppRequest& request, std::size_t limit);

}  // namespace countersign::handlers::views

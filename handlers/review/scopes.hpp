#pragma once

#include "storage/records.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <vector>

namespace countersign::handlers::review {

// Slack's scope objects as a set: sorted, each (token type, name) once. Accepts `is_sensitive` and
// `is_dangerous`, `token_type` null or missing, and the object form that Slack's own TypeScript types claim
// (domain.md §2.1).
[[nodiscard]] std::vector<storage::Scope> read_scopes(const nlohmann::json& scopes);

// SHA-256 over the sorted (token type, name, optional) tuples. Votes belong to a hash.
[[nodiscard]] std::string scope_hash(const std::vector<storage::Scope>& scopes);

// P8: the same name for another token, or with another `optional` flag, is another scope.
struct ScopeDifference {
    std::vector<storage::Scope> added;
    std::vector<storage::Scope> removed;
    [[nodiscard]] bool empty() const { return added.empty() && removed.empty(); }
};
[[nodiscard]] ScopeDifference difference(const std::vector<storage::Scope>& before,
                                         const std::vector<storage::Scope>& after);

// Every scope of `smaller` is in `larger`, and `larger` has more.
[[nodiscard]] bool grew(const std::vector<storage::Scope>& smaller,
                        const std::vector<storage::Scope>& larger);

// What Slack lists as approved covers what was asked for: all that is not optional is there. A list without
// token types is compared by name; an empty one says nothing and covers everything.
[[nodiscard]] bool covers(const std::vector<storage::Scope>& listed,
                          const std::vector<storage::Scope>& asked);

// What Slack lists as approved and nobody agreed to, optional or not. A list without token types is compared
// by name; where either list is empty Slack did not say, and nothing is concluded.
[[nodiscard]] std::vector<storage::Scope> beyond(const std::vector<storage::Scope>& listed,
                                                 const std::vector<storage::Scope>& agreed);

// M4: an optional scope is left out by its name, for both tokens, or as `bot/NAME` or `user/NAME`.
[[nodiscard]] bool is_left_out(const storage::Scope& scope, const std::vector<std::string>& left_out);
[[nodiscard]] std::vector<storage::Scope> without(std::vector<storage::Scope> scopes,
                                                  const std::vector<std::string>& left_out);

// "channels:read (bot), chat:write (user)"
[[nodiscard]] std::string names(const std::vector<storage::Scope>& scopes);

}  // namespace countersign::handlers::review

#pragma once

#include "handlers/views/texts.hpp"
#include "storage/records.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace countersign::handlers::views {

enum class Risk { low, medium, high, critical };
[[nodiscard]] std::string_view risk_word(Risk risk, Language language = Language::english);
[[nodiscard]] std::string_view emoji(Risk risk);

// What a scope lets an app do, in words that a person outside engineering understands.
struct ScopeWords {
    std::string words;  // inert mrkdwn; Slack's own description where the scope is unknown to us
    Risk risk = Risk::high;
    bool known = false;  // unknown scopes count as high (P18)
};
[[nodiscard]] ScopeWords describe(const storage::Scope& scope, Language language = Language::english);

// Its risk alone, without the words.
[[nodiscard]] Risk risk_of(const storage::Scope& scope);

// What scopes allow together that none allows alone, across token types (P19). Short sentences, worst first.
[[nodiscard]] std::vector<std::string> combinations(const std::vector<storage::Scope>& scopes);

// The riskiest first, then by token type and name. Points into `scopes`.
struct RankedScope {
    Risk risk;
    const storage::Scope* scope;
};
[[nodiscard]] std::vector<RankedScope> riskiest_first(const std::vector<storage::Scope>& scopes);

}  // namespace countersign::handlers::views

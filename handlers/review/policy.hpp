#pragma once

#include "config/settings.hpp"
#include "storage/records.hpp"

#include <optional>
#include <string>
#include <vector>

// What the policy says of one request: a pure function of the policy, the parties and the request's facts.
namespace countersign::handlers::review {

// What a request is judged by, besides itself.
struct RequestFacts {
    const storage::AppRequest& request;
    std::vector<std::string> requester_groups;  // user groups of the policy that the requester is in
    std::vector<std::string> claimed;  // parties that somebody wants asked although no rule does (P15)
    std::optional<RequestId> earlier;  // approved for the same app and scopes, recently enough
    bool automatic = true;             // false: an admin has switched all automatic applying off
};

struct PartyNeed {
    std::string party;
    bool needed = true;
    std::string why;  // plain words; "" where it is needed like every party
};

struct Judgement {
    config::Risk risk = config::Risk::low;
    std::string risk_why;            // the scope or combination that decides
    std::vector<PartyNeed> parties;  // one a configured party, in that order
    bool vendor_issue = true;
    bool apply_at_once = false;
    int admins = 1;
    bool confirm_by_name = false;
    std::optional<config::Automatic> decide;
    std::string decide_why;  // the reason that people read
    std::vector<ChannelId> channels;
    std::vector<std::string> rules;  // ids of those that hold, in their order
    bool conditional_counts = true;

    [[nodiscard]] bool needs(const std::string& party) const;
};

[[nodiscard]] Judgement judge(const config::Policy& policy, const config::ReviewSettings& review,
                              const RequestFacts& facts);

// Of all scopes together, with what they allow only together.
[[nodiscard]] config::Risk risk_of(const config::Policy& policy, const std::vector<storage::Scope>& scopes);

// The risk of one scope after the policy's tiers.
[[nodiscard]] config::Risk risk_of(const config::RiskTiers& tiers, const storage::Scope& scope);

// Any of the scopes fits any of the patterns.
[[nodiscard]] bool asks_any(const std::vector<storage::Scope>& scopes,
                            const std::vector<config::ScopePattern>& patterns);

// Every user group that the policy's conditions and chains name.
[[nodiscard]] std::vector<std::string> policy_groups(const config::Policy& policy);

}  // namespace countersign::handlers::review

#pragma once

#include "config/base/clock.hpp"
#include "config/base/ids.hpp"
#include "storage/records.hpp"

#include <optional>
#include <string>
#include <vector>

namespace countersign::handlers::review {

enum class PartyState {
    waiting,
    partly,
    approved,
    conditional,
    rejected,
    abstained,
    need_info,
    not_required
};

// One row of the party matrix, computed from the votes on the present scope hash.
struct PartyStatus {
    std::string party;
    PartyState state = PartyState::waiting;
    std::vector<UserId> by;           // who voted so (newest last)
    std::vector<UserId> former = {};  // those of them who are no members any more; their votes stay
    int approvals = 0;
    int quorum = 1;
    std::string remark;  // of the vote that decides the row
    std::string until;   // ISO date, for `conditional`
    std::optional<Timestamp> since;
    bool from_tracker = false;             // "signed in GitLab"
    std::string signed_in = {};            // where: "GitLab", "GitHub"
    std::vector<std::string> not_counted;  // reasons a sign was refused
    UserId claimed_by = {};                // P16: who has taken it upon themselves
    bool needed = true;                    // false: the policy asks it not, whatever its row shows
    bool condition_counts = true;          // false: an approval with a condition does not, at this risk
    [[nodiscard]] bool satisfied() const {
        if (!needed) return true;
        if (state == PartyState::conditional) return condition_counts;
        return state == PartyState::approved || state == PartyState::not_required;
    }
};

}  // namespace countersign::handlers::review

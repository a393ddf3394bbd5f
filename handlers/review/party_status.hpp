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
    std::vector<UserId> by;  // who voted so (newest last)
    int approvals = 0;
    int quorum = 1;
    std::string remark;  // of the vote that decides the row
    std::string until;   // ISO date, for `conditional`
    std::optional<Timestamp> since;
    bool from_tracker = false;             // "signed in GitLab"
    std::vector<std::string> not_counted;  // reasons a sign was refused
    [[nodiscard]] bool satisfied() const {
        return state == PartyState::approved || state == PartyState::conditional ||
               state == PartyState::not_required;
    }
};

}  // namespace countersign::handlers::review

#pragma once

#include "handlers/context.hpp"

#include <string>
#include <string_view>
#include <vector>

// What is stored about a request, worked out again (U7): a decision must follow from the votes, the evidence
// and the policy that are kept with it. Who belongs to which party and to which group is asked as it is now.
namespace countersign::handlers {

enum class RecheckKind {
    state,     // the request stands where its last decision did not lead
    approval,  // the votes up to the approval do not carry it under the policy that held
    kept,      // they do not, and an admin kept it all the same after looking at it again
    evidence,  // a reading of the vendor issue was altered, or says something else than was concluded
    duty,      // one person had a hand in it twice (U5)
    clock,     // the tracker's clock and ours differ by minutes, or a time has not come yet (U10)
};
[[nodiscard]] std::string_view to_text(RecheckKind kind);
// State, approval and evidence must never be found; kept, duty and clock are for a person to judge.
[[nodiscard]] bool is_contradiction(RecheckKind kind);

struct Recheck {
    RecheckKind kind = RecheckKind::state;
    std::string text;
};

// What one request's votes, readings and decisions say by themselves.
[[nodiscard]] std::vector<Recheck> recheck_request(const storage::AppRequest& request,
                                                   const storage::View& view, Timestamp now);

// An approval that Countersign sent, under the settings of `then`, which carry the policy that held.
[[nodiscard]] std::vector<Recheck> recheck_approval(const storage::AppRequest& request,
                                                    const storage::Decision& approval, const Context& then);

}  // namespace countersign::handlers

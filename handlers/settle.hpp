#pragma once

#include "handlers/context.hpp"
#include "handlers/outcome.hpp"
#include "handlers/review/issue_verdict.hpp"
#include "handlers/review/party_status.hpp"
#include "handlers/review/policy.hpp"
#include "handlers/views/message.hpp"
#include "handlers/views/texts.hpp"
#include "storage/records.hpp"

#include <optional>
#include <string_view>
#include <vector>

// A request with everything that its state follows from, and the one place where a change of it has
// consequences.
namespace countersign::handlers {

struct Case {
    storage::AppRequest request;
    std::vector<storage::Vote> votes;
    std::optional<storage::VendorIssue> issue;
    std::vector<review::PartyStatus> matrix;
    std::vector<storage::Mark> marks;
    review::Judgement judgement;  // of the policy in force
    // Of the issue's tracker, where there is a token for it.
    std::optional<storage::TrackerIssue> known = {};
    std::optional<review::IssueVerdict> verdict = {};
};
// Posted, or about to be. A request that joined another as soon as it came has none.
[[nodiscard]] bool has_card(const storage::AppRequest& request, const Context& context);
// A line in the thread of its card, which may still be on its way; nothing where it has none.
[[nodiscard]] Outcome into_card_thread(const storage::AppRequest& request, std::string_view occasion,
                                       const views::Message& message, const Context& context);
[[nodiscard]] Case load_case(const storage::AppRequest& request, const Context& context);
// What its tracker was last heard to say of the issue that the case has now.
void recall_issue(Case& item, const Context& context);

[[nodiscard]] views::Message draw_card(const Case& item, const Context& context);
// The card as it is now, without a change of its request. `cause`: tells it apart from other such drawings.
[[nodiscard]] storage::Effect redrawn_card(const Case& item, std::string_view cause, const Context& context);

// What its votes, its issue and the policy make of it. Draws the matrix.
[[nodiscard]] storage::RequestState state_by_rules(Case& item, const Context& context);

// After a handler changed `item` (votes, issue, request, or the state itself): works out the state, saves the
// request, changes the card, tells the requester what matters (once per state, recipient and scope hash),
// raises an alarm for what a human must do, applies at once where the policy says so, and writes it all down.
// Call once per request and event.
[[nodiscard]] Outcome settle(Case item, storage::RequestState before, std::string_view actor,
                             const Context& context);

// The end of a request: state, decision row and who made it. `settle` does the rest.
struct Ending {
    storage::RequestState state;
    storage::DecisionKind kind;
    UserId by;  // empty: policy, or outside by somebody unknown
    std::string reason;
    storage::Outside outside = storage::Outside::no;
    std::string evidence = "{}";
    std::string note = {};  // why it stands there, where that is not plain; in English
};
[[nodiscard]] Outcome end(Case item, const Ending& ending, std::string_view actor, const Context& context);

// "already decided: …": why a press on this request comes too late.
[[nodiscard]] std::string already(const storage::AppRequest& request, views::Language language);

// Ended here by a word that Slack has no list for: what it still holds is given back, so that a better
// request can be made.
[[nodiscard]] bool is_given_back(const storage::AppRequest& request);

// Slack still holds the request for us: it was neither cancelled by us nor decided (what is reopened or
// reconsidered is decided by app id).
[[nodiscard]] bool pending_in_slack(const storage::AppRequest& request, const Context& context);

}  // namespace countersign::handlers

#pragma once

#include "handlers/context.hpp"
#include "handlers/event.hpp"
#include "handlers/outcome.hpp"
#include "handlers/review/policy.hpp"
#include "handlers/review/votes.hpp"
#include "handlers/settle.hpp"

// The policy in force, applied to a request as the store knows it.
namespace countersign::handlers {

// Marks and facts that the policy looks at.
namespace marks {
inline constexpr std::string_view heard = "heard";  // a party wants to be asked all the same (P15)
inline constexpr std::string_view claim = "claim";  // who looks at it for the party (P16)
inline constexpr std::string_view admin_approval =
    "admin_approval";  // an admin's press, where two are needed
inline constexpr std::string_view restricted_until = "restricted_until";  // value: ISO day (M7)
inline constexpr std::string_view left_out =
    "left_out";  // subject: an optional scope that is not approved (M4)
inline constexpr std::string_view only_for = "only_for";  // subject: who alone may use the app (M5)
inline constexpr std::string_view domain = "domain";      // subject: a name; value "url" or "email" (M6)
inline constexpr std::string_view approved_until = "approved_until";  // value: ISO day (R16)
inline constexpr std::string_view limit_set = "limit_set";    // subject: a step that Slack has confirmed
inline constexpr std::string_view on_behalf = "on_behalf";    // subject: whom the requester asks for (R19)
inline constexpr std::string_view suspending = "suspending";  // an emergency: restricted until a review (M24)
inline constexpr std::string_view gate = "gate";  // held against junk; value: why, in recorded words (M22)
inline constexpr std::string_view overruled = "overruled";  // an admin reopened what the policy had ended
}  // namespace marks

// Meta key; "off": an admin has switched all automatic applying off.
inline constexpr std::string_view automatic_applying = "automatic_applying";

[[nodiscard]] review::Judgement judge_request(const storage::AppRequest& request,
                                              const std::vector<storage::Mark>& known,
                                              const Context& context);
[[nodiscard]] review::VoteRules vote_rules(const review::Judgement& judgement, const Context& context);
// R19: whom the requester asked for; they may vote as little as the requester.
[[nodiscard]] std::vector<UserId> asked_for(const Case& item);

// Besides the requester, whose votes do not count: those people's; and one with a say that was lent by one of
// them (P17), or by somebody who has voted for the party since (P10).
[[nodiscard]] std::vector<UserId> barred_voters(const storage::AppRequest& request,
                                                const std::vector<storage::Vote>& votes,
                                                const std::vector<storage::Mark>& known);
// The matrix from the case's votes and judgement as they are now.
void draw_matrix(Case& item, const Context& context);

// What the policy does by itself once the votes are counted: its own decision, applying at once, waiting for
// the end of a blackout. Changes the case; the caller saves it.
[[nodiscard]] Outcome follow_policy(Case& item, const Context& context);

// The decision's row together with the policy that held and the rules that did.
void add_decision(Outcome& outcome, storage::Decision decision, const Case& item, const Context& context);

// Takes a held request up again in a few minutes.
[[nodiscard]] storage::Change try_later(RequestId request, const Context& context);

// A blackout's end, an expiry: timers of kind "policy".
[[nodiscard]] Outcome policy_due(const Event& event, const Context& context);

}  // namespace countersign::handlers

#pragma once

#include "handlers/context.hpp"
#include "handlers/outcome.hpp"
#include "handlers/press.hpp"
#include "handlers/review/app_request_payload.hpp"
#include "handlers/settle.hpp"
#include "storage/records.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Several people press Slack's own button for one app: one review. The later request is superseded at once
// and joined to the open one; its requester follows that and hears its end (domain.md §8.4, R8). So is an
// open request joined to a later one that asks for more. Should the one that is reviewed end without a
// decision on what the joined one asks for, that stands on its own again: what Slack holds is never forgotten
// here.
namespace countersign::handlers {

namespace marks {
inline constexpr std::string_view joined = "joined";  // of the open one; subject: the joined one, person: its
                                                      // requester
inline constexpr std::string_view joined_to = "joined_to";  // of the joined one; value: the other's number
inline constexpr std::string_view left = "left";            // subject: who followed and does not any more
}  // namespace marks

// The open requests for the same app and workspace. Slackbot may tell an app's name alone: then the name
// decides.
[[nodiscard]] std::vector<storage::AppRequest> open_for_same_app(const storage::AppRequest& fresh,
                                                                 const Context& context);
// The open request of somebody else for the same app, workspace and scopes. Where no scopes were told,
// nothing is known to be the same.
[[nodiscard]] std::optional<storage::AppRequest> request_to_join(const storage::AppRequest& fresh,
                                                                 const Context& context);
// Both sides know of each other, and the requester follows.
[[nodiscard]] Outcome tie(const storage::AppRequest& request, const storage::AppRequest& open,
                          const Context& context);
// `read` has its number already.
[[nodiscard]] Outcome join_request(const review::ReadAppRequest& read, const storage::AppRequest& open,
                                   const Context& context);

// The request that this one is joined to; nothing when it stands on its own.
[[nodiscard]] std::optional<storage::AppRequest> joined_to(const storage::AppRequest& request,
                                                           const Context& context);
// The requests that wait for this one.
[[nodiscard]] std::vector<storage::AppRequest> joined_with(const storage::AppRequest& open,
                                                           const Context& context);
// Whose requests are joined to this one: they may vote as little as its requester (P17).
[[nodiscard]] std::vector<UserId> joined_people(const std::vector<storage::Mark>& known);
// R19: for whom somebody else asks, each once.
[[nodiscard]] std::vector<UserId> asked_on_behalf_of(const std::vector<storage::Mark>& known);

// Somebody asks for what the open one asks for.
struct AskedToo {
    UserId person;
    std::string own;       // " (REQ-7)"; "" without a request of their own
    std::string quote;     // why, in their words, made inert
    std::string occasion;  // tells this asking from others
};
// The reviewers read in the card's thread who else asks, and why.
[[nodiscard]] Outcome tell_reviewers(const AskedToo& asked, const storage::AppRequest& open,
                                     const Context& context);

// Slack asks no longer for a request that is joined to another: it alone has ended. Its requester still hears
// what becomes of the other.
[[nodiscard]] Outcome cancelled_alone(const storage::AppRequest& request, const storage::AppRequest& open,
                                      const UserId& by, const std::string& evidence, const Context& context);

// It stands on its own again, as what Slack now says of it.
[[nodiscard]] Outcome part(const storage::AppRequest& request, const storage::AppRequest& from,
                           const Context& context);
// Slack still lists a request that has ended, or that joined one whose app was decided about: it is given
// back, again where an earlier cancel did not get through.
[[nodiscard]] Outcome still_listed(const storage::AppRequest& request, const Context& context);
// Its requester takes it back; the other goes on.
[[nodiscard]] Outcome leave(const Press& press, const storage::AppRequest& request,
                            const storage::AppRequest& open, const Context& context);
// Another request takes the place of the one they had joined.
[[nodiscard]] Outcome pass_joined(const storage::AppRequest& from, const storage::AppRequest& to,
                                  const Context& context);

// What a change of a request means for those that are joined to it: a denial of as much is theirs too,
// without a decision on what they ask for the next takes its place, and other scopes part them.
[[nodiscard]] Outcome care_for_joined(const Outcome& done, const Context& context);
// This follower of a request that was saved so hears nothing of it, or something better.
[[nodiscard]] bool hears_otherwise(const storage::AppRequest& saved, const UserId& user,
                                   const Context& context);

}  // namespace countersign::handlers

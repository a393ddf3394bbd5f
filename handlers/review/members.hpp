#pragma once

#include "config/base/clock.hpp"
#include "config/settings.hpp"
#include "storage/view.hpp"

#include <map>
#include <string>
#include <vector>

namespace countersign::handlers::review {

// Members of user groups, as they were read for one press: younger than anything in the store.
using GroupsRead = std::map<std::string, std::vector<UserId>>;

// Whether a person is in a list of user ids and user group ids. `unread` names the groups that could still
// say yes but were never read, or too long ago: the answer is not known before they are read.
struct Membership {
    bool member = false;
    std::vector<std::string> unread;
};
struct GroupKnowledge {
    const storage::View& view;
    const GroupsRead& read;
    Timestamp now;
    std::chrono::minutes good_for;  // older readings do not count
};
// What is shown, and checked again at the press, goes by readings of the last day.
[[nodiscard]] GroupKnowledge as_last_read(const storage::View& view, Timestamp now);
[[nodiscard]] Membership membership(const UserId& person, const std::vector<std::string>& members,
                                    const GroupKnowledge& groups);

// Indexes of the parties that a person belongs to, and what would have to be read to know more.
struct PartyMembership {
    std::vector<std::size_t> parties;
    std::vector<std::string> unread;
};
[[nodiscard]] PartyMembership party_membership(const UserId& person,
                                               const std::vector<config::Party>& parties,
                                               const GroupKnowledge& groups);

// S…: everything else in a member list is a person.
[[nodiscard]] bool is_user_group(std::string_view member);
// Every group that the configuration names, each once.
[[nodiscard]] std::vector<std::string> configured_groups(const config::ReviewSettings& review);

}  // namespace countersign::handlers::review

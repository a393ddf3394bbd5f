#include "handlers/review/members.hpp"

#include <algorithm>
#include <set>

namespace countersign::handlers::review {
namespace {

enum class Answer { yes, no, unknown };

Answer in_group(const UserId& person, const std::string& group, const GroupKnowledge& groups) {
    const auto has = [&](const std::vector<UserId>& members) {
        return std::ranges::find(members, person) == members.end() ? Answer::no : Answer::yes;
    };
    if (const auto read = groups.read.find(group); read != groups.read.end()) return has(read->second);
    const auto stored = groups.view.user_group(group);
    if (!stored || stored->read_at + groups.good_for < groups.now) return Answer::unknown;
    return has(stored->members);
}

}  // namespace

bool is_user_group(std::string_view member) {
    return member.starts_with('S');
}

GroupKnowledge as_last_read(const storage::View& view, Timestamp now) {
    static const GroupsRead none;
    return {view, none, now, std::chrono::hours(24)};
}

Membership membership(const UserId& person, const std::vector<std::string>& members,
                      const GroupKnowledge& groups) {
    Membership result;
    for (const auto& member : members) {
        if (member == person.value) return {true, {}};
        if (!is_user_group(member)) continue;
        switch (in_group(person, member, groups)) {
            case Answer::yes:
                return {true, {}};
            case Answer::unknown:
                result.unread.push_back(member);
                break;
            case Answer::no:
                break;
        }
    }
    return result;
}

PartyMembership party_membership(const UserId& person, const std::vector<config::Party>& parties,
                                 const GroupKnowledge& groups) {
    PartyMembership result;
    for (std::size_t i = 0; i < parties.size(); ++i) {
        auto one = membership(person, parties[i].members, groups);
        if (one.member) result.parties.push_back(i);
        std::ranges::copy(one.unread, std::back_inserter(result.unread));
    }
    return result;
}

std::vector<std::string> configured_groups(const config::ReviewSettings& review) {
    std::set<std::string> found;
    const auto collect = [&](const std::vector<std::string>& members) {
        std::ranges::copy_if(members, std::inserter(found, found.end()), is_user_group);
    };
    collect(review.admins);
    for (const auto& party : review.parties)
        collect(party.members);
    return {found.begin(), found.end()};
}

}  // namespace countersign::handlers::review

#include "config/base/text.hpp"
#include "config/settings_sections.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace countersign::config {
namespace {

constexpr std::string_view member_expected = "user ids (U…, W…) and user group ids (S…)";

std::vector<std::string> members_of(Section& section, std::string_view key) {
    section.require(key, member_expected);
    const auto members = section.texts(key);
    if (!members) return {};
    if (members->empty()) section.problem(key, fmt::format("is empty; expected {}", member_expected));
    std::set<std::string> seen;
    for (const auto& member : *members) {
        if (!is_slack_id(member, "UWS"))
            section.problem(key, fmt::format("holds {}; expected {}", shown(member), member_expected));
        else if (!seen.insert(member).second)
            section.problem(key, fmt::format("names {} twice; expected each member once", member));
    }
    return *members;
}

Party read_party(const Node* node, Problems& problems) {
    Section section(node, "review.party", problems);
    Party party;
    if (const auto name = section.required_text("name", "the party's name, such as \"Security\"")) {
        party.name = text::trimmed(*name);
        if (party.name.empty() || text::code_points(party.name) > 50 ||
            text::cleaned(party.name) != party.name)
            section.problem("name", fmt::format("is {}; expected a name of 1 to 50 letters on one line",
                                                shown(party.name)));
    }
    party.members = members_of(section, "members");
    party.quorum = static_cast<int>(section.integer("quorum", 1, 1, 100));
    const bool all_users =
        std::ranges::none_of(party.members, [](const auto& id) { return id.starts_with('S'); });
    const std::set<std::string> distinct(party.members.begin(), party.members.end());
    if (all_users && !distinct.empty() && static_cast<std::size_t>(party.quorum) > distinct.size())
        section.problem(
            "quorum", fmt::format("is {} for {} but there are {} members; expected at most {}", party.quorum,
                                  shown(party.name), distinct.size(), distinct.size()));
    party.tracker_label = section.text("tracker_label", "");
    party.tracker_approvers = section.integers("tracker_approvers");
    for (const auto account : party.tracker_approvers)
        if (account <= 0)
            section.problem("tracker_approvers",
                            fmt::format("holds {}; expected account ids above 0", account));
    section.finish();
    return party;
}

}  // namespace

ReviewSettings read_review(Section& root, Problems& problems) {
    const Node* node = root.table("review");
    Section section(node, "review", problems);
    ReviewSettings review;
    if (node == nullptr) {
        if (!root.has("review"))
            problems.add(1, "review",
                         "section is missing; expected [review] with channel, admins and [[review.party]]");
        return review;
    }
    if (const auto channel = section.required_text("channel", "a channel id such as C0APPREVIEW")) {
        review.channel = ChannelId(*channel);
        check_channel(section, "channel", *channel);
    }
    review.alarm_channel = ChannelId(section.text("alarm_channel", ""));
    if (review.alarm_channel.empty())
        review.alarm_channel = review.channel;
    else
        check_channel(section, "alarm_channel", review.alarm_channel.value);
    review.admins = members_of(section, "admins");
    review.auto_apply = section.boolean("auto_apply", false);
    review.require_vendor_issue = section.boolean("require_vendor_issue", true);

    std::set<std::string> names;
    for (const Node* entry : section.tables("party")) {
        Party party = read_party(entry, problems);
        if (!party.name.empty() && !names.insert(text::lower(party.name)).second)
            problems.add(
                entry->line, "review.party.name",
                fmt::format("is {}, which another party has; expected each name once", shown(party.name)));
        review.parties.push_back(std::move(party));
    }
    if (!section.has("party"))
        problems.add(section.line(), "review.party", "is missing; expected at least one [[review.party]]");
    else if (review.parties.empty())
        section.problem("party", "is empty; expected at least one [[review.party]]");
    section.finish();
    return review;
}

}  // namespace countersign::config

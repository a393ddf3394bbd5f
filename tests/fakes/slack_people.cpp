// users.* and usergroups.*
#include "tests/fakes/slack_methods.hpp"

namespace countersign::fakes {
namespace {

Json describe(const User& user) {
    return {{"id", user.id},
            {"team_id", ids::team},
            {"name", user.name},
            {"real_name", user.name},
            {"deleted", false},
            {"is_bot", user.id == ids::bot_user},
            {"is_admin", false},
            {"is_owner", false},
            {"is_restricted", false},
            {"tz", "Europe/Berlin"},
            {"tz_offset", 3600},
            {"is_ultra_restricted", false},
            {"profile", {{"real_name", user.name}, {"display_name", user.name}}}};
}

Json user_info(World& world, const MethodCall& call) {
    const auto found = world.users.find(call.text("user"));
    if (found == world.users.end()) refuse("user_not_found");
    auto user = describe(found->second);
    if (call.flag("include_locale")) user["locale"] = found->second.locale;
    return {{"user", user}};
}

Json user_list(World& world, const MethodCall& call) {
    Json people = Json::array();
    for (const auto& [id, user] : world.users)
        people.push_back(describe(user));
    Json answer;
    answer["members"] = page_of(call, people, 1000, 1000, answer);
    return answer;
}

Json group_list(World& world, const MethodCall& call) {
    Json groups = Json::array();
    for (const auto& [id, members] : world.user_groups) {
        Json group{{"id", id},     {"team_id", ids::team}, {"is_usergroup", true},
                   {"handle", id}, {"name", id},           {"user_count", members.size()}};
        if (call.flag("include_users")) group["users"] = members;
        groups.push_back(group);
    }
    return {{"usergroups", groups}};
}

Json group_users(World& world, const MethodCall& call) {
    const auto found = world.user_groups.find(call.text("usergroup"));
    if (found == world.user_groups.end()) refuse("no_such_subteam");
    return {{"users", found->second}};
}

}  // namespace

const MethodTable& people_methods() {
    static const MethodTable table{{"users.info", user_info},
                                   {"users.list", user_list},
                                   {"usergroups.list", group_list},
                                   {"usergroups.users.list", group_users}};
    return table;
}

}  // namespace countersign::fakes

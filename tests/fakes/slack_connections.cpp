// Who am I, where may I connect, which workspaces do I see.
#include "tests/fakes/slack_methods.hpp"

namespace countersign::fakes {
namespace {

Json open_connection(World& world, const MethodCall&) {
    const std::string ticket = world.next_id("6f2c1d70-ticket-");
    world.tickets[ticket] = {std::chrono::steady_clock::now() + world.options.ticket_life, false};
    return {{"url", world.web_socket_url + "?ticket=" + ticket + "&app_id=" + ids::app}};
}

Json auth_test(World& world, const MethodCall& call) {
    const bool bot = call.token_kind == "bot";
    const std::string user = bot                          ? ids::bot_user
                             : call.token_kind == "admin" ? ids::admin_user
                                                          : world.options.reviewer_user;
    Json out{{"url", "https://acme.slack.com/"},
             {"team", "Acme"},
             {"user", bot ? "countersign" : user},
             {"team_id", ids::team},
             {"user_id", user},
             {"is_enterprise_install", world.options.enterprise}};
    if (bot) out["bot_id"] = ids::bot;
    if (world.options.enterprise) out["enterprise_id"] = ids::enterprise;
    return out;
}

// The call that says so is the last one that works.
Json auth_revoke(World&, const MethodCall& call) {
    return {{"revoked", !call.flag("test")}};
}

Json teams(World&, const MethodCall& call) {
    Json answer;
    answer["teams"] =
        page_of(call, Json::array({Json{{"id", ids::team}, {"name", "Acme"}}}), 100, 1000, answer);
    return answer;
}

}  // namespace

const MethodTable& connection_methods() {
    static const MethodTable table{{"apps.connections.open", open_connection},
                                   {"auth.test", auth_test},
                                   {"auth.revoke", auth_revoke},
                                   {"auth.teams.list", teams}};
    return table;
}

}  // namespace countersign::fakes

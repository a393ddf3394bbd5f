// admin.* and team.integrationLogs: app approval.
#include "tests/fakes/slack_methods.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <sstream>
#include <string>

namespace countersign::fakes {
namespace {

void need_enterprise(const World& world) {
    if (!world.options.enterprise) refuse("feature_not_enabled");
}

// The one team or enterprise that a call is about.
std::string place(const MethodCall& call, const char* when_missing) {
    const std::string team = call.text("team_id"), enterprise = call.text("enterprise_id");
    if (!team.empty() && !enterprise.empty()) refuse("too_many_teams_provided");
    if (team.empty() && enterprise.empty()) refuse(when_missing);
    if (!team.empty() && team != ids::team) refuse("team_not_found");
    if (!enterprise.empty() && enterprise != ids::enterprise) refuse("enterprise_not_found");
    return team.empty() ? enterprise : team;
}

struct Target {
    App* app = nullptr;
    PendingRequest* request = nullptr;
    std::string place;
    Json scopes;
};

Target target(World& world, const MethodCall& call) {
    need_enterprise(world);
    const bool by_app = call.has("app_id"), by_request = call.has("request_id");
    if (by_app && by_request) refuse("too_many_ids_provided");
    if (!by_app && !by_request) refuse("request_id_or_app_id_is_required");
    Target out;
    out.place = place(call, "team_not_found");
    if (by_request) {
        out.request = world.find_request(call.text("request_id"));
        if (out.request == nullptr || World::place_of(*out.request) != out.place)
            refuse("invalid_request_id");
        if (out.request->resolved) refuse("request_already_resolved");
        out.app = world.find_app(out.request->app_id);
        out.scopes = out.request->body["scopes"];
    } else {
        out.app = world.find_app(call.text("app_id"));
        if (out.app == nullptr) refuse("invalid_app_id");
        if (out.app->entry.internal) refuse("request_id_required_for_custom_integrations");
        out.scopes = out.app->entry.scopes;
    }
    if (out.app->entry.certified && out.place != ids::enterprise) refuse("org_resolution_required");
    return out;
}

// The scopes that are approved: where a token's are listed, those of the list, among which all must be that
// are not optional.
Json approved_scopes(const MethodCall& call, const Json& scopes) {
    Json approved = Json::array();
    for (const std::string token : {"bot", "user"}) {
        const bool listed = call.has((token + "_scopes").c_str());
        std::set<std::string> names;
        std::istringstream list(call.text((token + "_scopes").c_str()));
        for (std::string name; std::getline(list, name, ',');)
            names.insert(name);
        for (const auto& scope : scopes) {
            if (scope.value("token_type", "bot") != token) continue;
            const bool named = names.erase(scope["name"].get<std::string>()) > 0;
            if (listed && !named && !scope.value("is_optional", false)) refuse("invalid_scopes");
            if (!listed || named) approved.push_back(scope);
        }
        if (!names.empty()) refuse("invalid_scopes");
    }
    return approved;
}

Json approve(World& world, const MethodCall& call) {
    Target what = target(world, call);
    const auto org = what.app->resolutions.find(ids::enterprise);
    if (what.place != ids::enterprise && org != what.app->resolutions.end() &&
        org->second.status == "restricted") {
        refuse("app_restricted_org_wide");
    }
    world.resolve(*what.app, what.place, "approved", approved_scopes(call, what.scopes));
    return Json::object();
}

Json restrict_app(World& world, const MethodCall& call) {
    Target what = target(world, call);
    world.resolve(*what.app, what.place, "restricted", what.scopes);
    return Json::object();
}

Json clear_resolution(World& world, const MethodCall& call) {
    need_enterprise(world);
    const std::string where = place(call, "team_not_found");
    App* app = world.find_app(call.text("app_id"));
    if (app == nullptr) refuse("invalid_app_id");
    if (app->resolutions.erase(where) == 0) refuse("no_resolution_found");
    app->last.clear();
    return Json::object();
}

Json uninstall(World& world, const MethodCall& call) {
    need_enterprise(world);
    if (world.find_app(call.text("app_id")) == nullptr) refuse("app_not_found");
    if (!call.has("enterprise_id") && !call.has("team_ids")) refuse("specify_enterprise_or_teams");
    if (call.has("enterprise_id") && call.text("enterprise_id") != ids::enterprise)
        refuse("enterprise_not_found");
    if (call.has("team_ids") && call.text("team_ids") != ids::team) refuse("teams_not_found");
    return Json::object();
}

// What is set for an app besides its resolution, by the Slack's address and the app.
struct AppSwitches {
    Json access;   // {"permission_type","user_ids","usergroup_ids"}; null = everyone
    Json domains;  // {"urls","emails"}; null = any
};
AppSwitches& switches(const World& world, const App& app) {
    static std::map<std::string, AppSwitches> all;
    return all[world.response_base + app.entry.id];
}

App& app_named(World& world, const std::string& id, const char* error) {
    App* app = world.find_app(id);
    if (app == nullptr) refuse(error);
    return *app;
}

Json set_permissions(World& world, const MethodCall& call) {
    if (!world.options.enterprise) refuse("not_an_enterprise");
    const App& app = app_named(world, call.text("app_id"), "app_not_found");
    const std::string type = call.text("permission_type");
    if (type != "everyone" && type != "named_entities" && type != "no_one") refuse("invalid_permission_type");
    Json people = json_field(call, "user_ids", "invalid_arguments");
    Json groups = json_field(call, "usergroup_ids", "invalid_arguments");
    if (people.is_null()) people = Json::array();
    if (groups.is_null()) groups = Json::array();
    if (type == "named_entities" && people.empty() && groups.empty())
        refuse("named_entities_cannot_be_empty");
    for (const auto& group : groups) {
        if (!world.user_groups.contains(group.get<std::string>())) refuse("usergroup_not_found");
    }
    for (const auto& person : people) {
        if (!world.users.contains(person.get<std::string>())) refuse("user_not_found");
    }
    switches(world, app).access = {
        {"permission_type", type}, {"user_ids", people}, {"usergroup_ids", groups}};
    return {{"permission_type", type}};
}

Json list_permissions(World& world, const MethodCall& call) {
    if (!world.options.enterprise) refuse("not_an_enterprise");
    const App& app = app_named(world, call.text("app_id"), "app_not_found");
    const Json& access = switches(world, app).access;
    return access.is_null() ? Json{{"permission_type", "everyone"}} : access;
}

Json set_config(World& world, const MethodCall& call) {
    need_enterprise(world);
    const App& app = app_named(world, call.text("app_id"), "invalid_app");
    const Json wanted = json_field(call, "domain_restrictions", "invalid_arguments");
    for (const char* kind : {"urls", "emails"}) {
        if (wanted.value(kind, Json::array()).size() > 50) refuse("too_many_domains_provided");
        for (const auto& name : wanted.value(kind, Json::array())) {
            if (name.get<std::string>().find_first_of("*@/ ") != std::string::npos) refuse("invalid_domains");
        }
    }
    switches(world, app).domains = wanted;
    return Json::object();
}

Json look_up_config(World& world, const MethodCall& call) {
    need_enterprise(world);
    Json configs = Json::array();
    for (const auto& id : json_field(call, "app_ids", "invalid_arguments")) {
        const App& app = app_named(world, id.get<std::string>(), "invalid_app");
        const Json& domains = switches(world, app).domains;
        const Json none{{"urls", Json::array()}, {"emails", Json::array()}};
        configs.push_back({{"app_id", id},
                           {"workflow_auth_strategy", "builder_choice"},
                           {"domain_restrictions", domains.is_null() ? none : domains}});
    }
    return {{"configs", configs}};
}

Json list_requests(World& world, const MethodCall& call) {
    need_enterprise(world);
    const std::string where = place(call, "no_team_or_enterprise_provided");
    Json items = Json::array();
    for (const auto& request : world.requests) {
        const App* app = world.find_app(request.app_id);
        if (request.resolved || World::place_of(request) != where) continue;
        if (app->entry.certified && !call.flag("certified")) continue;
        items.push_back(request.body);
    }
    Json answer;
    answer["app_requests"] = page_of(call, items, 100, 1000, answer);
    return answer;
}

Json cancel_request(World& world, const MethodCall& call) {
    need_enterprise(world);
    PendingRequest* request = world.find_request(call.text("request_id"));
    if (request == nullptr) refuse("invalid_request_id");
    if (place(call, "team_not_found") != World::place_of(*request)) refuse("invalid_request_id");
    if (request->resolved) refuse("request_already_resolved");
    request->resolved = true;
    request->outcome = "cancelled";
    return Json::object();
}

// With `certified` these lists hold nothing but certified apps, without it none of them.
Json list_resolved(World& world, const MethodCall& call, const std::string& status) {
    need_enterprise(world);
    const std::string where = place(call, "team_not_found");
    Json items = Json::array();
    for (const auto& app : world.apps) {
        const auto found = app.resolutions.find(where);
        if (found == app.resolutions.end() || found->second.status != status) continue;
        if (app.entry.certified != call.flag("certified")) continue;
        items.push_back({{"app",
                          {{"id", app.entry.id},
                           {"name", app.entry.name},
                           {"description", app.entry.description},
                           {"is_app_directory_approved", app.entry.marketplace},
                           {"is_internal", app.entry.internal}}},
                         {"scopes", found->second.scopes},
                         {"date_updated", found->second.at},
                         {"last_resolved_by", {{"actor_id", ids::admin_user}, {"actor_type", "user"}}}});
    }
    Json answer;
    answer[status + "_apps"] = page_of(call, items, 100, 1000, answer);
    return answer;
}

Json list_approved(World& world, const MethodCall& call) {
    return list_resolved(world, call, "approved");
}
Json list_restricted(World& world, const MethodCall& call) {
    return list_resolved(world, call, "restricted");
}

Json list_teams(World& world, const MethodCall& call) {
    need_enterprise(world);
    Json answer;
    answer["teams"] =
        page_of(call, Json::array({Json{{"id", ids::team}, {"name", "Acme"}, {"discoverability", "open"}}}),
                100, 100, answer);
    return answer;
}

// Newest first, by page number instead of a cursor.
Json integration_logs(World& world, const MethodCall& call) {
    Json found = Json::array();
    for (auto each = world.integration_log.rbegin(); each != world.integration_log.rend(); ++each) {
        const auto fits = [&](const char* key) {
            return !call.has(key) || each->value(key, "") == call.text(key);
        };
        if (fits("app_id") && fits("change_type")) found.push_back(*each);
    }
    const auto count = std::max<std::int64_t>(call.number("count", 100), 1);
    const auto page = std::max<std::int64_t>(call.number("page", 1), 1);
    const auto total = static_cast<std::int64_t>(found.size());
    Json logs = Json::array();
    for (auto at = (page - 1) * count; at < std::min(page * count, total); ++at)
        logs.push_back(found[static_cast<std::size_t>(at)]);
    const auto pages = std::max<std::int64_t>((total + count - 1) / count, 1);
    return {{"logs", logs},
            {"paging", {{"count", count}, {"total", total}, {"page", page}, {"pages", pages}}}};
}

}  // namespace

const MethodTable& admin_methods() {
    static const MethodTable table{{"admin.apps.approve", approve},
                                   {"admin.apps.restrict", restrict_app},
                                   {"admin.apps.clearResolution", clear_resolution},
                                   {"admin.apps.uninstall", uninstall},
                                   {"admin.apps.requests.list", list_requests},
                                   {"admin.apps.requests.cancel", cancel_request},
                                   {"admin.apps.approved.list", list_approved},
                                   {"admin.apps.restricted.list", list_restricted},
                                   {"admin.apps.permissions.set", set_permissions},
                                   {"admin.apps.permissions.list", list_permissions},
                                   {"admin.apps.config.set", set_config},
                                   {"admin.apps.config.lookup", look_up_config},
                                   {"admin.teams.list", list_teams},
                                   {"team.integrationLogs", integration_logs}};
    return table;
}

}  // namespace countersign::fakes

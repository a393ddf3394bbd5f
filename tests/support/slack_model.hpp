#pragma once

#include "storage/records.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <ranges>
#include <set>
#include <string>
#include <vector>

// What Slack believes about requests, apps and groups, as the admin methods tell it: enough to answer every
// effect of the review without a socket.
namespace countersign::tests {

using Json = nlohmann::json;

struct SlackAnswer {
    std::string meaning = "ok";
    std::string error;
    Json response = Json::object();
};

class SlackModel {
  public:
    std::map<std::string, Json> pending;   // request id -> entry of admin.apps.requests.list
    std::map<std::string, Json> approved;  // app id -> scopes
    std::map<std::string, Json> restricted;
    std::map<std::string, std::vector<std::string>> groups;
    std::map<std::string, std::string> locales;   // by user; "" = Slack does not say
    std::map<std::string, std::string> zones;     // by user; else Europe/Berlin
    std::map<std::string, Json> people;           // by user: more of what users.info says
    std::map<std::string, std::string> names;     // of resolved apps, by app id
    std::set<std::string> certified;              // app ids that only the certified pass lists
    std::map<std::string, Json> access, domains;  // by app id, as they were set
    std::vector<std::string> teams{"T1"};
    std::string resolver = "U0SLACKADMIN";
    Json log = Json::array();                          // team.integrationLogs, newest first
    std::string log_error;                             // why it cannot be read
    std::map<std::string, std::vector<Json>> history;  // by channel, newest last
    std::string history_error;                         // why none can be read
    std::string enterprise = "E1";
    bool resolves_siblings = true;  // every pending request for an app that is decided about
    std::size_t page = 2;           // entries a page: paging is always exercised

    SlackAnswer perform(const std::string& method, const Json& args,
                        storage::TokenKind token = storage::TokenKind::bot) {
        if (method == "auth.test") {
            const bool reviewer = token == storage::TokenKind::reviewer;
            return {"ok",
                    "",
                    {{"user_id", reviewer ? "U0ADMIN" : "U0BOT"},
                     {"team_id", "T1"},
                     {"enterprise_id", enterprise}}};
        }
        if (method == "team.integrationLogs") return read_log(args);
        if (method == "conversations.history") return read_history(args);
        if (method == "admin.apps.requests.list") return list("app_requests", entries(args), args);
        if (method == "admin.apps.approved.list")
            return list("approved_apps", resolved(approved, args), args);
        if (method == "admin.apps.restricted.list")
            return list("restricted_apps", resolved(restricted, args), args);
        if (method == "admin.apps.approve") return resolve(approved, restricted, args);
        if (method == "admin.apps.restrict") return resolve(restricted, approved, args);
        if (method == "admin.apps.permissions.set") {
            access[args.at("app_id")] = args;
            return {"ok", "", {{"permission_type", args.at("permission_type")}}};
        }
        if (method == "admin.apps.permissions.list") return {"ok", "", access[args.at("app_id")]};
        if (method == "admin.apps.config.set") {
            domains[args.at("app_id")] = args.at("domain_restrictions");
            return {};
        }
        if (method == "admin.apps.config.lookup") {
            const std::string app = args.at("app_ids").at(0);
            return {"ok", "", {{"configs", {{{"app_id", app}, {"domain_restrictions", domains[app]}}}}}};
        }
        if (method == "admin.apps.clearResolution") {
            const std::string app = args.at("app_id");
            const auto cleared = approved.erase(app) + restricted.erase(app);
            return cleared > 0 ? SlackAnswer{} : SlackAnswer{"refused", "no_resolution_found", {}};
        }
        if (method == "admin.apps.requests.cancel") {
            const bool known = pending.erase(args.at("request_id").get<std::string>()) > 0;
            return known ? SlackAnswer{} : SlackAnswer{"refused", "request_already_resolved", {}};
        }
        if (method == "usergroups.users.list") {
            const auto group = groups.find(args.at("usergroup").get<std::string>());
            if (group == groups.end()) return {"human", "no_such_subteam", Json::object()};
            return {"ok", "", {{"users", group->second}}};
        }
        if (method == "users.info") {
            const std::string user = args.at("user");
            Json described{{"id", user}, {"name", user}, {"tz", "Europe/Berlin"}, {"tz_offset", 3600}};
            if (const auto zone = zones.find(user); zone != zones.end()) described["tz"] = zone->second;
            if (const auto more = people.find(user); more != people.end()) described.update(more->second);
            if (const auto locale = locales.find(user); locale != locales.end())
                described["locale"] = locale->second;
            return {"ok", "", {{"user", described}}};
        }
        if (method == "auth.teams.list") {
            Json all = Json::array();
            for (const auto& team : teams)
                all.push_back({{"id", team}, {"name", team}});
            return list("teams", all, args);
        }
        return {};
    }

    void decide_outside(const std::string& request_id, bool approve) {
        const auto entry = pending.at(request_id);
        (approve ? approved : restricted)[entry["app"]["id"]] = entry["scopes"];
        pending.erase(request_id);
        close_siblings(entry);
    }

  private:
    SlackAnswer read_log(const Json& args) const {
        if (!log_error.empty()) return {"human", log_error, Json::object()};
        if (!log.is_array()) return {"ok", "", {{"logs", log}}};
        Json found = log;
        if (const auto app = args.value("app_id", ""); !app.empty())
            std::erase_if(found.get_ref<Json::array_t&>(),
                          [&](const Json& each) { return each["app_id"] != app; });
        const auto count = std::stoul(args.at("count").get<std::string>());
        const auto at = std::stoul(args.value("page", "1"));
        Json logs = Json::array();
        for (auto i = (at - 1) * count; i < std::min(at * count, found.size()); ++i)
            logs.push_back(found[i]);
        const auto pages = std::max<std::size_t>((found.size() + count - 1) / count, 1);
        return {"ok", "", {{"logs", logs}, {"paging", {{"page", at}, {"pages", pages}}}}};
    }
    SlackAnswer read_history(const Json& args) {
        if (!history_error.empty()) return {"human", history_error, Json::object()};
        const std::string oldest = args.at("oldest");
        Json all = Json::array();
        for (const auto& message : history[args.at("channel")] | std::views::reverse)
            if (message["ts"] >= oldest) all.push_back(message);
        return list("messages", all, args);
    }
    void close_siblings(const Json& decided) {
        if (!resolves_siblings) return;
        std::erase_if(pending, [&](const auto& each) {
            return each.second["app"]["id"] == decided["app"]["id"] && each.second["team"] == decided["team"];
        });
    }
    static bool here(const Json& entry, const Json& args) {
        return !args.contains("team_id") || entry["team"].is_null() || entry["team"]["id"] == args["team_id"];
    }
    bool in_pass(const std::string& app, const Json& args) const {
        return certified.contains(app) == args.at("certified").get<bool>();
    }
    Json entries(const Json& args) const {
        Json all = Json::array();
        for (const auto& [id, entry] : pending) {
            if (here(entry, args) && in_pass(entry["app"]["id"], args)) all.push_back(entry);
        }
        return all;
    }
    Json resolved(const std::map<std::string, Json>& apps, const Json& args) const {
        Json all = Json::array();
        for (const auto& [app, scopes] : apps) {
            if (!in_pass(app, args)) continue;
            all.push_back({{"app", {{"id", app}}},
                           {"scopes", scopes},
                           {"date_updated", 1'795'305'600},
                           {"last_resolved_by", {{"actor_id", resolver}, {"actor_type", "user"}}}});
            if (const auto name = names.find(app); name != names.end())
                all.back()["app"]["name"] = name->second;
        }
        return all;
    }
    SlackAnswer list(const std::string& key, const Json& all, const Json& args) const {
        const std::size_t from = args.contains("cursor") ? std::stoul(args["cursor"].get<std::string>()) : 0;
        Json part = Json::array();
        for (std::size_t i = from; i < all.size() && i < from + page; ++i)
            part.push_back(all[i]);
        const bool more = from + page < all.size();
        return {
            "ok",
            "",
            {{key, part}, {"response_metadata", {{"next_cursor", more ? std::to_string(from + page) : ""}}}}};
    }
    // Of the tokens whose scopes the call lists, those of the list (admin.apps.approve).
    static Json chosen(const Json& scopes, const Json& args) {
        Json kept = Json::array();
        for (const auto& scope : scopes) {
            const auto list = args.find(scope.value("token_type", "bot") + "_scopes");
            const auto names = list == args.end() ? std::string() : "," + list->get<std::string>() + ",";
            if (list == args.end() || names.contains("," + scope["name"].get<std::string>() + ","))
                kept.push_back(scope);
        }
        return kept;
    }
    SlackAnswer resolve(std::map<std::string, Json>& to, std::map<std::string, Json>& from,
                        const Json& args) {
        if (args.contains("request_id") == args.contains("app_id"))
            return {"refused", "too_many_ids_provided", {}};
        if (args.contains("team_id") == args.contains("enterprise_id"))
            return {"refused", "too_many_teams_provided", {}};
        Json scopes = Json::array();
        std::string app;
        if (args.contains("request_id")) {
            const auto entry = pending.find(args["request_id"].get<std::string>());
            if (entry == pending.end()) return {"refused", "request_already_resolved", {}};
            const auto decided = entry->second;
            app = decided["app"]["id"];
            scopes = decided["scopes"];
            pending.erase(entry);
            close_siblings(decided);
        } else {
            app = args["app_id"];
        }
        from.erase(app);
        to[app] = chosen(scopes, args);
        return {};
    }
};

}  // namespace countersign::tests

#include "tests/fakes/slack_method_rules.hpp"

#include "tests/support/paths.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace countersign::fakes {
namespace {

// Methods that the copied reference lacks (docs.slack.dev), in its format. Whether they read JSON is not
// certain: forms always work.
constexpr const char* more_methods = R"({
  "usergroups.list": {"scope": {"bot": ["usergroups:read"], "user": ["usergroups:read"]}, "rate_limits": "t2",
    "args": {"required": ["token"], "properties": {"include_users": {"type": "boolean"},
      "include_disabled": {"type": "boolean"}, "team_id": {"type": "string"}}}},
  "usergroups.users.list": {"scope": {"bot": ["usergroups:read"], "user": ["usergroups:read"]}, "rate_limits": "t2",
    "args": {"required": ["token", "usergroup"], "properties": {"usergroup": {"type": "string"},
      "include_disabled": {"type": "boolean"}, "team_id": {"type": "string"}}}},
  "auth.teams.list": {"scope": {}, "no_scope_required": true, "rate_limits": "t2",
    "args": {"required": ["token"], "properties": {"cursor": {"type": "string"}, "limit": {"type": "integer"},
      "include_icon": {"type": "boolean"}}}},
  "admin.apps.permissions.set": {"scope": {"user": ["admin.apps:write"]}, "rate_limits": "t2",
    "json_input_supported": true, "args": {"required": ["token", "app_id", "permission_type"], "properties": {
      "app_id": {"type": "string"}, "permission_type": {"type": "string"}, "user_ids": {"type": "array"},
      "usergroup_ids": {"type": "array"}}}},
  "admin.apps.permissions.list": {"scope": {"user": ["admin.apps:read"]}, "rate_limits": "t3",
    "json_input_supported": true, "args": {"required": ["token", "app_id"], "properties": {
      "app_id": {"type": "string"}}}},
  "admin.teams.list": {"scope": {"user": ["admin.teams:read"]}, "rate_limits": "t3",
    "args": {"required": ["token"], "properties": {"cursor": {"type": "string"}, "limit": {"type": "integer"}}}},
  "team.integrationLogs": {"scope": {"user": ["admin"]}, "rate_limits": "t2",
    "args": {"required": ["token"], "properties": {"app_id": {"type": "string"}, "change_type": {"type": "string"},
      "count": {"type": "string"}, "page": {"type": "string"}, "service_id": {"type": "string"},
      "team_id": {"type": "string"}, "user": {"type": "string"}}}}
})";

std::vector<std::string> strings(const Json& list) {
    return list.is_array() ? list.get<std::vector<std::string>>() : std::vector<std::string>{};
}

int tier(const std::string& name) {
    if (name == "t1") return 6;  // "1+ per minute" with bursts; domain.md and socket-mode.md disagree on more
    if (name == "t2") return 20;
    if (name == "t4") return 100;
    if (name == "t5") return 600;
    return 50;
}

MethodRule read_rule(const std::string& name, const Json& reference) {
    MethodRule rule;
    const auto flag = [&](const char* key) { return reference.value(key, Json()) == Json(true); };
    rule.json_body = flag("json_input_supported");
    const Json scope = reference.value("scope", Json::object());
    rule.bot_scopes = strings(scope.value("bot", Json()));
    rule.user_scopes = strings(scope.value("user", Json()));
    rule.app_token = name == "apps.connections.open";
    rule.any_token = !rule.app_token && scope.empty();
    const Json args = reference.value("args", Json::object());
    rule.required = strings(args.value("required", Json()));
    std::erase(rule.required, "token");
    for (const auto& [key, property] : args.value("properties", Json::object()).items()) {
        const bool structured = key == "blocks" || key == "view" || key == "metadata" || key == "attachments";
        if (!structured) rule.types[key] = property.value("type", Json("string")).get<std::string>();
    }
    const Json tier_name = reference.value("rate_limits", Json());
    rule.per_minute =
        rule.app_token ? tier("t1") : tier(tier_name.is_string() ? tier_name.get<std::string>() : "t3");
    return rule;
}

std::map<std::string, MethodRule> read_rules() {
    std::map<std::string, MethodRule> rules;
    const std::filesystem::path folder = tests::data_directory() / "slack-methods";
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        const std::string name = entry.path().stem().string();
        if (entry.path().extension() != ".json" || name.front() == '_') continue;
        std::ifstream file(entry.path());
        rules[name] = read_rule(name, Json::parse(file));
    }
    if (rules.empty()) throw std::runtime_error("no method reference in " + folder.string());
    const Json more = Json::parse(more_methods);
    for (const auto& [name, reference] : more.items())
        rules[name] = read_rule(name, reference);
    return rules;
}

[[noreturn]] void bad_arguments(const std::string& message) {
    refuse("invalid_arguments", {{"response_metadata", {{"messages", Json::array({"[ERROR] " + message})}}}});
}

bool has_type(const Json& value, const std::string& type) {
    if (value.is_null()) return true;
    if (type == "boolean")
        return value.is_boolean() || value == "true" || value == "false" || value == "1" || value == "0";
    if (type == "integer" || type == "number") {
        if (value.is_number()) return true;
        const auto* text = value.get_ptr<const std::string*>();
        return text != nullptr && !text->empty() &&
               text->find_first_not_of("0123456789.") == std::string::npos;
    }
    if (type == "array") return value.is_array() || value.is_string();
    if (type == "object") return value.is_object() || value.is_string();
    return value.is_string();
}

void check_token(const MethodRule& rule, const MethodCall& call, const FakeSlackOptions& options) {
    if (rule.app_token != (call.token_kind == "app")) refuse("not_allowed_token_type");
    if (rule.app_token || rule.any_token) return;
    const bool bot = call.token_kind == "bot";
    const auto& needed = bot ? rule.bot_scopes : rule.user_scopes;
    if (needed.empty()) refuse("not_allowed_token_type");
    const auto& held = bot                          ? options.bot_scopes
                       : call.token_kind == "admin" ? options.admin_scopes
                                                    : options.reviewer_scopes;
    const auto is_held = [&](const std::string& scope) {
        return std::ranges::find(held, scope) != held.end();
    };
    if (std::ranges::any_of(needed, is_held)) return;
    std::string provided;
    for (const auto& scope : held)
        provided += (provided.empty() ? "" : ",") + scope;
    refuse("missing_scope", {{"needed", needed.front()}, {"provided", provided}});
}

}  // namespace

const MethodRule* find_rule(const std::string& method) {
    static const std::map<std::string, MethodRule> rules = read_rules();
    const auto found = rules.find(method);
    return found == rules.end() ? nullptr : &found->second;
}

void check_call(const MethodRule& rule, const MethodCall& call, const FakeSlackOptions& options,
                bool json_body) {
    check_token(rule, call, options);
    // Slack leaves a JSON body of such a method unread and answers about what it misses; here the cause is
    // named.
    if (json_body && !rule.json_body) refuse("invalid_post_type");
    for (const auto& [name, value] : call.args.items()) {
        const auto plain = [](char c) {
            return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
        };
        if (name.size() > 100 || !std::ranges::all_of(name, plain)) refuse("invalid_arg_name");
        const auto type = rule.types.find(name);
        if (type != rule.types.end() && !has_type(value, type->second)) {
            bad_arguments("must be a " + type->second + " [json-pointer:/" + name + "]");
        }
    }
    for (const auto& name : rule.required) {
        if (!call.has(name.c_str())) bad_arguments("missing required field: " + name);
    }
}

}  // namespace countersign::fakes

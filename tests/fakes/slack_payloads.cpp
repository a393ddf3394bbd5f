#include "tests/fakes/slack_payloads.hpp"

#include <sstream>
#include <stdexcept>

namespace countersign::fakes {
namespace {

Json team_of(const World& world) {
    Json team{{"id", ids::team}, {"domain", "acme"}};
    if (world.options.enterprise)
        team.update({{"enterprise_id", ids::enterprise}, {"enterprise_name", "Acme Corp"}});
    return team;
}

Json enterprise_of(const World& world) {
    return world.options.enterprise ? Json{{"id", ids::enterprise}, {"name", "Acme Corp"}} : Json();
}

Json person(const World& world, const std::string& user) {
    const auto found = world.users.find(user);
    if (found == world.users.end()) throw std::invalid_argument("no such person: " + user);
    return {
        {"id", user}, {"username", found->second.name}, {"name", found->second.name}, {"team_id", ids::team}};
}

Json interaction(World& world, const char* type, const std::string& user) {
    return {{"type", type},
            {"user", person(world, user)},
            {"api_app_id", ids::app},
            {"token", "legacy-verification-token"},
            {"team", team_of(world)},
            {"enterprise", enterprise_of(world)},
            {"is_enterprise_install", world.options.enterprise}};
}

Json action_of(World& world, const Pressable& pressed) {
    Json action{{"type", pressed.element["type"]},
                {"action_id", pressed.element["action_id"]},
                {"block_id", pressed.block.value("block_id", "")},
                {"action_ts", world.next_ts()}};
    if (pressed.element.contains("text")) action["text"] = pressed.element["text"];
    if (pressed.element.contains("value")) action["value"] = pressed.element["value"];
    if (pressed.element.contains("style")) action["style"] = pressed.element["style"];
    return action;
}

Json option_named(const Json& element, const std::string& text) {
    std::string known;
    for (const auto& option : element.value("options", Json::array())) {
        const std::string label = option["text"]["text"];
        if (label == text) return option;
        known += " '" + label + "'";
    }
    throw std::invalid_argument("no option '" + text + "'; there are" + known);
}

// The state of one input element; `given` is nullptr where the person left it as it was.
Json element_state(const Json& element, const std::string* given) {
    const std::string type = element["type"];
    Json state{{"type", type}};
    if (type == "static_select" || type == "radio_buttons") {
        state["selected_option"] =
            given != nullptr ? option_named(element, *given) : element.value("initial_option", Json());
    } else if (type == "checkboxes") {
        state["selected_options"] = element.value("initial_options", Json::array());
        if (given != nullptr) {
            state["selected_options"] = Json::array();
            for (std::size_t at = 0; at < given->size();) {
                const auto comma = std::min(given->find(',', at), given->size());
                state["selected_options"].push_back(option_named(element, given->substr(at, comma - at)));
                at = comma + 1;
            }
        }
    } else if (type == "multi_users_select") {  // given: "U1,U2"
        state["selected_users"] = element.value("initial_users", Json::array());
        if (given != nullptr) {
            std::istringstream ids(*given);
            state["selected_users"] = Json::array();
            for (std::string id; std::getline(ids, id, ',');)
                state["selected_users"].push_back(id);
        }
    } else {
        const char* const key = type == "users_select"           ? "selected_user"
                                : type == "conversations_select" ? "selected_conversation"
                                : type == "channels_select"      ? "selected_channel"
                                : type == "datepicker"           ? "selected_date"
                                                                 : "value";
        const std::string initial =
            key == std::string("value") ? "initial_value" : "initial" + std::string(key).substr(8);
        state[key] = given == nullptr ? element.value(initial, Json())
                     : given->empty() ? Json()
                                      : Json(*given);
    }
    return state;
}

bool is_empty(const Json& state) {
    for (const auto& [key, value] : state.items()) {
        if (key != "type" && !value.empty()) return false;  // null and [] are empty
    }
    return true;
}

}  // namespace

Json event_body(World& world, Json inner) {
    return {{"token", "legacy-verification-token"},
            {"team_id", ids::team},
            {"enterprise_id", world.options.enterprise ? Json(ids::enterprise) : Json()},
            {"api_app_id", ids::app},
            {"event", std::move(inner)},
            {"type", "event_callback"},
            {"event_id", world.next_id("Ev")},
            {"event_time", unix_now()},
            {"authorizations",
             Json::array({Json{{"enterprise_id", world.options.enterprise ? Json(ids::enterprise) : Json()},
                               {"team_id", ids::team},
                               {"user_id", ids::bot_user},
                               {"is_bot", true},
                               {"is_enterprise_install", world.options.enterprise}}})},
            {"is_ext_shared_channel", false},
            {"event_context", "4-" + world.next_id("eyJldCI6")}};
}

Json app_request_body(World& world, const std::string& request_id, const std::string& user, const App& app,
                      const std::string& message) {
    const AppEntry& entry = app.entry;
    Json previous;
    for (const auto& [place, resolution] : app.resolutions) {
        previous = {{"status", resolution.status}, {"scopes", resolution.scopes}};
    }
    const std::string name = person(world, user)["name"];
    return {{"id", request_id},
            {"app",
             {{"id", entry.id},
              {"name", entry.name},
              {"description", entry.description},
              {"help_url", ""},
              {"privacy_policy_url", ""},
              {"app_homepage_url", ""},
              {"app_directory_url", "https://acme.slack.com/apps/" + entry.id},
              {"is_app_directory_approved", entry.marketplace},
              {"is_internal", entry.internal},
              {"developer_type", entry.internal ? "internal" : "third_party"},
              {"socket_mode_enabled", false},
              {"additional_info", ""},
              {"icons", {{"image_48", "/cdn/157658203/img/" + entry.id + "/service_48.png"}}}}},
            {"previous_resolution", previous},
            {"user", {{"id", user}, {"name", name}, {"email", name + "@acme.example"}}},
            {"team", {{"id", ids::team}, {"name", "Acme"}, {"domain", "acme"}}},
            {"scopes", entry.scopes},
            {"message", message},
            {"is_user_app_collaborator", false},
            {"date_created", unix_now()}};
}

Json press_in_message(World& world, const std::string& user, const Message& message,
                      const Pressable& pressed) {
    const Channel* channel = world.find_channel(message.channel);
    const bool ephemeral = !message.ephemeral_to.empty();
    Json body = interaction(world, "block_actions", user);
    body["container"] = {{"type", "message"},
                         {"message_ts", message.ts},
                         {"channel_id", message.channel},
                         {"is_ephemeral", ephemeral}};
    if (!message.thread_ts.empty()) body["container"]["thread_ts"] = message.thread_ts;
    body["trigger_id"] = world.new_trigger(user);
    body["channel"] = {{"id", message.channel},
                       {"name", channel->user.empty() ? channel->name : "directmessage"}};
    if (!ephemeral) {  // of an ephemeral message little is told
        body["message"] = {{"type", "message"},    {"user", message.user},    {"ts", message.ts},
                           {"text", message.text}, {"bot_id", ids::bot},      {"app_id", ids::app},
                           {"team", ids::team},    {"blocks", message.blocks}};
        if (!message.metadata.is_null()) body["message"]["metadata"] = message.metadata;
    }
    body["state"] = {{"values", Json::object()}};
    body["response_url"] = world.new_response_url({.user = user,
                                                   .channel = message.channel,
                                                   .message_ts = message.ts,
                                                   .ephemeral = ephemeral,
                                                   .expires = {}});
    body["actions"] = Json::array({action_of(world, pressed)});
    return body;
}

Json press_in_view_body(World& world, const std::string& user, const View& view, const Pressable& pressed) {
    Json body = interaction(world, "block_actions", user);
    body["container"] = {{"type", "view"}, {"view_id", view.id}};
    body["trigger_id"] = world.new_trigger(user, view.kind == "modal" ? view.id : "");
    body["view"] = view.view;
    body["actions"] = Json::array({action_of(world, pressed)});
    return body;
}

Json submission_body(World& world, const View& view, const std::map<std::string, std::string>& fields) {
    Json values = Json::object();
    std::map<std::string, std::string> left = fields;
    for (const auto& block : view.view["blocks"]) {
        if (block["type"] != "input") continue;
        const std::string label = block["label"]["text"];
        const auto given = fields.find(label);
        left.erase(label);
        const Json state = element_state(block["element"], given == fields.end() ? nullptr : &given->second);
        if (!block.value("optional", false) && is_empty(state)) {
            throw std::invalid_argument("Slack does not send a form whose field '" + label + "' is empty");
        }
        values[block["block_id"].get<std::string>()][block["element"]["action_id"].get<std::string>()] =
            state;
    }
    if (!left.empty()) throw std::invalid_argument("the form has no field '" + left.begin()->first + "'");
    Json body = interaction(world, "view_submission", view.user);
    body["trigger_id"] = world.new_trigger(view.user, view.id);
    body["view"] = view.view;
    body["view"]["state"]["values"] = values;
    body["response_urls"] = Json::array();
    return body;
}

Json closed_body(World& world, const View& view) {
    Json body = interaction(world, "view_closed", view.user);
    body["view"] = view.view;
    body["is_cleared"] = false;
    return body;
}

Json command_body(World& world, const std::string& user, const Channel& channel, const std::string& command,
                  const std::string& text) {
    Json body{
        {"token", "legacy-verification-token"},
        {"team_id", ids::team},
        {"team_domain", "acme"},
        {"channel_id", channel.id},
        {"channel_name", channel.user.empty() ? channel.name : "directmessage"},
        {"user_id", user},
        {"user_name", person(world, user)["name"]},
        {"command", command},
        {"text", text},
        {"api_app_id", ids::app},
        {"is_enterprise_install", world.options.enterprise ? "true" : "false"},
        {"response_url",
         world.new_response_url(
             {.user = user, .channel = channel.id, .message_ts = "", .ephemeral = true, .expires = {}})},
        {"trigger_id", world.new_trigger(user)}};
    if (world.options.enterprise)
        body.update({{"enterprise_id", ids::enterprise}, {"enterprise_name", "Acme Corp"}});
    return body;
}

Json shortcut_body(World& world, const std::string& user, const std::string& callback_id) {
    Json body = interaction(world, "shortcut", user);
    body.update({{"callback_id", callback_id},
                 {"trigger_id", world.new_trigger(user)},
                 {"action_ts", world.next_ts()}});
    return body;
}

Json message_shortcut_body(World& world, const std::string& user, const std::string& callback_id,
                           const Message& message) {
    Json body = shortcut_body(world, user, callback_id);
    body.update({{"type", "message_action"},
                 {"channel", {{"id", message.channel}, {"name", "channel"}}},
                 {"message_ts", message.ts},
                 {"message",
                  {{"type", "message"}, {"user", message.user}, {"ts", message.ts}, {"text", message.text}}},
                 {"response_url", world.new_response_url({.user = user,
                                                          .channel = message.channel,
                                                          .message_ts = message.ts,
                                                          .ephemeral = true,
                                                          .expires = {}})}});
    return body;
}

}  // namespace countersign::fakes

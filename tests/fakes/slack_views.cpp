// views.* and what an acknowledged view_submission does.
#include "tests/fakes/slack_views.hpp"

#include "tests/fakes/slack_blocks.hpp"
#include "tests/fakes/slack_methods.hpp"
#include "tests/support/block_kit.hpp"

#include <algorithm>
#include <chrono>

namespace countersign::fakes {
namespace {

constexpr int deepest_stack = 3;

Json new_view(const MethodCall& call) {
    Json view = json_field(call, "view", "invalid_arguments");
    check_view_content(view);
    return view;
}

Trigger& use_trigger(World& world, const MethodCall& call) {
    const auto found = world.triggers.find(call.text("trigger_id"));
    if (found == world.triggers.end()) refuse("invalid_trigger_id");
    Trigger& trigger = found->second;
    if (trigger.used) refuse("exchanged_trigger_id");
    if (std::chrono::steady_clock::now() > trigger.expires) refuse("expired_trigger_id");
    trigger.used = true;
    return trigger;
}

// Slack fills in what the app left out, and gives blocks without an id one.
Json completed(World& world, const Json& view, const std::string& id, const std::string& root,
               const std::string& previous) {
    Json out = view;
    const Json defaults{{"private_metadata", ""},  {"callback_id", ""},
                        {"external_id", ""},       {"state", {{"values", Json::object()}}},
                        {"clear_on_close", false}, {"notify_on_close", false},
                        {"submit", nullptr},       {"close", nullptr}};
    for (const auto& [key, value] : defaults.items()) {
        if (!out.contains(key)) out[key] = value;
    }
    for (auto& block : out["blocks"]) {
        if (!block.contains("block_id")) block["block_id"] = world.next_id("b");
        if (block["type"] == "input" && !block["element"].contains("action_id")) {
            block["element"]["action_id"] = world.next_id("a");
        }
    }
    out.update({{"id", id},
                {"team_id", ids::team},
                {"hash", world.next_ts()},
                {"root_view_id", root},
                {"previous_view_id", previous.empty() ? Json() : Json(previous)},
                {"app_id", ids::app},
                {"app_installed_team_id", ids::team},
                {"bot_id", ids::bot}});
    return out;
}

Json open(World& world, const MethodCall& call) {
    const Json view = new_view(call);
    if (view["type"] != "modal") refuse("invalid_arguments");
    const Trigger& trigger = use_trigger(world, call);
    for (auto& other : world.views) {  // a person sees one stack of modals at a time
        if (other.user == trigger.user && other.kind == "modal") other.open = false;
    }
    return {{"view", add_view(world, trigger.user, view, nullptr).view}};
}

Json push(World& world, const MethodCall& call) {
    const Json view = new_view(call);
    Trigger& trigger = use_trigger(world, call);
    View* below = world.find_view(trigger.view);
    if (below == nullptr || !below->open) refuse("not_found");
    const auto depth = std::ranges::count_if(world.views, [&](const View& each) {
        return each.open && each.kind == "modal" && each.user == trigger.user;
    });
    if (depth >= deepest_stack) refuse("push_limit_reached");
    return {{"view", add_view(world, trigger.user, view, below).view}};
}

Json update(World& world, const MethodCall& call) {
    const Json view = new_view(call);
    View* shown = nullptr;
    for (auto& each : world.views) {
        const bool by_id = each.id == call.text("view_id");
        const bool by_external =
            call.has("external_id") && each.view["external_id"] == call.text("external_id");
        if (each.open && (by_id || by_external)) shown = &each;
    }
    if (shown == nullptr) refuse("not_found");
    if (call.has("hash") && shown->view["hash"] != call.text("hash")) refuse("hash_conflict");
    replace_view(world, *shown, view);
    return {{"view", shown->view}};
}

Json publish(World& world, const MethodCall& call) {
    if (call.token_kind != "bot") refuse("not_allowed_token_type");
    const std::string user = call.text("user_id");
    if (!world.users.contains(user)) refuse("user_not_found");
    const Json view = new_view(call);
    if (view["type"] != "home") refuse("invalid_arguments");
    for (auto& each : world.views) {
        if (each.kind != "home" || each.user != user) continue;
        if (call.has("hash") && each.view["hash"] != call.text("hash")) refuse("hash_conflict");
        replace_view(world, each, view);
        return {{"view", each.view}};
    }
    return {{"view", add_view(world, user, view, nullptr).view}};
}

}  // namespace

View& add_view(World& world, const std::string& user, const Json& view, const View* below) {
    const std::string id = world.next_id("V");
    const std::string root = below == nullptr ? id : below->view["root_view_id"].get<std::string>();
    world.views.push_back({.id = id,
                           .user = user,
                           .kind = view["type"],
                           .view = completed(world, view, id, root, below == nullptr ? "" : below->id)});
    return world.views.back();
}

void replace_view(World& world, View& shown, const Json& view) {
    const Json previous = shown.view["previous_view_id"];
    shown.view = completed(world, view, shown.id, shown.view["root_view_id"],
                           previous.is_null() ? "" : previous.get<std::string>());
    shown.errors = Json::object();
}

void close_modal(World& world, View& shown, bool all) {
    shown.open = false;
    if (!all) return;
    for (auto& each : world.views) {
        if (each.view["root_view_id"] == shown.view["root_view_id"]) each.open = false;
    }
}

void answer_submission(World& world, const std::string& view_id, const Json& payload) {
    View* shown = world.find_view(view_id);
    if (shown == nullptr || !shown->open) return;
    shown->errors = Json::object();
    // What Slack cannot use is a failure that the person sees, such as an error for a block that is no input.
    if (!tests::check_response_action(payload, shown->view).empty()) {
        shown->errors = {{"", "We had some trouble connecting. Try again?"}};
        return;
    }
    const Json action = payload.is_object() ? payload.value("response_action", Json()) : Json();
    if (action == "errors") {
        shown->errors = payload["errors"];
        return;
    }
    if (action == "update") {
        replace_view(world, *shown, payload["view"]);
        return;
    }
    if (action == "push") {
        add_view(world, shown->user, payload["view"], shown);
        return;
    }
    close_modal(world, *shown, action == "clear");
}

const MethodTable& view_methods() {
    static const MethodTable table{
        {"views.open", open}, {"views.push", push}, {"views.update", update}, {"views.publish", publish}};
    return table;
}

}  // namespace countersign::fakes

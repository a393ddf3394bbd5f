// conversations.*
#include "tests/fakes/slack_canvases.hpp"
#include "tests/fakes/slack_methods.hpp"

#include <algorithm>

namespace countersign::fakes {
namespace {

bool holds(const FakeSlackOptions& options, const MethodCall& call, const std::string& scope) {
    const auto& held = call.token_kind == "bot"     ? options.bot_scopes
                       : call.token_kind == "admin" ? options.admin_scopes
                                                    : options.reviewer_scopes;
    return std::ranges::find(held, scope) != held.end();
}

// The scope depends on the kind of conversation: im:history, channels:history, groups:history.
Channel& readable(World& world, const MethodCall& call, const std::string& what) {
    Channel* channel = world.find_channel(call.text("channel"));
    if (channel == nullptr) refuse("channel_not_found");
    // Nobody but that person sees a conversation with Slackbot.
    const bool reviewer = call.token_kind == "reviewer";
    if (!channel->slackbot_of.empty() && !(reviewer && channel->slackbot_of == world.options.reviewer_user))
        refuse("channel_not_found");
    const std::string kind = !channel->user.empty() || !channel->slackbot_of.empty() ? "im:"
                             : channel->id.front() == 'G'                            ? "groups:"
                                                                                     : "channels:";
    if (!holds(world.options, call, kind + what)) refuse("missing_scope", {{"needed", kind + what}});
    if (what == "history" && !channel->bot_is_member && channel->slackbot_of.empty())
        refuse("not_in_channel");
    return *channel;
}

Json open(World& world, const MethodCall& call) {
    if (const std::string id = call.text("channel"); !id.empty()) {
        if (world.find_channel(id) == nullptr) refuse("channel_not_found");
        return {{"channel", {{"id", id}}}};
    }
    const std::string users = call.text("users");
    if (users.empty()) refuse("users_list_not_supplied");
    if (users.find(',') != std::string::npos)
        refuse("invalid_user_combination");  // group messages are not built here
    if (!world.users.contains(users)) refuse("user_not_found");
    return {{"channel", {{"id", world.direct_messages(users).id}}}};
}

Json shown(const Message& message, bool with_metadata) {
    Json out{{"type", "message"}, {"ts", message.ts}, {"user", message.user}, {"text", message.text}};
    if (message.user == ids::bot_user) out.update({{"bot_id", ids::bot}, {"app_id", ids::app}});
    out.update(message.more);
    if (!message.blocks.empty()) out["blocks"] = message.blocks;
    if (with_metadata && !message.metadata.is_null()) out["metadata"] = message.metadata;
    if (!message.thread_ts.empty()) out["thread_ts"] = message.thread_ts;
    if (message.edits > 0) out["edited"] = {{"user", message.user}, {"ts", message.ts}};
    return out;
}

bool in_range(const MethodCall& call, const std::string& ts) {
    const std::string oldest = call.text("oldest"), latest = call.text("latest");
    const bool inclusive = call.flag("inclusive");
    const auto number = [](const std::string& text) { return std::stold(text); };
    if (!oldest.empty() && (inclusive ? number(ts) < number(oldest) : number(ts) <= number(oldest)))
        return false;
    return latest.empty() || (inclusive ? number(ts) <= number(latest) : number(ts) < number(latest));
}

void check_range(const MethodCall& call) {
    for (const char* key : {"oldest", "latest"}) {
        if (call.text(key).find_first_not_of("0123456789.") != std::string::npos) {
            refuse(std::string("invalid_ts_") + key);
        }
    }
}

Json page_of_messages(const MethodCall& call, const Json& messages, Json more) {
    Json answer = std::move(more);
    answer["messages"] = page_of(call, messages, 100, 999, answer);
    answer["has_more"] = answer["response_metadata"]["next_cursor"] != "";
    return answer;
}

Json history(World& world, const MethodCall& call) {
    const Channel& channel = readable(world, call, "history");
    check_range(call);
    Json messages = Json::array();
    for (auto each = channel.messages.rbegin(); each != channel.messages.rend(); ++each) {  // newest first
        if (!each->ephemeral_to.empty() || !each->thread_ts.empty() || !in_range(call, each->ts)) continue;
        messages.push_back(shown(*each, call.flag("include_all_metadata")));
    }
    return page_of_messages(call, messages, {{"pin_count", 0}});
}

Json replies(World& world, const MethodCall& call) {
    const Channel& channel = readable(world, call, "history");
    check_range(call);
    const std::string parent = call.text("ts");
    if (world.find_message(channel.id, parent) == nullptr) refuse("thread_not_found");
    Json messages = Json::array();
    for (const auto& each : channel.messages) {
        const bool belongs = each.ts == parent || each.thread_ts == parent;
        if (!belongs || !each.ephemeral_to.empty() || !in_range(call, each.ts)) continue;
        messages.push_back(shown(each, call.flag("include_all_metadata")));
    }
    return page_of_messages(call, messages, Json::object());
}

Json info(World& world, const MethodCall& call) {
    const Channel& channel = readable(world, call, "read");
    const bool im = !channel.user.empty();
    Json out{{"id", channel.id}, {"is_im", im},          {"is_channel", !im},
             {"is_private", im}, {"is_archived", false}, {"is_member", channel.bot_is_member}};
    if (im) out["user"] = channel.user;
    if (!im) out["name"] = channel.name;
    if (const Json canvas = canvas_of(world, channel.id); !canvas.is_null())
        out["properties"]["canvas"] = canvas;
    return {{"channel", out}};
}

Json list(World& world, const MethodCall& call) {
    Json items = Json::array();
    const std::string types = call.text("types").empty() ? "public_channel" : call.text("types");
    const bool reviewer = call.token_kind == "reviewer";
    for (const auto& channel : world.channels) {
        const bool direct = !channel.user.empty() || !channel.slackbot_of.empty();
        if (types.find(direct ? "im" : "public_channel") == std::string::npos) continue;
        if (!channel.slackbot_of.empty()) {
            if (reviewer && channel.slackbot_of == world.options.reviewer_user)
                items.push_back({{"id", channel.id}, {"is_im", true}, {"user", "USLACKBOT"}});
        } else if (direct && reviewer) {
            if (channel.user == world.options.reviewer_user)
                items.push_back({{"id", channel.id}, {"is_im", true}, {"user", ids::bot_user}});
        } else if (direct) {
            items.push_back({{"id", channel.id}, {"is_im", true}, {"user", channel.user}});
        } else {
            items.push_back({{"id", channel.id}, {"is_channel", true}, {"name", channel.name}});
        }
    }
    Json answer;
    answer["channels"] = page_of(call, items, 100, 1000, answer);
    return answer;
}

Json members(World& world, const MethodCall& call) {
    const Channel& channel = readable(world, call, "read");
    Json people = Json::array();
    for (const auto& [id, user] : world.users) {
        const bool bot = id == ids::bot_user;
        if (id == "USLACKBOT" || (bot && !channel.bot_is_member)) continue;
        if (channel.user.empty() || channel.user == id || bot) people.push_back(id);
    }
    Json answer;
    answer["members"] = page_of(call, people, 100, 1000, answer);
    return answer;
}

}  // namespace

const MethodTable& conversation_methods() {
    static const MethodTable table{{"conversations.open", open},       {"conversations.history", history},
                                   {"conversations.replies", replies}, {"conversations.info", info},
                                   {"conversations.list", list},       {"conversations.members", members}};
    return table;
}

}  // namespace countersign::fakes

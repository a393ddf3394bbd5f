// chat.*
#include "tests/fakes/slack_blocks.hpp"
#include "tests/fakes/slack_methods.hpp"

#include <algorithm>

namespace countersign::fakes {
namespace {

constexpr std::size_t largest_metadata = 8'000;

// The conversation a message is posted to; a person's id means the direct messages with that person.
Channel& target(World& world, const MethodCall& call) {
    const std::string id = call.text("channel");
    if (id.front() == 'U' || id.front() == 'W') {
        if (!world.users.contains(id)) refuse("channel_not_found");
        return world.direct_messages(id);
    }
    Channel* channel = world.find_channel(id);
    if (channel == nullptr) refuse("channel_not_found");
    if (!channel->bot_is_member) refuse("not_in_channel");
    return *channel;
}

void read_content(const MethodCall& call, Message& message) {
    if (call.args.contains("text")) message.text = call.text("text");
    if (const Json blocks = json_field(call, "blocks", "invalid_blocks_format"); !blocks.is_null()) {
        message.blocks = blocks;
    }
    check_message_content(
        {{"text", message.text}, {"blocks", message.blocks.empty() ? Json() : message.blocks}});
    if (const Json attachments = json_field(call, "attachments", "invalid_attachments");
        !attachments.is_null() && !attachments.is_array()) {
        refuse("invalid_attachments");
    }
    if (const Json metadata = json_field(call, "metadata", "invalid_metadata_format"); !metadata.is_null()) {
        const bool removes = metadata.is_object() && metadata.empty();
        if (!removes && (!metadata.is_object() || !metadata.value("event_type", Json()).is_string() ||
                         !metadata.value("event_payload", Json()).is_object())) {
            refuse("invalid_metadata_format");
        }
        if (metadata.dump().size() > largest_metadata) refuse("metadata_too_large");
        message.metadata = removes ? Json() : metadata;
    }
}

Json describe(const Message& message) {
    Json out{{"type", "message"},  {"ts", message.ts},   {"user", message.user}, {"text", message.text},
             {"bot_id", ids::bot}, {"app_id", ids::app}, {"team", ids::team},    {"blocks", message.blocks}};
    if (!message.metadata.is_null()) out["metadata"] = message.metadata;
    if (!message.thread_ts.empty()) out["thread_ts"] = message.thread_ts;
    return out;
}

Json post_message(World& world, const MethodCall& call) {
    Channel& channel = target(world, call);
    Message message{.channel = channel.id,
                    .ts = "",
                    .user = ids::bot_user,
                    .text = "",
                    .thread_ts = "",
                    .metadata = {},
                    .ephemeral_to = ""};
    read_content(call, message);
    message.thread_ts = call.text("thread_ts");
    if (!message.thread_ts.empty() && world.find_message(channel.id, message.thread_ts) == nullptr) {
        refuse("cannot_reply_to_message");
    }
    message.ts = world.next_ts();
    channel.messages.push_back(message);
    return {{"channel", channel.id}, {"ts", message.ts}, {"message", describe(message)}};
}

Json post_ephemeral(World& world, const MethodCall& call) {
    Channel& channel = target(world, call);
    const std::string user = call.text("user");
    if (!world.users.contains(user) || (!channel.user.empty() && channel.user != user))
        refuse("user_not_in_channel");
    Message message{.channel = channel.id,
                    .ts = "",
                    .user = ids::bot_user,
                    .text = "",
                    .thread_ts = "",
                    .metadata = {},
                    .ephemeral_to = user};
    read_content(call, message);
    message.ts = world.next_ts();
    channel.messages.push_back(message);
    return {{"message_ts", message.ts}};
}

// A message named by a conversation id (never a person's) and a ts.
Message& existing(World& world, const MethodCall& call, const char* ts_key) {
    Channel* channel = world.find_channel(call.text("channel"));
    if (channel == nullptr) refuse("channel_not_found");
    Message* message = world.find_message(channel->id, call.text(ts_key));
    if (message == nullptr || !message->ephemeral_to.empty()) refuse("message_not_found");
    return *message;
}

Json update(World& world, const MethodCall& call) {
    Message& message = existing(world, call, "ts");
    if (message.user != ids::bot_user) refuse("cant_update_message");
    Message changed = message;
    read_content(call, changed);
    changed.edits = message.edits + 1;
    message = changed;
    return {{"channel", message.channel},
            {"ts", message.ts},
            {"text", message.text},
            {"message", describe(message)}};
}

Json delete_message(World& world, const MethodCall& call) {
    Message& message = existing(world, call, "ts");
    if (message.user != ids::bot_user) refuse("cant_delete_message");
    const std::string ts = message.ts, id = message.channel;
    std::erase_if(world.find_channel(id)->messages, [&](const Message& each) { return each.ts == ts; });
    return {{"channel", id}, {"ts", ts}};
}

Json permalink(World& world, const MethodCall& call) {
    const Message& message = existing(world, call, "message_ts");
    std::string digits = message.ts;
    std::erase(digits, '.');
    return {{"channel", message.channel},
            {"permalink", "https://acme.slack.com/archives/" + message.channel + "/p" + digits}};
}

}  // namespace

const MethodTable& chat_methods() {
    static const MethodTable table{{"chat.postMessage", post_message},
                                   {"chat.postEphemeral", post_ephemeral},
                                   {"chat.update", update},
                                   {"chat.delete", delete_message},
                                   {"chat.getPermalink", permalink}};
    return table;
}

}  // namespace countersign::fakes

// files.*: uploads in three steps.
#include "tests/fakes/slack_methods.hpp"

#include <algorithm>

namespace countersign::fakes {
namespace {

Json upload_url(World& world, const MethodCall& call) {
    const auto length = call.number("length", 0);
    if (length < 1) refuse("invalid_arguments");
    const std::string id = world.next_id("F");
    world.files.push_back({.id = id,
                           .name = call.text("filename"),
                           .alt = call.text("alt_txt"),
                           .title = {},
                           .bytes = {},
                           .channel = {},
                           .length = static_cast<std::size_t>(length)});
    return {{"file_id", id}, {"upload_url", world.upload_base + id}};
}

Json complete_upload(World& world, const MethodCall& call) {
    const Json files = json_field(call, "files", "invalid_arguments");
    const std::string to = call.text("channel_id");
    Channel* channel = to.empty() ? nullptr : world.find_channel(to);
    if (!to.empty() && channel == nullptr) refuse("channel_not_found");
    if (channel != nullptr && !channel->bot_is_member) refuse("not_in_channel");
    Json shown = Json::array();
    for (const auto& each : files) {
        const auto file = std::ranges::find(world.files, each.value("id", ""), &File::id);
        if (file == world.files.end() || file->bytes.empty()) refuse("file_not_found");
        file->title = each.value("title", "");
        const bool again = file->channel == to;
        file->channel = to;
        shown.push_back({{"id", file->id}, {"title", file->title}, {"name", file->name}});
        if (channel == nullptr || again) continue;
        channel->messages.push_back({.channel = to,
                                     .ts = world.next_ts(),
                                     .user = ids::bot_user,
                                     .text = call.text("initial_comment"),
                                     .thread_ts = call.text("thread_ts"),
                                     .metadata = {},
                                     .ephemeral_to = "",
                                     .more = {{"subtype", "file_share"}, {"files", shown}}});
    }
    return {{"files", shown}};
}

}  // namespace

const MethodTable& file_methods() {
    static const MethodTable table{{"files.getUploadURLExternal", upload_url},
                                   {"files.completeUploadExternal", complete_upload}};
    return table;
}

}  // namespace countersign::fakes

#include "tests/fakes/slack_files.hpp"

#include <algorithm>
#include <map>

namespace countersign::fakes {
namespace {

struct File {
    std::string name, bytes;
    std::string channel;  // "" until it is shown somewhere
    std::size_t length = 0;
};

// By its address, which has the port of its Slack: several may run in one program.
std::map<std::string, File>& files() {
    static std::map<std::string, File> all;
    return all;
}

std::string address(const World& world, const std::string& id) {
    constexpr std::string_view response = "/response/";
    const auto host = world.response_base.substr(0, world.response_base.size() - response.size());
    return host + "/upload/" + id;
}

Json upload_url(World& world, const MethodCall& call) {
    const auto length = call.number("length", 0);
    if (length < 1) refuse("invalid_arguments");
    const std::string id = world.next_id("F");
    files()[address(world, id)] = {.name = call.text("filename"),
                                   .bytes = {},
                                   .channel = {},
                                   .length = static_cast<std::size_t>(length)};
    return {{"file_id", id}, {"upload_url", address(world, id)}};
}

Json complete_upload(World& world, const MethodCall& call) {
    const Json wanted = json_field(call, "files", "invalid_arguments");
    const std::string to = call.text("channel_id");
    Channel* channel = to.empty() ? nullptr : world.find_channel(to);
    if (!to.empty() && channel == nullptr) refuse("channel_not_found");
    if (channel != nullptr && !channel->bot_is_member) refuse("not_in_channel");
    Json shown = Json::array();
    for (const auto& each : wanted) {
        const std::string id = each.value("id", "");
        const auto file = files().find(address(world, id));
        if (file == files().end() || file->second.bytes.empty()) refuse("file_not_found");
        const bool again = file->second.channel == to;
        file->second.channel = to;
        shown.push_back({{"id", id}, {"title", each.value("title", "")}, {"name", file->second.name}});
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

HttpReply plain(int status, std::string body) {
    return {.status = status, .body = std::move(body), .content_type = "text/plain", .headers = {}};
}

}  // namespace

const MethodTable& file_methods() {
    static const MethodTable table{{"files.getUploadURLExternal", upload_url},
                                   {"files.completeUploadExternal", complete_upload}};
    return table;
}

HttpReply take_upload(const World& world, const HttpQuery& query) {
    const auto file = files().find(address(world, query.path.substr(query.path.rfind('/') + 1)));
    if (query.method != "POST" || file == files().end()) return plain(404, "no such upload");
    if (query.headers.contains("authorization")) return plain(400, "a token has no business here");
    if (query.body.size() != file->second.length) return plain(400, "not the length that was announced");
    if (file->second.name.ends_with(".png") && !query.body.starts_with("\x89PNG\r\n\x1a\n"))
        return plain(400, "not a picture");
    file->second.bytes = query.body;
    return plain(200, "OK - " + std::to_string(query.body.size()));
}

}  // namespace countersign::fakes

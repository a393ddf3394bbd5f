#include "tests/fakes/slack_canvases.hpp"

#include <map>

namespace countersign::fakes {
namespace {

struct CanvasPage {
    std::string channel, markdown;
};

// By its address, which has the port of its Slack: several may run in one program. Only its thread asks.
std::map<std::string, CanvasPage>& canvases(const World& world) {
    static thread_local std::map<std::string, std::map<std::string, CanvasPage>> all;
    return all[world.response_base];
}

CanvasPage& canvas_named(const World& world, const MethodCall& call) {
    auto& all = canvases(world);
    const auto found = all.find(call.text("canvas_id"));
    if (found == all.end()) refuse("canvas_not_found");
    return found->second;
}

// {"type":"markdown","markdown":…} and nothing else.
std::string markdown_of(const Json& document) {
    if (!document.is_object() || document.size() != 2 || document.value("type", Json()) != "markdown" ||
        !document.value("markdown", Json()).is_string())
        refuse("invalid_arguments");
    return document["markdown"];
}

Json create(World& world, const MethodCall& call) {
    const std::string id = call.text("channel_id");
    const Channel* channel = world.find_channel(id);
    if (channel == nullptr) refuse("channel_not_found");
    if (!channel->bot_is_member) refuse("restricted_action");
    for (const auto& [each, page] : canvases(world))
        if (page.channel == id) refuse("channel_canvas_already_exists");
    const std::string canvas = world.next_id("F");
    const Json document = json_field(call, "document_content", "invalid_arguments");
    canvases(world)[canvas] = {.channel = id, .markdown = document.is_null() ? "" : markdown_of(document)};
    return {{"canvas_id", canvas}};
}

// Slack takes one change a call. Here only the whole may be replaced: more nobody uses.
Json edit(World& world, const MethodCall& call) {
    CanvasPage& page = canvas_named(world, call);
    const Json changes = json_field(call, "changes", "invalid_arguments");
    if (!changes.is_array() || changes.size() != 1 || !changes[0].is_object()) refuse("invalid_arguments");
    const Json& change = changes[0];
    if (change.value("operation", Json()) != "replace" || change.contains("section_id"))
        refuse("canvas_editing_failed");
    page.markdown = markdown_of(change.value("document_content", Json()));
    return Json::object();
}

Json look_up(World& world, const MethodCall& call) {
    const CanvasPage& page = canvas_named(world, call);
    const Json criteria = json_field(call, "criteria", "invalid_arguments");
    if (!criteria.is_object() || !criteria.value("contains_text", Json()).is_string())
        refuse("invalid_arguments");
    Json sections = Json::array();
    if (page.markdown.find(criteria["contains_text"].get<std::string>()) != std::string::npos)
        sections.push_back({{"id", "temp:C:" + call.text("canvas_id")}});
    return {{"sections", sections}};
}

}  // namespace

const MethodTable& canvas_methods() {
    static const MethodTable table{{"conversations.canvases.create", create},
                                   {"canvases.edit", edit},
                                   {"canvases.sections.lookup", look_up}};
    return table;
}

Json canvas_of(const World& world, const std::string& channel) {
    for (const auto& [id, page] : canvases(world))
        if (page.channel == channel) return {{"file_id", id}, {"is_empty", page.markdown.empty()}};
    return nullptr;
}

}  // namespace countersign::fakes

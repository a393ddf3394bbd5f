#include "tests/fakes/slack_blocks.hpp"

#include "tests/fakes/slack_world.hpp"
#include "tests/support/block_kit.hpp"

namespace countersign::fakes {
namespace {

void refuse_first(const std::vector<tests::BlockKitError>& errors) {
    if (errors.empty()) return;
    Json messages = Json::array();
    for (const auto& error : errors)
        messages.push_back("[ERROR] " + error.problem + " [json-pointer:" + error.pointer + "]");
    refuse(errors.front().code, {{"response_metadata", {{"messages", messages}}}});
}

std::string label_of(const Json& element) {
    const Json text = element.value("text", Json());
    return text.is_object() ? text.value("text", "") : "";
}

}  // namespace

void check_message_content(const Json& args) {
    refuse_first(tests::check_message(args));
}

void check_view_content(const Json& view) {
    refuse_first(tests::check_view(view));
}

std::vector<Pressable> pressables(const Json& blocks) {
    std::vector<Pressable> out;
    const auto add = [&](const Json& element, const Json& block) {
        if (element.is_object() && element.contains("action_id"))
            out.push_back({element, block, label_of(element)});
    };
    for (const auto& block : blocks) {
        if (block.value("type", "") == "actions") {
            for (const auto& element : block.value("elements", Json::array()))
                add(element, block);
        }
        if (block.contains("accessory")) add(block["accessory"], block);
    }
    return out;
}

}  // namespace countersign::fakes

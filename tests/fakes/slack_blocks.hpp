#pragma once

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace countersign::fakes {

// Throw Refused with Slack's error when Slack would not take it (tests/support/block_kit.hpp).
void check_message_content(const nlohmann::json& args);
void check_view_content(const nlohmann::json& view);

// Everything that can be pressed, in order, with the block it stands in.
struct Pressable {
    nlohmann::json element, block;
    std::string label;  // the button's text, or "" for menus and pickers
};
[[nodiscard]] std::vector<Pressable> pressables(const nlohmann::json& blocks);

}  // namespace countersign::fakes
